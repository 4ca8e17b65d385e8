"""The dbt models of a shop to be: staging, what bronze holds, and the mapping, with their YAML."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from lakehouse.conformed import conformed_layer
from lakehouse.shop.columns import ProposedColumn
from lakehouse.shop.proposal import ProposedShop, ProposedTable
from lakehouse.shop.roles import Role

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    variable_start_string="<<",
    variable_end_string=">>",
    block_start_string="<%",
    block_end_string="%>",
    comment_start_string="<#",
    comment_end_string="#>",
    keep_trailing_newline=True,
    undefined=StrictUndefined,
    autoescape=False,
)
WIDTH = 100
TEXTS = ("string", "integer_id")
_ENTITIES: Mapping[Role, str] = {"lines": "order_items"}
MOMENT = '"2024-01-15 10:00:00"'
# What shops call the kinds of events, without blanks and the like.
KINDS = {
    "view": ("view", "productview", "viewitem", "pageview", "productviewed", "viewed", "product"),
    "cart": ("cart", "addtocart", "addedtocart", "productadded"),
    "remove_from_cart": ("removefromcart", "productremoved"),
    "purchase": ("purchase", "purchased", "order", "transaction", "checkoutcompleted"),
}
LOADS = """\
      - input: source('bronze', 'loads')
        rows:
          - {batch_id: a9, status: rejected}
          - {batch_id: b1, status: loaded, name_order: a}
          - {batch_id: b2, status: loaded, name_order: b}
"""
Row = dict[str, Any]


def shop_models(shop: ProposedShop) -> dict[str, str]:
    """The files under `models/silver`, by their places there, each with its text."""
    texts: dict[str, str] = {}
    for table in shop.tables:
        place = f"staging/{shop.shop_id}/stg_{shop.shop_id}__{table.name}"
        texts[f"{place}.sql"] = _staging_sql(shop, table)
        texts[f"{place}.yml"] = _staging_yaml(shop, table)
    place = f"staging/{shop.shop_id}/stg_{shop.shop_id}__totals"
    texts[f"{place}.sql"], texts[f"{place}.yml"] = _totals(shop)
    for entity in conformed_entities(shop):
        place = f"conformed/shops/{shop.shop_id}/int_{shop.shop_id}__{entity}"
        texts[f"{place}.sql"], texts[f"{place}.yml"] = _MAPPINGS[entity](shop)
    return texts


def conformed_entities(shop: ProposedShop) -> list[str]:
    """The conformed entities that a shop can fill."""
    customers = ["customers"] if shop.table_of("customers") or _seen(shop, "customer_id") else []
    events = ["events"] if shop.table_of("events") else []
    return [*customers, "products", "orders", "order_items", *events]


# --- staging ---------------------------------------------------------------------------------


def made_key(table: ProposedTable) -> str:
    """The column that is made of a row's content where none tells rows apart."""
    if "lines" in table.roles:
        return "order_item_id"
    return "event_id" if "events" in table.roles else "row_id"


def _staging_sql(shop: ProposedShop, table: ProposedTable) -> str:
    names = [column.name for column in table.columns]
    made = made_key(table)
    has_made = table.key is None
    values = {
        "shop": shop.shop_id,
        "table": table.name,
        "rows": table.name,
        "one": _one(table),
        "key": table.key,
        "made_key": made,
        "prefix": "order_id || '-' || " if "lines" in table.roles else "",
        "is_of_orders": "lines" in table.roles,
        "listed": _wrapped([f"'{name}'" for name in names], 8),
        "listed_in_struct": _wrapped(names, 12),
        "selected": _selected(table.columns, not has_made),
    }
    if "events" in table.roles:
        moment = table.fields["events"]["event_at"]
        text = _render("staging_events", values | {"moment": moment})
        if table.key:
            start = text.index("        md5(to_json(struct(")
            end = text.index(f" as {made},\n", start) + len(f" as {made},\n")
            text = text[:start] + text[end:]
            return text.replace("; the first is told by the row alone, whatever else there is", "")
        return text
    return _render("staging_distinct" if has_made else "staging_keyed", values)


def _staging_yaml(shop: ProposedShop, table: ProposedTable) -> str:
    model = f"stg_{shop.shop_id}__{table.name}"
    key = table.key or made_key(table)
    is_events = "events" in table.roles
    bronze = f"source('{shop.shop_id}', '{shop.shop_id}__{table.name}')"
    is_last = "lines" in table.roles or (table.key is not None and not is_events)
    how = "as last exported" if is_last else "each distinct row once"
    text = f"""\
version: 2
models:
  - name: {model}
    description: >
      One row per {_one(table)} of {shop.shop_id}, {how}.
    config:
"""
    if not table.roles:
        text += "      materialized: view\n"
    text += f"      meta:\n        grain: [{key}]\n"
    if table.key is None or is_events:
        compared = "events" if is_events else "lines and amounts"
        why = f"rpt_reconciliation compares its {compared} with bronze"
        text += (
            f"        rows_held_elsewhere: {why if table.roles else 'nothing is made from it'}\n"
        )
    text += f"""\
    data_tests:
      - unique_grain:
          arguments:
            columns: [{key}]
"""
    if table.key and not is_events:
        text += f"""\
      - holds_every_id:
          arguments:
            bronze_table: {bronze}
            id: {key}
"""
    text += "    columns:\n"
    if table.key is None:
        text += _described(key, "{{ doc('made_id') }}")
    text += "".join(_described(column.name, column.description) for column in table.columns)
    if is_events:
        text += _described("event_date", "{{ doc('event_date') }}")
    text += _described("_batch_id", "{{ doc('_batch_id') }}")
    if is_events:
        text += _described("_version", "{{ doc('_version') }}")
    row = {column.name: _example(column) for column in table.columns if column.required}
    row = row or {table.columns[0].name: _example(table.columns[0])}
    shown = next(iter(row))
    rows = [
        row | {"_batch_id": "b1"},
        row | {"_batch_id": "b2"},
        row | {"_rescued": '"{}"', "_batch_id": "b1"},
        row | {"_batch_id": "a9"},
    ]
    return text + _unit_test(
        f"{table.name}_of_{shop.shop_id}_are_distinct_and_loaded",
        model,
        "The same row of two files is one, of the older export; nothing rescued or rejected.",
        {bronze: rows},
        [{shown: row[shown], "_batch_id": "b1"}],
        LOADS,
    )


def _selected(columns: Sequence[ProposedColumn], with_head: bool) -> str:
    """The columns of a staging model, in groups by kind."""
    groups: dict[str, list[str]] = {"ids": [], "strings": [], "numerics": [], "booleans": []}
    groups["dates and timestamps"] = []
    for column in columns:
        if column.name.endswith("_id") or column.type == "integer_id":
            groups["ids"].append(column.name)
        elif column.type == "string":
            groups["strings"].append(f"{{{{ clean_text('{column.name}') }}}} as {column.name}")
        elif column.type == "boolean":
            groups["booleans"].append(column.name)
        else:
            is_moment = column.is_moment
            groups["dates and timestamps" if is_moment else "numerics"].append(column.name)
    parts = []
    for kind, lines in groups.items():
        if lines:
            head = "" if kind == "ids" and not with_head else f"        -- {kind}\n"
            parts.append(head + "".join(f"        {line},\n" for line in lines))
    return "\n".join(parts).rstrip("\n")


def _totals(shop: ProposedShop) -> tuple[str, str]:
    lines, orders = shop.table_of("lines"), shop.table_of("orders")
    events = shop.table_of("events")
    assert lines is not None and orders is not None
    fields = lines.fields["lines"]
    currency = shop.field("orders", "currency_code")
    price = fields.get("unit_price") or fields["line_amount"]
    quantity = fields.get("quantity") if "unit_price" in fields else None
    order_key = orders.fields["orders"]["order_id"] if currency and orders is not lines else None
    sql = _render(
        "totals",
        {
            "shop": shop.shop_id,
            "table": lines.name,
            "orders_table": orders.name,
            "line_key": lines.key,
            "order_id": fields["order_id"],
            "order_key": order_key,
            "quantity": quantity,
            "price": price,
            "amount": f"{quantity} * {price}" if quantity else price,
            "currency": shop.currency,
            "currency_column": currency,
            "listed": _stacked([column.name for column in lines.columns], 8),
            "events_table": events.name if events else None,
            "events_listed": _stacked([c.name for c in events.columns], 12) if events else "",
        },
    )
    model = f"stg_{shop.shop_id}__totals"
    text = f"""\
version: 2
models:
  - name: {model}
    description: >
      One row: what bronze holds of {shop.shop_id}, for the reconciliation with gold.
    config:
      materialized: view
      meta:
        grain: [shop_id]
    data_tests:
      - unique_grain:
          arguments:
            columns: [shop_id]
    columns:
"""
    text += _described("shop_id", "{{ doc('shop_id') }}")
    text += _described("line_count", "{{ doc('bronze_line_count') }}")
    text += _described("line_amount", "What these lines come to, in the shop's currency.")
    text += _described("event_count", "{{ doc('event_count') }}")
    row: dict[str, Any] = {lines.key: '"1"'} if lines.key else {}
    row |= {fields["order_id"]: '"1"', price: 3}
    if quantity:
        row[quantity] = 2
    # One that a later file repeats with another price.
    again = row | {fields["order_id"]: '"2"'} | ({lines.key: '"2"'} if lines.key else {})
    given = {
        f"source('{shop.shop_id}', '{shop.shop_id}__{lines.name}')": [
            row | {"_batch_id": "b1"},
            row | {"_batch_id": "b2"},
            row | {"_rescued": '"{}"', "_batch_id": "b1"},
            row | {fields["order_id"]: '"9"', "_batch_id": "a9"},
            again | {price: 100, "_batch_id": "b1"},
            again | {price: 5, "_batch_id": "b2"},
        ]
    }
    if order_key:
        given[f"source('{shop.shop_id}', '{shop.shop_id}__{orders.name}')"] = []
    if events:
        given[f"source('{shop.shop_id}', '{shop.shop_id}__{events.name}')"] = []
    expected = {
        "shop_id": shop.shop_id,
        "line_count": 2,
        "line_amount": 16 if quantity else 8,
        "event_count": 0 if events else "null",
    }
    text += _unit_test(
        f"totals_of_{shop.shop_id}_are_of_what_was_loaded",
        model,
        "Each line once, as last exported; what was rescued or rejected is not counted.",
        given,
        [expected],
        LOADS,
    )
    return sql, text


# --- mapping ---------------------------------------------------------------------------------


def _customers(shop: ProposedShop) -> tuple[str, str]:
    return _described_by_others(shop, "customers", "customer_id", {})


def _products(shop: ProposedShop) -> tuple[str, str]:
    return _described_by_others(shop, "products", "product_id", {"category": "category_code"})


def _described_by_others(
    shop: ProposedShop, role: Role, key: str, copies: Mapping[str, str]
) -> tuple[str, str]:
    """Customers or products: of their own table, and those that only others tell of."""
    table = shop.table_of(role)
    fields = dict(table.fields[role]) if table else {}
    seen = _seen(shop, key)
    is_keyed = bool(table and table.key)
    if role == "products" and table is None:
        # Lines tell what they sell.
        table = shop.table_of("lines")
        assert table is not None
        told = ("product_name", "category", "brand")
        fields = {name: c for name, c in table.fields["lines"].items() if name in told}
        seen = [(name, column) for name, column in seen if name != table.name]
    of = f"{role}." if seen else ""
    known = _conformed(role)
    given = {name: column for name, column in fields.items() if name in known and name != key}
    either = f"coalesce({role}.{key}, seen.{key})" if table and seen else key
    lines = [_aliased(either, key)] + [
        expression
        for name, column in given.items()
        for expression in [_as(f"{of}{column}", name, shop, role)]
    ]
    recorded = list(given)
    for name, copy in copies.items():
        if name in given:
            lines.append(f"{of}{given[name]} as {copy}")
            recorded.append(copy)
    sql = _render(
        role,
        {
            "shop": shop.shop_id,
            "table": table.name if table else None,
            "rows": _rows_of(shop, table, key, given.values(), is_keyed) if table else "",
            "seen": seen,
            "either": either,
            "excepted": _excepted(role, recorded),
            "columns": ",\n        ".join(lines),
        },
    )
    inputs: dict[str, list[Row]] = {}
    if table:
        inputs[f"ref('stg_{shop.shop_id}__{table.name}')"] = [{key: '"1"'}]
    for name, column in seen:
        inputs.setdefault(f"ref('stg_{shop.shop_id}__{name}')", []).extend([{column: '"2"'}] * 2)
    expected = sorted({f'"{row}"' for row in ("1" if table else "2", "2" if seen else "1")})
    return sql, _mapping_yaml(
        shop,
        role,
        _first_comment(sql),
        f"{role}_of_{shop.shop_id}_are_all_that_any_table_tells_of",
        "Each once, and none without an id.",
        inputs,
        [{"shop_id": shop.shop_id, key: one} for one in expected],
    )


def _orders(shop: ProposedShop) -> tuple[str, str]:
    table, lines_table = shop.table_of("orders"), shop.table_of("lines")
    assert table is not None and lines_table is not None
    fields = {n: c for n, c in table.fields["orders"].items() if n in _conformed("orders")}
    given = {name: column for name, column in fields.items() if name != "order_id"}
    is_flat = table is lines_table
    of = "" if is_flat else "orders."
    either = "order_id" if is_flat else "coalesce(orders.order_id, seen.order_id)"
    lines = [_aliased(either, "order_id")]
    for name, column in given.items():
        if name == "status":
            lines.append(f"coalesce({of}{column}, 'Complete') as status")
        elif name == "currency_code":
            lines.append(f"upper({of}{column}) as currency_code")
        else:
            lines.append(_as(f"{of}{column}", name, shop, "orders"))
    if "status" not in given:
        lines.append("'Complete' as status")
    recorded = list(given)
    if "ordered_at" in given:
        lines.append(f"{{{{ season('{of}{given['ordered_at']}') }}}} as season")
        recorded.append("season")
    sql = _render(
        "orders",
        {
            "shop": shop.shop_id,
            "table": table.name,
            "lines_table": lines_table.name,
            "is_flat": is_flat,
            "either": either,
            "rows": _rows_of(shop, table, "order_id", given.values(), bool(table.key)),
            "excepted": _excepted("orders", recorded),
            "columns": ",\n        ".join(lines),
        },
    )
    first: dict[str, Any] = {"order_id": '"1"'}
    expected: list[Row] = [{"order_id": '"1"'}]
    if "ordered_at" in given:
        first[given["ordered_at"]] = _example(table.column(given["ordered_at"]))
        expected = [{"order_id": '"1"', "season": "Winter"}]
    inputs: dict[str, list[Row]] = {f"ref('stg_{shop.shop_id}__{table.name}')": [first]}
    if is_flat:
        inputs[f"ref('stg_{shop.shop_id}__{table.name}')"].append({"order_id": '"1"'})
    else:
        inputs[f"ref('stg_{shop.shop_id}__{lines_table.name}')"] = [{"order_id": '"2"'}]
        expected = [*expected, {"order_id": '"2"'}]
        expected = [row | {"status": "Complete"} for row in expected] if len(given) else expected
        expected = [{k: row.get(k, "null") for k in expected[0]} for row in expected]
    return sql, _mapping_yaml(
        shop,
        "orders",
        _first_comment(sql),
        f"an_order_of_{shop.shop_id}_is_one_row",
        "Also one that only its lines tell of; a state that is not known is Complete.",
        inputs,
        expected,
    )


def _order_items(shop: ProposedShop) -> tuple[str, str]:
    table = shop.table_of("lines")
    assert table is not None
    fields = table.fields["lines"]
    quantity = fields.get("quantity")
    amount = fields.get("line_amount", "")
    if "unit_price" in fields:
        amount = f"{quantity} * {fields['unit_price']}" if quantity else fields["unit_price"]
    key = table.key or made_key(table)
    lines = [_as(f"priced.{key}", "order_item_id", shop, "lines")]
    # An order knows its customer for all of its lines.
    has_customers = shop.field("orders", "customer_id") is not None
    recorded = []
    for name in (
        "order_id",
        "customer_id",
        "product_id",
        "unit_price",
        "ordered_at",
        "shipped_at",
        "delivered_at",
    ):
        if name == "customer_id" and has_customers:
            lines.append("orders.customer_id")
        elif name == "ordered_at" and shop.field("orders", name):
            continue
        elif name in fields:
            lines.append(_as(f"priced.{fields[name]}", name, shop, "lines"))
        else:
            continue
        recorded.append(name)
    sql = _render(
        "order_items",
        {
            "shop": shop.shop_id,
            "table": table.name,
            "amount": amount,
            "quantity": f"cast(coalesce(priced.{quantity}, 0) as bigint)"
            if quantity
            else "cast(1 as bigint)",
            "has_customers": has_customers,
            "status": shop.field("orders", "status"),
            "excepted": _excepted("order_items", recorded),
            "columns": ",\n        ".join(lines),
        },
    )
    price = fields.get("unit_price") or fields["line_amount"]
    sold: dict[str, Any] = {key: '"1"', "order_id": '"1"', price: 3}
    back = sold | {key: '"2"', price: -3}
    if quantity and "unit_price" in fields:
        sold, back = sold | {quantity: 2}, back | {quantity: -2, price: 3}
    worth = 6 if quantity and "unit_price" in fields else 3
    inputs = {f"ref('stg_{shop.shop_id}__{table.name}')": [sold, back]}
    if has_customers:
        inputs[f"ref('int_{shop.shop_id}__orders')"] = [{"order_id": '"1"', "customer_id": '"7"'}]
    return sql, _mapping_yaml(
        shop,
        "order_items",
        _first_comment(sql),
        f"a_line_of_{shop.shop_id}_is_sold_or_comes_back",
        "What comes back is a positive amount, and no sale.",
        inputs,
        [
            row | ({"customer_id": '"7"'} if has_customers else {})
            for row in (
                {
                    "order_item_id": '"1"',
                    "line_type": "sale",
                    "is_sale": "true",
                    "gross_amount": worth,
                    "returned_amount": 0,
                },
                {
                    "order_item_id": '"2"',
                    "line_type": "return",
                    "is_sale": "false",
                    "gross_amount": 0,
                    "returned_amount": worth,
                },
            )
        ],
    )


def _events(shop: ProposedShop) -> tuple[str, str]:
    table = shop.table_of("events")
    assert table is not None
    fields = table.fields["events"]
    kinds = _kinds(table, fields["event_type"])
    lines = [table.key or made_key(table)]
    if lines[0] != "event_id":
        lines[0] += " as event_id"
    recorded = ["event_date"]
    for name in ("session_id", "customer_id", "product_id", "event_at", "price", "traffic_source"):
        if name == "session_id":
            # Who is in no session has one of their own.
            whose = (
                f"coalesce({fields['customer_id']}, 'nobody')"
                if "customer_id" in fields
                else "'nobody'"
            )
            alone = f"'none-' || {whose}"
            lines.append(
                f"coalesce({fields[name]}, {alone}) as session_id"
                if name in fields
                else f"{alone} as session_id"
            )
        elif name in fields:
            lines.append(_as(fields[name], name, shop, "events"))
        else:
            continue
        recorded.append(name)
    sql = _render(
        "events",
        {
            "shop": shop.shop_id,
            "table": table.name,
            "event_type": fields["event_type"],
            "kinds": kinds,
            "excepted": _excepted("events", recorded),
            "columns": ",\n        ".join(lines),
        },
    )
    key = table.key or made_key(table)
    cases = [*kinds, ("something else", "other")]
    rows = [
        {key: f'"{number}"', fields["event_type"]: json.dumps(value)}
        for number, (value, _) in enumerate(cases)
    ]
    expected = [
        {"event_id": f'"{number}"', "event_type": kind} for number, (_, kind) in enumerate(cases)
    ]
    return sql, _mapping_yaml(
        shop,
        "events",
        _first_comment(sql),
        f"events_of_{shop.shop_id}_are_of_a_known_kind",
        "What the shop calls otherwise is another event.",
        {f"ref('stg_{shop.shop_id}__{table.name}')": rows},
        expected,
    )


_MAPPINGS = {
    "customers": _customers,
    "products": _products,
    "orders": _orders,
    "order_items": _order_items,
    "events": _events,
}


def _kinds(table: ProposedTable, event_type: str) -> list[tuple[str, str]]:
    """What the sample's event types mean, of those whose meaning is clear."""
    header = table.column(event_type).header
    found = sorted({value.casefold() for s in table.samples for value in s.values(header) if value})
    meant = []
    for value in found:
        plain = "".join(character for character in value if character.isalnum())
        kind = next((kind for kind, names in KINDS.items() if plain in names), None)
        if kind:
            meant.append((value.replace("'", "\\'"), kind))
    return meant or [("view", "view")]


def _seen(shop: ProposedShop, key: str) -> list[tuple[str, str]]:
    """Tables, other than its own, with a column of an id, and the column."""
    own = {"customer_id": "customers", "product_id": "products"}[key]
    found = {
        (table.name, fields[key])
        for table in shop.tables
        for role, fields in table.fields.items()
        if role != own and key in fields
    }
    return sorted(found)


def _conformed(entity: str) -> set[str]:
    return {column.name for column in conformed_layer()[entity]}


def _as(expression: str, name: str, shop: ProposedShop, role: Role) -> str:
    """A bronze column, or a key made of one, as a conformed column of its type."""
    table = shop.table_of(role)
    column = expression.rpartition(".")[2]
    found = [one.type for one in table.columns if one.name == column] if table else []
    wanted = {one.name: one.sql_type for one in conformed_layer()[_ENTITIES.get(role, role)]}
    if found == ["date"] and name.endswith("_at"):
        return f"cast({expression} as timestamp) as {name}"
    if found and found[0] not in TEXTS and wanted.get(name) == "string":
        return f"cast({expression} as string) as {name}"
    return _aliased(expression, name)


def _aliased(expression: str, name: str) -> str:
    """An expression as a column of that name."""
    is_named = expression.rpartition(".")[2] == name
    return expression if is_named else f"{expression} as {name}"


def _rows_of(
    shop: ProposedShop, table: ProposedTable, key: str, columns: Iterable[str], is_keyed: bool
) -> str:
    """The query of a table with one row for each value of a key."""
    staged = f"{{{{ ref('stg_{shop.shop_id}__{table.name}') }}}}"
    others = [column for column in dict.fromkeys(columns) if column != key]
    if is_keyed:
        return f"select * from {staged}"
    if not others:
        return f"select distinct {key} from {staged}"
    selected = ",\n        ".join([key, *(f"max({column}) as {column}" for column in others)])
    return f"select\n        {selected}\n    from {staged}\n    group by {key}"


def _excepted(entity: str, given: Iterable[str]) -> str:
    """The argument of `not_recorded` that says what a mapping gives."""
    required = {column.name for column in conformed_layer()[entity] if column.is_required}
    names = [f"'{name}'" for name in given if name not in required]
    if not names:
        return ""
    line = f", except=[{', '.join(names)}]"
    return (
        line
        if len(line) < WIDTH - 40
        else f", except=[\n            {_wrapped(names, 12)}\n        ]"
    )


# --- text ------------------------------------------------------------------------------------


def _render(name: str, values: Mapping[str, Any]) -> str:
    return _ENVIRONMENT.get_template(f"{name}.sql.jinja").render(values)


def _one(table: ProposedTable) -> str:
    if "lines" in table.roles:
        return "order line"
    return table.roles[0].removesuffix("s") if table.roles else f"row of {table.name}"


def _wrapped(words: Sequence[str], indent: int) -> str:
    """Words with commas between them, in lines that fit; all but the first are indented."""
    lines, line = [], ""
    for number, word in enumerate(words):
        piece = word + ("," if number < len(words) - 1 else "")
        if line and indent + len(line) + 1 + len(piece) > WIDTH:
            lines.append(line)
            line = piece
        else:
            line = f"{line} {piece}".strip()
    return f"\n{' ' * indent}".join([*lines, line])


def _stacked(words: Sequence[str], indent: int) -> str:
    return f",\n{' ' * indent}".join(words)


def _first_comment(sql: str) -> str:
    return sql.splitlines()[0].removeprefix("-- ")


def _described(name: str, text: str) -> str:
    return f"      - name: {name}\n        description: {json.dumps(text, ensure_ascii=False)}\n"


def _example(column: ProposedColumn) -> Any:
    match column.type:
        case "timestamp":
            return MOMENT
        case "date":
            return '"2024-01-15"'
        case "boolean":
            return "true"
        case "string" | "integer_id":
            return '"1"'
        case _:
            return 1


def _mapping_yaml(
    shop: ProposedShop,
    entity: str,
    description: str,
    test: str,
    says: str,
    given: Mapping[str, Sequence[Row]],
    expected: Sequence[Row],
) -> str:
    model = f"int_{shop.shop_id}__{entity}"
    head = f"version: 2\nmodels:\n  - name: {model}\n    description: >\n      {description}\n"
    return head + _unit_test(test, model, says, given, expected)


def _unit_test(
    name: str,
    model: str,
    says: str,
    given: Mapping[str, Sequence[Row]],
    expected: Sequence[Row],
    more: str = "",
) -> str:
    text = f"\nunit_tests:\n  - name: {name}\n    model: {model}\n    description: {says}\n"
    text += "    given:\n"
    for place, rows in given.items():
        text += f"      - input: {place}\n        rows:{_rows(rows)}"
    return text + more + f"    expect:\n      rows:{_rows(expected, 8)}"


def _rows(rows: Sequence[Row], indent: int = 10) -> str:
    if not rows:
        return " []\n"
    lines = (
        " " * indent + "- {" + ", ".join(f"{key}: {value}" for key, value in row.items()) + "}\n"
        for row in rows
    )
    return "\n" + "".join(lines)
