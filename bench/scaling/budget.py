"""Cores, partitions, traffic, disk, state and money for a number of pages a day: arithmetic on the figures."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scaling.figures import Figures
from scaling.simulation import StagePlan
from wiredesk.pipeline import STAGES
from wiredesk.revisions.settings import RevisionsSettings
from wiredesk.runtime.topology import DAY_MS, Stage, Topic, changelogs_of, topics_of

DAY_SECONDS = 86_400
MONTH_DAYS = 30.4
PARTITIONS = (6, 12, 24, 48, 96, 192, 384, 768, 1536)
"""Numbers of partitions to choose from: each divides the next, so that a topic can be doubled."""
AFTER_REVISIONS = ("enrichment", "latest", "signatures", "syndication")
"""Stages that an unchanged page does not reach."""


@dataclass(frozen=True)
class StageBudget:
    """A stage of a deployment.

    Attributes:
        stage: the stage.
        peak: records a second in the busiest hour.
        cores: of all workers together.
        workers: of them.
        partitions: of its input topic.
        transactions: a second, in the busiest hour, at most.
        limited: whether its one partition is too slow for the peak.
    """

    stage: Stage
    peak: float
    cores: float
    workers: int
    partitions: int
    transactions: float
    limited: bool


@dataclass(frozen=True)
class TopicBudget:
    """A topic of a deployment: kB a second in the busiest hour, and GB on disk with all replicas."""

    topic: Topic
    kb_a_second: float
    disk_gb: float


@dataclass(frozen=True)
class Budget:
    """A deployment.

    Attributes:
        pages: raw pages a day.
        stages: in the order of the flow.
        topics: the largest on disk first.
        brokers: for the traffic, their CPU time and three zones.
        broker_cores: that they use in the busiest hour.
        producers: transactional producers, one for each partition that a worker owns.
        state_gb: memory of the stores, a keeper for each partition.
        dollars: a month, at the assumed prices.
    """

    pages: float
    stages: Sequence[StageBudget]
    topics: Sequence[TopicBudget]
    brokers: int
    broker_cores: float
    producers: int
    state_gb: float
    dollars: float


def budget(pages: float, figures: Figures) -> Budget:
    """Return what a deployment for so many raw pages a day needs."""
    stages = [_stage(stage, pages, figures) for stage in STAGES.values()]
    topics = sorted((_topic(topic, pages, figures) for topic in _topics()), key=lambda one: -one.disk_gb)
    measured, assumed = figures.measured, figures.assumed
    raw = pages / DAY_SECONDS * assumed.peak
    transactions = sum(one.transactions for one in stages)
    # A follower writes what the leader writes, and parses nothing: half of the CPU time for each.
    copies = 1 + (assumed.replicas - 1) / 2
    broker_cores = (raw * measured.broker_ms + transactions * measured.transaction_ms) / 1000 * copies
    megabytes = sum(one.kb_a_second for one in topics) / 1000 * assumed.replicas
    brokers = max(
        assumed.zones,
        math.ceil(broker_cores / assumed.busy / assumed.broker_cores),
        math.ceil(megabytes / assumed.broker_mb),
    )
    return Budget(
        pages,
        stages,
        topics,
        brokers,
        broker_cores,
        sum(one.partitions for one in stages),
        _state_gb(stages, pages, figures),
        _dollars(stages, topics, brokers, pages, figures),
    )


def plans(whole: Budget, figures: Figures) -> list[StagePlan]:
    """Return the deployment as the simulation takes it."""
    sources = {topic.name: stage.name for stage in STAGES.values() for topic in stage.produces}
    records = {name: _records(name, figures) for name in STAGES}
    made = []
    for one in whole.stages:
        source = sources.get(one.stage.consumes.name)
        made.append(
            StagePlan(
                name=one.stage.name,
                source=source,
                share=records[one.stage.name] / (records[source] if source else 1.0),
                seconds=figures.measured.stages[one.stage.name].cpu_ms / 1000,
                partitions=one.partitions,
                workers=one.workers,
                processes=figures.assumed.processes,
                ordered=one.stage.store is not None,
            )
        )
    return made


def _stage(stage: Stage, pages: float, figures: Figures) -> StageBudget:
    assumed = figures.assumed
    peak = pages / DAY_SECONDS * assumed.peak * _records(stage.name, figures)
    cores = peak * figures.measured.stages[stage.name].cpu_ms / 1000
    workers = max(assumed.zones, math.ceil(cores / assumed.busy / assumed.processes))
    if stage.consumes.partitions == 1:
        partitions, workers = 1, 2  # one works, and one is there to take over
    else:
        # A partition of a stage with a store has one core. A worker has two or more, so that they spread evenly.
        least = max(2 * workers, cores / assumed.busy if stage.store else 0)
        partitions = next((one for one in PARTITIONS if one >= least), PARTITIONS[-1])
    transactions = partitions * min(assumed.transactions_a_lane, peak / partitions)
    limited = stage.consumes.partitions == 1 and peak > assumed.copies_a_second
    return StageBudget(stage, peak, cores, workers, partitions, transactions, limited)


def _records(stage: str, figures: Figures) -> float:
    """Return how many records a stage reads for each raw page, those that have not changed left out."""
    changed = 1 - figures.assumed.unchanged if stage in AFTER_REVISIONS else 1.0
    return figures.measured.stages[stage].records * changed


def _topics() -> list[Topic]:
    return [*topics_of(STAGES.values()), *changelogs_of(STAGES.values())]


def _topic(topic: Topic, pages: float, figures: Figures) -> TopicBudget:
    measured, assumed = figures.measured, figures.assumed
    after = {one.name for stage in ("revisions", *AFTER_REVISIONS) for one in STAGES[stage].produces}
    changed = 1 - assumed.unchanged if topic.name in after - {"pages.skipped"} else 1.0
    kb_a_day = pages * measured.records.get(topic.name, 0.0) * measured.kb.get(topic.name, 0.0) * changed
    # A topic that keeps the newest record of each key for ever is counted for a year.
    days = topic.retention_ms / DAY_MS if topic.retention_ms > 0 else 365
    return TopicBudget(
        topic,
        kb_a_day / DAY_SECONDS * assumed.peak,
        kb_a_day * days * assumed.replicas / 1e6,
    )


def _state_gb(stages: Sequence[StageBudget], pages: float, figures: Figures) -> float:
    """Return the memory of the pages that `revisions` and `latest` remember: a year's, or as many as they may."""
    articles = pages * _records("enrichment", figures) * 365
    most = RevisionsSettings().revisions_pages
    partitions = sum(one.partitions for one in stages if one.stage.name in {"revisions", "latest"})
    return min(2 * articles, partitions * most) * figures.assumed.state_bytes_a_key / 1e9


def _dollars(
    stages: Sequence[StageBudget], topics: Sequence[TopicBudget], brokers: int, pages: float, figures: Figures
) -> float:
    """Return the price of a month: cores of workers and brokers, disks, and traffic between zones."""
    assumed = figures.assumed
    cores = sum(max(one.cores / assumed.busy, 0.5) for one in stages) + brokers * assumed.broker_cores
    state = _state_gb(stages, pages, figures) / 4  # a core comes with 4 GiB
    written = sum(one.kb_a_second for one in topics) / assumed.peak * DAY_SECONDS * MONTH_DAYS / 1e6
    # A record goes to the other zones once for each further replica, and most producers and readers are in another one.
    across = written * ((assumed.replicas - 1) + 2 * (assumed.zones - 1) / assumed.zones)
    return (
        (cores + state) * assumed.core_month
        + sum(one.disk_gb for one in topics) * assumed.disk_gb_month
        + across * assumed.between_zones_gb
    )
