"""The same project on a Spark cluster, its lake and raw files in an object store: the same answers.

The S3 server, a master, two workers and each command's driver are processes of their own, and all
are ended at the end. The metastore is one that the user configured.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from lakehouse.export import export_table
from lakehouse.jars import jars_folder, require_jars
from lakehouse.lake import Lake
from lakehouse.reading import read_table
from lakehouse.session import PROFILES_DIR, PROJECT_DIR
from lakehouse.storage import copy_file
from tests.e2e.conftest import RAW, VARS, GoldenLake

S3_JARS = PROFILES_DIR / "jars-s3.lock"
BUCKET = "s3a://lakehouse"
SECRET = "a-secret-of-the-test"
STARTED_SECONDS = 60
# Every layer, all shops, tests, a seed and windows; what only these need is built, to save time.
SELECTED = ("dim_shops", "rpt_kpis", "rpt_customer_clv")
# Several commands in one process, whose session they share.
COMMANDS = """
import json, sys
from lakehouse.cli import app
for arguments in json.loads(sys.argv[1]):
    app(arguments, standalone_mode=False)
"""


@dataclass(frozen=True)
class Cluster:
    """Where the processes of the cluster are, and the variables that lead a command to them."""

    environment: dict[str, str]
    folder: Path

    def run(self, *commands: list[str]) -> str:
        """Runs commands of lakehouse; gives what they printed. No command line has a secret."""
        command = [sys.executable, "-c", COMMANDS, json.dumps(commands)]
        log = self.folder / f"{commands[0][0]}.txt"
        with _process(command, self.environment, log, self.folder) as process:
            while process.poll() is None:
                assert not [line for line in _command_lines() if SECRET in line]
                time.sleep(0.5)
        told = log.read_text()
        assert process.returncode == 0, f"{commands}: {told}"
        return told


def _command_lines() -> Iterator[str]:
    """The command lines of all processes: drivers', workers' and executors' among them."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            yield path.read_text(errors="replace")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """An S3 server with the golden raw files, a Spark master and two workers."""
    folder = tmp_path_factory.mktemp("cluster")
    require_jars(S3_JARS)
    s3_port, master_port = _free_port(), _free_port()
    storage = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{s3_port}",
        "AWS_ALLOW_HTTP": "true",
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": SECRET,
    }
    master = f"spark://127.0.0.1:{master_port}"
    spark = {
        "SPARK_HOME": str(jars_folder(S3_JARS).parent),
        "SPARK_DAEMON_MEMORY": "512m",
        "SPARK_NO_DAEMONIZE": "1",
        "SPARK_LOCAL_IP": "127.0.0.1",
    }
    plain = {name: value for name, value in os.environ.items() if not name.startswith("SPARK_")}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in storage.items():
            patch.setenv(name, value)
        with _s3_server(s3_port), _spark_daemons(plain | storage | spark, master_port, folder):
            _upload(RAW, f"{BUCKET}/raw")
            yield Cluster(plain | storage | _configuration(master, folder), folder)


def _configuration(master: str, folder: Path) -> dict[str, str]:
    """What a user sets for a cluster: the machines, the sizes, a metastore, where jars are."""
    jars = f"{jars_folder(S3_JARS)}/*"
    settings = {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.memory": "1g",
        "spark.executor.cores": "1",
        "spark.executor.memory": "1g",
        "spark.sql.shuffle.partitions": "2",
        "spark.databricks.delta.snapshotPartitions": "1",
        "spark.ui.enabled": "false",
        "spark.driver.extraClassPath": jars,
        "spark.executor.extraClassPath": jars,
        "spark.sql.warehouse.dir": f"{folder}/warehouse",
        "spark.hadoop.javax.jdo.option.ConnectionURL": (
            f"jdbc:derby:;databaseName={folder}/metastore_of_ours;create=true"
        ),
        "spark.hadoop.datanucleus.schema.autoCreateTables": "true",
        "spark.hadoop.hive.metastore.schema.verification": "false",
    }
    arguments = " ".join(f"--conf '{key}={value}'" for key, value in settings.items())
    return {
        "PYTHONPATH": str(PROJECT_DIR),
        "LAKE_ROOT": f"{BUCKET}/lake",
        "LAKE_SCHEMA_PREFIX": "",
        "LAKE_CATALOG_DIR": str(folder / "catalog"),
        "SPARK_CONF_DIR": str(PROFILES_DIR / "clusters" / "standalone"),
        "PYSPARK_SUBMIT_ARGS": f"--master {master} {arguments} pyspark-shell",
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
    }


@contextmanager
def _s3_server(port: int) -> Iterator[None]:
    command = [sys.executable, "-m", "moto.server", "--host", "127.0.0.1", "--port", str(port)]
    with _process(command, dict(os.environ), Path(os.devnull)):
        _wait_for(lambda: _answers(port), "the S3 server")
        connection = http.client.HTTPConnection("127.0.0.1", port)
        connection.request("PUT", f"/{BUCKET.partition('://')[2]}")
        assert connection.getresponse().status == 200
        yield


@contextmanager
def _spark_daemons(environment: dict[str, str], port: int, folder: Path) -> Iterator[None]:
    """A master and two workers with a core each; ended, they end their executors."""
    spark_class = f"{environment['SPARK_HOME']}/bin/spark-class"
    here = ("--host", "127.0.0.1", "--webui-port", "0")
    deploy = "org.apache.spark.deploy"
    master = [spark_class, f"{deploy}.master.Master", *here, "--port", str(port)]
    worker = [spark_class, f"{deploy}.worker.Worker", *here, "--cores", "1", "--memory", "1g"]
    logs = [folder / f"{name}.log" for name in ("master", "worker_a", "worker_b")]
    with _process(master, environment, logs[0]):
        _wait_for(lambda: _answers(port), "the master")
        works = [
            [*worker, "--work-dir", f"{log}.work", f"spark://127.0.0.1:{port}"] for log in logs
        ]
        with _process(works[1], environment, logs[1]), _process(works[2], environment, logs[2]):
            registered = "Registering worker"
            _wait_for(lambda: logs[0].read_text().count(registered) == 2, "the workers")
            yield


@contextmanager
def _process(
    command: list[str], environment: dict[str, str], log: Path, folder: Path | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    with (
        log.open("w") as output,
        subprocess.Popen(
            command, env=environment, cwd=folder, stdout=output, stderr=output
        ) as process,
    ):
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_for(is_there: Callable[[], bool], what: str) -> None:
    ends_at = time.monotonic() + STARTED_SECONDS
    while not is_there():
        assert time.monotonic() < ends_at, f"{what} did not start"
        time.sleep(0.1)


def _answers(port: int) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _upload(folder: Path, root: str) -> None:
    for file in folder.rglob("*.csv"):
        copy_file(file, root, file.relative_to(folder).as_posix())


def _rows(lake: Lake, table: str) -> list[str]:
    """The rows of a table of gold, as text and in its order; `_version` is of one lake's loads."""
    rows = read_table(lake, "gold", table)
    kept = [name for name in rows.column_names if not name.startswith("_")]
    return sorted(map(repr, rows.select(kept).to_pylist()))


def test_a_cluster_gives_the_same_answers_as_one_machine(
    cluster: Cluster, golden: GoldenLake
) -> None:
    load = ["load", f"{BUCKET}/raw", "--max-rescued", "0.2"]
    build = ["build", "--target", "cluster", "--vars", json.dumps(VARS)]
    select = ["--indirect-selection", "buildable", "--select", *(f"+{name}" for name in SELECTED)]
    told = cluster.run(load, load, build + select)
    assert told.count("already loaded") == sum(1 for _ in RAW.rglob("*.csv"))
    assert re.search(r"Built \d\d tables, passed \d\d tests", told)
    logs = [(cluster.folder / f"worker_{name}.log").read_text() for name in "ab"]
    assert all("Launching executor" in log or "Asked to launch executor" in log for log in logs)

    told = cluster.run(["status"])
    assert f"Lake: {BUCKET}/lake" in told
    assert "Gold: nothing is built" not in told
    assert "Wrote" in cluster.run(["report", "online_retail", "--out", "page.html"])
    cluster.run(["export", "rpt_kpis", "--format", "csv", "--out", "kpis.csv"])
    local = export_table(golden.lake, "rpt_kpis", "csv", cluster.folder / "kpis_local.csv").path
    exported = (cluster.folder / "kpis.csv").read_text().splitlines()
    assert sorted(exported) == sorted(local.read_text().splitlines())

    lake = Lake.at(f"{BUCKET}/lake")
    built = lake.tables("gold")
    assert set(SELECTED) <= set(built)
    for table in built:
        assert _rows(lake, table) == _rows(golden.lake, table), table
