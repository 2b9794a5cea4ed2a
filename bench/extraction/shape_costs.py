"""What pathological pages cost in ingest and extractor: time, its growth, and memory, each in a process of its own."""

import functools
import json
import math
import os
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from wiredesk.extractor.extract import Extractor
from wiredesk.ingest.accept import Ingest
from wiredesk.runtime.errors import RejectedError
from wiredesk_schemas import AcceptedPage, CleanedArticle, RawPage

from .shapes import HEADLINE, Shape, page_around

SIZES = (250_000, 1_000_000, 4_000_000)
"""Sizes of a page in bytes."""

LIMIT_SECONDS = 6
"""CPU time after which a page is given up. The stages' own deadline is 30 s."""

LIMIT_BYTES = 8 << 30
"""Address space of the process that reads a page."""

MAX_SECONDS_PER_MB = 0.5
"""CPU time that ingest and extractor may take for each megabyte of a page."""

MAX_FIXED_SECONDS = 0.75
"""CPU time that a page of any size may take."""

MAX_MEMORY_PER_BYTE = 40
"""Bytes of memory that ingest or extractor may take for each byte of a page."""

MAX_FIXED_MEMORY = 100_000_000
"""Bytes of memory that a page of any size may take."""

MAX_GROWTH = 1.3
"""Power of the size with which the time may grow: 1 is linear, 2 quadratic."""

NOTICEABLE_SECONDS = 0.25
"""CPU time below which growth is not computed."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one page of a shape cost.

    Attributes:
        size: of the page in bytes.
        ingest_seconds: CPU time of ingest.
        seconds: CPU time of the extractor.
        ingest_memory: bytes that ingest took at its peak.
        memory: bytes that the extractor took at its peak.
        outcome: `article`, `skipped` or `rejected`, with the reason, and whether the story of the page is in it.
        problem: what went wrong.
    """

    size: int
    ingest_seconds: float = 0.0
    seconds: float = 0.0
    ingest_memory: int = 0
    memory: int = 0
    outcome: str = ""
    problem: str = ""

    @property
    def total(self) -> float:
        """CPU time of both stages."""
        return self.ingest_seconds + self.seconds


def cost_of(shape: Shape, sizes: Sequence[int] = SIZES) -> Iterator[Cost]:
    """Yield the costs of a shape, by size."""
    for size in sizes:
        yield _in_child(shape, size)


def faults(costs: Sequence[Cost]) -> Iterator[str]:
    """Yield what is wrong with the costs of a shape."""
    for cost in costs:
        if cost.problem:
            yield cost.problem
        allowed = MAX_FIXED_SECONDS + MAX_SECONDS_PER_MB * cost.size / 1e6
        if cost.total > allowed:
            yield f"{cost.total:.2f} s for {cost.size / 1e6:.2f} MB, {allowed:.2f} are allowed"
        memory = max(cost.ingest_memory, cost.memory)
        if memory > MAX_FIXED_MEMORY + MAX_MEMORY_PER_BYTE * cost.size:
            yield f"{memory / 1e6:.0f} MB of memory for {cost.size / 1e6:.2f} MB"
    if growth(costs) > MAX_GROWTH:
        yield f"time grows with the power {growth(costs):.1f} of the size"


def growth(costs: Sequence[Cost]) -> float:
    """Return the power of the size with which the time grows at last; 0 where it is too short to say."""
    noticeable = [cost for cost in costs if not cost.problem]
    if len(noticeable) < 2 or noticeable[-1].total < NOTICEABLE_SECONDS or noticeable[-2].total <= 0:  # noqa: PLR2004
        return 0.0
    before, last = noticeable[-2:]
    return math.log(last.total / before.total) / math.log(last.size / before.size) if last.size > before.size else 0.0


def table_row(shape: Shape, costs: Sequence[Cost]) -> str:
    """Return the costs of a shape as a line of a table."""
    times = "".join(f"{cost.ingest_seconds:7.2f}{cost.seconds:7.2f}" for cost in costs)
    peak = max((max(cost.ingest_memory, cost.memory) for cost in costs), default=0)
    return f"{shape.name:<44}{times}{growth(costs):6.1f}{peak / 1e6:7.0f}  {costs[-1].outcome}"


def _in_child(shape: Shape, size: int) -> Cost:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reader)
            resource.setrlimit(resource.RLIMIT_AS, (LIMIT_BYTES, LIMIT_BYTES))
            resource.setrlimit(resource.RLIMIT_CPU, (LIMIT_SECONDS, LIMIT_SECONDS))
            os.write(writer, json.dumps(asdict(_measured(shape, size, extractor()))).encode())
        except BaseException as error:  # noqa: BLE001 - any of them is a finding
            os.write(writer, json.dumps(asdict(Cost(size, problem=f"{type(error).__name__}: {error}"[:300]))).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as answers:
        answer = answers.read()
    _, status = os.waitpid(child, 0)
    if not answer:
        return Cost(size, seconds=LIMIT_SECONDS, problem=f"over {LIMIT_SECONDS} s, or killed (status {status})")
    return Cost(**json.loads(answer))


@functools.cache
def extractor() -> Extractor:
    """Return the extractor, which has read a page: loaded once, before processes are forked."""
    loaded = Extractor()
    _measured(Shape("warm-up", lambda _size: page_around("<p>word</p>")), 0, loaded)
    return loaded


def _measured(shape: Shape, size: int, read: Extractor) -> Cost:
    content = shape.make(size)
    page = RawPage(
        url="https://example.org/news/2024/05/old-bridge-reopens",
        body_base64=content,
        content_type=shape.content_type,
        http_headers=dict(shape.headers),
    )
    ingest = Ingest()
    began, used = time.process_time(), _reset_peak()
    try:
        accepted = ingest(page)
    except RejectedError as error:
        return Cost(len(content), time.process_time() - began, 0.0, _peak() - used, 0, f"rejected: {error.reason}")
    after, peak = time.process_time(), _peak() - used
    if not isinstance(accepted, AcceptedPage):
        return Cost(len(content), after - began, 0.0, peak, 0, "skipped")
    used = _reset_peak()
    began_extractor = time.process_time()
    result = read(accepted)
    same = type(result).from_json(result.to_json()) == result
    seconds, memory = time.process_time() - began_extractor, _peak() - used
    problem = "" if same else "output is not the same after a round trip through JSON"
    return Cost(len(content), after - began, seconds, peak, memory, _outcome(shape, result), problem)


def _outcome(shape: Shape, result: object) -> str:
    if not isinstance(result, CleanedArticle):
        return f"skipped: {getattr(result, 'reason', '')}"
    text = " ".join(block.text for block in result.paragraphs)
    seen = result.title == HEADLINE and "The old bridge over" in text and "Buses will cross" in text
    return "article" if seen or not shape.has_story else "article, other story"


def _reset_peak() -> int:
    """Return the memory in use, from which the peak is counted again."""
    if sys.platform == "linux":
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return _status("VmRSS")


def _peak() -> int:
    return _status("VmHWM")


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))
