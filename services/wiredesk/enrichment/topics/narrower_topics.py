"""Topics below the top level: those whose names are in the text, and those whose definitions are similar to it."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from wiredesk.enrichment.topics.model_arrays import Arrays, Floats, text_lines, unit_rows
from wiredesk.enrichment.topics.taxonomy import TaxonomyTerm, replacement, taxonomy

NEAREST = 12
"""Number of definitions, nearest to the text's vector, that become candidates."""

MIN_WORD_CHARACTERS = 5
"""Minimum characters of a name of one word that is searched for: `art`, `law` and `food` are in too many texts."""

GROUPED_CHARACTERS = 3
"""First characters by which the alternatives of the pattern are grouped. Without groups a search takes twenty times as
long."""

MIN_LOG_PROBABILITY = -8.0
"""Minimum similarity: lower ones count as this one."""

_QUALIFIER = re.compile(r"\s*\([^)]*\)$")
_SEPARATOR = re.compile(r"[ -]")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A topic that the article may have.

    Attributes:
        code: of the topic.
        times_named: how many times its name is in the body.
        in_title: whether it is in the headline.
        single: whether the name is one word. Such a name is used in passing more often.
        similarity: cosine between the text and the definition; 0 where the text has no vector.
        rank: of the definition among the nearest ones, from 0; `NEAREST` for all others.
        depth: levels below the top level, from 1.
    """

    code: str
    times_named: int
    in_title: bool
    single: bool
    similarity: float
    rank: int
    depth: int

    def features(self, top: float) -> tuple[float, ...]:
        """Return the features of its score.

        Args:
            top: natural logarithm of the probability of the top-level topic above it.
        """
        named = math.log1p(self.times_named)
        return (
            max(top, MIN_LOG_PROBABILITY),
            0.0 if self.single else named,
            named if self.single else 0.0,
            float(self.in_title),
            self.similarity,
            1 / (1 + self.rank),
            float(self.depth > 1),
        )


class NarrowerTopics:
    """Finds candidates among the thousand topics below the top level.

    Args:
        arrays: `definitions` (n by 384, integers), `definitions_code` (n lines).
    """

    def __init__(self, arrays: Arrays) -> None:
        self._taxonomy = taxonomy()
        rows = _rows_in_use(text_lines(arrays["definitions_code"]), self._taxonomy)
        self._codes = list(rows)
        self._definitions = unit_rows(arrays["definitions"][list(rows.values())])
        self._pattern, self._code_by_name = _compile_names(self._taxonomy)

    def candidates(self, vector: Floats | None, title: str, body: str) -> list[Candidate]:
        """Return the candidates of an article, ordered by code.

        Args:
            vector: of the article (384); None in the fast profile.
        """
        in_body = self._count_names(body)
        in_title = self._count_names(title)
        similarities: dict[str, float] = {}
        ranks: dict[str, int] = {}
        if vector is not None:
            cosines = self._definitions @ vector
            similarities = dict(zip(self._codes, map(float, cosines), strict=True))
            nearest = np.argsort(-cosines, kind="stable")[:NEAREST]
            ranks = {self._codes[row]: rank for rank, row in enumerate(nearest)}
        return [
            Candidate(
                code=code,
                times_named=in_body[code],
                in_title=code in in_title,
                single=" " not in self._taxonomy[code].name(),
                similarity=similarities.get(code, 0.0),
                rank=ranks.get(code, NEAREST),
                depth=len(self._taxonomy[code].path) - 1,
            )
            for code in sorted({*ranks, *in_body, *in_title})
        ]

    def _count_names(self, text: str) -> Counter[str]:
        return Counter(self._code_by_name[_name_key(match[0])] for match in self._pattern.finditer(text.lower()))


def _rows_in_use(codes: Sequence[str], terms: Mapping[str, TaxonomyTerm]) -> dict[str, int]:
    """Return the row of each topic in use below the top level, from the codes of the rows.

    The arrays may be of a former release of the vocabulary: the row of a retired code is that of the topic which takes
    its place, if that has none of its own.
    """
    rows = {code: row for row, code in enumerate(codes) if code in terms}
    for row, code in enumerate(codes):
        rows.setdefault(replacement(code), row)
    return {code: row for code, row in rows.items() if len(terms[code].path) > 1}


def _compile_names(terms: Mapping[str, TaxonomyTerm]) -> tuple[re.Pattern[str], dict[str, str]]:
    """Return a pattern of all names that are searched for, and the code of each name's key."""
    codes: dict[str, str] = {}
    patterns: list[str] = []
    for code, term in terms.items():
        name = _QUALIFIER.sub("", term.name().lower())
        is_qualified = name != term.name().lower()  # `draw (art)`: the name alone means something else as well
        if len(term.path) > 1 and not is_qualified and (" " in name or len(name) >= MIN_WORD_CHARACTERS):
            codes.setdefault(_name_key(name), code)
            patterns.append("[ -]?".join(map(re.escape, _SEPARATOR.split(name.removesuffix("s")))))
    patterns.sort(key=len, reverse=True)
    return re.compile(rf"\b(?:{group_alternatives(patterns, GROUPED_CHARACTERS)})s?\b"), codes


def _name_key(name: str) -> str:
    """Return a key that all forms of a name share: `cyber crime`, `cybercrime`, `Cyber-crimes`."""
    return _SEPARATOR.sub("", name).removesuffix("s")


def group_alternatives(patterns: Sequence[str], characters: int) -> str:
    """Join patterns as alternatives, those with the same first characters in a group.

    Python tries alternatives one after another at every word; a group is skipped after its first character.
    """
    groups: dict[str, list[str]] = {}
    for pattern in patterns:
        first = pattern[0] if characters and pattern[0].isalpha() else ""
        groups.setdefault(first, []).append(pattern.removeprefix(first))
    joined = {
        first: f"{first}(?:{group_alternatives(rest, characters - 1)})" if first else "|".join(rest)
        for first, rest in groups.items()
    }
    return "|".join(joined.values())
