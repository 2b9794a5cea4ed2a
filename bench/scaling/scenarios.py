"""What happens to a deployment: a day, breaking news, a lost zone, a rolling deploy."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from scaling.budget import DAY_SECONDS, Budget, plans
from scaling.figures import Figures
from scaling.simulation import Course, Outage, simulate
from wiredesk.runtime.settings import WorkerSettings

HOUR = 3600
BURST = 3.0
"""Pages of breaking news, to those of the busiest hour."""
BURST_SECONDS = 1800
ZONE_SECONDS = 1200
"""For how long a zone is lost."""
RESTART_SECONDS = 15
"""A worker of a rolling deploy finishes what is in flight, and starts again with its models."""
BETWEEN_SECONDS = 10
"""Until the next worker is restarted, once one is ready."""
BEGIN = 600
"""When it happens, in the busiest hour."""
BEHIND_SECONDS = 5
"""A stage whose lag is more than this, and two steps, has not recovered."""


@dataclass(frozen=True)
class Seen:
    """What came of it.

    Attributes:
        stage: the stage with the largest lag.
        waiting: records that waited there, at most.
        lag_seconds: its largest lag.
        recovered_seconds: from the beginning of it until the last stage had caught up.
        cores: in use at most, by all stages.
    """

    stage: str
    waiting: float
    lag_seconds: float
    recovered_seconds: float
    cores: float


@dataclass(frozen=True)
class Scenario:
    """Something that happens.

    Attributes:
        name: of it.
        seconds: how long to play.
        step: seconds of a step.
        begin: when it begins.
        rate: raw pages a second at a time, for the mean and the busiest hour's rate.
        outages: of workers.
    """

    name: str
    seconds: float
    step: float
    begin: float
    rate: Callable[[float, Figures], Callable[[float], float]]
    outages: Callable[[Budget, Figures], Sequence[Outage]]


def play(scenario: Scenario, whole: Budget, figures: Figures) -> Seen:
    """Let it happen to a deployment."""
    courses = simulate(
        plans(whole, figures),
        scenario.rate(whole.pages / DAY_SECONDS, figures),
        scenario.seconds,
        step=scenario.step,
        outages=scenario.outages(whole, figures),
    )
    name, worst = max(courses.items(), key=lambda one: float(one[1].lag_seconds.max()))
    return Seen(
        stage=name,
        waiting=float(worst.waiting.max()),
        lag_seconds=float(worst.lag_seconds.max()),
        recovered_seconds=max(_recovered(course, scenario) for course in courses.values()),
        cores=float(np.sum([course.cores for course in courses.values()], axis=0).max()),
    )


def _recovered(course: Course, scenario: Scenario) -> float:
    late = np.flatnonzero(course.lag_seconds > BEHIND_SECONDS + 2 * scenario.step)
    return max(0.0, (late[-1] + 1) * scenario.step - scenario.begin) if len(late) else 0.0


def _day(mean: float, figures: Figures) -> Callable[[float], float]:
    hours = np.array(figures.assumed.hours) / np.mean(figures.assumed.hours) * mean
    middles = HOUR * (np.arange(len(hours)) + 0.5)
    return lambda now: float(np.interp(now, middles, hours, period=DAY_SECONDS))


def _busiest(mean: float, figures: Figures) -> Callable[[float], float]:
    return lambda _: mean * figures.assumed.peak


def _breaking(mean: float, figures: Figures) -> Callable[[float], float]:
    busiest = mean * figures.assumed.peak
    return lambda now: busiest * (BURST if BEGIN <= now < BEGIN + BURST_SECONDS else 1.0)


def _none(_whole: Budget, _figures: Figures) -> Sequence[Outage]:
    return ()


def _lost_zone(whole: Budget, figures: Figures) -> Sequence[Outage]:
    """A third of the workers is lost; others take their partitions when the session is over."""
    moved = BEGIN + WorkerSettings().session_timeout
    return [
        Outage(
            one.stage.name,
            frozenset(range(0, one.workers, figures.assumed.zones)),
            BEGIN,
            BEGIN + ZONE_SECONDS,
            moved,
        )
        for one in whole.stages
        if one.stage.consumes.partitions != 1
    ]


def _rolling(whole: Budget, _figures: Figures) -> Sequence[Outage]:
    """One worker of each stage after the other, each back within its session: no partition moves."""
    begins = itertools.count(BEGIN, RESTART_SECONDS + BETWEEN_SECONDS)
    most = max(one.workers for one in whole.stages)
    times = list(itertools.islice(begins, most))
    return [
        Outage(one.stage.name, frozenset({number}), times[number], times[number] + RESTART_SECONDS, float("inf"))
        for one in whole.stages
        for number in range(one.workers)
    ]


SCENARIOS = (
    Scenario("a day", DAY_SECONDS, 10.0, 0.0, _day, _none),
    Scenario("breaking news", 4 * HOUR, 1.0, BEGIN, _breaking, _none),
    Scenario("a lost zone", 2 * HOUR, 1.0, BEGIN, _busiest, _lost_zone),
    Scenario("a rolling deploy", 2 * HOUR, 1.0, BEGIN, _busiest, _rolling),
)
