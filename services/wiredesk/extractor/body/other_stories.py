"""Texts among those of a story that belong to other stories, by the structure of the page, in any language.

The models know how such texts begin in two dozen languages; what is here needs no words.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from wiredesk.extractor.body.pointers import pointers
from wiredesk.extractor.body.segments import Container, Segment, SegmentedPage
from wiredesk.extractor.body.story import ScoredText
from wiredesk.extractor.body.vocabulary import GROUPS_OF_WORD, TEXT_GROUPS
from wiredesk.extractor.words import fold, is_spaceless, split

HEADINGS = ("h1", "h2", "h3", "h4")
"""Tags of headings with which a story may begin."""

MIN_FIRST_STORY = 300
"""Letters of kept texts from which the container around the headline has a story, and a container like it another."""

MAX_OTHER_STORIES = 3
"""Other stories of a page that are excluded. A page with more `<article>` elements is of many entries, all its own."""

MAX_POINTER = 200
"""Characters of a line that points to another story."""

MAX_POINTER_LABEL = 6
"""Words before the link in such a line."""

MIN_POINTER_LINK = 3
"""Words of the link in such a line; shorter ones name a source or a place."""

MIN_POINTER_BOLD = 0.8
"""Share of such a line in bold, if its label has no capitals: which separates it from the story."""

LINK_TOLERANCE = 0.08
"""Difference between the share of a line in links and the share after its label up to which the link is the rest."""

MAX_WORDS_BESIDE_HEADLINE = 2
"""Words beside the headline in a line after the story that only repeats it."""

_POINTER = re.compile(r"^([^|:：»›>→▶•–—-]{2,60}?)\s{0,3}(?:[|:：»›>→▶•–—]|\s-\s)\s{0,3}(.{8,200})$")
"""A label, a separator, and the headline of another story."""

MAX_AROUND = 60
"""Containers around the headline that are looked at. Real pages have half of it."""

MAX_AD_LABEL = 3
"""Words of a label of advertising."""

MAX_ABOVE_HEADING = 2
"""Texts that another story may have above its heading: a section, a date."""

MIN_HEADLINE = 3
"""Words of a heading with which another story may begin if it is of another level than the story's own. Shorter ones
name a part of it: `Instructions`, `Tips`."""

_ANOTHER_STORY = "another story"
_POINTS_ELSEWHERE = "a link to another story"
_REPEATS_HEADLINE = "repeats the headline"
_LABELS_ADVERTISING = "a label of advertising"

_ADVERTISING = TEXT_GROUPS.index("advertisement")


def exclude_other_stories(
    page: SegmentedPage, texts: Sequence[ScoredText], headline: str | None
) -> tuple[ScoredText, ...]:
    """Exclude the texts of other stories: those below the page's own, links to others, and the headline again.

    Args:
        page: its segments and containers.
        texts: the segments with their probabilities.
        headline: of the page's own story.
    """
    folded = fold(headline or "")
    checked = list(texts)
    for index in _below(page, checked, folded):
        checked[index] = checked[index]._replace(excluded_because=_ANOTHER_STORY)
    for index, (segment, text) in enumerate(zip(page.segments, checked, strict=True)):
        if not text.kept:
            continue
        if _points_elsewhere(segment):
            checked[index] = text._replace(excluded_because=_POINTS_ELSEWHERE)
        elif _labels_advertising(page.words[index]):
            checked[index] = text._replace(excluded_because=_LABELS_ADVERTISING)
    for index in pointers(page.segments, checked):
        checked[index] = checked[index]._replace(excluded_because=_POINTS_ELSEWHERE)
    for index in _headline_again(checked, folded):
        checked[index] = checked[index]._replace(excluded_because=_REPEATS_HEADLINE)
    return tuple(checked)


def _below(page: SegmentedPage, texts: Sequence[ScoredText], headline: str) -> Iterator[int]:
    """Yield the kept texts of stories below the page's own."""
    headings = ((n, s) for n, s in enumerate(page.segments) if s.tag in HEADINGS)
    own = next((n for n, s in headings if headline and fold(s.text) == headline), None)
    if own is None:
        return
    for first, last in _other_stories(page, texts, page.segments[own]):
        for index in range(own + 1, len(texts)):
            if texts[index].kept and first <= page.segments[index].container <= last:
                yield index


def _other_stories(page: SegmentedPage, texts: Sequence[ScoredText], own: Segment) -> list[tuple[int, int]]:
    """Return the containers of other stories, each with the last one in it.

    They are like the container around the headline, follow it, and have a heading of their own. Parts of a story may
    have that, too: so the heading is like the headline, or the containers are `<article>` elements.
    """
    containers = page.containers
    kept = _kept_letters(page, texts)
    index = containers[own.container].parent
    for _ in range(MAX_AROUND):
        if index < 0 or containers[index].tag in ("body", "html"):
            break
        story = containers[index]
        if kept[index] >= MIN_FIRST_STORY:
            levels = HEADINGS if story.tag == "article" else (own.tag,)
            alike = (c for c in containers[story.last + 1 :] if kept[c.index] and _is_alike(c, story))
            first_ones = [(c.index, c.last) for c in islice(alike, MAX_OTHER_STORIES + 1)]
            others = [bounds for bounds in first_ones if _begins_with(page, bounds, levels, own.tag)]
            if others:
                return others if len(first_ones) <= MAX_OTHER_STORIES else []
        index = story.parent
    return []


def _is_alike(container: Container, story: Container) -> bool:
    if container.tag != story.tag:
        return False
    return story.tag == "article" or (container.parent == story.parent and container.tokens == story.tokens)


def _begins_with(page: SegmentedPage, bounds: tuple[int, int], levels: Sequence[str], own: str) -> bool:
    """Return whether one of the first texts of a story is a headline.

    Args:
        page: its segments and containers.
        bounds: the containers of the story, the first and the last one.
        levels: tags that its headline may have.
        own: tag of the headline of the page's own story.
    """
    first, last = bounds
    inside = islice((s for s in page.segments if first <= s.container <= last), MAX_ABOVE_HEADING + 1)
    return any(s.tag in levels and (s.tag == own or _is_headline(s.text)) for s in inside)


def _is_headline(text: str) -> bool:
    return len(split(text)) >= MIN_HEADLINE or is_spaceless(text)


def _kept_letters(page: SegmentedPage, texts: Sequence[ScoredText]) -> list[float]:
    """Return the letters of the kept texts in each container."""
    letters = [0.0] * len(page.containers)
    for segment, text in zip(page.segments, texts, strict=True):
        if text.kept:
            letters[segment.container] += segment.size
    for container in reversed(page.containers):
        if container.parent >= 0:
            letters[container.parent] += letters[container.index]
    return letters


def _points_elsewhere(segment: Segment) -> bool:
    """Return whether a text is a label and a link to another story: `READ ALSO | Rain delays the harvest`.

    Stories have lines of a label and a link, too: sources, and what is for sale. Those are set like the rest.
    """
    if not segment.links or len(segment.text) > MAX_POINTER or segment.tag == "li":
        return False
    match = _POINTER.match(segment.text)
    if match is None or len(split(match[1])) > MAX_POINTER_LABEL or len(split(match[2])) < MIN_POINTER_LINK:
        return False
    if not (match[1].isupper() or segment.bold >= MIN_POINTER_BOLD) or "://" in match[2]:
        return False
    return abs(len(match[2]) / len(segment.text) - segment.linked) < LINK_TOLERANCE and not match[2].endswith(".")


def _labels_advertising(text: Sequence[str]) -> bool:
    """Return whether a text has no words but those of advertising."""
    return 0 < len(text) <= MAX_AD_LABEL and all(_ADVERTISING in GROUPS_OF_WORD.get(word, ()) for word in text)


def _headline_again(texts: Sequence[ScoredText], headline: str) -> Iterator[int]:
    """Yield the kept texts at the end of a story that say no more than its headline, such as labels for sharing it."""
    count = len(headline.split())
    for index in reversed([index for index, text in enumerate(texts) if text.kept]):
        folded = fold(texts[index].text)
        more = len(folded.split()) - count
        if not headline or headline not in folded or more > MAX_WORDS_BESIDE_HEADLINE:
            return
        yield index
