"""The difference of two texts for people: which words were removed, and which were added.

Passages are aligned first, then the words of those that differ. Both by the items that occur once in each of the two
texts: the longest series of them in the same order is common, and so is what is equal around them; the gaps between
them are treated in the same way. This takes time in proportion to the text, whatever the text is, where the shortest
difference would take its square.

What is no change to `revisions` is none here: typography, spaces, and what the site sets between the paragraphs.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from wiredesk.revisions.asides import UNSPACED, story_blocks
from wiredesk.revisions.folding import MARKS, fold, without_spaces
from wiredesk_schemas import Block, CleanedArticle

MAX_DEPTH = 12
"""Gaps within gaps, at most. Texts of people need three or four; one that needs more is shown as changed there."""

MIN_COMMON = 0.4
"""The share of its words that the shorter of two passages must have in common with the other, to be a changed form of
it. Two passages with less are shown one after the other."""


class Act(StrEnum):
    """What became of a run of words."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


class Run(NamedTuple):
    """Words in a row with the same fate, with the spaces between them as they are written."""

    act: Act
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage of one of two texts, or of both.

    Attributes:
        runs: its words, in their order; those that were removed come before those that replace them.
    """

    runs: tuple[Run, ...]

    @property
    def is_changed(self) -> bool:
        """Whether a word of it was removed or added."""
        return any(run.act is not Act.SAME for run in self.runs)


class _Pair(NamedTuple):
    """Items in a row that are equal in both texts: their places, and their number."""

    before: int
    after: int
    size: int


_LETTER = rf"(?:[^\W{UNSPACED}]|[{MARKS}])"

_WORD = re.compile(
    rf"(?:[{UNSPACED}\U00020000-\U0003ffff]|{_LETTER}+(?:[.,:'’-]{_LETTER}+)*|[^\s])(?:[{MARKS}\ufe0f]*)\s*"
)
"""A word or a sign, and the spaces after it; a character is a word in scripts without spaces, and in Korean."""

_BREAK = "\n"
"""Stands for the end of a passage in a list of words."""


def passage_changes(before: CleanedArticle, after: CleanedArticle) -> list[Passage]:
    """Return the passages of two revisions of an article, in their order: standfirst and body."""
    return text_changes(_passages(before), _passages(after))


def _passages(article: CleanedArticle) -> list[str]:
    subtitle = (Block(text=article.subtitle),) if article.subtitle else ()
    return [block.text for block in story_blocks((*subtitle, *article.paragraphs))]


def text_changes(before: Sequence[str], after: Sequence[str]) -> list[Passage]:
    """Return the passages of two texts, in their order."""
    common = _common([without_spaces(fold(text)) for text in before], [without_spaces(fold(text)) for text in after])
    passages: list[Passage] = []
    at, to = 0, 0
    for pair in (*common, _Pair(len(before), len(after), 0)):
        passages += _changed(before[at : pair.before], after[to : pair.after])
        passages += [Passage((Run(Act.SAME, text),)) for text in after[pair.after : pair.after + pair.size]]
        at, to = pair.before + pair.size, pair.after + pair.size
    return passages


def word_changes(before: str, after: str) -> tuple[Run, ...]:
    """Return the words of two forms of one line, such as a headline."""
    return tuple(run for passage in _changed([before], [after]) for run in passage.runs)


def shortened(text: str, first: int, last: int) -> str:
    """Return a text with its first and its last words alone, if it has more of them, and three dots for the others."""
    words = _WORD.findall(text)
    if len(words) <= first + last:
        return text
    end = "".join(words[len(words) - last :]) if last else ""
    return f"{''.join(words[:first])}...{' ' if end else ''}{end}"


def _changed(before: Sequence[str], after: Sequence[str]) -> list[Passage]:
    """Return passages that differ, and have nothing but changed passages between them."""
    removed = [Passage((Run(Act.REMOVED, text),)) for text in before if text]
    added = [Passage((Run(Act.ADDED, text),)) for text in after if text]
    if not removed or not added:
        return removed + added
    old, new = _words(before), _words(after)
    common = _common([fold(word) or word for word in old], [fold(word) or word for word in new])
    shorter = min(len(old), len(new))
    if not common or sum(pair.size for pair in common) < MIN_COMMON * shorter:
        return removed + added
    return list(_as_passages(_runs(old, new, _without_fragments(common, len(old), len(new)))))


def _words(passages: Sequence[str]) -> list[str]:
    """Return the words of passages, with a break between two of them."""
    words: list[str] = []
    for number, passage in enumerate(passages):
        words += [_BREAK] if number else []
        words += _WORD.findall(passage.strip())
    return words


def _runs(old: Sequence[str], new: Sequence[str], common: Sequence[_Pair]) -> Iterator[tuple[Act, str]]:
    """Yield each word with what became of it."""
    at, to = 0, 0
    for pair in (*common, _Pair(len(old), len(new), 0)):
        if at < pair.before and old[at] != _BREAK and _ends_with_space(old, at) and not _ends_with_space(new, to):
            yield (
                Act.REMOVED,
                " ",
            )  # the word before is shown as the new text has it, without its space
        yield from ((Act.REMOVED, word) for word in old[at : pair.before])
        yield from ((Act.ADDED, word) for word in new[to : pair.after])
        yield from ((Act.SAME, word) for word in new[pair.after : pair.after + pair.size])
        at, to = pair.before + pair.size, pair.after + pair.size


def _ends_with_space(words: Sequence[str], end: int) -> bool:
    """Return whether the last of some words has a space after it."""
    return end > 0 and words[end - 1] != _BREAK and words[end - 1][-1:].isspace()


def _as_passages(words: Iterator[tuple[Act, str]]) -> Iterator[Passage]:
    """Yield passages of words, each of which ends at a break."""
    runs: list[Run] = []
    for act, word in words:
        if word == _BREAK:
            if runs:
                yield Passage(tuple(runs))
            runs = []
        elif runs and runs[-1].act is act:
            runs[-1] = Run(act, runs[-1].text + word)
        else:
            runs.append(Run(act, word))
    if runs:
        yield Passage(tuple(runs))


def _without_fragments(common: Sequence[_Pair], old: int, new: int) -> list[_Pair]:
    """Return what two texts have in common, without single words between larger changes: they are there by chance."""
    kept: list[_Pair] = []
    ends = [*common[1:], _Pair(old, new, 0)]
    for pair, following in zip(common, ends, strict=True):
        last = kept[-1] if kept else _Pair(0, 0, 0)
        before = max(pair.before - last.before - last.size, pair.after - last.after - last.size)
        after = max(following.before - pair.before - pair.size, following.after - pair.after - pair.size)
        if pair.size > min(before, after):
            kept.append(pair)
    return kept


def _common(before: Sequence[str], after: Sequence[str]) -> list[_Pair]:
    """Return what two lists have in common, in their order."""
    pairs: list[_Pair] = []
    gaps = [(0, len(before), 0, len(after), 0)]
    while gaps:
        low, high, start, stop, depth = gaps.pop()
        size = _equal_at_start(before, after, low, high, start, stop)
        if size:
            pairs.append(_Pair(low, start, size))
            low, start = low + size, start + size
        size = _equal_at_end(before, after, low, high, start, stop)
        if size:
            high, stop = high - size, stop - size
            pairs.append(_Pair(high, stop, size))
        if low < high and start < stop and depth < MAX_DEPTH:
            gaps += _gaps(_anchors(before, after, (low, high), (start, stop)), (low, high, start, stop), depth + 1)
    return _joined(sorted(pairs))


def _gaps(
    anchors: Sequence[tuple[int, int]], within: tuple[int, int, int, int], depth: int
) -> list[tuple[int, int, int, int, int]]:
    """Return the gaps that anchors leave; each begins with its anchor. No anchors leave none."""
    low, high, start, stop = within
    if not anchors:
        return []
    ends = [*anchors[1:], (high, stop)]
    inner = [(at, end, to, last, depth) for (at, to), (end, last) in zip(anchors, ends, strict=True)]
    return [(low, anchors[0][0], start, anchors[0][1], depth), *inner]


def _anchors(
    before: Sequence[str], after: Sequence[str], old: tuple[int, int], new: tuple[int, int]
) -> list[tuple[int, int]]:
    """Return the places of items that occur once in each of two ranges: the longest series in the same order."""
    places, others = _single(before, *old), _single(after, *new)
    candidates = [(at, others[item]) for item, at in places.items() if item in others]
    return _longest_rise(candidates)


def _single(items: Sequence[str], low: int, high: int) -> dict[str, int]:
    """Return the place of each item that occurs once in a range, in their order. A break is no anchor."""
    places: dict[str, int] = {}
    repeated: set[str] = {_BREAK}
    for at in range(low, high):
        if items[at] in places:
            repeated.add(items[at])
        places[items[at]] = at
    return {item: at for item, at in places.items() if item not in repeated}


def _longest_rise(candidates: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest series whose second numbers rise; the first ones rise already."""
    ends: list[int] = []
    last: list[int] = []
    links: list[int] = []
    for number, (_, to) in enumerate(candidates):
        length = bisect_left(ends, to)
        links.append(last[length - 1] if length else -1)
        ends[length : length + 1] = [to]
        last[length : length + 1] = [number]
    series: list[tuple[int, int]] = []
    number = last[-1] if last else -1
    while number >= 0:
        series.append(candidates[number])
        number = links[number]
    return series[::-1]


def _equal_at_start(before: Sequence[str], after: Sequence[str], low: int, high: int, start: int, stop: int) -> int:
    size, limit = 0, min(high - low, stop - start)
    while size < limit and before[low + size] == after[start + size]:
        size += 1
    return size


def _equal_at_end(before: Sequence[str], after: Sequence[str], low: int, high: int, start: int, stop: int) -> int:
    size, limit = 0, min(high - low, stop - start)
    while size < limit and before[high - 1 - size] == after[stop - 1 - size]:
        size += 1
    return size


def _joined(pairs: Sequence[_Pair]) -> list[_Pair]:
    """Return pairs with those joined that follow each other in both lists."""
    joined: list[_Pair] = []
    for pair in pairs:
        last = joined[-1] if joined else None
        if last and (last.before + last.size, last.after + last.size) == (pair.before, pair.after):
            joined[-1] = _Pair(last.before, last.after, last.size + pair.size)
        else:
            joined.append(pair)
    return joined
