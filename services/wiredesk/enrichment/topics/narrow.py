"""Narrower topics: those whose names stand in the text, and those whose definitions mean what the text means."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wiredesk.enrichment.topics.media_topics import MediaTopic, media_topics
from wiredesk.enrichment.topics.sentences import unit_rows
from wiredesk.enrichment.topics.words import Floats, lines

NEAREST = 12
"""Definitions that are looked at: those nearest to the text."""

SHARED_LETTERS = 3
"""By which names are grouped in the pattern: without groups it takes twenty times as long."""

_QUALIFIER = re.compile(r"\s*\([^)]*\)$")

AMBIGUOUS = 4
"""Letters of a one-word name, below which it says too little: `art`, `law`, `food`."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A topic that may be one of the article's.

    Attributes:
        named: how often its name stands in the body.
        in_title: whether it stands in the headline.
        single: whether the name is one word, which is said in passing more often.
        similarity: cosine between text and definition; 0 where no vector is known.
        rank: of its definition among those nearest; `NEAREST` where it is not one of them.
        depth: 1 below the top level.
    """

    code: str
    named: int
    in_title: bool
    single: bool
    similarity: float
    rank: int
    depth: int

    def features(self, top: float) -> tuple[float, ...]:
        """Return what its score is made of; `top` is the logarithm of the probability of the top-level topic above."""
        spoken = math.log1p(self.named)
        return (
            max(top, -8.0),
            0.0 if self.single else spoken,
            spoken if self.single else 0.0,
            float(self.in_title),
            self.similarity,
            1 / (1 + self.rank),
            float(self.depth > 1),
        )


class Narrow:
    """Finds candidates among the thousand topics below the top level.

    Args:
        arrays: `definitions` (n by 384, whole numbers), `definitions_code`.
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self._taxonomy = media_topics()
        codes = lines(arrays["definitions_code"])
        below = [row for row, code in enumerate(codes) if len(self._taxonomy[code].path) > 1]
        self._codes = [codes[row] for row in below]
        self._definitions = unit_rows(arrays["definitions"][below])
        self._pattern, self._named = _names(self._taxonomy)

    def candidates(self, vector: Floats | None, title: str, body: str) -> list[Candidate]:
        """Return the candidates of an article, in no order."""
        spoken = self._spoken(body)
        headline = self._spoken(title)
        similarities: dict[str, float] = {}
        ranks: dict[str, int] = {}
        if vector is not None:
            near = self._definitions @ vector
            similarities = dict(zip(self._codes, map(float, near), strict=True))
            nearest = np.argsort(-near, kind="stable")[:NEAREST]
            ranks = {self._codes[row]: rank for rank, row in enumerate(nearest)}
        return [
            Candidate(
                code=code,
                named=spoken[code],
                in_title=code in headline,
                single=" " not in self._taxonomy[code].name(),
                similarity=similarities.get(code, 0.0),
                rank=ranks.get(code, NEAREST),
                depth=len(self._taxonomy[code].path) - 1,
            )
            for code in sorted({*ranks, *spoken, *headline})
        ]

    def _spoken(self, text: str) -> Counter[str]:
        return Counter(self._named[_plain(match[0])] for match in self._pattern.finditer(text.lower()))


def _names(taxonomy: Mapping[str, MediaTopic]) -> tuple[re.Pattern[str], dict[str, str]]:
    """Return a pattern of all names, and the codes that they stand for, by the name in the singular."""
    codes: dict[str, str] = {}
    forms: list[str] = []
    for code, topic in taxonomy.items():
        name = _QUALIFIER.sub("", topic.name().lower())
        qualified = name != topic.name().lower()  # `draw (art)`: the name alone means something else, too
        if len(topic.path) > 1 and not qualified and (" " in name or len(name) > AMBIGUOUS):
            codes.setdefault(_plain(name), code)
            forms.append("[ -]?".join(map(re.escape, _SPLIT.split(name.removesuffix("s")))))
    forms.sort(key=len, reverse=True)
    return re.compile(rf"\b(?:{alternatives(forms, SHARED_LETTERS)})s?\b"), codes


def alternatives(forms: Sequence[str], letters: int) -> str:
    """Join patterns, those with the same first letters in a group: alternatives are tried one by one at every word."""
    groups: dict[str, list[str]] = {}
    for form in forms:
        first = form[0] if letters and form[0].isalpha() else ""
        groups.setdefault(first, []).append(form.removeprefix(first))
    joined = {
        first: f"{first}(?:{alternatives(rest, letters - 1)})" if first else "|".join(rest)
        for first, rest in groups.items()
    }
    return "|".join(joined.values())


_SPLIT = re.compile(r"[ -]")


def _plain(name: str) -> str:
    """Return what the forms of a name have in common: `cyber crime`, `cybercrime`, `Cyber-crimes`."""
    return _SPLIT.sub("", name).removesuffix("s")
