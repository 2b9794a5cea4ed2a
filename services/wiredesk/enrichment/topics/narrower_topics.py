"""Topics below the top level: those whose names are in the text, and those whose definitions are similar to it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from wiredesk.enrichment.topics.model_arrays import Arrays, Floats, text_lines, unit_rows
from wiredesk.enrichment.topics.taxonomy import TaxonomyTerm, replacement, taxonomy
from wiredesk.enrichment.topics.topic_names import TopicNames

NEAREST = 12
"""Number of definitions, nearest to the text's vector, that become candidates."""

MIN_LOG_PROBABILITY = -8.0
"""Minimum similarity: lower ones count as this one."""


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
        arrays: `definitions_code` (n lines), and for each encoder `definitions` (n by dimensions, integers).
        encoders: names of the encoders.
    """

    def __init__(self, arrays: Arrays, encoders: Sequence[str]) -> None:
        self._taxonomy = taxonomy()
        rows = _rows_in_use(text_lines(arrays["definitions_code"]), self._taxonomy)
        self._codes = list(rows)
        self._row = {code: row for row, code in enumerate(self._codes)}
        in_use = list(rows.values())
        self._definitions = {name: unit_rows(arrays[f"{name}_definitions"][in_use]) for name in encoders}
        self._names = TopicNames(self._taxonomy)

    def candidates(self, encoder: str, vector: Floats | None, title: str, body: str, language: str) -> list[Candidate]:
        """Return the candidates of an article, ordered by code.

        Args:
            encoder: name of the encoder that `vector` is of.
            vector: of the article, centred; None where no encoder read it.
            title: the headline.
            body: the paragraphs.
            language: ISO 639-1 code.
        """
        in_body = self._names.count(body, language)
        in_title = self._names.count(title, language)
        cosines: Floats = np.zeros(len(self._codes), dtype=np.float32)
        ranks: dict[str, int] = {}
        if vector is not None:
            cosines = self._definitions[encoder] @ vector
            nearest = np.argsort(-cosines, kind="stable")[:NEAREST]
            ranks = {self._codes[row]: rank for rank, row in enumerate(nearest)}
        return [
            Candidate(
                code=code,
                times_named=in_body[code],
                in_title=code in in_title,
                single=" " not in self._taxonomy[code].name(language),
                similarity=float(cosines[self._row[code]]) if code in self._row else 0.0,
                rank=ranks.get(code, NEAREST),
                depth=len(self._taxonomy[code].path) - 1,
            )
            for code in sorted({*ranks, *in_body, *in_title})
        ]


def _rows_in_use(codes: Sequence[str], terms: Mapping[str, TaxonomyTerm]) -> dict[str, int]:
    """Return the row of each topic in use below the top level, from the codes of the rows.

    The arrays may be of a former release of the vocabulary: the row of a retired code is that of the topic which takes
    its place, if that has none of its own.
    """
    rows = {code: row for row, code in enumerate(codes) if code in terms}
    for row, code in enumerate(codes):
        rows.setdefault(replacement(code), row)
    return {code: row for code, row in rows.items() if len(terms[code].path) > 1}
