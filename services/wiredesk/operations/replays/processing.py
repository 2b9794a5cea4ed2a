"""Processing a run until it is done, together with other processes; then its reconciliation."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from wiredesk.operations.progress import ProgressCallback, ignore_progress
from wiredesk.operations.replays.filters import record_filter
from wiredesk.operations.replays.planning import trial
from wiredesk.operations.replays.reconcile import Reconciliation, reconcile
from wiredesk.operations.replays.run import Run, save_reconciliation
from wiredesk.runtime.errors import ForbiddenError, UnavailableError, UsageError
from wiredesk.runtime.kafka import clients
from wiredesk.runtime.kafka.progress import delete_group, group_offsets
from wiredesk.runtime.settings import KafkaSettings, WorkerSettings
from wiredesk.runtime.topology import Stage
from wiredesk.runtime.trouble import Trouble, TroubleKind
from wiredesk.runtime.worker import Worker
from wiredesk.runtime.worker.replay_scope import RecordFilter

log = structlog.get_logger(__name__)

POLL_SECONDS = 0.5
"""Between two questions how far the run has come."""

ANSWER_SECONDS = 5.0
"""Deadline of such a question: while the coordinator is away, a person who stops the run need not wait for it."""

LOG_SECONDS = 10.0
"""Between two lines of the log that say how far the run has come."""

WORKER_DEFAULTS: dict[str, object] = {"metrics_port": 0}
"""Settings of a run's workers that the user has not set: the metrics port is often taken by a worker of the stage on
the same machine."""


@dataclass(frozen=True, slots=True)
class RunPosition:
    """How far a run has come, in all processes together.

    Attributes:
        done: offsets that are done.
        total: offsets of the run.
        next_offsets: by partition, the offset that comes next.
        trouble: why this process does not process records; None where it does.
    """

    done: int
    total: int
    next_offsets: dict[int, int]
    trouble: Trouble | None = None

    @property
    def finished(self) -> bool:
        """Whether all offsets are done."""
        return self.done == self.total


async def position(
    admin: AIOKafkaAdminClient, settings: KafkaSettings, run: Run, trouble: Trouble | None = None
) -> RunPosition:
    """Return how far a run has come.

    Args:
        trouble: of this process, to be told with it.

    Raises:
        UnavailableError: the brokers have deleted the offsets of its group.
        KafkaError: the group's coordinator does not answer in time.
    """
    listed = await group_offsets(admin, settings.on_cluster(run.group))
    at = {tp.partition: committed.offset for tp, committed in listed.items()}
    if lost := [number for number, (first, last) in run.spans.items() if first < last and number not in at]:
        raise UnavailableError(
            f"the brokers have no offset of run {run.id} for partition {lost[0]}: they keep offsets of a group "
            "without members for a week, unless configured otherwise; plan a new run"
        )
    nexts = {number: min(last, max(first, at.get(number, last))) for number, (first, last) in run.spans.items()}
    done = sum(nexts[number] - first for number, (first, _) in run.spans.items())
    return RunPosition(done, run.size, nexts, trouble)


async def check_version(settings: KafkaSettings, worker_settings: WorkerSettings, stage: Stage, run: Run) -> None:
    """Check that this process may continue a run: that it has the stage in the version with which the run began.

    Raises:
        UsageError: the version is another one, and the run is not done.
        UnavailableError: the cluster cannot be reached, or does not know any more how far the run has come.
        HandlerError: the stage cannot be loaded.
    """
    async with clients.started(clients.admin(settings), settings) as admin:
        if (await position(admin, settings, run)).finished:
            return
    version = (await trial(stage, worker_settings)).version
    if version != run.version:
        raise UsageError(
            f"run {run.id} was begun with {run.stage} {run.version}, and this is {version}: a run must not mix two "
            "versions; continue it with the first, or plan a new run"
        )


async def process(
    settings: KafkaSettings,
    worker_settings: WorkerSettings,
    stage: Stage,
    run: Run,
    wanted: RecordFilter,
    *,
    rate: float | None,
    stop: asyncio.Event,
    on_position: Callable[[RunPosition], None] = lambda _: None,
) -> bool:
    """Process a run until all of it is done, or `stop` is set; return whether it is done.

    A process that has nothing left to do stays until the others are done: it takes over what one of them leaves.

    Args:
        wanted: which records are processed.
        rate: records a second that this process takes at most; None: no limit.
        on_position: called now and then with how far the run has come.

    Raises:
        UnavailableError: the cluster cannot be reached, or does not allow it.
        HandlerError: the stage's handler cannot be loaded.
    """
    ending = asyncio.Event()
    own = {name: value for name, value in WORKER_DEFAULTS.items() if name not in worker_settings.model_fields_set}
    own["instance_id"] = None  # a static member of the stage's group is not one of the run's group
    worker = Worker(stage, settings, worker_settings.model_copy(update=own), run.scope(stage, wanted, rate))
    working = asyncio.create_task(worker.run(ending))
    stopping = asyncio.create_task(stop.wait())
    finished = False
    logged = asyncio.get_running_loop().time()
    try:
        async with clients.started(clients.admin(settings), settings) as admin:
            while not (finished or stop.is_set() or working.done()):
                await asyncio.wait({working, stopping}, timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                with contextlib.suppress(KafkaError, OSError):  # the coordinator is out of reach, or moves
                    async with asyncio.timeout(ANSWER_SECONDS):
                        now = await position(admin, settings, run, worker.trouble())
                    finished = now.finished
                    on_position(now)
                    if asyncio.get_running_loop().time() - logged > LOG_SECONDS:
                        logged = asyncio.get_running_loop().time()
                        log.info("replay goes on", run=run.id, done=now.done, of=now.total)
                trouble = worker.trouble()
                if trouble is not None and trouble.kind is TroubleKind.FORBIDDEN:
                    raise ForbiddenError(f"run {run.id} cannot continue: {trouble}")
    finally:
        ending.set()
        stopping.cancel()
        await working
    return finished


async def reconcile_and_save(
    settings: KafkaSettings, stage: Stage, run: Run, progress: ProgressCallback = ignore_progress
) -> Reconciliation:
    """Reconcile a run that is done, save the result, and delete the run's consumer group.

    Raises:
        UnavailableError: the cluster cannot be reached, or refuses.
    """
    sources = run.sources(settings, stage)
    result = await reconcile(
        settings,
        run.id,
        sources,
        run.outputs,
        record_filter(run.filters),
        progress,
        one_to_one=stage.one_to_one,
    )
    await save_reconciliation(settings, run, result)
    await delete_group(settings, run.group)
    return result
