"""The status of runs: their state (done, running, stopped) and their progress."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from wiredesk.operations.replays.processing import RunPosition, position
from wiredesk.operations.replays.run import Run, SavedRun
from wiredesk.runtime.kafka.cluster import Cluster


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
    """The current status of a run.

    Attributes:
        saved: the run, and its reconciliation once it is done.
        position: its progress; None if it is done, or if the brokers have deleted its offsets.
        processes: number of processes that work for it now.
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
        """Number of processed offsets."""
        if self.position is not None:
            return self.position.done
        return self.run.size if self.saved.reconciliation is not None else 0


async def run_statuses(cluster: Cluster, runs: Sequence[SavedRun]) -> list[RunStatus]:
    """Return the status of runs, in the same order.

    Raises:
        UnavailableError: the cluster cannot be reached.
    """
    return [await _status(cluster, saved) for saved in runs]


async def _status(cluster: Cluster, saved: SavedRun) -> RunStatus:
    if saved.reconciliation is not None:
        return RunStatus(saved, RunState.DONE if saved.reconciliation.adds_up else RunState.DOES_NOT_ADD_UP)
    group = await cluster.describe_group(cluster.settings.on_cluster(saved.run.group))
    now = await position(cluster, saved.run)
    if now is None:
        return RunStatus(saved, RunState.OFFSETS_LOST, processes=len(group.members))
    if group.members:
        return RunStatus(saved, RunState.RUNNING, now, len(group.members))
    return RunStatus(saved, RunState.NOT_RECONCILED if now.finished else RunState.STOPPED, now)
