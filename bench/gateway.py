"""How fast gold is answered to 1, 8 and 32 clients: the gateway, beside Spark's own Thrift server.

    python -m bench.gateway                # on generated data, which it loads and builds first
    python -m bench.gateway --lake LAKE    # on a lake that has a release

Both serve the same tables, one after the other, with the same memory; Spark's as it comes, with the
tables registered by their place. Each client asks what a dashboard asks, tile after tile, and reads
the whole answer; every query is asked twice beforehand, so that nobody waits for a first time.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from rich.console import Console

from bench.figures import Aim, Figure, markdown_table
from bench.processes import LAKEHOUSE, build_generated
from lakehouse.gateway.client import connect
from lakehouse.jars import spark_home
from lakehouse.lake import Lake
from lakehouse.release import record
from lakehouse.session import PROFILES_DIR, PROJECT_DIR
from lakehouse.spark_settings import read_properties

COMMAND = "python -m bench.gateway"
CLIENTS = (1, 8, 32)
QUERIES_A_CLIENT = 40
HOST, PORT, MEMORY, SECONDS_TO_START = "127.0.0.1", 10987, "4g", 300
SPARKS_CLASS = "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2"
GATEWAY, SPARKS = "the gateway", "Spark's Thrift server"
# A tile each, of the dashboards that people draw first.
QUERIES = (
    "select * from gold.rpt_kpis where shop_id = 'online_retail'",
    "select order_date, net_amount, order_count, average_order_value from gold.rpt_kpis_daily "
    "where shop_id = 'online_retail' order by order_date",
    "select product_name, net_amount, unit_count from gold.rpt_product_performance "
    "where shop_id = 'online_retail' order by revenue_rank limit 10",
    "select country, sum(net_amount) as net_amount, sum(order_count) as order_count "
    "from gold.rpt_sales_by_country group by country order by net_amount desc",
    "select clv_segment, count(*) as customers, avg(lifetime_value) as value "
    "from gold.rpt_customer_clv where shop_id = 'thelook' group by clv_segment",
    "select cohort_month, period_number, retention_rate from gold.rpt_customer_cohorts "
    "where shop_id = 'online_retail'",
    "select session_date, sessions_viewed, sessions_carted, sessions_purchased "
    "from gold.rpt_funnel_daily where shop_id = 'rees46' order by session_date",
    "select brand, net_amount, conversion_rate from gold.rpt_brand_performance "
    "where shop_id = 'rees46' order by revenue_rank limit 20",
    "select item_a_name, item_b_name, lift, support from gold.rpt_market_basket "
    "where is_significant order by lift desc limit 20",
    "select k.shop_id, k.net_amount, c.customers from gold.rpt_kpis k join (select shop_id, "
    "count(*) as customers from gold.rpt_customer_clv group by shop_id) c using (shop_id)",
)


def measure(lake: Path | None = None) -> list[Figure]:
    """Median and 95th percentile of the seconds that a query takes, for each number of clients.

    Args:
        lake: that has a release; None for one of generated data.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if lake is None:
            lake = build_generated(folder)
        with _gateway(lake, folder / "gateway"):
            ours = _latencies()
        with _sparks(Lake.at(lake), folder / "sparks"):
            theirs = _latencies()
    figures = []
    for clients in CLIENTS:
        for title, place in (("median", 50), ("95th percentile", 95)):
            of_ours, of_theirs = (_percentile(found[clients], place) for found in (ours, theirs))
            what = f"{title} of a query, {clients} clients"
            aim = Aim(0.5) if (clients, place) == (8, 95) else None
            ratio = of_ours / of_theirs
            figures += [
                Figure(f"{GATEWAY}: {what}", of_ours, "s", SPARKS, ratio, COMMAND, aim),
                Figure(f"{SPARKS}: {what}", of_theirs, "s", GATEWAY, 1 / ratio, COMMAND),
            ]
    return figures


def _percentile(seconds: list[float], place: int) -> float:
    return statistics.quantiles(seconds, n=100)[place - 1]


def _latencies() -> dict[int, list[float]]:
    """Seconds of each query, by how many clients ask at once."""
    for _ in range(2):
        _ask(QUERIES, [])
    found: dict[int, list[float]] = {}
    for clients in CLIENTS:
        found[clients] = []
        orders = [
            random.Random(client).choices(QUERIES, k=max(4, QUERIES_A_CLIENT // clients))
            for client in range(clients)
        ]
        threads = [threading.Thread(target=_ask, args=(order, found[clients])) for order in orders]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if len(found[clients]) != sum(map(len, orders)):
            raise RuntimeError("Not every query was answered.")
    return found


def _ask(queries: tuple[str, ...] | list[str], seconds: list[float]) -> None:
    with closing(connect(HOST, PORT, "bench", seconds=600)) as connection:
        for query in queries:
            with closing(connection.cursor()) as cursor:
                started = time.monotonic()
                cursor.execute(query)
                cursor.fetchall()
                seconds.append(time.monotonic() - started)


@contextmanager
def _gateway(lake: Path, folder: Path) -> Iterator[None]:
    command = [*LAKEHOUSE, "serve", "--port", str(PORT), "--memory", MEMORY]
    variables = {"LAKE_ROOT": str(lake), "LAKE_CATALOG_DIR": str(folder)}
    with _answering(command, folder, variables):
        yield


@contextmanager
def _sparks(lake: Lake, folder: Path) -> Iterator[None]:
    """Spark's own server, as `start-thriftserver.sh` starts it, with Delta and the same tables."""
    settings = read_properties(PROFILES_DIR / "lake.conf") | {
        "spark.driver.memory": MEMORY,
        "spark.ui.enabled": "false",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.hadoop.javax.jdo.option.ConnectionURL": (
            f"jdbc:derby:;databaseName={folder}/metastore;create=true"
        ),
        "spark.hadoop.datanucleus.schema.autoCreateTables": "true",
        "spark.hadoop.hive.metastore.schema.verification": "false",
        "spark.hadoop.hive.server2.thrift.bind.host": HOST,
        "spark.hadoop.hive.server2.thrift.port": str(PORT),
    }
    command = [str(spark_home() / "bin" / "spark-submit")]
    command += [part for name, value in settings.items() for part in ("--conf", f"{name}={value}")]
    command += ["--class", SPARKS_CLASS, "spark-internal"]
    with _answering(command, folder, {"SPARK_LOCAL_IP": HOST}):
        with (
            closing(connect(HOST, PORT, "bench", seconds=600, database="default")) as connection,
            closing(connection.cursor()) as cursor,
        ):
            cursor.execute("create schema gold")
            for table in record.require_current(lake).tables:
                place = lake.path("gold", table)
                cursor.execute(f"create table gold.{table} using delta location '{place}'")
        yield


@contextmanager
def _answering(command: list[str], folder: Path, variables: Mapping[str, str]) -> Iterator[None]:
    """A server's process, from when it answers until the block ends."""
    folder.mkdir(parents=True)
    log = folder / "log.txt"
    with log.open("wb") as output:
        environment = os.environ | variables
        for name in ("SPARK_CONF_DIR", "PYSPARK_SUBMIT_ARGS", "LAKE_SUBMIT_ARGS"):
            environment.pop(name, None)
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment | {"PYTHONPATH": str(PROJECT_DIR)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        end = time.monotonic() + SECONDS_TO_START
        while not _is_up():
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"The server did not start:\n{log.read_text()[-2000:]}")
            time.sleep(0.5)
        yield
    finally:
        process.terminate()
        process.wait()


def _is_up() -> bool:
    from thrift.transport.TTransport import TTransportException

    try:
        with closing(connect(HOST, PORT, "bench", database="default")):
            return True
    except (TTransportException, OSError):
        return False


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.gateway",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--lake", type=Path, help="that has a release; without: generated data")
    lake = parser.parse_args().lake
    figures = measure(lake.resolve() if lake else None)
    Console(width=160, highlight=False).print(markdown_table(figures), markup=False)


if __name__ == "__main__":
    main()
