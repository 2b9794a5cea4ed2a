"""The queues of a pipeline over time: partitions, workers that own them, and cores that these may share.

A fluid model in steps. Pages arrive at random (a Poisson process for each partition); in a step a worker spends the
time of its processes on the partitions it owns, in proportion to what waits there; what it has processed is the input
of the next stage one step later. A stage with a store computes the records of a partition one after the other, so that
partition has one core at most. Costs are means: pages of one partition are many enough for that within a step.

It leaves out the time between a record's output and its commit (20 ms to 0.5 s), and network and disk, which the
budget counts.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

type Array = NDArray[np.float64]


@dataclass(frozen=True)
class StagePlan:
    """A stage of a deployment.

    Attributes:
        name: the stage.
        source: the stage whose outputs it reads; none: raw pages.
        share: records that it gets for each record that its source has processed.
        seconds: CPU seconds per record, of the stage's processes.
        partitions: of its input.
        workers: worker processes; partition p belongs to worker p modulo workers.
        processes: records that a worker computes at once.
        ordered: whether the records of a partition are computed one after the other.
        broker_seconds: CPU seconds per record that the broker takes from the same cores, beside the stage's processes.
    """

    name: str
    source: str | None
    share: float
    seconds: float
    partitions: int
    workers: int
    processes: int
    ordered: bool = False
    broker_seconds: float = 0.0

    @property
    def burden(self) -> float:
        """Seconds of the machine's cores for each second of the stage's processes."""
        return 1.0 + self.broker_seconds / self.seconds


@dataclass(frozen=True)
class Outage:
    """Workers that stand still for a while.

    Attributes:
        stage: the stage.
        workers: their numbers.
        begin: seconds from the beginning of the simulation.
        end: when they are back, and have their partitions again.
        moved: when the other workers get their partitions: the session is over. At or after `end`: they never do.
    """

    stage: str
    workers: frozenset[int]
    begin: float
    end: float
    moved: float


@dataclass(frozen=True)
class Course:
    """What a stage did, at the end of each step.

    Attributes:
        arrived: records that had come, from the beginning on.
        processed: records that were processed, from the beginning on.
        lag_seconds: for how long the next record to be processed has waited.
        cores: cores in use during the step.
    """

    arrived: Array
    processed: Array
    lag_seconds: Array
    cores: Array

    @property
    def waiting(self) -> Array:
        """Records that waited."""
        return self.arrived - self.processed


@dataclass
class _Queue:
    """A stage at work: what waits in each partition, and whose partition it is."""

    plan: StagePlan
    outages: Sequence[Outage]
    waiting: Array = field(init=False)
    arrived: list[float] = field(default_factory=list)
    processed: list[float] = field(default_factory=list)
    cores: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.waiting = np.zeros(self.plan.partitions)

    def wanted(self, time: float, step: float) -> Array:
        """Return the CPU seconds that each partition would use in the next step, had the machine enough cores."""
        owner, works = self._owners(time)
        wanted = self.waiting * self.plan.seconds * works[owner]
        if self.plan.ordered:
            wanted = np.minimum(wanted, step)
        each = np.bincount(owner, weights=wanted, minlength=self.plan.workers)
        limit = self.plan.processes * step
        return wanted * np.minimum(1.0, limit / np.maximum(each, 1e-12))[owner]

    def advance(self, arriving: Array, spent: Array, step: float) -> float:
        """Process what the time spent is enough for, then add what has arrived. Return the records processed."""
        done = np.minimum(self.waiting, spent / self.plan.seconds)
        self.waiting += arriving - done
        total = float(done.sum())
        self.arrived.append((self.arrived[-1] if self.arrived else 0.0) + float(arriving.sum()))
        self.processed.append((self.processed[-1] if self.processed else 0.0) + total)
        self.cores.append(float(spent.sum()) * self.plan.burden / step)
        return total

    def course(self, step: float) -> Course:
        """Return what it did."""
        arrived, processed = np.array(self.arrived), np.array(self.processed)
        ends = step * np.arange(1, len(arrived) + 1)
        came = np.interp(processed, np.concatenate(([0.0], arrived)), np.concatenate(([0.0], ends)))
        lag = np.where(arrived - processed > 1e-9 * np.maximum(arrived, 1.0), np.maximum(0.0, ends - came), 0.0)
        return Course(arrived, processed, lag, np.array(self.cores))

    def _owners(self, time: float) -> tuple[NDArray[np.int64], Array]:
        """Return the worker of each partition, and for each worker whether it works (1) or not (0)."""
        owner = np.arange(self.plan.partitions) % self.plan.workers
        works = np.ones(self.plan.workers)
        for outage in self.outages:
            if outage.begin <= time < outage.end:
                works[list(outage.workers)] = 0.0
                if time >= outage.moved:
                    left = np.flatnonzero(works)
                    orphans = np.flatnonzero(works[owner] == 0.0)
                    owner[orphans] = left[np.arange(len(orphans)) % len(left)] if len(left) else owner[orphans]
        return owner, works


def simulate(
    plans: Sequence[StagePlan],
    rate: Callable[[float], float],
    seconds: float,
    *,
    step: float = 1.0,
    outages: Sequence[Outage] = (),
    cores: float | None = None,
    seed: int = 0,
) -> Mapping[str, Course]:
    """Play a time of work.

    Args:
        plans: stages, each after its source.
        rate: raw pages per second at a time in seconds.
        seconds: how long to play.
        step: seconds of a step.
        outages: of workers.
        cores: of the one machine that all stages share; none: each worker has cores for its processes.
        seed: of the arrivals.

    Returns:
        The course of each stage.
    """
    random = np.random.default_rng(seed)
    queues = {plan.name: _Queue(plan, [one for one in outages if one.stage == plan.name]) for plan in plans}
    for number in range(round(seconds / step)):
        now = number * step
        wanted = {name: queue.wanted(now, step) for name, queue in queues.items()}
        shares = _shares({name: float(one.sum()) for name, one in wanted.items()}, queues, cores, step)
        done: dict[str, float] = {}
        for name, queue in queues.items():
            plan = queue.plan
            coming = plan.share * (rate(now) * step if plan.source is None else done[plan.source])
            arriving = random.poisson(coming / plan.partitions, plan.partitions).astype(np.float64)
            if plan.source is not None:  # as many as there are: only where they go is random
                arriving = _exactly(arriving, coming)
            done[name] = queue.advance(arriving, wanted[name] * shares[name], step)
    return {name: queue.course(step) for name, queue in queues.items()}


def _exactly(arriving: Array, total: float) -> Array:
    drawn = float(arriving.sum())
    return arriving * (total / drawn) if drawn else np.full_like(arriving, total / len(arriving))


def _shares(
    wanted: Mapping[str, float], queues: Mapping[str, _Queue], cores: float | None, step: float
) -> dict[str, float]:
    """Return the share of the time wanted that each stage gets: a fair scheduler, which knows processes only."""
    shares = dict.fromkeys(wanted, 1.0)
    if cores is None:
        return shares
    left, open_ = cores * step, {name for name, one in wanted.items() if one > 0}
    while open_:
        processes = {name: queues[name].plan.workers * queues[name].plan.processes for name in open_}
        burden = {name: queues[name].plan.burden for name in open_}
        fair = left / sum(processes[name] * burden[name] for name in open_)
        content = {name for name in open_ if wanted[name] <= fair * processes[name]}
        if not content:
            return shares | {name: fair * processes[name] / wanted[name] for name in open_}
        left -= sum(wanted[name] * burden[name] for name in content)
        open_ -= content
    return shares
