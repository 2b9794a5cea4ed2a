"""Offers among the paragraphs of a story: of subscriptions, newsletters and channels.

`offers.toml` lists how they begin. Pages have them in the same mark-up as the story. A story about a subscription does
not address its readers so.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

from wiredesk.extractor.body.story import ScoredText
from wiredesk.extractor.words import fold, is_spaceless
from wiredesk.languages.alternation import alternation

MAX_OFFER = 220
"""Characters of an offer; a paragraph of a story that begins like one is mostly longer."""

MIN_STORY = 2
"""Kept texts of a story beside its offers: a page without is about an offer."""

_stored: Mapping[str, Mapping[str, Sequence[str]]] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
)

_ANY_WORDS = r"(?:\S+ ){1,4}"
"""What a star stands for."""

_QUOTES = tuple("\"'“”„«»‘’「『–—")
"""Marks with which a quotation begins; in Scandinavian, Spanish and Polish stories, a dash."""


def _patterns() -> Mapping[str, re.Pattern[str]]:
    """Return what offers begin with, by their first word."""
    by_word: dict[str, list[str]] = defaultdict(list)
    for offer in chain.from_iterable(_stored["offers"].values()):
        parts = [re.escape(fold(part)) for part in offer.split("*")]
        by_word[fold(offer).partition(" ")[0]].append(f" {_ANY_WORDS}".join(parts))
    return {word: re.compile(rf"(?:{'|'.join(offers)})(?!\w)") for word, offers in by_word.items()}


_OFFERS = _patterns()

_SPACELESS = re.compile(alternation(chain.from_iterable(_stored["spaceless"].values())))
"""What offers begin with in scripts without spaces."""


def exclude_offers(texts: Sequence[ScoredText]) -> tuple[ScoredText, ...]:
    """Exclude the kept texts that are offers, if the page has a story beside them."""
    offers = set(_offers(texts))
    if not offers or sum(text.kept for text in texts) - len(offers) < MIN_STORY:
        return tuple(texts)
    return tuple(
        text._replace(excluded_because="an offer") if index in offers else text for index, text in enumerate(texts)
    )


def _offers(texts: Sequence[ScoredText]) -> Iterator[int]:
    for index, text in enumerate(texts):
        if text.kept and len(text.text) <= MAX_OFFER and is_offer(text.text):
            yield index


def is_offer(text: str) -> bool:
    """Return whether a paragraph is an offer, by its beginning."""
    if text.startswith(_QUOTES):
        return False
    if _SPACELESS.match(text) and is_spaceless(text):
        return True
    folded = fold(text[:MAX_OFFER])
    offers = _OFFERS.get(folded.partition(" ")[0])
    return offers is not None and offers.match(folded) is not None
