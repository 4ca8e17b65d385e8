"""Each folder of models reads what it may: the rules of `dbt-bouncer.yml` find what breaks them."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from lakehouse.session import PROJECT_DIR

if TYPE_CHECKING:
    from collections.abc import Iterator

RULES = PROJECT_DIR / "dbt-bouncer.yml"
CHECKS: list[dict[str, Any]] = yaml.safe_load(RULES.read_text(encoding="utf-8"))["manifest_checks"]
MODELS = PROJECT_DIR / "models"

# One fault for each rule: what a model reads too much, ...
READ_TOO_MUCH = {
    "dim_dates": "source.lakehouse.bronze.loads",
    "rpt_payment_methods": "seed.lakehouse.shops",
    "stg_rees46__events": "stg_thelook__users",
    "int_rees46__orders": "dim_shops",
    "int_orders": "stg_thelook__users",
    "int_shop_periods": "dim_shops",
    "fct_orders": "int_sales_lines",
    "feat_product_texts": "rpt_kpis",
    "ml_segment_profiles": "int_customers",
    "rpt_load_quality": "rpt_kpis",
    "rpt_customer_clv": "stg_thelook__users",
    "rpt_promo_effectiveness": "int_customers",
    "rpt_customer_rfm": "int_orders",
    "rpt_market_basket": "int_order_items",
    "rpt_kpis": "int_sessions",
    "rpt_sales_history": "int_inventory_items",
}
# ... and what else is wrong with one.
WRONG: dict[str, dict[str, Any]] = {
    "rpt_fulfilment": {"original_file_path": "models/marts/rpt_fulfilment.sql"},
    "int_customer_days": {"original_file_path": "models/silver/helpers/int_customer_days.sql"},
    "rpt_funnel_daily": {"original_file_path": "models/gold/funnels/rpt_funnel_daily.sql"},
    "stg_thelook__orders": {"name": "thelook_orders"},
    "int_thelook__orders": {"name": "int_thelook_orders"},
    "int_products": {"name": "int_rees46__goods"},
    "dim_products": {"name": "products"},
    "feat_customers": {"name": "customers"},
    "ml_model_runs": {"name": "model_runs"},
    "rpt_price_elasticity": {"name": "elasticity"},
    "int_baskets": {"schema": "gold"},
    "rpt_demographics": {"schema": "silver"},
    "rpt_revenue_bridge": {"patch_path": "lakehouse://models/gold/sales/_sales.yml"},
    "rpt_seasonal_items": {"patch_path": "lakehouse://models/gold/sales/rpt_seasonal_items.yml"},
    "rpt_attribute_correlation": {"description": ""},
    "rpt_category_engagement": {"contract": {"enforced": False}},
    "rpt_customer_cohorts": {"columns": {"data_type": None}},
    "rpt_customer_segments": {"columns": {"description": ""}},
    "int_robot_days": {"config": {"unique_key": None}},
}
WITHOUT_UNIT_TESTS = "int_thelook__events"


def _faulty(manifest: dict[str, Any]) -> dict[str, Any]:
    """The manifest with every fault."""
    faulty = copy.deepcopy(manifest)
    models = _models(faulty)
    for name, parent in READ_TOO_MUCH.items():
        node_id = parent if "." in parent else models[parent]["unique_id"]
        models[name]["depends_on"]["nodes"].append(node_id)
    for name, changes in WRONG.items():
        for key, value in changes.items():
            node = models[name]
            if key == "columns":
                next(iter(node["columns"].values())).update(value)
            elif isinstance(value, dict):
                for settings in (node[key], node["config"].get(key, {})):
                    settings.update(value)
            else:
                node[key] = value
    faulty["unit_tests"] = {
        key: test
        for key, test in faulty["unit_tests"].items()
        if test["model"] != WITHOUT_UNIT_TESTS
    }
    return faulty


def _models(manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    nodes = manifest["nodes"].values()
    return {node["name"]: node for node in nodes if node["resource_type"] == "model"}


def _failed_checks(manifest: dict[str, Any], folder: Path) -> dict[int, list[str]]:
    """What dbt-bouncer says of a manifest, by the number of the rule."""
    (folder / "target").mkdir()
    (folder / "target" / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (folder / RULES.name).write_text(RULES.read_text(encoding="utf-8"), encoding="utf-8")
    program = "import dbt_bouncer.main as m; m.app()"
    options = ["--output-file", "found.json", "--output-format", "json"]
    subprocess.run(
        [sys.executable, "-c", program, "run", *options], cwd=folder, check=False, timeout=300
    )
    found: dict[int, list[str]] = {}
    for result in json.loads((folder / "found.json").read_text(encoding="utf-8")):
        if result["outcome"] != "success":
            number = int(result["check_run_id"].split(":")[1])
            found.setdefault(number, []).append(result["check_run_id"])
    return found


def test_the_project_keeps_its_rules(manifest: dict[str, Any], tmp_path: Path) -> None:
    assert _failed_checks(manifest, tmp_path) == {}


def test_every_rule_finds_what_breaks_it(manifest: dict[str, Any], tmp_path: Path) -> None:
    found = _failed_checks(_faulty(manifest), tmp_path)
    assert [check for n, check in enumerate(CHECKS) if n not in found] == []


def test_an_exception_is_one(manifest: dict[str, Any]) -> None:
    """A model that a rule leaves out exists, and breaks the rule."""
    models = {node["original_file_path"]: node for node in _models(manifest).values()}
    paths = {node["unique_id"]: path for path, node in models.items()}
    checked = 0
    for check in CHECKS:
        if "upstream_path_pattern" not in check or "exclude" not in check:
            continue
        excluded = check["exclude"] if isinstance(check["exclude"], list) else [check["exclude"]]
        for pattern in excluded:
            left_out = [node for path, node in models.items() if re.match(pattern, path)]
            assert left_out, f"{pattern} is no model"
            for node in left_out:
                parents = [paths[p] for p in node["depends_on"]["nodes"] if p in paths]
                wrong = [p for p in parents if not re.match(check["upstream_path_pattern"], p)]
                assert wrong, f"{node['name']} no longer needs its exception"
                checked += 1
    assert checked


def test_a_mapping_reads_its_own_shop(manifest: dict[str, Any]) -> None:
    for name, node in _models(manifest).items():
        if "/conformed/shops/" in node["original_file_path"]:
            shop = Path(node["original_file_path"]).parent.name
            parents = [parent.split(".")[-1] for parent in node["depends_on"]["nodes"]]
            assert [p for p in parents if not re.match(rf"(stg|int)_{shop}__", p)] == [], name


def test_a_helper_of_one_report_stands_beside_it(manifest: dict[str, Any]) -> None:
    models = _models(manifest)
    for name, node in models.items():
        folder = Path(node["original_file_path"]).parent
        readers = set(_reports(name, models))
        if folder == Path("models/silver/shared"):
            assert len(readers) > 1, f"{name} is a helper of {readers} alone"
        elif name.startswith("int_") and folder.is_relative_to("models/gold"):
            assert len(readers) == 1, f"{name} is shared by {readers}: to models/silver/shared"
            [report] = readers
            assert Path(models[report]["original_file_path"]).parent == folder, name


def _reports(name: str, models: dict[str, dict[str, Any]]) -> Iterator[str]:
    """The tables of gold that read a model, be it through helpers."""
    for reader, node in models.items():
        if models[name]["unique_id"] in node["depends_on"]["nodes"]:
            if reader.startswith("int_"):
                yield from _reports(reader, models)
            else:
                yield reader


@pytest.mark.parametrize("folder", [MODELS, *sorted(p for p in MODELS.rglob("*") if p.is_dir())])
def test_a_folder_of_models_says_what_it_may_read(folder: Path) -> None:
    readme = next(
        place / "README.md" for place in (folder, *folder.parents) if (place / "README.md").exists()
    )
    assert readme.is_relative_to(MODELS)
    if folder not in (MODELS, MODELS / "silver"):
        assert readme.parent != MODELS, f"{folder} needs a README.md"
