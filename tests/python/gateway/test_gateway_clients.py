"""The clients that people use: PyHive, SQLAlchemy, pandas, the driver of JDBC, dbt."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy
import yaml
from TCLIService import ttypes

from lakehouse.jars import spark_home
from lakehouse.session import java_command
from tests.python.gateway.served import Served

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def engine(gateway: Served) -> sqlalchemy.Engine:
    """As a notebook or Superset connects."""
    return sqlalchemy.create_engine(f"hive://ann@127.0.0.1:{gateway.port}/gold")


def test_sqlalchemy_finds_tables_and_columns(engine: sqlalchemy.Engine) -> None:
    found = sqlalchemy.inspect(engine)
    assert "gold" in found.get_schema_names()
    assert found.has_table("rpt_a", schema="gold")
    columns = {column["name"]: str(column["type"]) for column in found.get_columns("rpt_a")}
    assert columns == {"key": "VARCHAR", "build": "BIGINT"}


def test_sqlalchemy_gives_values_as_parameters(engine: sqlalchemy.Engine) -> None:
    asked = sqlalchemy.text("select build from gold.rpt_a where key = :key")
    with engine.connect() as connection:
        assert connection.execute(asked, {"key": "x"}).all() == [(1,)]
        assert connection.execute(asked, {"key": "' or '1' = '1"}).all() == []


def test_pandas_reads_a_query(engine: sqlalchemy.Engine) -> None:
    frame = pd.read_sql_query("select key, build from gold.rpt_a order by key", engine)
    assert frame.to_dict("list") == {"key": ["x", "y"], "build": [1, 1]}


def test_the_calls_by_which_drivers_browse(gateway: Served) -> None:
    with gateway.cursor() as cursor:
        client, session = cursor._connection.client, cursor._connection.sessionHandle

        def rows(call: str, **arguments: str) -> list[tuple[Any, ...]]:
            request = getattr(ttypes, f"T{call}Req")(sessionHandle=session, **arguments)
            done = getattr(client, call)(request)
            assert done.status.statusCode == ttypes.TStatusCode.SUCCESS_STATUS, done.status
            fetch = ttypes.TFetchResultsReq(
                operationHandle=done.operationHandle,
                orientation=ttypes.TFetchOrientation.FETCH_NEXT,
                maxRows=1000,
            )
            columns = client.FetchResults(fetch).results.columns
            values = [
                next(v for v in vars(column).values() if v is not None).values for column in columns
            ]
            return list(zip(*values, strict=True))

        assert [row[0] for row in rows("GetSchemas", schemaName="gold")] == ["gold"]
        tables = rows("GetTables", schemaName="gold", tableName="%")
        assert [(row[1], row[2], row[3]) for row in tables] == [
            ("gold", "rpt_a", "VIEW"),
            ("gold", "rpt_b", "VIEW"),
        ]
        columns = rows("GetColumns", schemaName="gold", tableName="rpt_a", columnName="%")
        assert [(row[2], row[3], row[5]) for row in columns] == [
            ("rpt_a", "key", "STRING"),
            ("rpt_a", "build", "BIGINT"),
        ]
        assert {row[0] for row in rows("GetTypeInfo")} >= {"STRING", "DECIMAL", "TIMESTAMP"}
        assert rows("GetTableTypes")
        assert rows("GetFunctions", functionName="sum")


def test_the_driver_of_jdbc_browses(gateway: Served, tmp_path: Path) -> None:
    script = tmp_path / "browse.sql"
    script.write_text("!tables\n!columns rpt_a\n!primarykeys rpt_a\n!exportedkeys rpt_a\n")
    command = [java_command(), "-cp", str(spark_home() / "jars" / "*")]
    command += ["org.apache.hive.beeline.BeeLine", "-u", gateway.url, "-n", "ann"]
    command += ["--outputformat=csv2", "-f", str(script)]
    result = subprocess.run(
        command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    assert ",gold,rpt_a,VIEW," in result.stdout
    assert ",gold,rpt_a,build,-5,BIGINT," in result.stdout


def test_dbt_shows_a_query(gateway: Served, tmp_path: Path) -> None:
    (tmp_path / "dbt_project.yml").write_text("name: reader\nprofile: reader\nversion: 1.0.0\n")
    output = {
        "type": "spark",
        "method": "thrift",
        "host": "127.0.0.1",
        "port": gateway.port,
        "user": "ann",
        "schema": "gold",
    }
    profile = {"reader": {"target": "gateway", "outputs": {"gateway": output}}}
    (tmp_path / "profiles.yml").write_text(yaml.safe_dump(profile))
    dbt = [str(Path(sys.executable).with_name("dbt")), "show", "--inline"]
    environment = {n: v for n, v in os.environ.items() if not n.startswith("DBT_")}

    def shown(query: str) -> subprocess.CompletedProcess[str]:
        folders = ["--project-dir", str(tmp_path), "--profiles-dir", str(tmp_path)]
        return subprocess.run(
            [*dbt, query, *folders, "--output", "json"],
            capture_output=True,
            text=True,
            check=False,
            env=environment,
            cwd=tmp_path,
        )

    good = shown("select key, build from gold.rpt_a order by key")
    assert good.returncode == 0, good.stdout
    assert '"key": "x"' in good.stdout
    bad = shown("select * from csv.`/etc/passwd`")
    assert bad.returncode != 0
    assert "The gateway only reads" in bad.stdout
