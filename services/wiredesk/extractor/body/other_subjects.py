"""The end of a text page that is of another subject: notes on cookies, offers, other stories, far below its own.

A text page has no containers that would show where its story ends. Measured on lines of sites that the models had not
seen (1,738 pages in two forms of text): of the 37 whose end is excluded, 34 come nearer to their story, and 3 do not.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from wiredesk.extractor import words
from wiredesk.extractor.body.story import ScoredText

MIN_LINES_BETWEEN, FAR_LINES = 6, 10
"""Lines that are not kept, from which what is below them may be no part of the story, and from which they are many."""

MIN_WORDS_ABOVE = 100
"""Words of the story above those lines, at least. There are also at least as many as below."""

MIN_WORDS_BELOW = 4
"""Different long words below those lines from which they show a subject."""

MAX_SHARED = 0.2
"""Share of the long words below that are above, too, at most."""

MAX_RECURRING, MAX_RECURRING_OF_SURE = 0.05, 0.03
"""Share of the long words below that recur above, at most; and where the model is sure of what is below."""

SURE = 2.5
"""Mean log-odds from which the model is sure that lines belong to the story."""

_LEAST_ODDS = 1e-6
_LONG_WORD = 6
"""Letters of a long word. Scripts without spaces have none, so their texts show no subject, and stay."""

_RECURS = 2
"""Lines above in which a word is, from which it recurs there."""

_STEM = 7
"""Letters of a long word that count: its ending changes with its place in a sentence."""

_OTHER_SUBJECT = "far below the story, and of another subject"


def exclude_other_subjects(texts: Sequence[ScoredText]) -> tuple[ScoredText, ...]:
    """Exclude the end of a story that is far below all else and shares no subject with it.

    Args:
        texts: lines of a page.
    """
    kept = [index for index, text in enumerate(texts) if text.kept]
    end = next((place for place in _ends(kept, texts)), None)
    if end is None:
        return tuple(texts)
    others = set(kept[end:])
    return tuple(
        text._replace(excluded_because=_OTHER_SUBJECT) if index in others else text for index, text in enumerate(texts)
    )


def _ends(kept: Sequence[int], texts: Sequence[ScoredText]) -> Iterator[int]:
    """Yield the positions in `kept` from which lines are of another subject than those above them."""
    counts = [words.count(texts[index].text) for index in kept]
    above = list(accumulate(counts, initial=0))
    odds = list(accumulate((_log_odds(texts[index].probability) for index in kept), initial=0.0))
    subjects = _Subjects(frozenset(_stems(texts[index].text)) for index in kept)
    for place in range(1, len(kept)):
        subjects.move(place - 1)
        between = kept[place] - kept[place - 1] - 1
        if between < MIN_LINES_BETWEEN or above[place] < max(MIN_WORDS_ABOVE, above[-1] - above[place]):
            continue
        unsure = (odds[-1] - odds[place]) / (len(kept) - place) < SURE
        if unsure or between >= FAR_LINES:
            recurring = MAX_RECURRING if unsure else MAX_RECURRING_OF_SURE
            if subjects.differ(recurring):
                yield place


class _Subjects:
    """Long words above and below a line, as it moves down a page: in steps that cost no more than the line's words."""

    def __init__(self, stems: Iterable[frozenset[str]]) -> None:
        self._stems = list(stems)
        self._above: Counter[str] = Counter()
        self._below = Counter(stem for line in self._stems for stem in line)
        self._shared = self._recurring = 0  # distinct words below that are above once, and twice

    def move(self, place: int) -> None:
        """Move the line at this position from below to above."""
        for stem in self._stems[place]:
            times = self._above[stem] = self._above[stem] + 1
            self._below[stem] -= 1
            if self._below[stem]:
                self._shared += times == 1
                self._recurring += times == _RECURS
            else:
                del self._below[stem]
                self._shared -= times > 1
                self._recurring -= times > _RECURS

    def differ(self, most: float) -> bool:
        """Return whether what is below shares few words, and at most this share of them recur above."""
        count = len(self._below)
        return count >= MIN_WORDS_BELOW and self._shared <= MAX_SHARED * count and self._recurring <= most * count


def _stems(text: str) -> Iterator[str]:
    return (word[:_STEM] for word in words.split(text) if len(word) >= _LONG_WORD)


def _log_odds(probability: float) -> float:
    bounded = min(max(probability, _LEAST_ODDS), 1 - _LEAST_ODDS)
    return math.log(bounded / (1 - bounded))
