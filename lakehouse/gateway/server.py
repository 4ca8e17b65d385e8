"""The running gateway: Spark's Thrift server in this process, which follows the releases."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, TypeVar

from lakehouse.errors import LakehouseError
from lakehouse.failures import meaningful_line
from lakehouse.gateway.access import KEYSTORE_PASSWORD, Access
from lakehouse.gateway.compiled import gateway_jar
from lakehouse.gateway.limits import DEFAULTS, Limits
from lakehouse.lake import Lake
from lakehouse.release import record
from lakehouse.session import (
    PROFILES_DIR,
    java_command,
    lake_needs,
    require_spark,
    started,
    submit_environment,
)
from lakehouse.spark_settings import EXTENSIONS, Configuration, submit_arguments

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

T = TypeVar("T")
PACKAGE = "org.apache.spark.sql.hive.thriftserver.lakehouse"
CLASS_PATH = "spark.driver.extraClassPath"
LOG = "gateway.log"
AUDIT = "gateway_audit.jsonl"
POLL_SECONDS, STOP_SECONDS = 1.0, 30.0
# Opening the tables of a release takes longer than a task: so many times.
PATIENCE_TO_OPEN = 10
IDLE_SESSION = "1h"
PLACES_PER_CORE = 32
NONE, _NEVER = 0, -1


@dataclass
class Gateway:
    """A running gateway, whose Java is asked within a time: it may hang.

    Attributes:
        lake: whose release it shows.
        spark: the server's own session, which alone can read anything else.
        number: of the release that statements read now; 0 if there is none.
    """

    lake: Lake
    spark: SparkSession
    number: int = NONE
    _failed: int = field(default=_NEVER, repr=False)

    def follow(self) -> record.Release | None:
        """Shows the current release if it is another one than is shown; that, or None.

        Where there is none any more, since a customer was forgotten, no table is shown.

        Raises:
            LakehouseError: it cannot be read; the one before is still shown.
        """
        number = record.current_number(self.lake) or NONE
        if number in (self.number, self._failed):
            return None
        self._failed = number  # Told once, and tried again when there is another.
        release = record.find(self.lake, number) if number else None
        tables = release.tables if release else {}
        with said(f"Release {number} cannot be read"):
            self._java.Release.publish(
                self.spark._jsparkSession,
                number,
                self._list(list(tables)),
                self._list([self.lake.path(record.LAYER, name) for name in tables]),
                self._list([table.version for table in tables.values()]),
                self._list([table.table_id for table in tables.values()]),
            )
        self.number, self._failed = number, _NEVER
        return release

    def beat(self) -> None:
        """Has its Java run a task, as a statement does; does not come back if it hangs."""
        self._java.Gateway.beat()

    def has_ended(self) -> bool:
        """Whether its Java is gone, or goes in this moment."""
        try:
            self.spark.sparkContext._gateway.proc.wait(timeout=2)  # type: ignore[union-attr]
        except subprocess.TimeoutExpired:
            return False
        return True

    def stop(self) -> None:
        """Closes every session, and what is written down."""
        self._java.Gateway.stop()

    @property
    def _java(self) -> Any:
        assert self.spark._jvm is not None
        found: Any = self.spark._jvm
        for part in PACKAGE.split("."):
            found = getattr(found, part)
        return found

    def _list(self, values: list[Any]) -> Any:
        """A list of Java."""
        assert self.spark._jvm is not None
        found = self.spark._jvm.java.util.ArrayList()
        for value in values:
            found.add(value)
        return found


@contextmanager
def said(what: str) -> Iterator[None]:
    """Turns what Java throws in the block into a sentence.

    Raises:
        LakehouseError: what happened, and why.
    """
    from py4j.protocol import Py4JJavaError

    try:
        yield
    except Py4JJavaError as error:
        reason = meaningful_line(str(error.java_exception.getMessage()))
        raise LakehouseError(f"{what}: {reason}.") from error


class HungError(LakehouseError):
    """The server does not answer, and nothing but a new start helps."""


def _within(seconds: float, action: Callable[[], T]) -> T:
    """What an action gives, if it does so in time.

    Raises:
        HungError: it did not; it goes on in a thread that keeps nobody.
    """
    answers: queue.SimpleQueue[T | BaseException] = queue.SimpleQueue()

    def act() -> None:
        try:
            answers.put(action())
        except BaseException as error:
            answers.put(error)

    threading.Thread(target=act, daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise HungError(f"The server has not answered for {seconds:g} s.") from None
    if isinstance(answer, BaseException):
        raise answer
    return answer


@contextmanager
def running(lake: Lake, access: Access, limits: Limits, audit: Path) -> Iterator[Gateway]:
    """A gateway that shows the current release and listens, until the block ends.

    Args:
        lake: whose release it shows.
        access: where it listens, and who may come in.
        limits: what a statement may take.
        audit: the file that says who ran what.

    Raises:
        LakehouseError: there is no release yet, or it cannot be read; who may come in is unsafe.
        MachineError: the port or the audit's file cannot be had.
        SparkError: Spark did not start.
    """
    access.check()
    access.check_port()
    record.require_current(lake)
    spark = _open_session(lake, limits)
    process = spark.sparkContext._gateway.proc  # type: ignore[union-attr]
    gateway = Gateway(lake, spark)
    try:
        _configure(spark, access)
        java = gateway._java.Gateway
        if access.keystore:
            with said("The keystore is of no use"):
                java.checkKeystore(str(access.keystore), os.environ[KEYSTORE_PASSWORD])
        java.begin(spark._jsparkSession, limits.rows, limits.megabytes * 2**20)
        gateway.follow()
        audit.parent.mkdir(parents=True, exist_ok=True)
        java.start(str(audit.resolve()))
        yield gateway
        with suppress(HungError):
            _within(STOP_SECONDS, gateway.stop)
    except HungError:
        process.kill()
        process.wait()
        raise
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _configure(spark: SparkSession, access: Access) -> None:
    """Tells the Thrift server where it listens and whom it lets in."""
    assert spark._jvm is not None
    configuration = spark.sparkContext._jsc.hadoopConfiguration()
    for name, value in (access.settings | _SERVER_SETTINGS).items():
        configuration.set(name, value)
    for name, value in access.directory_settings.items():
        # Whoever asks the directory reads Java's own properties, not the server's settings.
        spark._jvm.java.lang.System.setProperty(name, value)


# Of the Thrift server, whatever is configured otherwise.
_SERVER_SETTINGS = {
    "hive.server2.enable.doAs": "false",
    "hive.server2.allow.user.substitution": "false",
    # A session holds a thread while it is connected.
    "hive.server2.thrift.max.worker.threads": "2000",
    "hive.server2.session.check.interval": "1m",
    "hive.server2.idle.session.timeout": IDLE_SESSION,
    "hive.server2.idle.operation.timeout": IDLE_SESSION,
    "hive.server2.logging.operation.enabled": "false",
}


def follow_until_stopped(
    gateway: Gateway, tell: Callable[[str], None], patience: float = DEFAULTS.patience
) -> None:
    """Follows the releases until Ctrl-C or SIGTERM.

    Args:
        gateway: that runs.
        tell: what is said of a new release, or of one that cannot be read.
        patience: seconds that the server may take to answer.

    Raises:
        HungError: it took longer, or has ended.
    """
    stopped = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopped.set()

    def look() -> record.Release | None:
        _within(patience, gateway.beat)
        return _within(PATIENCE_TO_OPEN * patience, gateway.follow)

    handlers = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        while not stopped.wait(POLL_SECONDS):
            before = gateway.number
            try:
                release = look()
            except HungError:
                raise
            except LakehouseError as error:
                tell(f"{error} Release {before} is still shown")
            except Exception as error:
                if gateway.has_ended():
                    raise HungError("The server has ended.") from error
                raise
            else:
                if release:
                    tell(f"Release {release.number} is shown: {len(release.tables)} tables")
                elif before != gateway.number:
                    tell("There is no release any more: no table is shown")
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _open_session(lake: Lake, limits: Limits) -> SparkSession:
    from pyspark.sql import SparkSession

    require_spark((lake.root,))
    configuration = Configuration.from_environment(PROFILES_DIR)
    if configuration.is_cluster:
        raise LakehouseError("The gateway runs Spark on this machine: unset SPARK_CONF_DIR.")
    jar = gateway_jar(java_command())
    arguments = submit_arguments(configuration, _settings(lake, configuration, limits, jar), {})
    os.environ |= submit_environment(configuration, arguments)
    return started(lake, SparkSession.builder.appName("lakehouse serve"), LOG)


def _shared_machine() -> dict[str, str]:
    """Settings by which no user takes the machine from the others.

    A task is never interrupted for another user's. So a user has few at a time and the server many
    places: what runs shares the processors, as threads do.
    """
    cores = os.cpu_count() or 1
    tasks = str(2 * cores)
    return {
        "spark.master": f"local-gateway[{PLACES_PER_CORE * cores},{tasks}]",
        "spark.scheduler.mode": "FAIR",
        "spark.default.parallelism": tasks,
        "spark.sql.leafNodeDefaultParallelism": tasks,
        "spark.sql.shuffle.partitions": tasks,
        # A statement that asks for more memory than there is fails by itself.
        "spark.executor.killOnFatalError.depth": "0",
        # Of a plan that is explained, in characters.
        "spark.sql.maxPlanStringLength": "1000000",
    }


def _settings(
    lake: Lake, configuration: Configuration, limits: Limits, jar: Path
) -> Mapping[str, str]:
    """Of its Spark: no metastore, since what a release has is known by its file."""
    needs = lake_needs(configuration, (lake.root,))
    class_path = [str(jar), *filter(None, [configuration.settings.get(CLASS_PATH)])]
    return needs | {
        EXTENSIONS: f"{needs[EXTENSIONS]},{PACKAGE}.GatewayExtension",
        CLASS_PATH: ":".join(class_path),
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.warehouse.dir": str(lake.catalog_dir / "gateway"),
        # A text like ${env:HOME} in a query is a text.
        "spark.sql.variable.substitute": "false",
        "spark.sql.runSQLOnFiles": "false",
        "spark.sql.scripting.enabled": "false",
        # Else a statement counts as finished before it is, and nothing can stop it.
        "spark.sql.thriftServer.incrementalCollect": "false",
        "spark.sql.thriftServer.interruptOnCancel": "true",
        "spark.sql.thriftServer.queryTimeout": f"{limits.seconds}s",
        **_shared_machine(),
        "spark.driver.memory": limits.memory,
    }
