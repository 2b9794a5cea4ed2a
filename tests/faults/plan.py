"""What happens in a run, and when: all of it is derived from a seed."""

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import count

from tests.support import SAMPLES

STAGES = ("ingest", "extractor", "revisions", "enrichment")
REASONS = {"raise": "error", "hang": "timeout", "allocate": "memory", "crash": "crash"}
"""Reasons of dead letters, by the four kinds of poison."""


class Kind(StrEnum):
    """What can go wrong."""

    KILL_WORKER = "worker killed"
    KILL_CHILD = "child killed"
    ZOMBIE = "worker frozen beyond its session"
    KILL_BROKER = "broker killed"
    CUT = "connections cut"
    DELAY = "connections delayed"
    HALF_OPEN = "connections half-open"
    STORM = "workers join and leave"
    BURST = "pool full"


@dataclass(frozen=True)
class Fault:
    """A fault.

    Attributes:
        at: seconds after the begin.
        pick: selects the worker, child or broker among those that run then.
        draw: from 0 to 1; determines how long it lasts.
    """

    at: float
    kind: Kind
    pick: int
    draw: float


LONG: Mapping[Kind, float] = {
    Kind.KILL_WORKER: 3.5,
    Kind.KILL_CHILD: 1.5,
    Kind.ZOMBIE: 0.6,
    Kind.KILL_BROKER: 0.35,
    Kind.CUT: 0.5,
    Kind.DELAY: 0.3,
    Kind.HALF_OPEN: 0.25,
    Kind.STORM: 0.25,
    Kind.BURST: 0.3,
}
"""Faults per minute: in 20 minutes 70 kills of workers, 12 zombies, 7 kills of brokers."""

SHORT: Mapping[Kind, float] = dict.fromkeys(Kind, 1.0) | {Kind.KILL_WORKER: 3.0, Kind.KILL_CHILD: 2.0}
"""Faults per minute of a short run: each kind at least once."""

LULL = 0.9
"""Share of the run in which faults begin: the last of them must affect pages, too."""


def schedule(seed: int, seconds: float, a_minute: Mapping[Kind, float]) -> list[Fault]:
    """Return the faults of a run, in order: those of each kind are spread evenly over the time."""
    rng = random.Random(seed)
    faults = []
    for kind, often in a_minute.items():
        times = max(1, round(often * seconds / 60))
        slot = LULL * seconds / times
        faults += [Fault((n + rng.random()) * slot, kind, rng.randrange(1 << 30), rng.random()) for n in range(times)]
    return sorted(faults, key=lambda fault: fault.at)


def pages(seed: int, *, poison_every: int, real_every: int) -> Iterator[bytes]:
    """Yield the values of raw pages, endlessly.

    Args:
        poison_every: one page of this number is poison, of all four kinds and at all stages in turn.
        real_every: one page of this number is a real one; 0: none is.
    """
    rng = random.Random(seed)
    poison = [(stage, ordered) for ordered in REASONS for stage in STAGES]
    rng.shuffle(poison)
    for number in count():
        padding = b"x" * rng.randrange(200, 4000)
        if number % poison_every == poison_every - 1:
            stage, ordered = poison[number // poison_every % len(poison)]
            yield b"light:%d:%s:%s:%s" % (number, stage.encode(), ordered.encode(), padding)
        elif real_every and number % real_every == real_every // 2:
            yield _real(rng, number)
        else:
            ordered = "skip" if rng.random() < 0.05 else "pass"
            yield b"light:%d:extractor:%s:%s" % (number, ordered.encode(), padding)


def order(value: bytes) -> str:
    """Return the order of a page for the stage that it names; a real page has none."""
    return value.split(b":", 4)[3].decode() if value.startswith(b"light:") else ""


def _real(rng: random.Random, number: int) -> bytes:
    path = rng.choice([SAMPLES / "pages" / name for name in ("ferry-strike.html", "index.html", "volcano.amp.html")])
    return json.dumps(
        {
            "url": f"https://soak.example/{number}",
            "body": path.read_text(encoding="utf-8"),
            "content_type": "text/html",
        }
    ).encode()
