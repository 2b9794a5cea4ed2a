"""Topics below the top level: those whose names are in the text, and those whose definitions are similar to it."""

from collections.abc import Mapping, Sequence

import numpy as np

from wiredesk.enrichment.topics.candidate import Candidate
from wiredesk.enrichment.topics.model_arrays import Arrays, Floats, text_lines, unit_rows
from wiredesk.enrichment.topics.sports import without_unnamed_sports
from wiredesk.enrichment.topics.taxonomy import TaxonomyTerm, replacement, taxonomy
from wiredesk.enrichment.topics.topic_names import TopicNames

NEAREST = 12
"""Number of definitions, nearest to the text's vector, that become candidates."""


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
        all_of_them = self._all(in_body, in_title, cosines, ranks, language)
        return without_unnamed_sports(all_of_them, f"{title} {body}", language)

    def _all(
        self,
        in_body: Mapping[str, int],
        in_title: Mapping[str, int],
        cosines: Floats,
        ranks: Mapping[str, int],
        language: str,
    ) -> list[Candidate]:
        """Return the topics that are named or near.

        Args:
            in_body: how many times each topic is named there, by code.
            in_title: the same of the headline.
            cosines: of the text and each definition.
            ranks: of the nearest definitions, by code.
            language: ISO 639-1 code.
        """
        return [
            Candidate(
                code=code,
                times_named=in_body.get(code, 0),
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
