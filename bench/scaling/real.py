"""A run on this machine, measured, and beside it the simulation of the same run."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import psutil
from aiokafka import TopicPartition
from pipeline import PARTITIONS, Deployment

from scaling.figures import Measured, StageCost
from scaling.simulation import Course, StagePlan, simulate
from tests.reading import read_topic
from wiredesk.pipeline import ARTICLES_COPIES, ARTICLES_ENRICHED, ENRICHMENT, PAGES_RAW, STAGES, TOPICS
from wiredesk.runtime.kafka.transactions import TransactionalProducer
from wiredesk.runtime.records import Output
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import changelogs_of

TRANSACTIONS = 1500
STEP_SECONDS = 0.1
"""A step of the simulation that is compared with a real run."""
DEADLINE_SECONDS = 600
ROUNDING = 1e-9
"""By how much sums of floating-point numbers may differ."""
SETTLE_SECONDS = 2
"""Without a new record the side stages have done everything."""


@dataclass(frozen=True)
class Phase:
    """So many pages a second, for so long."""

    rate: float
    seconds: float


@dataclass(frozen=True)
class Observed:
    """A run, real or simulated.

    Attributes:
        throughput: pages a second that were done, between a tenth and nine tenths of them.
        worst_lag: seconds between a page's arrival and its end that 19 of 20 pages do not exceed.
        drained: seconds from the last arrival until all were done.
    """

    throughput: float
    worst_lag: float
    drained: float


async def measured(deployment: Deployment, pages: int, page_kb: float) -> Measured:
    """Let pages through all stages at once, and return what each cost."""
    bytes_before, counts_before = _bytes(deployment.data), await _counts(deployment.kafka)
    cpu_before = deployment.cpu()
    await deployment.bench.round(pages)
    await _settled(deployment.kafka)
    cpu, counts = deployment.cpu(), await _counts(deployment.kafka)
    written = _bytes(deployment.data)
    counts.subtract(counts_before)
    kb = {name: (written[name] - bytes_before[name]) / number / 1000 for name, number in counts.items() if number}
    return Measured(
        page_kb=page_kb,
        broker_ms=1000 * (cpu["broker"] - cpu_before["broker"]) / pages,
        transaction_ms=await _transaction_ms(deployment),
        kb=kb,
        records={name: number / pages for name, number in counts.items() if number},
        stages={
            name: StageCost(
                cpu_ms=1000 * (cpu[name] - cpu_before[name]) / max(1, counts[stage.consumes.name]),
                records=counts[stage.consumes.name] / pages,
            )
            for name, stage in STAGES.items()
        },
    )


async def observe(deployment: Deployment, phases: Sequence[Phase]) -> tuple[Observed, list[float], float]:
    """Send pages phase by phase.

    Returns:
        What was seen; when each page was sent, in seconds; and how many cores the stages and the broker did not have:
        this process took them, which sends the pages and reads the articles, or others did.
    """
    began, busy, deployed = time.monotonic(), _busy_seconds(), sum(deployment.cpu().values())
    spans = await deployment.bench.spans([(phase.rate, phase.seconds) for phase in phases])
    taken = _busy_seconds() - busy - (sum(deployment.cpu().values()) - deployed)
    enriched = [(sent, done) for topic, sent, done in spans if topic == ARTICLES_ENRICHED.name]
    return _observed(enriched), sorted(sent for _, sent, _ in spans), max(0.0, taken / (time.monotonic() - began))


def mean(one: Measured, other: Measured) -> Measured:
    """Return the mean of the costs before a run and after it: cores change their speed."""
    return replace(
        one,
        broker_ms=(one.broker_ms + other.broker_ms) / 2,
        stages={
            name: replace(cost, cpu_ms=(cost.cpu_ms + other.stages[name].cpu_ms) / 2)
            for name, cost in one.stages.items()
        },
    )


def predicted(plans: Sequence[StagePlan], sent: Sequence[float], cores: float) -> Observed:
    """Return what the simulation says of the same arrivals on the same cores."""
    began, last = sent[0], sent[-1]
    edges = np.arange(0.0, last - began + STEP_SECONDS, STEP_SECONDS)
    arrivals = np.histogram(np.array(sent) - began, bins=np.append(edges, edges[-1] + STEP_SECONDS))[0]

    def rate(now: float) -> float:
        number = round(now / STEP_SECONDS)
        return float(arrivals[number]) / STEP_SECONDS if number < len(arrivals) else 0.0

    seconds = (last - began) * 8 + 30
    courses = simulate(plans, rate, seconds, step=STEP_SECONDS, cores=cores)
    return _observed(_simulated_spans(courses[ENRICHMENT.name], sent))


def on_one_machine(measured: Measured) -> list[StagePlan]:
    """Return the deployment of `deployed`: each stage with one worker, whose records cost the broker's time, too."""
    total = sum(cost.cpu_ms * cost.records for cost in measured.stages.values())
    sources = {topic.name: stage.name for stage in STAGES.values() for topic in stage.produces}
    plans = []
    for stage in STAGES.values():
        cost, source = measured.stages[stage.name], sources.get(stage.consumes.name)
        plans.append(
            StagePlan(
                name=stage.name,
                source=source,
                share=cost.records / (measured.stages[source].records if source else 1.0),
                seconds=cost.cpu_ms / 1000,
                partitions=stage.consumes.partitions_of(PARTITIONS),
                workers=1,
                processes=PARTITIONS if stage.store else stage.default_processes,  # each state has a process
                ordered=stage.store is not None,
                broker_seconds=cost.cpu_ms / 1000 * measured.broker_ms / total,
            )
        )
    return plans


def capacity(plans: Sequence[StagePlan], measured: Measured, cores: float) -> float:
    """Return the pages a second that so many cores take, and that the processes of each stage take."""
    records = {plan.name: measured.stages[plan.name].records for plan in plans}
    of_cores = cores / sum(records[plan.name] * plan.seconds * plan.burden for plan in plans)
    return min(of_cores, *(plan.workers * plan.processes / (records[plan.name] * plan.seconds) for plan in plans))


def _simulated_spans(course: Course, sent: Sequence[float]) -> list[tuple[float, float]]:
    """Return for each page when it was sent, and when it was done, first in, first out."""
    ends = STEP_SECONDS * np.arange(1, len(course.processed) + 1)
    share = course.processed[-1] / len(sent)
    # The first step after which so many were done: at the end of a run the number stays the same for many steps.
    steps = np.searchsorted(course.processed, share * np.arange(1, len(sent) + 1) * (1 - ROUNDING))
    done = ends[np.minimum(steps, len(ends) - 1)]
    return [(when, sent[0] + float(end)) for when, end in zip(sent, done, strict=True)]


def _observed(spans: Sequence[tuple[float, float]]) -> Observed:
    done = sorted(end for _, end in spans)
    tenth = len(done) // 10
    lags = sorted(end - begin for begin, end in spans)
    return Observed(
        throughput=(len(done) - 2 * tenth) / (done[-1 - tenth] - done[tenth]),
        worst_lag=lags[int(0.95 * (len(lags) - 1))],
        drained=done[-1] - max(begin for begin, _ in spans),
    )


def _busy_seconds() -> float:
    """Return the seconds that the machine's cores have been busy, or taken from it by its host."""
    times = psutil.cpu_times()
    return float(times.user + times.nice + times.system + times.irq + times.softirq + times.steal)


async def _counts(kafka: KafkaSettings) -> Counter[str]:
    """Return the records of each topic: offsets also count the markers of transactions."""
    counts: Counter[str] = Counter()
    names = [topic.name for topic in (*TOPICS, *changelogs_of(STAGES.values()))]
    async for record in read_topic(kafka, names, from_beginning=True, until_end=True):
        if record is not None:
            counts[record.topic] += 1
    return counts


async def _settled(kafka: KafkaSettings) -> None:
    """Wait until side stages have done the last articles, too."""
    before, counts = Counter[str](), await _counts(kafka)
    async with asyncio.timeout(DEADLINE_SECONDS):
        while counts != before:
            await asyncio.sleep(SETTLE_SECONDS)
            before, counts = counts, await _counts(kafka)


def _bytes(folder: Path) -> Counter[str]:
    """Return the bytes of each topic's segments on disk."""
    sizes: Counter[str] = Counter()
    for file in folder.rglob("*.log"):
        topic, dash, partition = file.parent.name.rpartition("-")
        if dash and partition.isdigit():
            sizes[topic] += file.stat().st_size
    return sizes


async def _transaction_ms(deployment: Deployment) -> float:
    """Return the broker's CPU time of a transaction with one record and one offset."""
    source = TopicPartition(PAGES_RAW.name, 0)
    output = [Output(ARTICLES_COPIES.name, b"transaction", b"{}")]
    async with TransactionalProducer(deployment.kafka, "bench-transactions", 60) as producer:
        for _ in range(100):
            await producer.commit(output, "bench-transactions", source, 1)
        before = deployment.cpu()["broker"]
        for _ in range(TRANSACTIONS):
            await producer.commit(output, "bench-transactions", source, 1)
        return 1000 * (deployment.cpu()["broker"] - before) / TRANSACTIONS
