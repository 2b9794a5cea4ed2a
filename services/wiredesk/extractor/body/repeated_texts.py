"""Texts of a story that only repeat another one of it: pages hold paragraphs a second time for phones, or for print.

On 666 articles of web-pages and 123 of publishers, such a paragraph of 12 words or more is in the gold once on 50
pages, and more often on 27, and a label that follows itself at once is in it on one page of 38.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from wiredesk.extractor.body.segments import PROSE
from wiredesk.extractor.body.story import ScoredText
from wiredesk.extractor.words import fold, length
from wiredesk_schemas import BlockKind

MAX_COPIES = 3
"""Copies of a paragraph up to which the later ones only repeat it: what comes more often is a refrain."""

_REPEATS = "repeats a text of the story"


def exclude_repeated(texts: Sequence[ScoredText]) -> tuple[ScoredText, ...]:
    """Exclude later copies of paragraphs, and labels that come twice in a row. Rows of tables may be alike."""
    folded = [fold(text.text) if _may_repeat(text) else "" for text in texts]
    copies = Counter(folded)
    checked = list(texts)
    seen: set[str] = set()
    last = ""
    for index, (text, own) in enumerate(zip(texts, folded, strict=True)):
        if not text.kept:
            continue
        is_copy = own in seen and copies[own] <= MAX_COPIES if length(text.text) >= PROSE else own == last
        if own and is_copy:
            checked[index] = replace(text, excluded_because=_REPEATS)
        seen.add(own)
        last = own
    return tuple(checked)


def _may_repeat(text: ScoredText) -> bool:
    return text.kept and text.kind is not BlockKind.TABLE_ROW
