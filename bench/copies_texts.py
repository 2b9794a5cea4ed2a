"""Texts for measuring the search for copies: public articles, six edits of them, and formulaic items."""

import gzip
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from copies_formulas import PLACES, formulaic_items

from tests.copies import article
from wiredesk_schemas import CleanedArticle

SETS = ("article-extraction-benchmark", "publisher-pages", "web-pages")
"""Corpora of public articles."""

REPORTS = "topics/bbc-eval.jsonl.gz"
"""Reports of one broadcaster, of a year and a half."""

CHANGED = 0.1
"""Share of the words that an edit changes."""

MIN_WORDS = 60
"""Words of an article that is copied. A third of a shorter one is a sentence."""


@dataclass(frozen=True)
class Text:
    """An article of a stream.

    Attributes:
        sources: the articles that its text is from.
    """

    name: str
    title: str
    body: str
    sources: frozenset[str]

    @property
    def url(self) -> str:
        """Its address."""
        return f"https://{self.name}"

    @property
    def event(self) -> CleanedArticle:
        """The article as an event."""
        return article(self.url, self.body, title=self.title)


def corpus(data: Path, limit: int | None) -> list[Text]:
    """Return public articles, shuffled in the same way each time."""
    texts = reports(data)
    for name in SETS:
        for line in (data / name / "gold.jsonl").open(encoding="utf-8"):
            row = json.loads(line)
            if row.get("page_type", "article") == "article" and _is_long_enough(row["body"]):
                texts.append(_text(f"{name}.example/{row['id']}", row.get("title") or row["body"][:60], row["body"]))
    random.Random(1).shuffle(texts)
    return texts[:limit]


def reports(data: Path) -> list[Text]:
    """Return the reports of the broadcaster, each once."""
    with gzip.open(data / REPORTS, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    bodies: dict[str, Text] = {}
    for row in rows:
        title, _, body = row["text"].partition("\n")
        bodies.setdefault(body.strip(), _text(f"reports.example/{row['id']}", title, body.strip()))
    return [text for text in bodies.values() if _is_long_enough(text.body)]


def _text(name: str, title: str, body: str) -> Text:
    return Text(name, title, body, frozenset({name}))


def _is_long_enough(body: str) -> bool:
    return len(_units(body)) >= MIN_WORDS


def _units(body: str) -> list[str]:
    """Return the words of a text; of one without spaces, its characters."""
    words = body.split(" ")
    return words if len(words) * 15 > len(body) else list(body)


def _joined(body: str, units: Sequence[str]) -> str:
    return (" " if len(body.split(" ")) * 15 > len(body) else "").join(units)


BOILERPLATE = [
    f"Subscribe to the {name} newsletter and get the stories of the {part} in your inbox every morning. "
    f"The {name} is a member of the {part} press council. Our reporters can be reached at the office in {place}. "
    f"Comments are open to subscribers of the {name} for three days after publication. Republication of this article "
    f"needs the written consent of the publishing house in {place}, and photographs are not included."
    for name, part, place in zip(
        ("Courier", "Observer", "Gazette", "Tribune", "Herald", "Examiner", "Monitor", "Sentinel", "Chronicle", "Post"),
        ("north", "coast", "capital", "valley", "islands", "south", "lakes", "border", "plains", "hills"),
        PLACES[:10],
        strict=True,
    )
]
"""Boilerplate of ten sites."""


def edits(texts: Sequence[Text]) -> dict[str, Callable[[int, random.Random], Text]]:
    """Return the six edits: each makes a copy of the article of a number."""
    vocabulary = [word for text in texts for word in text.body.split()]

    def copy(number: int, title: str, body: str, *others: int, site: int = 0) -> Text:
        sources = frozenset.union(texts[number].sources, *(texts[other].sources for other in others))
        return Text(f"copies{site}.example/{number}", title, body, sources)

    def part(number: int, share: float) -> str:
        units = _units(texts[number].body)
        return _joined(texts[number].body, units[: int(len(units) * share)])

    def whole(number: int, rng: random.Random) -> Text:
        body = texts[number].body
        site = rng.randrange(len(BOILERPLATE))
        return copy(number, "What we know", f"By our staff\n\n{body}\n\n{BOILERPLATE[site]}", site=site)

    def changed(number: int, rng: random.Random) -> Text:
        units = _units(texts[number].body)
        spaced = " " in texts[number].body[:200]
        other = vocabulary if spaced else units
        body = _joined(texts[number].body, [rng.choice(other) if rng.random() < CHANGED else unit for unit in units])
        return copy(number, texts[number].title, body)

    def within(number: int, rng: random.Random) -> Text:
        other = rng.choice([one for one in range(len(texts)) if one != number])
        units = _units(texts[other].body)
        middle = len(units) // 2
        host = texts[other].body
        body = "\n\n".join((_joined(host, units[:middle]), part(number, 0.5), _joined(host, units[middle:])))
        return copy(number, texts[other].title, body, other)

    return {
        "whole, new head, boilerplate": whole,
        "first half": lambda number, _: copy(number, texts[number].title, part(number, 1 / 2)),
        "first third": lambda number, _: copy(number, texts[number].title, part(number, 1 / 3)),
        "a tenth of the words changed": changed,
        "half within another story": within,
        "re-headlined": lambda number, _: copy(number, "Five things to know today", texts[number].body),
    }


def shorts(count: int, seed: int) -> list[Text]:
    """Return formulaic items."""
    items = formulaic_items(count, seed)
    return [_text(f"shorts.example/{number}", title, body) for number, (_, title, body) in enumerate(items)]
