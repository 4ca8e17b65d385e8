"""The metastore: names for the tables that lie in a lake's folders. A cache, never data.

Each lake has one of its own, kept under its identity and its location: a copied or moved lake finds
none and makes its own from its folders, and never meets the names of the lake that it came from.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from lakehouse.errors import LakehouseError
from lakehouse.identity import identify
from lakehouse.lake import LAYERS, Lake
from lakehouse.spark_settings import METASTORE_URL

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

WAREHOUSE, METASTORE = "warehouse", "metastore"
KEY_DIGITS = 16
_LOCATION = re.compile(r"^Location: (?:file:(?://)?)?(.+)$", re.MULTILINE)
_EMBEDDED = re.compile(rf"/([0-9a-f]{{{KEY_DIGITS}}})/{METASTORE};")
_EXTERNAL = re.compile(r"^Type: EXTERNAL$", re.MULTILINE)
_VIEW = re.compile(r"^Type: VIEW$", re.MULTILINE)


def catalog_folder(lake: Lake) -> Path:
    """The local folder of a lake's metastore.

    Raises:
        LakehouseError: the lake's identity cannot be read or written.
    """
    key = hashlib.sha256(f"{identify(lake.root)}\n{lake.root}".encode()).hexdigest()[:KEY_DIGITS]
    return lake.catalog_dir / key


def named_in(spark: SparkSession, lake: Lake) -> Lake:
    """The lake with the schema names that it has in a session.

    A session has the metastore of the lake that it was opened on. The tables of another lake get
    schemas of their own in it, so that no name ever leads from one lake into the other. In a
    metastore that the user configured, names are as `LAKE_SCHEMA_PREFIX` says.
    """
    folder = catalog_folder(lake)
    if lake.schema_prefix or session_catalog(spark) in (None, folder.name):
        return lake
    return replace(lake, schema_prefix=f"lake_{folder.name}_")


def session_catalog(spark: SparkSession) -> str | None:
    """The key of the lake whose embedded metastore a session has; None for a user's own."""
    found = _EMBEDDED.search(spark.conf.get(METASTORE_URL, None) or "")
    return found.group(1) if found else None


def register(spark: SparkSession, lake: Lake) -> list[str]:
    """Makes the metastore name the tables that lie in the lake's folders, where they lie.

    A name that leads elsewhere, or nowhere, is taken away; no data is touched. In a metastore that
    the user configured, and others may use, a name that leads out of the lake stays.

    Returns:
        The qualified names that were registered, e.g. `gold.rpt_kpis`.

    Raises:
        LakehouseError: a schema of a user's own metastore has tables that lie elsewhere.
    """
    is_shared = session_catalog(spark) is None
    registered = []
    for layer in LAYERS:
        schema = lake.schema(layer)
        places = {table: lake.path(layer, table) for table in lake.tables(layer)}
        if places:
            spark.sql(f"create schema if not exists `{schema}`")
        elif not spark.catalog.databaseExists(schema):
            continue
        known, views = _names(spark, schema)
        for table in known:
            if known[table] != places.get(table):
                if is_shared and not known[table].startswith(f"{lake.root}/"):
                    raise LakehouseError(
                        f"The metastore's {schema}.{table} lies at {known[table]}, not in the lake "
                        f"{lake.root}. Give the lake schemas of its own: set LAKE_SCHEMA_PREFIX."
                    )
                spark.sql(f"drop table `{schema}`.`{table}`")
        for table, place in places.items():
            # A model that has become a view leaves the folder of its table behind.
            if known.get(table) != place and table not in views:
                quoted = place.replace("\\", "\\\\").replace("'", "\\'")
                spark.sql(f"create table `{schema}`.`{table}` using delta location '{quoted}'")
                registered.append(f"{schema}.{table}")
    return registered


def _names(spark: SparkSession, schema: str) -> tuple[dict[str, str], set[str]]:
    """The names of a schema: where the tables lie that dropping leaves in place, and the views."""
    rows = spark.sql(f"show table extended in `{schema}` like '*'").collect()
    locations = {
        row["tableName"]: found.group(1)
        for row in rows
        if _EXTERNAL.search(row["information"]) and (found := _LOCATION.search(row["information"]))
    }
    return locations, {row["tableName"] for row in rows if _VIEW.search(row["information"])}
