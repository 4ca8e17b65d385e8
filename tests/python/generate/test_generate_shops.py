"""What makes each shop's data like the real one's, with the tolerance of its size at scale 1."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from lakehouse.generate import (
    PLANTED_PAIRS,
    GeneratedFile,
    online_retail,
    rees46,
    shopify,
    shopping_trends,
    thelook,
)
from lakehouse.generate.rees46 import ROBOT_USER_ID

Table = Callable[[str, str], pd.DataFrame]
near = pytest.approx


@pytest.fixture(scope="module")
def table(sample: tuple[Path, list[GeneratedFile]]) -> Table:
    """Return what reads one file of one shop, every cell as text."""
    read: dict[tuple[str, str], pd.DataFrame] = {}

    def of(shop: str, name: str) -> pd.DataFrame:
        if (shop, name) not in read:
            rows = pd.read_csv(sample[0] / shop / name, dtype=str, keep_default_na=False)
            read[shop, name] = rows
        return read[shop, name]

    return of


def pair_counts(baskets: pd.DataFrame, shop: str) -> list[tuple[int, float]]:
    """Return how many baskets hold both items of each planted pair, and the pair's lift.

    Args:
        baskets: columns basket and item, any number of rows for one.
        shop: whose pairs.
    """
    holding = baskets.groupby("item").basket.agg(set)
    total = baskets.basket.nunique()
    found = []
    for pair in PLANTED_PAIRS[shop]:
        with_a, with_b = holding[pair.item_a], holding[pair.item_b]
        both = len(with_a & with_b)
        found.append((both, both * total / (len(with_a) * len(with_b))))
    return found


@pytest.fixture(scope="module")
def events(table: Table) -> pd.DataFrame:
    """Return the clickstream, its spoiled rows left out, with a session key per user."""
    rows = pd.concat([table("rees46", name) for name in rees46.FILES], ignore_index=True)
    rows = rows[(rows.user_session != "") & ~rows.price.str.startswith("$")]
    return rows.assign(session=rows.user_session + rows.user_id, amount=rows.price.astype(float))


def test_rees46_funnel_is_the_published_one(events: pd.DataFrame) -> None:
    share = events.event_type.value_counts(normalize=True)
    assert share["view"] == near(0.9415, abs=0.005)
    assert share["cart"] == near(0.0449, abs=0.004)
    assert share["purchase"] == near(0.0136, abs=0.0015)
    sessions = events.session.nunique()
    carted = events[events.event_type != "view"].session.nunique()
    bought = events[events.event_type == "purchase"].session.nunique()
    assert carted / sessions == near(0.127, abs=0.006)
    assert bought / sessions == near(0.056, abs=0.004)


def test_rees46_sessions_have_the_published_lengths(events: pd.DataFrame) -> None:
    lengths = events.groupby("session").size()
    assert lengths.mean() == near(4.90, rel=0.06)
    assert lengths.quantile(0.5) == 2
    assert lengths.quantile(0.9) == near(11, abs=1)
    assert lengths.quantile(0.99) == near(36, abs=4)


def test_rees46_steps_come_in_order(events: pd.DataFrame) -> None:
    assert events.event_time.is_monotonic_increasing
    first = events.assign(at=range(len(events))).groupby(["session", "product_id", "event_type"])
    steps = first["at"].min().unstack()
    both = steps.dropna(subset=["purchase"])
    assert (both["view"] < both["purchase"]).all()
    assert (steps.dropna(subset=["cart"]).view < steps.dropna(subset=["cart"]).cart).all()


def test_rees46_dirt_is_in_proportion(events: pd.DataFrame) -> None:
    assert (events.category_code == "").mean() == near(0.324, abs=0.015)
    assert (events.brand == "").mean() == near(0.137, abs=0.01)
    assert (events.amount == 0).mean() == near(0.0028, abs=0.0012)
    assert events.amount.quantile(0.5) == near(165, rel=0.2)
    assert events.amount.quantile(0.9) == near(758, rel=0.2)
    assert events.amount.quantile(0.99) == near(1_682, rel=0.3)
    assert 20 <= events.duplicated().sum() <= 300
    assert (events.groupby("user_session").user_id.nunique() > 1).sum() >= 2
    sessions = events.drop_duplicates("session").user_id.value_counts()
    assert sessions.index[0] == str(ROBOT_USER_ID)
    assert sessions.iloc[0] > 1.5 * sessions.iloc[1]


def test_rees46_months_are_two_files(table: Table) -> None:
    for name, month in zip(rees46.FILES, ("2019-10", "2019-11"), strict=True):
        assert table("rees46", name).event_time.str.startswith(month).all()
        assert table("rees46", name).event_time.str.endswith(":00 UTC").mean() < 0.1


def test_rees46_pairs_are_found_again(events: pd.DataFrame) -> None:
    bought = events[events.event_type == "purchase"]
    found = pair_counts(
        bought.rename(columns={"session": "basket", "product_id": "item"}), "rees46"
    )
    assert all(both >= 12 and lift > 5 for both, lift in found), found


@pytest.fixture(scope="module")
def lines(table: Table) -> pd.DataFrame:
    """Return the wholesaler's lines, its spoiled rows left out."""
    rows = table("online_retail", online_retail.FILE)
    rows = rows[(rows.Country != "") & ~rows.Price.str.startswith("£")]
    return rows.assign(
        pieces=rows.Quantity.astype(int),
        pounds=rows.Price.astype(float),
        code=rows.StockCode.str.upper().str.strip(),
    )


def sales(lines: pd.DataFrame) -> pd.DataFrame:
    """Return the lines that the definitions count as sales, without exact duplicates."""
    goods = lines.code.str.fullmatch(r"\d{5}[A-Z]*")
    plain = lines.Invoice.str.isdigit() & (lines.pounds > 0) & (lines.pieces > 0)
    return lines[goods & plain].drop_duplicates()


def test_online_retail_proportions(lines: pd.DataFrame) -> None:
    assert lines.Invoice.str.startswith("C").mean() == near(0.018, abs=0.003)
    assert (lines["Customer ID"] == "").mean() == near(0.228, abs=0.04)
    assert (lines.pounds == 0).mean() == near(0.006, abs=0.0015)
    sold = sales(lines)
    value = (sold.pieces * sold.pounds).sum() / sold.Invoice.nunique()
    assert 300 < value < 650
    orders = sold[sold["Customer ID"] != ""].groupby("Customer ID").Invoice.nunique()
    assert 250 <= len(orders) <= 340
    assert (orders > 1).mean() > 0.6


def test_online_retail_quirks_are_there(lines: pd.DataFrame) -> None:
    specials = {"POST", "DOT", "M", "D", "S", "BANK CHARGES", "AMAZONFEE", "C2", "CRUK"}
    assert specials <= set(lines.code)
    assert lines.code.str.startswith("GIFT_0001_").any()
    cases = lines.groupby("code").StockCode.nunique()
    assert (cases > 1).sum() > 20
    for mark in (",", '"', "£", "  "):
        assert lines.Description.str.contains(mark, regex=False).any()
    assert (lines.Description != lines.Description.str.strip()).mean() == near(0.2, abs=0.05)
    assert (lines.groupby("Invoice").InvoiceDate.nunique() > 1).sum() >= 1
    known = lines[lines["Customer ID"] != ""]
    assert known["Customer ID"].str.fullmatch(r"\d{5}\.0").all()
    assert (known.groupby("Customer ID").Country.nunique() > 1).sum() >= 2
    assert lines.Country.nunique() >= 15
    bad_debt = lines[lines.Invoice.str.startswith("A")]
    assert len(bad_debt) >= 2
    assert (bad_debt.pounds < 0).all()
    assert {80_995, -80_995} <= set(lines.pieces)


def test_online_retail_sheets_overlap_in_december_2010(lines: pd.DataFrame) -> None:
    time = lines.InvoiceDate
    breaks = (time.to_numpy()[1:] < time.to_numpy()[:-1]).sum()
    assert breaks <= 1 + (lines.groupby("Invoice").InvoiceDate.nunique() > 1).sum()
    again = lines[lines.duplicated()]
    in_overlap = again.InvoiceDate.between("2010-12-01 08:26", "2010-12-09 20:02")
    assert in_overlap.sum() > 300
    assert 0.005 < (~in_overlap).mean() * len(again) / len(lines) < 0.02


def test_online_retail_cancellations_refer_to_sales(lines: pd.DataFrame) -> None:
    sold = sales(lines)[["Customer ID", "code", "pounds", "InvoiceDate"]]
    undone = lines[lines.Invoice.str.startswith("C") & lines.code.str.fullmatch(r"\d{5}[A-Z]*")]
    assert (undone.pieces < 0).all()
    first = sold.groupby(["Customer ID", "code", "pounds"]).InvoiceDate.min().rename("sold_at")
    joined = undone.merge(first, left_on=["Customer ID", "code", "pounds"], right_index=True)
    assert len(joined) == len(undone)
    assert (joined.sold_at <= joined.InvoiceDate).all()


def test_online_retail_peaks_before_christmas(lines: pd.DataFrame) -> None:
    months = lines.InvoiceDate.str[:7].value_counts()
    assert months["2011-11"] > 2 * months["2011-02"]
    hours = lines.InvoiceDate.str[11:13].astype(int)
    assert hours.between(6, 20).all()
    weekdays = pd.to_datetime(lines.InvoiceDate).dt.dayofweek.value_counts(normalize=True)
    assert weekdays.get(5, 0) < 0.02


def test_online_retail_pairs_are_found_again(lines: pd.DataFrame) -> None:
    baskets = sales(lines).rename(columns={"Invoice": "basket", "code": "item"})
    found = pair_counts(baskets, "online_retail")
    assert all(both >= 120 and lift > 2 for both, lift in found), found


def test_thelook_keys_fit(table: Table) -> None:
    users, products, orders, items, stock, seen, centres = (
        table("thelook", name)
        for name in (
            thelook.USERS,
            thelook.PRODUCTS,
            thelook.ORDERS,
            thelook.ORDER_ITEMS,
            thelook.INVENTORY,
            thelook.EVENTS,
            thelook.CENTRES,
        )
    )
    for rows in (users, products, items, stock, seen, centres):
        assert rows.id.is_unique
    assert orders.order_id.is_unique
    assert orders.user_id.isin(users.id).all()
    assert items.order_id.isin(orders.order_id).all()
    assert items.product_id.isin(products.id).all()
    assert stock.product_id.isin(products.id).all()
    assert products.distribution_center_id.isin(centres.id).all()
    assert seen.user_id[seen.user_id != ""].isin(users.id).all()
    of_order = items.merge(orders, on="order_id", suffixes=("", "_order"))
    assert (of_order.user_id == of_order.user_id_order).all()
    assert (of_order.status == of_order.status_order).all()
    counts = items.groupby("order_id").size().reindex(orders.order_id)
    assert (counts.astype(str).to_numpy() == orders.num_of_item.to_numpy()).all()
    # Every item took one piece out of stock, and nothing else did.
    assert items.inventory_item_id.is_unique
    taken = items.merge(stock, left_on="inventory_item_id", right_on="id")
    assert len(taken) == len(items) == (stock.sold_at != "").sum()
    assert (taken.product_id_x == taken.product_id_y).all()
    assert (taken.created_at_y < taken.sold_at).all()


def test_thelook_proportions(table: Table) -> None:
    orders, users = table("thelook", thelook.ORDERS), table("thelook", thelook.USERS)
    products, seen = table("thelook", thelook.PRODUCTS), table("thelook", thelook.EVENTS)
    status = orders.status.value_counts(normalize=True)
    for name, weight in zip(thelook.STATUSES.names, thelook.STATUSES.weights, strict=True):
        assert status[name] == near(weight / 100, abs=0.02)
    sizes = orders.num_of_item.value_counts(normalize=True)
    assert [sizes[str(n)] for n in (1, 2, 3, 4)] == near([0.70, 0.20, 0.05, 0.05], abs=0.001)
    assert users.traffic_source.value_counts(normalize=True)["Search"] == near(0.70, abs=0.03)
    assert users.age.astype(int).between(12, 70).all()
    assert {"Brasil", "China", "United States"} <= set(users.country)
    assert (users.city == "null").mean() == near(0.0096, abs=0.006)
    assert 0 < (users.created_at == "").mean() < 0.02
    assert products.category.nunique() == 26
    margin = products.cost.astype(float) / products.retail_price.astype(float)
    assert margin.mean() == near(0.489, abs=0.02)
    assert (seen.user_id == "").mean() == near(0.463, abs=0.03)


def test_thelook_times_follow_each_other(table: Table) -> None:
    items = table("thelook", thelook.ORDER_ITEMS)
    for before, after in (
        ("created_at", "shipped_at"),
        ("shipped_at", "delivered_at"),
        ("delivered_at", "returned_at"),
    ):
        both = items[(items[before] != "") & (items[after] != "")]
        assert len(both) > 100
        assert (both[before] < both[after]).all()
    assert (items[items.status.isin(["Cancelled", "Processing"])].shipped_at == "").all()
    assert (items[items.status == "Returned"].returned_at != "").all()


def test_thelook_sessions_are_in_sequence(table: Table) -> None:
    seen = table("thelook", thelook.EVENTS)
    seen = seen[(seen.event_type != "") & seen.sequence_number.str.isdigit()]
    seen = seen.assign(number=seen.sequence_number.astype(int))
    ordered = seen.sort_values(["session_id", "number"])
    later = ordered.session_id.eq(ordered.session_id.shift())
    assert (ordered.created_at >= ordered.created_at.shift())[later].all()
    assert (ordered.number == ordered.number.shift() + 1)[later].all()
    last = ordered.groupby("session_id").event_type.last()
    known = ordered[ordered.user_id != ""].session_id.unique()
    assert (last[known] == "purchase").all()
    assert len(known) == 6_000
    assert set(seen.uri[seen.event_type == "cart"]) == {"/cart"}
    assert seen.uri[seen.event_type == "product"].str.fullmatch(r"/product/\d+").all()
    assert seen.uri[seen.event_type == "department"].str.startswith("/department/").all()


def test_thelook_pairs_are_found_again(table: Table) -> None:
    items = table("thelook", thelook.ORDER_ITEMS)
    found = pair_counts(
        items.rename(columns={"order_id": "basket", "product_id": "item"}), "thelook"
    )
    assert all(both >= 30 and lift > 5 for both, lift in found), found


def test_thelook_has_products_that_run_out(table: Table) -> None:
    stock = table("thelook", thelook.INVENTORY)
    left = set(stock.product_id[stock.sold_at == ""])
    sold = stock.product_id[stock.sold_at != ""].value_counts()
    fast = sold[sold.ge(float(sold.quantile(0.9)))].index
    assert len(set(fast) - left) >= 8


def test_shopping_trends_keeps_the_rules(table: Table) -> None:
    rows = table("shopping_trends", shopping_trends.FILE)
    assert (rows["Discount Applied"] == rows["Promo Code Used"]).all()
    is_man = rows.Gender == "Male"
    assert is_man.mean() == near(0.68, abs=0.03)
    assert (rows["Discount Applied"][~is_man] == "No").all()
    assert (rows["Discount Applied"][is_man] == "Yes").mean() == near(0.632, abs=0.04)
    assert (rows["Subscription Status"][rows["Discount Applied"] == "No"] == "No").all()
    assert rows["Customer ID"].is_unique
    assert rows["Item Purchased"].nunique() == 25
    assert set(rows.Category) == set(shopping_trends.DATA.items)
    assert rows.Location.nunique() == 50
    assert set(rows["Frequency of Purchases"]) == set(shopping_trends.DATA.frequencies.names)
    assert rows["Previous Purchases"].astype(int).between(1, 50).all()
    assert rows["Review Rating"].astype(float).between(2.5, 5.0).all()
    assert rows["Payment Method"].nunique() == rows["Shipping Type"].nunique() == 6


def test_shopping_trends_has_seasons(table: Table) -> None:
    rows = table("shopping_trends", shopping_trends.FILE)
    for season, items in shopping_trends.DATA.seasonal_items.items():
        share = (rows.Season[rows["Item Purchased"].isin(items)] == season).mean()
        assert share == near(0.25 + 0.75 * shopping_trends.SEASONAL_LEAN, abs=0.08)


@pytest.fixture(scope="module")
def shopify_lines(table: Table) -> pd.DataFrame:
    """Return the lines of Shopify orders that fit, numbers as such."""
    lines = table("shopify", shopify.ORDERS)
    lines = lines[lines["Lineitem quantity"] != "two"]
    quantity, price = (lines[f"Lineitem {name}"].astype(float) for name in ("quantity", "price"))
    return lines.assign(listed=quantity * price)


def test_shopify_says_what_is_true_of_an_order_in_its_first_row(table: Table) -> None:
    lines = table("shopify", shopify.ORDERS)
    is_first = ~lines["Name"].duplicated()
    assert lines["Name"].str[1:].astype(int).is_monotonic_increasing
    assert 1.6 <= len(lines) / is_first.sum() <= 2.1
    for header in ("Financial Status", "Currency", "Subtotal", "Refunded Amount", "Id"):
        assert (lines[header] != "").tolist() == is_first.tolist()
    assert (lines["Created at"] != "").all()


def test_shopify_amounts_add_up(shopify_lines: pd.DataFrame) -> None:
    whole = shopify_lines.groupby("Name").filter(lambda order: (order.Subtotal != "").any())
    goods = whole.groupby("Name").listed.sum()
    orders = whole[whole.Subtotal != ""].set_index("Name")
    amount = {
        name: orders[name].astype(float)
        for name in ("Subtotal", "Discount Amount", "Shipping", "Taxes", "Total", "Refunded Amount")
    }
    off = (goods - amount["Discount Amount"] - amount["Subtotal"]).abs() > 0.005
    assert off.sum() == 1, "only the order of the spoiled line lacks one"
    together = amount["Subtotal"] + amount["Shipping"] + amount["Taxes"]
    assert (together - amount["Total"]).abs().max() < 0.005
    status = orders["Financial Status"]
    refunded = amount["Refunded Amount"]
    assert (refunded[status == "refunded"] == amount["Total"][status == "refunded"]).all()
    assert (refunded[status == "partially_refunded"] > 0).all()
    assert (refunded[~status.isin(["refunded", "partially_refunded"])] == 0).all()
    assert set(orders.Currency) == {"USD", "CAD", "EUR"}
    assert 0.03 <= (orders.Currency != "USD").mean() <= 0.2


def test_shopify_pairs_are_found_again(shopify_lines: pd.DataFrame) -> None:
    baskets = shopify_lines.rename(columns={"Name": "basket", "Lineitem sku": "item"})
    for both, lift in pair_counts(baskets, "shopify"):
        assert both >= 30
        assert lift >= 2


def test_shopify_orders_are_of_known_customers_and_products(table: Table) -> None:
    lines, customers = table("shopify", shopify.ORDERS), table("shopify", shopify.CUSTOMERS)
    products = table("shopify", shopify.PRODUCTS)
    assert set(lines.Email) - set(customers.Email) == {""}
    assert set(lines["Lineitem sku"]) - set(products["Variant SKU"]) == set()
    assert (lines[lines["Lineitem sku"] == ""]["Lineitem name"] == "Gift Card").all()
    pictures = products[products["Variant SKU"] == ""]
    assert (pictures[["Title", "Variant Price", "Option1 Value"]] == "").all(axis=None)
