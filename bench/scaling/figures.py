"""What was measured of the pipeline, and what is assumed of the world: bench/scale.toml.

`python bench/scale.py measure` prints the measured part.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

FILE = Path(__file__).parents[1] / "scale.toml"


@dataclass(frozen=True)
class StageCost:
    """A stage, measured.

    Attributes:
        cpu_ms: CPU time of the worker with all its processes, per record that it reads.
        records: records that it reads for each raw page.
    """

    cpu_ms: float
    records: float


@dataclass(frozen=True)
class Measured:
    """The pipeline on real pages.

    Attributes:
        page_kb: mean size of a page.
        broker_ms: CPU time of the broker per raw page, one replica.
        transaction_ms: CPU time of the broker per transaction of one record and one offset, one replica.
        kb: bytes on a broker's disk, in kB, per record of each topic.
        records: records of each topic for each raw page.
        stages: costs by stage.
    """

    page_kb: float
    broker_ms: float
    transaction_ms: float
    kb: Mapping[str, float]
    records: Mapping[str, float]
    stages: Mapping[str, StageCost]


@dataclass(frozen=True)
class Assumed:
    """Traffic, margins and prices: an operator's own differ.

    Attributes:
        unchanged: share of the fetches that bring nothing new; they end at revisions.
        hours: pages of each hour of a day, UTC, in any unit.
        busy: share of its cores that a deployment uses at the peak of a normal day.
        processes: of a worker.
        replicas: of a topic.
        zones: over which brokers and workers are spread.
        transactions_a_lane: transactions that a lane commits a second at most, when records come one by one.
        state_bytes_a_key: memory that a page takes in a store.
        copies_a_second: articles a second that the one partition of copies takes.
        broker_cores: cores of a broker.
        broker_mb: MB a second that a broker takes from producers and other brokers together.
        core_month: price of a core, with 4 GiB of memory, for a month.
        disk_gb_month: price of a GB of disk for a month.
        between_zones_gb: price of a GB from one zone to another, both directions.
    """

    unchanged: float
    hours: tuple[float, ...]
    busy: float
    processes: int
    replicas: int
    zones: int
    transactions_a_lane: float
    state_bytes_a_key: float
    copies_a_second: float
    broker_cores: int
    broker_mb: float
    core_month: float
    disk_gb_month: float
    between_zones_gb: float

    @property
    def peak(self) -> float:
        """The busiest hour of a day, divided by the mean."""
        return max(self.hours) * len(self.hours) / sum(self.hours)


@dataclass(frozen=True)
class Figures:
    """Both."""

    measured: Measured
    assumed: Assumed


def read(file: Path = FILE) -> Figures:
    """Read the figures.

    Raises:
        pydantic.ValidationError: if one is missing or no number.
    """
    return TypeAdapter(Figures).validate_python(tomllib.loads(file.read_text(encoding="utf-8")))


def measured_as_toml(measured: Measured) -> str:
    """Return the measured part of the file."""
    lines = ["[measured]", f"page_kb = {measured.page_kb:.0f}", f"broker_ms = {measured.broker_ms:.3g}"]
    lines += [f"transaction_ms = {measured.transaction_ms:.3g}"]
    for name, table in (("kb", measured.kb), ("records", measured.records)):
        lines += ["", f"[measured.{name}]", *(f'"{topic}" = {number:.3g}' for topic, number in table.items())]
    for stage, cost in measured.stages.items():
        lines += ["", f"[measured.stages.{stage}]", f"cpu_ms = {cost.cpu_ms:.3g}", f"records = {cost.records:.3g}"]
    return "\n".join(lines) + "\n"
