"""What a build costs, node by node: time, processor seconds, jobs, scans and bytes."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dbt_common.events.base_types import EventMsg
    from pyspark import SparkContext
    from rich.table import Table

_NANOSECONDS = 1e9
# Spark tells of finished stages a little later than it returns their rows.
_LAG_SECONDS = 1.0


@dataclass(frozen=True)
class NodeCost:
    """What one node of the dbt project cost.

    Attributes:
        wall_seconds: from its start to its end, others beside it.
        cpu_seconds: of its tasks, and of the thread that planned and committed them. What the JVM
            does in threads of its own (compiling, collecting garbage) belongs to no node.
        job_count: of Spark, Delta's own included.
        scan_count: how many times files were scanned.
        read_bytes: by its tasks, from files and from what is cached.
        written_bytes: into files.
    """

    name: str
    kind: str
    wall_seconds: float
    cpu_seconds: float
    job_count: int
    scan_count: int
    read_bytes: int
    written_bytes: int


@dataclass(frozen=True)
class _Finished:
    node_id: str
    kind: str
    at: float
    wall_seconds: float
    thread_seconds: float


@dataclass(frozen=True)
class StageCost:
    """What one stage of Spark's cost; see NodeCost."""

    cpu_seconds: float
    scan_count: int
    read_bytes: int
    written_bytes: int


class Profiler:
    """Listens to dbt's events, and asks Spark what each node made it do.

    dbt tells of a node's start and end in the thread that runs it, and PySpark gives each Python
    thread one of Java: jobs carry the node's id, and the thread's own clock is the node's.
    """

    def __init__(self) -> None:
        """Starts with no nodes."""
        self._started: dict[str, tuple[float, float]] = {}
        self._finished: list[_Finished] = []
        self._costs: list[NodeCost] = []

    def __call__(self, event: EventMsg) -> None:
        """Takes one event of dbt."""
        info: Any = event.info
        if info.name not in ("NodeStart", "NodeFinished"):
            return
        node: Any = event.data
        node_id, kind = node.node_info.unique_id, node.node_info.resource_type
        context = _context()
        if info.name == "NodeStart":
            context.setLocalProperty("spark.jobGroup.id", node_id)
            self._started[node_id] = time.monotonic(), _thread_seconds(context)
        elif node_id in self._started:
            began, thread = self._started.pop(node_id)
            now = time.monotonic()
            spent = _thread_seconds(context) - thread
            self._finished.append(_Finished(node_id, kind, now, now - began, spent))
            self._collect(context, now - _LAG_SECONDS)

    def costs(self) -> list[NodeCost]:
        """What the nodes cost, the dearest first."""
        context = _context()
        context._jsc.sc().listenerBus().waitUntilEmpty()
        self._collect(context, time.monotonic())
        return sorted(self._costs, key=lambda cost: cost.cpu_seconds, reverse=True)

    def _collect(self, context: SparkContext, until: float) -> None:
        """Asks for the nodes that finished by then, before Spark forgets their jobs."""
        waiting, self._finished = self._finished, []
        for node in waiting:
            if node.at <= until:
                self._costs.append(_cost_of(context, node))
            else:
                self._finished.append(node)


def _context() -> SparkContext:
    from pyspark import SparkContext

    return SparkContext.getOrCreate()


def _thread_seconds(context: SparkContext) -> float:
    """Processor seconds of the Java thread that works for this one."""
    assert context._jvm is not None
    beans = context._jvm.java.lang.management.ManagementFactory.getThreadMXBean()
    return float(beans.getCurrentThreadCpuTime()) / _NANOSECONDS


def _cost_of(context: SparkContext, node: _Finished) -> NodeCost:
    jobs = list(context.statusTracker().getJobIdsForGroup(node.node_id))
    tracked = (context.statusTracker().getJobInfo(job) for job in jobs)
    ids = {stage for job in tracked if job for stage in job.stageIds}
    stages = [stage for stage in (cost_of_stage(context, stage_id) for stage_id in ids) if stage]
    return NodeCost(
        # <kind>.<project>.<name>, but unit_test.<project>.<model>.<name>
        name=node.node_id.split(".")[3 if node.kind == "unit_test" else 2],
        kind=node.kind,
        wall_seconds=node.wall_seconds,
        cpu_seconds=node.thread_seconds + sum(stage.cpu_seconds for stage in stages),
        job_count=len(jobs),
        scan_count=sum(stage.scan_count for stage in stages),
        read_bytes=sum(stage.read_bytes for stage in stages),
        written_bytes=sum(stage.written_bytes for stage in stages),
    )


def cost_of_stage(context: SparkContext, stage_id: int) -> StageCost | None:
    """What Spark knows of a stage; None where it was skipped, since its rows were there already."""
    from py4j.protocol import Py4JJavaError

    assert context._jvm is not None
    store = context._jsc.sc().statusStore()
    draw = context._jvm.org.apache.spark.ui.scope.RDDOperationGraph.makeDotFile
    try:
        data = store.lastStageAttempt(stage_id)
        plan = str(draw(store.operationGraphForStage(stage_id)))
    except Py4JJavaError as error:
        if "NoSuchElementException" not in str(error.java_exception):
            raise
        return None
    return StageCost(
        cpu_seconds=data.executorCpuTime() / _NANOSECONDS,
        scan_count=plan.count("FileScanRDD"),
        read_bytes=data.inputBytes(),
        written_bytes=data.outputBytes(),
    )


def cost_table(costs: Iterable[NodeCost], limit: int = 30) -> Table:
    """The dearest nodes and the sum of all, to be printed."""
    from rich.table import Table

    listed = list(costs)
    rest = listed[limit:]
    headings = ("node", "kind", "wall s", "CPU s", "jobs", "scans", "read MB", "written MB")
    table = Table(title="What the build cost", title_justify="left")
    for heading in headings:
        table.add_column(heading, justify="left" if heading in headings[:2] else "right")
    for cost in listed[:limit]:
        table.add_row(cost.name, cost.kind, *_cells([cost]))
    table.add_section()
    if rest:
        table.add_row(f"{len(rest)} others", "", *_cells(rest))
    table.add_row(f"all {len(listed)}", "", *_cells(listed))
    return table


def _cells(costs: list[NodeCost]) -> list[str]:
    return [
        f"{sum(c.wall_seconds for c in costs):.1f}",
        f"{sum(c.cpu_seconds for c in costs):.1f}",
        f"{sum(c.job_count for c in costs):,}",
        f"{sum(c.scan_count for c in costs):,}",
        f"{sum(c.read_bytes for c in costs) / 1e6:,.1f}",
        f"{sum(c.written_bytes for c in costs) / 1e6:,.1f}",
    ]
