"""Processing a run until it is done, together with other processes; then its reconciliation."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from wiredesk.operations.progress import ProgressCallback, ignore_progress
from wiredesk.operations.replays.filters import record_filter
from wiredesk.operations.replays.planning import trial
from wiredesk.operations.replays.reconcile import Reconciliation, reconcile
from wiredesk.operations.replays.run import Run, save_reconciliation
from wiredesk.runtime.errors import ForbiddenError, UnavailableError, UsageError
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.replay_scope import RecordFilter
from wiredesk.runtime.settings import WorkerSettings
from wiredesk.runtime.topology import Stage
from wiredesk.runtime.trouble import Trouble, TroubleKind
from wiredesk.runtime.worker import Worker

log = structlog.get_logger(__name__)

POLL_SECONDS = 0.5
"""Pause between two queries of the run's progress."""

ANSWER_SECONDS = 5.0
"""Deadline of such a query: if the coordinator is not available, stopping the run must not wait for it."""

LOG_SECONDS = 10.0
"""Time between two log lines about the progress."""

WORKER_DEFAULTS: dict[str, object] = {"metrics_port": 0}
"""Default settings of a run's workers: any free metrics port, because a worker of the stage on the same machine often
uses the default port."""


@dataclass(frozen=True, slots=True)
class RunPosition:
    """The progress of a run, of all its processes together.

    Attributes:
        done: number of processed offsets.
        total: number of offsets of the run.
        next_offsets: by partition, the next offset to be processed.
        trouble: why this process does not process records; None if it does.
    """

    done: int
    total: int
    next_offsets: dict[int, int]
    trouble: Trouble | None = None

    @property
    def finished(self) -> bool:
        """Whether all offsets are done."""
        return self.done == self.total


async def position(cluster: Cluster, run: Run, trouble: Trouble | None = None) -> RunPosition | None:
    """Return the progress of a run; None if the brokers have deleted the offsets of its group.

    Args:
        trouble: why this process does not process records; it is returned with the position.

    Raises:
        UnavailableError: the cluster cannot be reached.
    """
    by_partition = await cluster.group_offsets(cluster.settings.on_cluster(run.group))
    committed = {tp.partition: at.offset for tp, at in by_partition.items()}
    if any(offsets.size and number not in committed for number, offsets in run.ranges.items()):
        return None
    nexts = {
        number: min(offsets.stop, max(offsets.start, committed.get(number, offsets.stop)))
        for number, offsets in run.ranges.items()
    }
    done = sum(nexts[number] - offsets.start for number, offsets in run.ranges.items())
    return RunPosition(done, run.size, nexts, trouble)


def _offsets_lost(run: Run) -> UnavailableError:
    return UnavailableError(
        f"the brokers have deleted the offsets of run {run.id}: they keep offsets of a group without members "
        "for a week, unless configured otherwise; plan a new run"
    )


async def check_version(cluster: Cluster, worker_settings: WorkerSettings, stage: Stage, run: Run) -> None:
    """Check that this process may continue a run: it must have the version of the stage with which the run began.

    Raises:
        UsageError: the version is another one, and the run is not done.
        UnavailableError: the cluster cannot be reached, or has deleted the offsets of the run.
        HandlerError: the stage cannot be loaded.
    """
    now = await position(cluster, run)
    if now is None:
        raise _offsets_lost(run)
    if now.finished:
        return
    version = (await trial(stage, worker_settings)).version
    if version != run.version:
        raise UsageError(
            f"run {run.id} was begun with {run.stage} {run.version}, and this is {version}: a run must not mix two "
            "versions; continue it with the first, or plan a new run"
        )


async def process(
    cluster: Cluster,
    worker_settings: WorkerSettings,
    stage: Stage,
    run: Run,
    accepts: RecordFilter,
    *,
    rate: float | None,
    stop: asyncio.Event,
    on_position: Callable[[RunPosition], None] = lambda _: None,
) -> bool:
    """Process a run until all of it is done, or `stop` is set; return whether it is done.

    A process that has nothing left to do stays until the others are done: if one of them fails, it takes over its
    partitions.

    Args:
        accepts: which records are processed.
        rate: maximum number of records per second of this process; None: no limit.
        on_position: called regularly with the progress.

    Raises:
        UnavailableError: the cluster cannot be reached, or does not allow it.
        HandlerError: the stage's handler cannot be loaded.
    """
    ending = asyncio.Event()
    own = {name: value for name, value in WORKER_DEFAULTS.items() if name not in worker_settings.model_fields_set}
    own["instance_id"] = None  # a group instance id is for the stage's group, not for the run's
    worker = Worker(stage, cluster.settings, worker_settings.model_copy(update=own), run.scope(stage, accepts, rate))
    working = asyncio.create_task(worker.run(ending))
    stopping = asyncio.create_task(stop.wait())
    finished = False
    logged = asyncio.get_running_loop().time()
    try:
        while not (finished or stop.is_set() or working.done()):
            await asyncio.wait({working, stopping}, timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            trouble = worker.trouble()
            if trouble is not None and trouble.kind is TroubleKind.FORBIDDEN:
                raise ForbiddenError(f"run {run.id} cannot continue: {trouble}")
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    now = await position(cluster, run, trouble)
            except ForbiddenError:
                raise
            except (UnavailableError, TimeoutError):  # the coordinator cannot be reached, or is moving
                continue
            if now is None:
                raise _offsets_lost(run)
            finished = now.finished
            on_position(now)
            if asyncio.get_running_loop().time() - logged > LOG_SECONDS:
                logged = asyncio.get_running_loop().time()
                log.info("replay in progress", run=run.id, done=now.done, of=now.total)
    finally:
        ending.set()
        stopping.cancel()
        await working
    return finished


async def reconcile_and_save(
    cluster: Cluster, stage: Stage, run: Run, progress: ProgressCallback = ignore_progress
) -> Reconciliation:
    """Reconcile a run that is done, save the result, and delete the run's consumer group and its state.

    Raises:
        UnavailableError: the cluster cannot be reached, or refuses.
    """
    sources = run.sources(cluster.settings, stage)
    accepts = record_filter(run.filters, stage)
    result = await reconcile(cluster, run.id, sources, run.outputs, accepts, progress, one_to_one=stage.one_to_one)
    await save_reconciliation(cluster.settings, run, result)
    await cluster.delete_group(cluster.settings.on_cluster(run.group))
    if stage.store is not None:
        await cluster.delete_topic(stage.changelog_of(run.group))
    return result
