"""The configuration files for clusters parse, and say nothing against what a lake needs."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from bench.sizing import Cost, rows
from lakehouse.session import PROFILES_DIR, PROJECT_DIR
from lakehouse.spark_settings import JAR_PLACES, METASTORE_URL, read_properties

CLUSTERS = PROFILES_DIR / "clusters"
SCALE = PROJECT_DIR / "docs" / "scale.md"
PROPERTIES = sorted(CLUSTERS.glob("*/spark-defaults.conf"))
SETTING = re.compile(r"spark\.[\w.-]+ +\S.*")


def _name(path: Path) -> str:
    return path.relative_to(CLUSTERS).as_posix()


@pytest.mark.parametrize("path", PROPERTIES, ids=_name)
def test_properties_are_settings_of_spark(path: Path) -> None:
    lines = [line for line in path.read_text().splitlines() if line and line[0] != "#"]
    assert all(SETTING.fullmatch(line) for line in lines)
    found = read_properties(path)
    assert len(found) == len(lines), "a setting stands twice"
    assert not found["spark.master"].startswith("local")
    for side in ("driver", "executor"):
        assert "-Duser.timezone=UTC" in found[f"spark.{side}.extraJavaOptions"]


@pytest.mark.parametrize("path", PROPERTIES, ids=_name)
def test_they_leave_to_the_lake_what_it_needs(path: Path) -> None:
    found = read_properties(path)
    assert not found.keys() & read_properties(PROFILES_DIR / "lake.conf").keys()
    assert METASTORE_URL not in found
    assert path.parent.name == "standalone" or found.keys() & set(JAR_PLACES)
    assert not [key for key in found if "secret" in key or "password" in key.lower()]


def test_manifests_are_what_kubernetes_knows() -> None:
    folder = CLUSTERS / "kubernetes"
    manifests = [
        manifest
        for name in ("lakehouse.yaml", "executor.yaml")
        for manifest in yaml.safe_load_all((folder / name).read_text())
    ]
    assert all(manifest.keys() >= {"apiVersion", "kind"} for manifest in manifests)
    by_kind = {manifest["kind"]: manifest for manifest in manifests}
    job = by_kind["CronJob"]["spec"]["jobTemplate"]["spec"]["template"]
    [driver] = job["spec"]["containers"]
    settings = read_properties(folder / "spark-defaults.conf")
    service = by_kind["Service"]["metadata"]
    assert settings["spark.driver.host"].startswith(f"{service['name']}.{service['namespace']}.svc")
    ports = {str(port["port"]) for port in by_kind["Service"]["spec"]["ports"]}
    assert ports == {settings["spark.driver.port"], settings["spark.driver.blockManager.port"]}
    assert job["metadata"]["labels"] == by_kind["Service"]["spec"]["selector"]
    assert driver["image"] == settings["spark.kubernetes.container.image"]
    account = settings["spark.kubernetes.authenticate.driver.serviceAccountName"]
    assert (
        job["spec"]["serviceAccountName"]
        == account
        == by_kind["ServiceAccount"]["metadata"]["name"]
    )


def test_emr_is_given_lists_of_classifications() -> None:
    found = json.loads((CLUSTERS / "emr" / "configurations.json").read_text())
    assert all(part.keys() >= {"Classification", "Properties"} for part in found)


def test_the_bundle_runs_commands_that_there_are() -> None:
    bundle = yaml.safe_load((CLUSTERS / "databricks" / "databricks.yml").read_text())
    job = bundle["resources"]["jobs"]["lakehouse"]
    tasks = [task["python_wheel_task"] for task in job["tasks"]]
    assert [task["parameters"][0] for task in tasks] == ["load", "build"]
    assert {task["entry_point"] for task in tasks} == {"lakehouse"}
    [cluster] = job["job_clusters"]
    assert cluster["new_cluster"]["spark_env_vars"]["LAKE_ROOT"].startswith("s3://")


def test_every_file_is_told_of() -> None:
    text = SCALE.read_text()
    for path in CLUSTERS.rglob("*.*"):
        assert path.name in text, path


def test_the_sizes_follow_from_the_measured_costs() -> None:
    text = SCALE.read_text()
    given = re.search(r"--load-seconds ([\d.]+) --build-seconds ([\d.]+) --cores (\d+)", text)
    assert given is not None
    cost = Cost.measured(float(given[1]), float(given[2]), int(given[3]))
    told = [
        tuple(cell.strip() for cell in line.strip("| ").split("|")) for line in text.splitlines()
    ]
    assert [row for row in told if row[0].endswith("million")] == rows(cost, window_hours=4)
