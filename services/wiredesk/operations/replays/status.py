"""How runs are: done, running or stopped, and how far they have come."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from aiokafka.admin import AIOKafkaAdminClient

from wiredesk.operations.replays.processing import RunPosition, position
from wiredesk.operations.replays.run import Run, SavedRun
from wiredesk.runtime.errors import ForbiddenError, UnavailableError
from wiredesk.runtime.kafka import clients
from wiredesk.runtime.kafka.progress import group_state
from wiredesk.runtime.settings import KafkaSettings


class RunState(StrEnum):
    """State of a run."""

    DONE = "done"
    DOES_NOT_ADD_UP = "does not add up"
    RUNNING = "running"
    STOPPED = "stopped"
    NOT_RECONCILED = "not reconciled"
    OFFSETS_LOST = "offsets lost"


@dataclass(frozen=True, slots=True)
class RunStatus:
    """A run as it is now.

    Attributes:
        saved: the run, and its reconciliation once it is done.
        position: how far it has come; None where it is done, or where the brokers do not know any more.
        processes: that work for it now.
    """

    saved: SavedRun
    state: RunState
    position: RunPosition | None = None
    processes: int = 0

    @property
    def run(self) -> Run:
        """The run itself."""
        return self.saved.run

    @property
    def done(self) -> int:
        """Offsets that are done."""
        if self.position is not None:
            return self.position.done
        return self.run.size if self.saved.reconciliation is not None else 0


async def run_statuses(settings: KafkaSettings, runs: Sequence[SavedRun]) -> list[RunStatus]:
    """Return how runs are, in their order.

    Raises:
        UnavailableError: the cluster cannot be reached.
    """
    if all(saved.reconciliation is not None for saved in runs):
        return [_of_done(saved) for saved in runs]
    async with clients.started(clients.admin(settings), settings) as admin:
        return [await _status(admin, settings, saved) for saved in runs]


async def _status(admin: AIOKafkaAdminClient, settings: KafkaSettings, saved: SavedRun) -> RunStatus:
    if saved.reconciliation is not None:
        return _of_done(saved)
    _, members = await group_state(admin, settings.on_cluster(saved.run.group))
    try:
        now = await position(admin, settings, saved.run)
    except ForbiddenError:
        raise
    except UnavailableError:
        return RunStatus(saved, RunState.OFFSETS_LOST, processes=len(members))
    if members:
        return RunStatus(saved, RunState.RUNNING, now, len(members))
    return RunStatus(saved, RunState.NOT_RECONCILED if now.finished else RunState.STOPPED, now)


def _of_done(saved: SavedRun) -> RunStatus:
    adds_up = saved.reconciliation is not None and saved.reconciliation.adds_up
    return RunStatus(saved, RunState.DONE if adds_up else RunState.DOES_NOT_ADD_UP)
