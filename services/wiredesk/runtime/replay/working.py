"""Working for a run until it is done, together with whoever else does."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from wiredesk.runtime.errors import ForbiddenError, UnavailableError
from wiredesk.runtime.kafka import authorization, clients
from wiredesk.runtime.kafka.progress import group_offsets
from wiredesk.runtime.replay.run import Run
from wiredesk.runtime.settings import KafkaSettings, WorkerSettings
from wiredesk.runtime.topology import Stage
from wiredesk.runtime.worker import Worker
from wiredesk.runtime.worker.replay_scope import RecordFilter

log = structlog.get_logger(__name__)

LOOK_SECONDS = 0.5

ANSWER_SECONDS = 5.0
"""For one look: while the coordinator is away a person who stops the run need not wait for it."""

LOG_SECONDS = 10.0
"""Between two lines of the log that say how far a run has come."""

OF_A_RUN: dict[str, object] = {"metrics_port": 0}
"""Settings of a run's workers, where the user has none: workers of the stage may be serving their metrics on this
machine."""


@dataclass(frozen=True, slots=True)
class Advance:
    """How far a run has come, in all processes together.

    Attributes:
        done: offsets behind it, of `total`.
        by_partition: the offset that comes next, by partition.
        trouble: what keeps this process from working, in a line.
    """

    done: int
    total: int
    by_partition: dict[int, int]
    trouble: str | None = None

    @property
    def finished(self) -> bool:
        """Whether nothing is left."""
        return self.done == self.total


async def progress(settings: KafkaSettings, run: Run) -> Advance:
    """Return how far a run has come.

    Raises:
        UnavailableError: the cluster cannot be reached, or has forgotten.
    """
    async with clients.started(clients.admin(settings), settings) as admin:
        return await _advance(admin, settings, run)


async def work(
    settings: KafkaSettings,
    worker_settings: WorkerSettings,
    stage: Stage,
    run: Run,
    wanted: RecordFilter,
    *,
    rate: float | None,
    stop: asyncio.Event,
    on_advance: Callable[[Advance], None] = lambda _: None,
) -> bool:
    """Work for a run until all of it is done, or `stop` is set; return whether it is done.

    A process that has nothing left to do stays until the others are done: it takes over what one of them leaves.

    Raises:
        UnavailableError: the cluster cannot be reached, or does not allow it.
        HandlerError: the stage's handler cannot be loaded.
    """
    ending = asyncio.Event()
    own = {name: value for name, value in OF_A_RUN.items() if name not in worker_settings.model_fields_set}
    own["instance_id"] = None  # a name in the stage's group is none in the run's
    worker = Worker(stage, settings, worker_settings.model_copy(update=own), run.scope(stage, wanted, rate))
    working = asyncio.create_task(worker.run(ending))
    stopping = asyncio.create_task(stop.wait())
    finished = False
    logged = asyncio.get_running_loop().time()
    try:
        async with clients.started(clients.admin(settings), settings) as admin:
            while not (finished or stop.is_set() or working.done()):
                await asyncio.wait({working, stopping}, timeout=LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                with contextlib.suppress(KafkaError, OSError):  # it is out of reach for a moment, or moves
                    async with asyncio.timeout(ANSWER_SECONDS):
                        advance = await _advance(admin, settings, run, worker.trouble)
                    finished = advance.finished
                    on_advance(advance)
                    if asyncio.get_running_loop().time() - logged > LOG_SECONDS:
                        logged = asyncio.get_running_loop().time()
                        log.info("replay goes on", run=run.id, done=advance.done, of=advance.total)
                if authorization.is_refusal(worker.trouble):
                    raise ForbiddenError(f"run {run.id} cannot go on: {worker.trouble}")
    finally:
        ending.set()
        stopping.cancel()
        await working
    return finished


async def _advance(
    admin: AIOKafkaAdminClient, settings: KafkaSettings, run: Run, trouble: str | None = None
) -> Advance:
    listed = await group_offsets(admin, settings.on_cluster(run.group))
    at = {tp.partition: committed.offset for tp, committed in listed.items()}
    if gone := [number for number, (first, last) in run.spans.items() if first < last and number not in at]:
        raise UnavailableError(
            f"how far run {run.id} has come in partition {gone[0]} is forgotten: brokers keep offsets of a group "
            "without members for a week, unless told otherwise; plan a new run"
        )
    nexts = {number: min(last, max(first, at.get(number, last))) for number, (first, last) in run.spans.items()}
    done = sum(nexts[number] - first for number, (first, _) in run.spans.items())
    return Advance(done, run.size, nexts, trouble)
