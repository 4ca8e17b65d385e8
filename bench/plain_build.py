"""Gold by a plain Spark script: the baseline of a build. No dbt, no contract, no test.

    python -m bench.plain_build LAKE MANIFEST

The same SELECTs (as dbt compiled them into MANIFEST), from the same bronze, with the same
settings, as one would write them by hand: views where one query reads them, else Delta tables; a
query starts as soon as its inputs are there, several at once. LAKE holds bronze and the seeds;
what is written there besides is only good for comparing.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lakehouse.catalog import named_in, register
from lakehouse.lake import Lake
from lakehouse.session import open_session
from lakehouse.sizing import suit_size

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

THREADS = 4


@dataclass(frozen=True)
class Query:
    """A model, as dbt compiled it.

    Attributes:
        parents: the models that it reads.
        types: SQL type of each column, where a contract says so.
    """

    name: str
    layer: str
    is_view: bool
    select: str
    parents: frozenset[str]
    types: Mapping[str, str]


def read_queries(manifest: Path) -> dict[str, Query]:
    """The models that a script can compute from bronze alone, by name, as dbt compiled them.

    Left out is what reads a snapshot: it tells of past builds.
    """
    nodes: dict[str, Any] = json.loads(manifest.read_text())["nodes"]
    found: dict[str, Query] = {}
    models = {key: node for key, node in nodes.items() if node["resource_type"] == "model"}
    graph = {key: node["depends_on"]["nodes"] for key, node in models.items()}
    for key in TopologicalSorter(graph).static_order():
        parents = [p for p in graph.get(key, []) if p.startswith(("model.", "snapshot."))]
        names = frozenset(nodes[parent]["name"] for parent in parents)
        if key in models and names <= found.keys():
            node = models[key]
            found[node["name"]] = Query(
                node["name"],
                node["config"]["schema"],
                node["config"]["materialized"] == "view",
                node["compiled_code"],
                names,
                {
                    column["name"]: column["data_type"]
                    for column in node["columns"].values()
                    if node["config"]["contract"]["enforced"]
                },
            )
    return found


def build(spark: SparkSession, lake: Lake, queries: dict[str, Query]) -> None:
    """Computes every query, each a view or a Delta table."""
    spark.sql("create schema if not exists silver")
    spark.sql("create schema if not exists gold")

    def run(query: Query) -> None:
        kind = "view" if query.is_view else "table"
        place = f"using delta location '{lake.path(query.layer, query.name)}' "
        spark.sql(
            f"create or replace {kind} {query.layer}.{query.name} "
            f"{'' if query.is_view else place}as {query.select}"
        )

    order = TopologicalSorter({query.name: query.parents for query in queries.values()})
    order.prepare()
    with ThreadPoolExecutor(THREADS) as pool:
        running: dict[Future[None], str] = {}
        while order.is_active():
            running |= {pool.submit(run, queries[name]): name for name in order.get_ready()}
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                future.result()
                order.done(running.pop(future))


def main() -> None:
    """Builds the lake of the command line."""
    lake = Lake.at(sys.argv[1])
    spark = open_session(lake)
    suit_size(spark, lake)
    register(spark, named_in(spark, lake))
    build(spark, lake, read_queries(Path(sys.argv[2])))
    spark.stop()


if __name__ == "__main__":
    main()
