"""The witness of lives: reads all topics with another client library, and says where they differ from the model."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.faults.lives_model import Expected, expected
from tests.faults.witness import committed

NAMES = ("pages.raw", "articles.revised", "articles.enriched", "articles.latest", "pages.skipped")
"""The topics that tell what became of a fetch."""

LETTERS = ("pages.raw.dlq", "pages.accepted.dlq", "articles.cleaned.dlq", "articles.revised.dlq", "articles.latest.dlq")
"""The topics of dead letters: there are none, but of records at whose work processes were killed from outside."""

BEFORE_REVISIONS = LETTERS[:3]
"""Dead letters of fetches that never reached the state of their page."""


@dataclass
class Seen:
    """What a reader found.

    Attributes:
        fetches: the raw pages of each page, by origin, in their order.
        events: outcomes of a fetch, by its origin: each is how `Expected` says it.
        chain: for each page id, what its events in `articles.enriched` say of themselves and of the one before.
        revised: events of each fetch in `articles.revised`: each costs an enrichment, unless it is a withdrawal.
        latest: for each page id, the origin of the newest record; None where that is a tombstone.
        letters: dead letters: topic, original record, origin and reason.
    """

    fetches: dict[str, dict[str, dict[str, Any]]] = field(default_factory=lambda: defaultdict(dict))
    events: dict[str, list[Expected]] = field(default_factory=lambda: defaultdict(list))
    chain: dict[str, list[tuple[str, str | None]]] = field(default_factory=lambda: defaultdict(list))
    revised: Counter[str] = field(default_factory=Counter)
    latest: dict[str, str | None] = field(default_factory=dict)
    letters: list[tuple[str, str, str, str]] = field(default_factory=list)


def differences(
    bootstrap: str, page_id: Callable[[str], str], killed: Collection[str] = (), prefix: str = ""
) -> tuple[list[str], dict[str, int]]:
    """Return where the topics differ from the model, one line each, and how often each outcome came.

    Args:
        page_id: returns the id of the page at a URL.
        killed: records during whose processing processes were killed twice: they may be dead letters.
        prefix: of the topics.
    """
    seen = _read(bootstrap, prefix)
    wrong = [
        f"dead letter in {topic} of {record}: {why}" for topic, record, _, why in seen.letters if record not in killed
    ]
    lost = {name: {origin for topic, _, origin, _ in seen.letters if topic == prefix + name} for name in LETTERS}
    before = set().union(*(lost[name] for name in BEFORE_REVISIONS))
    counts: dict[str, int] = defaultdict(int)
    for url, fetches in seen.fetches.items():
        reached = {origin: fetch for origin, fetch in fetches.items() if origin not in before}
        become = dict(zip(reached, expected(reached.values()), strict=True))
        for one in become.values():
            counts[one.outcome] += 1
        wrong += [f"{url}: {line}" for line in _of_page(page_id(url), become, seen, lost)]
    if unknown := seen.events.keys() - {origin for fetches in seen.fetches.values() for origin in fetches}:
        wrong.append(f"events of no fetch: {sorted(unknown)[:5]}")
    return wrong, dict(counts)


def _of_page(
    page: str, become: Mapping[str, Expected], seen: Seen, lost: Mapping[str, Collection[str]]
) -> Iterator[str]:
    """Yield where the events of a page are not those of the model."""
    revisions = [origin for origin, one in become.items() if one.number is not None]
    delivered = [origin for origin in revisions if origin not in lost["articles.revised.dlq"]]
    for origin, one in become.items():
        came = seen.events.get(origin, [])
        if came != ([one] if one.number is None or origin in delivered else []):
            yield f"{origin}: {came}, expected {one}"
        if seen.revised[origin] != (one.number is not None):
            yield f"{origin}: {seen.revised[origin]} events for enrichment, of a fetch that is {one.outcome}"
    if len(delivered) == len(revisions):
        chain = seen.chain.get(page, [])
        if [before for _, before in chain] != [None, *(own for own, _ in chain)][: len(chain)]:
            yield f"{page}: the revisions do not follow each other: {chain}"
    kept = [origin for origin in delivered if origin not in lost["articles.latest.dlq"]]
    newest = next((None if become[origin].outcome == "withdrawn" else origin for origin in reversed(kept)), None)
    if seen.latest.get(page) != newest:
        yield f"{page}: newest is {seen.latest.get(page)}, expected {newest}"


def _read(bootstrap: str, prefix: str) -> Seen:
    seen = Seen()
    for message in committed(bootstrap, [prefix + name for name in (*NAMES, *LETTERS)]):
        topic, headers = str(message.topic()), dict[str, Any](message.headers() or ())
        name = topic.removeprefix(prefix)
        value: Any = json.loads(message.value() or b"null") if name in NAMES else None
        if name == "pages.raw":
            seen.fetches[value["url"]][f"{topic}/{message.partition()}/{message.offset()}"] = value
            continue
        origin = headers["wiredesk_origin"].decode()
        if name in LETTERS:
            record = "/".join(headers[f"wiredesk_dlq_{part}"].decode() for part in ("topic", "partition", "offset"))
            seen.letters.append((topic, record, origin, headers["wiredesk_dlq_reason"].decode()))
        elif name == "articles.latest":
            seen.latest[(message.key() or b"").decode()] = None if value is None else origin
        elif name == "articles.revised":
            seen.revised[origin] += 1
        else:
            seen.events[origin].append(_outcome(headers, value))
            if name == "articles.enriched":
                seen.chain[(message.key() or b"").decode()].append(
                    (value["revision_event_id"], value["previous_event_id"])
                )
    return seen


def _outcome(headers: dict[str, Any], value: dict[str, Any]) -> Expected:
    """Return what an event says of its fetch."""
    if "revision_number" not in value:
        return Expected(value["reason"])
    is_withdrawn = headers["ce_type"].startswith(b"wiredesk.article.withdrawn")
    kind = "withdrawn" if is_withdrawn else value["revision_kind"]
    return Expected(kind, value["revision_number"], value["first_seen"])
