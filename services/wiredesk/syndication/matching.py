"""Articles of the window that carry the same text as a new one, and what the new one has of theirs."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from wiredesk.syndication.entry import Entry
from wiredesk.syndication.facts import agree, are_of_one_formula
from wiredesk.syndication.overlap import Overlap, is_margin, longest_passage, overlap
from wiredesk.syndication.window import Window

MAX_FAMILIES = 3
"""Articles that may carry a fingerprint that is evidence, with the new one, near copies counted once: more of them
share a formula, or the boilerplate of a site. Without this, seven of eight pairs of short wire items were wrong."""

MIN_SHARED = 3
"""Fingerprints that two articles share, at least."""

MIN_SHARE = 0.35
"""Share of one of the two articles that is in the other, at least. It finds a third of an article, and all of one in
which a tenth of the words was changed."""

MIN_SHARE_OF_SAME_FACTS = 0.2
"""Share of one of two articles that is in the other, at least, where their facts are the same: short articles in which
a tenth of the words was changed share no more."""

FEW = 8
"""Shared fingerprints below which a share of `MIN_SHARE_OF_FEW` is needed, or a passage: short items share formulas."""

MIN_SHARE_OF_FEW = 0.6
"""Share of one of two articles that have few fingerprints in common, at least."""

ALMOST_ALL = 0.9
"""Share of one of two articles from which on three shared fingerprints are evidence, however short they are."""

PASSAGE = 4
"""Fingerprints in a row that show a passage of about forty words without any change. A formula has facts in it."""

SAME_TEXT = 0.7
"""Extent of an article from which on its text counts as the other's."""

MIN_REST = 0.25
"""Extent of the longer article that a shorter one must have to count as its abridgement, and not as a quotation."""

MIN_OWN = 0.4
"""Extent of a later article that the text of an earlier one must have in it to be its text, and not a quotation."""

NEAR_COPY = 0.75
"""Share of one of two articles from which on they count as one where the frequency of fingerprints is counted."""

NEWEST_CARRIERS = 8
"""Carriers of a fingerprint that are examined, the newest ones."""

CANDIDATES = 8
"""Articles that are compared with a new one: those with which it shares most."""


@dataclass(frozen=True, slots=True)
class Match:
    """An article that has text in common with another one.

    Attributes:
        entry: the article.
        overlap: what the two have in common, the later one first.
        is_same_text: the text of one is that of the other; otherwise they share a passage.
    """

    entry: Entry
    overlap: Overlap
    is_same_text: bool

    @property
    def is_near_copy(self) -> bool:
        """Whether the two count as one article where the frequency of fingerprints is counted."""
        return max(self.overlap.share, self.overlap.share_of_other) >= NEAR_COPY


type Carriers = Mapping[tuple[int, ...], Sequence[int]]
"""Fingerprints by the articles that carry them: those of a passage that was copied have the same ones."""


def carriers_of(window: Window, hashes: Sequence[int], own: int | None) -> Carriers:
    """Return the fingerprints of an article by the other articles that carry them; without those that none carries."""
    by_carriers = window.carriers(hashes, NEWEST_CARRIERS)
    if own is None:
        return by_carriers
    others: dict[tuple[int, ...], list[int]] = {}
    for numbers, shared in by_carriers.items():
        rest = tuple(number for number in numbers if number != own)
        if rest:
            others.setdefault(rest, []).extend(shared)
    return others


def find(window: Window, entry: Entry, carriers: Carriers, common: Collection[int] = frozenset()) -> Sequence[Match]:
    """Return the articles of a window that have text in common with an article, those with most first.

    Args:
        window: in which the article may be, or not yet.
        entry: the article.
        carriers: of its fingerprints.
        common: fingerprints that are no evidence, in addition to those that too many articles carry.
    """
    evidence: Counter[int] = Counter()
    formulas = set(common)
    for numbers, hashes in carriers.items():
        if len(window.families(numbers)) >= MAX_FAMILIES:
            formulas.update(hashes)
            continue
        count = sum(fingerprint not in common for fingerprint in hashes) if common else len(hashes)
        for number in numbers:
            evidence[number] += count
    enough = [number for number, count in evidence.items() if count >= MIN_SHARED]
    enough.sort(key=lambda number: (-evidence[number], -window.order(number)))
    matches = (_match(window, entry, number, evidence[number], formulas) for number in enough[:CANDIDATES])
    return [match for match in matches if match is not None]


def _match(window: Window, entry: Entry, number: int, evidence: int, formulas: set[int]) -> Match | None:
    """Return what an article has in common with another one; None where that is too little."""
    other = window.entry(number)
    later, earlier = (entry, other) if entry.order > other.order else (other, entry)
    common = overlap(later.signature, earlier.signature)
    comparable = entry.signature.comparable(other.signature)
    uncommon = len(comparable) - len(formulas.intersection(comparable))
    if not _is_enough(common, evidence, evidence / max(1, uncommon), (entry, other)):
        return None
    is_live = bool(entry.about.get("is_live") or other.about.get("is_live"))
    is_same_text = _is_same_text(common, is_live=is_live)
    if is_same_text and are_of_one_formula(later.facts, earlier.facts, common.extent, common.extent_of_other):
        return None
    if not is_same_text and entry.host == other.host and is_margin(entry.signature, other.signature):
        return None  # a site's own words around its stories
    return Match(other, common, is_same_text)


def _is_enough(common: Overlap, evidence: int, share_of_uncommon: float, articles: tuple[Entry, Entry]) -> bool:
    """Return whether two articles have so much in common that one has text of the other.

    Args:
        common: what they have in common.
        evidence: fingerprints that both have and few others.
        share_of_uncommon: share of these among all of one article that few others have.
        articles: both of them.
    """
    largest = max(common.share, common.share_of_other)
    if largest >= ALMOST_ALL:
        return evidence >= MIN_SHARED
    weight = evidence / common.shared
    amount, share = common.amount * weight, max(largest * weight, share_of_uncommon)
    if amount < MIN_SHARED or share < MIN_SHARE_OF_SAME_FACTS:
        return False
    if share >= MIN_SHARE and (amount >= FEW or share >= MIN_SHARE_OF_FEW):
        return True
    one, other = articles
    has_passage = share >= MIN_SHARE and longest_passage(one.signature, other.signature) >= PASSAGE
    return has_passage or agree(one.facts, other.facts)


def _is_same_text(common: Overlap, *, is_live: bool) -> bool:
    """Return whether the text of a later article is that of an earlier one, or a part of it, or the other way round.

    A live blog quotes many stories: only another one with all of its text has the same.
    """
    if is_live:
        return min(common.extent, common.extent_of_other) >= SAME_TEXT
    is_abridged = common.extent >= SAME_TEXT and common.extent_of_other >= MIN_REST
    is_whole = common.extent_of_other >= SAME_TEXT and common.extent >= MIN_OWN
    return is_abridged or is_whole
