"""Metrics of the workers of a local stack, summed by stage."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families

from wiredesk.local.stack import WorkerProcess

# Metrics of a worker that are summed.
RECORDS = "wiredesk_commit_records_sum"  # committed input records, whatever was published for them
DEAD_LETTERS = "wiredesk_dead_letters_total"  # dead-lettered, by reason
LAG = "wiredesk_lag_records"  # from the committed offset to the end of the partition
IN_FLIGHT = "wiredesk_in_flight_records"  # received, and not committed yet


@dataclass(frozen=True, slots=True)
class StageFigures:
    """Metrics of a stage, summed over those of its workers that answer.

    Attributes:
        workers: configured number of workers.
        ready: number of workers that have loaded their models and been assigned partitions.
        restarts: how often workers were restarted.
        records: input records processed since the workers started.
        dead_letters: records among them that became dead letters.
        lag: records that wait in the input topic.
        in_flight: records that are being processed.
        ports: ports of the workers' metrics endpoints, on 127.0.0.1.
    """

    workers: int
    ready: int
    restarts: int
    records: float
    dead_letters: float
    lag: float
    in_flight: float
    ports: tuple[int, ...]


async def figures_by_stage(workers: Sequence[WorkerProcess]) -> dict[str, StageFigures]:
    """Query all workers at the same time; return the metrics of each stage by its name."""
    answers = await asyncio.gather(*(_ask(worker) for worker in workers))
    grouped: defaultdict[str, list[tuple[WorkerProcess, bool, dict[str, float]]]] = defaultdict(list)
    for worker, (is_ready, samples) in zip(workers, answers, strict=True):
        grouped[worker.stage.name].append((worker, is_ready, samples))
    return {name: _sum(group) for name, group in grouped.items()}


async def _ask(worker: WorkerProcess) -> tuple[bool, dict[str, float]]:
    is_ready, (_, exposition) = await asyncio.gather(worker.is_ready(), worker.get("/metrics"))
    samples: defaultdict[str, float] = defaultdict(float)
    for family in text_string_to_metric_families(exposition):
        for sample in family.samples:
            samples[sample.name] += sample.value
    return is_ready, samples


def _sum(group: Sequence[tuple[WorkerProcess, bool, dict[str, float]]]) -> StageFigures:
    def total(name: str) -> float:
        return sum(samples.get(name, 0.0) for _, _, samples in group)

    return StageFigures(
        workers=len(group),
        ready=sum(is_ready for _, is_ready, _ in group),
        restarts=sum(worker.restarts for worker, _, _ in group),
        records=total(RECORDS),
        dead_letters=total(DEAD_LETTERS),
        lag=total(LAG),
        in_flight=total(IN_FLIGHT),
        ports=tuple(worker.port for worker, _, _ in group),
    )
