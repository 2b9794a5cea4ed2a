"""Texts of a story that only repeat another one of it: pages hold paragraphs a second time for phones, or for print.

On the pages of web-pages and publisher-pages, a paragraph of 12 words or more that is read twice is in the gold at most
once on 55 pages, and more often on 27. Of 24 pages with a text that follows itself at once, 2 have it so in the gold.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from wiredesk.extractor.body.segments import PROSE
from wiredesk.extractor.body.story import ScoredText
from wiredesk.extractor.words import fold, length
from wiredesk_schemas import BlockKind

MAX_COPIES = 3
"""Copies of a paragraph up to which the later ones only repeat it: what comes more often is a refrain."""

MIN_PLACEHOLDERS = 5
"""Copies of a label from which it may stand in place of something that a reader does not get, such as advertising."""

MIN_LABEL = 7
"""Letters of such a label. Shorter texts that come twice in a row may be cells of a table."""

MIN_EMPTY = 2
"""How often such a label must follow itself: nothing is between the two, so it labels no part of the story."""

_REPEATS = "repeats a text of the story"
_PLACEHOLDER = "a label of something that is not there"


def exclude_repeated(texts: Sequence[ScoredText]) -> tuple[ScoredText, ...]:
    """Exclude later copies of paragraphs, labels that come twice in a row, and placeholders.

    Rows of tables may be alike.
    """
    folded = [fold(text.text) if _may_repeat(text) else "" for text in texts]
    copies = Counter(folded)
    placeholders = find_placeholders([own for own in folded if own])
    checked = list(texts)
    seen: set[str] = set()
    last = ""
    for index, (text, own) in enumerate(zip(texts, folded, strict=True)):
        if not text.kept:
            continue
        is_copy = own in seen and copies[own] <= MAX_COPIES if length(text.text) >= PROSE else own == last
        if own in placeholders:
            checked[index] = text._replace(excluded_because=_PLACEHOLDER)
        elif own and is_copy:
            checked[index] = text._replace(excluded_because=_REPEATS)
        seen.add(own)
        last = own
    return tuple(checked)


def find_placeholders(folded: Sequence[str]) -> set[str]:
    """Return the labels that come often, and several times without a text in between, as `ARTICLE CONTENT`.

    Args:
        folded: texts of a page, in its order.
    """
    empty = Counter(text for text, following in pairwise(folded) if text == following and _is_label(text))
    often = {text for text, times in empty.items() if times >= MIN_EMPTY}
    return {text for text in often if folded.count(text) >= MIN_PLACEHOLDERS}


def _is_label(folded: str) -> bool:
    return MIN_LABEL <= length(folded) < PROSE and not folded.isdecimal()


def _may_repeat(text: ScoredText) -> bool:
    return text.kept and text.kind is not BlockKind.TABLE_ROW
