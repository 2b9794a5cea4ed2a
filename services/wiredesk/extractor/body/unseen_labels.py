"""Labels that pages have for screen readers only: `<div class="visually-hidden">Article content</div>`.

Readers do not see them, and they say what is around the story, not what is in it.
"""

from collections.abc import Sequence
from functools import lru_cache

from wiredesk.extractor.body.segments import Container, SegmentedPage
from wiredesk.extractor.body.story import ScoredText

MAX_LABEL = 200
"""Letters in a container up to which it is a label. Some pages hide their whole text by such a class until a script
shows it."""

NAMES = (
    {"visually", "hidden"},
    {"visuallyhidden"},
    {"sr", "only"},
    {"sronly"},
    {"screen", "reader"},
    {"screenreader"},
    {"element", "invisible"},
    {"a11y", "hidden"},
)
"""Words of the class names that frameworks have for it: Bootstrap, Tailwind, WordPress, Drupal, GOV.UK."""

_SHOWN_LATER = frozenset({"elementor", "invisible"})
"""Words of a class name of Elementor, whose `elementor-invisible` is shown once a reader comes to it."""

_FOR_SCREEN_READERS = "a label for screen readers"


def exclude_unseen_labels(page: SegmentedPage, texts: Sequence[ScoredText]) -> tuple[ScoredText, ...]:
    """Exclude the texts that only screen readers get.

    Args:
        page: its segments and containers.
        texts: the segments with their probabilities.
    """
    if not any(map(page.tokens.issuperset, NAMES)):
        return tuple(texts)
    are_labels: dict[int, bool] = {-1: False}
    return tuple(
        text._replace(excluded_because=_FOR_SCREEN_READERS)
        if text.kept and _is_in_label(segment.container, page.containers, are_labels)
        else text
        for segment, text in zip(page.segments, texts, strict=True)
    )


def _is_in_label(index: int, containers: Sequence[Container], known: dict[int, bool]) -> bool:
    """Return whether a container is a label for screen readers, or in one.

    Args:
        index: of the container.
        containers: of the page.
        known: the answers for those that were asked before, and for -1. Those around the container are added.
    """
    asked = []
    while index not in known:
        asked.append(index)
        index = containers[index].parent
    is_in_label = known[index]
    for inner in reversed(asked):
        container = containers[inner]
        is_label = container.letters <= MAX_LABEL and _is_for_screen_readers(container.tokens)
        known[inner] = is_in_label = is_in_label or is_label
    return is_in_label


@lru_cache(maxsize=4096)
def _is_for_screen_readers(tokens: tuple[str, ...]) -> bool:
    if not tokens:
        return False
    own = frozenset(tokens)
    own = own - _SHOWN_LATER if own >= _SHOWN_LATER else own
    return any(own.issuperset(names) for names in NAMES)
