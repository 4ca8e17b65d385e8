"""What may be said to the gateway: each statement of Spark's and Delta's grammar, each function."""

from __future__ import annotations

import csv
import hashlib
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pyhive.exc import Error

from lakehouse.gateway.compiled import SOURCES
from lakehouse.jars import spark_home
from lakehouse.session import java_command
from tests.python.gateway.served import Served, message

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.slow
REFUSED = "The gateway only reads: "
with Path(__file__).with_name("statements.tsv").open(encoding="utf-8") as lines:
    STATEMENTS = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
FUNCTIONS = (SOURCES / "functions.txt").read_text(encoding="utf-8").splitlines()[1:]
CALLS = {
    "reflect": "select reflect('java.lang.System', 'getenv', 'LAKE_SECRET')",
    "java_method": "select java_method('java.lang.System', 'getProperty', 'user.home')",
    "try_reflect": "select try_reflect('java.lang.System', 'getenv', 'LAKE_SECRET')",
    "from_avro": "select from_avro(x'00', '\"int\"', map('avroSchemaUrl', 'file:///etc/passwd'))",
    "to_avro": "select to_avro(1)",
    "schema_of_avro": "select schema_of_avro('\"int\"', map())",
    "from_protobuf": "select from_protobuf(x'00', 'A', '/etc/passwd', map())",
    "to_protobuf": "select to_protobuf(struct(1), 'A', '/etc/passwd', map())",
    "from_xml": "select from_xml('<a/>', 'a int', map('rowValidationXSDPath', '/etc/passwd'))",
    "schema_of_xml": "select schema_of_xml('<a/>', map('rowValidationXSDPath', '/etc/passwd'))",
    "table_changes": "select * from table_changes('gold.rpt_a', 0)",
    "table_changes_by_path": "select * from table_changes_by_path('{lake}/silver/secret', 0)",
    "python_worker_logs": "select * from python_worker_logs()",
}


def _alternatives(spark: SparkSession, parser: str, rules: set[str]) -> set[str]:
    """The alternatives of a grammar's rules, as the parser has them."""
    assert spark._jvm is not None
    loader = spark._jvm.java.lang.Thread.currentThread().getContextClassLoader()
    classes = spark._jvm.java.lang.Class.forName(parser, False, loader).getDeclaredClasses()
    return {
        str(found.getSimpleName()).removesuffix("Context")
        for found in classes
        if str(found.getSuperclass().getSimpleName()) in rules
    }


def test_every_statement_of_the_grammars_is_listed(spark: SparkSession) -> None:
    ours = _alternatives(
        spark,
        "org.apache.spark.sql.catalyst.parser.SqlBaseParser",
        {"StatementContext", "SetResetStatementContext"},
    )
    deltas = _alternatives(spark, "io.delta.sql.parser.DeltaSqlBaseParser", {"StatementContext"})
    listed = {row["alternative"] for row in STATEMENTS}
    assert listed == ours | {f"delta.{name}" for name in deltas}


def test_every_function_is_listed(spark: SparkSession) -> None:
    state: Any = spark._jsparkSession.sessionState()
    known = set()
    for registry in (state.functionRegistry(), state.tableFunctionRegistry()):
        names = registry.listFunction().iterator()
        while names.hasNext():
            name = str(names.next().unquotedString())
            if name.startswith("system.builtin."):
                known.add(name.removeprefix("system.builtin."))
    assert [line.partition(": ")[0] for line in FUNCTIONS] == sorted(known)


def _answer(gateway: Served, statement: str) -> str:
    """How a statement is answered: ok, refused by the gateway, or an error of Spark's."""
    try:
        gateway.ask(statement.format(lake=gateway.lake.root))
    except Error as error:
        return "refused" if REFUSED in message(error) else "error"
    return "ok"


def _files(root: Path) -> dict[str, str]:
    """Every file with its content."""
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file()
    }


def test_every_statement_is_answered_as_listed_and_changes_nothing(gateway: Served) -> None:
    before = _files(Path(gateway.lake.root))
    answers = {row["statement"]: _answer(gateway, row["statement"]) for row in STATEMENTS}
    assert answers == {row["statement"]: row["answer"] for row in STATEMENTS}
    assert _files(Path(gateway.lake.root)) == before
    assert not list((gateway.said.parent / "catalog" / "gateway").rglob("*"))


def test_beeline_is_answered_alike(gateway: Served, tmp_path: Path) -> None:
    # It splits a text at semicolons and reads $ and backslashes its own way; none is in the list.
    statements = [row["statement"].format(lake=gateway.lake.root) for row in STATEMENTS]
    script = tmp_path / "statements.sql"
    script.write_text("".join(f"{statement};\n" for statement in statements), encoding="utf-8")
    said = _beeline(gateway, "--force=true", "-f", str(script))
    parts = re.split(r"^0: jdbc:hive2[^>]*> ", said, flags=re.MULTILINE)[1:]
    answers = [
        "refused" if REFUSED in part else "error" if "Error:" in part else "ok" for part in parts
    ]
    assert answers[: len(statements)] == [row["answer"] for row in STATEMENTS]


def _beeline(gateway: Served, *options: str, url: str | None = None) -> str:
    jars = str(spark_home() / "jars" / "*")
    client = [java_command(), "-cp", jars, "org.apache.hive.beeline.BeeLine"]
    command = [*client, "-u", url or gateway.url, "-n", "ann", *options]
    result = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        check=False,
    )
    return result.stdout


def test_each_refused_function_has_a_call() -> None:
    assert set(CALLS) == {line.partition(": ")[0] for line in FUNCTIONS if ": " in line}


@pytest.mark.parametrize("function", sorted(CALLS))
@pytest.mark.parametrize("prefix", ["", "explain "])
def test_a_function_that_does_more_than_compute_is_refused(
    gateway: Served, function: str, prefix: str
) -> None:
    assert _answer(gateway, prefix + CALLS[function]) == "refused"


@pytest.mark.parametrize(
    "text", ["${env:LAKE_SECRET}", "${system:user.home}", "${spark:spark.driver.memory}"]
)
def test_a_text_is_not_filled_from_the_environment(gateway: Served, text: str) -> None:
    assert gateway.ask(f"select '{text}'") == [(text,)]


def test_xml_reads_no_file(gateway: Served) -> None:
    entity = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
    assert gateway.ask(f"select xpath_string('{entity}', 'a')") == [("",)]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("set:hiveconf:spark.sql.variable.substitute", "true"),
        ("set:hivevar:hive.abc", "${env:LAKE_SECRET}"),
        ("set:hiveconf:hive.exec.script.wrapper", "${env:LAKE_SECRET}"),
        ("set:hiveconf:spark.sql.session.timeZone", "${env:LAKE_SECRET}"),
        ("set:system:hive.server2.authentication.ldap.url", "ldap://127.0.0.1:1"),
        ("set:system:user.home", "/tmp"),
        ("set:env:LAKE_SECRET", "x"),
        ("set:metaconf:hive.metastore.try.direct.sql", "true"),
        (
            "set:hiveconf:javax.jdo.option.ConnectionURL",
            "jdbc:derby:;databaseName={new};create=true",
        ),
        ("hive.server2.proxy.user", "root"),
        ("use:database", "gold; drop table gold.rpt_a"),
    ],
)
def test_a_session_cannot_be_opened_with_settings_of_ones_own(
    gateway: Served, tmp_path: Path, name: str, value: str
) -> None:
    from pyhive import hive

    new = tmp_path / "new"
    settings = {name: value.replace("{new}", str(new))}
    with pytest.raises(Error, match=REFUSED):
        hive.connect("127.0.0.1", gateway.port, username="eve", configuration=settings)
    assert not new.exists()


def test_nor_by_an_address_of_jdbc(gateway: Served) -> None:
    for place in ("?spark.sql.variable.substitute=true", "#hive.abc=1"):
        said = _beeline(gateway, url=gateway.url + place)
        assert f"{REFUSED}a session with " in said


def test_a_session_may_be_opened_with_what_changes_answers_only(gateway: Served) -> None:
    from pyhive import hive

    settings = {"set:hiveconf:spark.sql.session.timeZone": "Asia/Tokyo"}
    with hive.connect(
        "127.0.0.1", gateway.port, username="ann", configuration=settings
    ).cursor() as cursor:
        cursor.execute("select current_timezone()")
        assert cursor.fetchall() == [("Asia/Tokyo",)]


@pytest.mark.parametrize("user", ["../../root", "", "a\nb", "$" + "{env:LAKE_SECRET}"])
def test_a_name_that_is_none_is_refused(gateway: Served, user: str) -> None:
    from thrift.transport.TTransport import TTransportException

    with pytest.raises((Error, TTransportException)):
        gateway.ask("select 1", user)
