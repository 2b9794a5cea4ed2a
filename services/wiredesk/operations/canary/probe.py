"""The probes: pages of a host that can have no publisher, one for each partition, with a text that no story has.

The page of a partition keeps its URL, so that what stages remember of it stays one page; each probe of it says
something else, so that it is a revision. The words are drawn at random for each page: no two of them are copies.
"""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from wiredesk.pages.record import FetchedPage, RawRecord
from wiredesk.runtime.kafka.partitioning import partition_for
from wiredesk_schemas.headers import SYNTHETIC
from wiredesk_schemas.ids import page_id
from wiredesk_schemas.rfc3339 import format_rfc3339

HOST = "canary.invalid"
"""The host of all probes. RFC 2606 reserves `.invalid`: nobody can own it."""

MAX_TRIES = 20
"""How many URLs are tried for each partition of the largest topic; then that one topic is enough."""

PARAGRAPHS, SENTENCES, WORDS = 6, 4, 12
"""The size of a probe's text: a short story, so that the extractor takes it for one."""

_VOCABULARY = (
    "harbour", "council", "bridge", "winter", "market", "engine", "garden", "school", "river", "minister", "station",
    "library", "meadow", "teacher", "ferry", "village", "signal", "copper", "lantern", "orchard", "tunnel",
    "harvest", "museum", "railway", "island", "doctor", "window", "kitchen", "forest", "captain", "quarter",
    "budget", "morning", "weather", "traffic", "concert", "theatre", "factory", "barrel", "saddle", "anchor",
    "valley", "parish", "charter", "ledger", "opened", "closed", "counted", "measured", "repaired", "painted",
    "carried", "followed", "reported", "promised", "gathered", "planted", "borrowed", "answered", "crossed",
    "lifted", "returned", "delivered", "announced",
)  # fmt: skip
"""Words of a probe. They mean nothing, and name nobody."""


@dataclass(frozen=True, slots=True)
class Probe:
    """A page that is sent again and again.

    Attributes:
        partition: of the topic of raw pages.
        url: its URL; the key that follows from it is in this partition of the later topics, too.
    """

    partition: int
    url: str

    def record(self, number: int, at: datetime) -> RawRecord:
        """Return the record of the raw page that says `number`, marked as synthetic."""
        page = FetchedPage(self.url, self._html(number, at).encode(), "text/html; charset=utf-8", at, 200)
        value, headers = page.record(binary=True)
        return value, [*headers, (SYNTHETIC, b"true")]

    def _html(self, number: int, at: datetime) -> str:
        words = random.Random(self.url)  # noqa: S311 - no secret; the same words every time
        text = [" ".join(_sentence(words) for _ in range(SENTENCES)) for _ in range(PARAGRAPHS)]
        title = _sentence(words).rstrip(".")
        data = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": title,
            "datePublished": format_rfc3339(at),
            "inLanguage": "en",
        }
        body = "".join(
            f"<p>{one}</p>" for one in (f"Probe number {number} of the canary was sent. {text[0]}", *text[1:])
        )
        return (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
            f'<script type="application/ld+json">{json.dumps(data)}</script></head>'
            f"<body><main><article><h1>{title}</h1>{body}</article></main></body></html>"
        )


def _sentence(words: random.Random) -> str:
    return " ".join(words.choices(_VOCABULARY, k=WORDS)).capitalize() + "."


def probes(raw_partitions: int, later_topics: Mapping[str, int]) -> list[Probe]:
    """Return the probes that together go through every partition of every topic.

    Args:
        raw_partitions: partitions of the topic of raw pages.
        later_topics: partitions of the later topics, which are keyed by page.
    """
    most = max(raw_partitions, *later_topics.values()) if later_topics else raw_partitions
    return [Probe(number % raw_partitions, _url(number, set(later_topics.values()))) for number in range(most)]


def _url(number: int, sizes: set[int]) -> str:
    """Return a URL whose page is in the partition of a number, in topics of every size."""
    wanted = {size: number % size for size in sizes}
    largest = max(sizes, default=1)
    fallback = f"https://{HOST}/{number}"
    for salt in count():
        url = f"https://{HOST}/{number}/{salt}"
        key = page_id(url).encode()
        reached = {size: partition_for(key, range(size), ()) for size in sizes}
        if reached == wanted:
            return url
        if reached.get(largest) == wanted.get(largest):
            fallback = url
        if salt >= MAX_TRIES * largest:
            break
    return fallback
