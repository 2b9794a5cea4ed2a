"""Groups whose evidence is gone: when one more article carries a passage, it may turn out to be a formula.

The first items with a formula, and the first articles of a site with its boilerplate, look like copies of each other.
Once a fourth one comes, what they share is no evidence any more, and those are separated that have nothing else in
common.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from wiredesk.syndication.entry import Membership
from wiredesk.syndication.grouping import Grouping
from wiredesk.syndication.matching import MAX_FAMILIES, Carriers, carriers_of, find
from wiredesk.syndication.window import Window
from wiredesk_schemas.ids import group_id

MAX_GROUP = 12
"""Articles of a group that is examined again, at most. A larger one has other evidence."""

MAX_GROUPS = 8
"""Groups that are examined again for one article, at most."""


def newly_common(window: Window, family: int, carriers: Carriers) -> tuple[Collection[int], Sequence[int]]:
    """Return the fingerprints that are no evidence any more because of a new article, and the articles that carry them.

    Args:
        window: without the new article.
        family: of the new article.
        carriers: of its fingerprints.
    """
    common: set[int] = set()
    articles: dict[int, None] = {}
    for numbers, hashes in carriers.items():
        known = window.families(numbers)
        if len(known) == MAX_FAMILIES and family not in known:
            common.update(hashes)
            articles.update(dict.fromkeys(numbers))
    return common, list(articles)


def separate(grouping: Grouping, common: Collection[int], articles: Sequence[int], event_id: str) -> None:
    """Separate articles of groups that have nothing in common but fingerprints that are no evidence any more.

    Args:
        grouping: the groups.
        common: these fingerprints.
        articles: that carry them.
        event_id: of the article that made them common; ids of new groups follow from it.
    """
    window = grouping.window
    groups = dict.fromkeys(group for number in articles for group in grouping.membership(window.page(number)).groups)
    for group in list(groups)[:MAX_GROUPS]:
        listed = [number for number in grouping.listed(group) if not window.is_withdrawn(number)]
        if 1 < len(listed) <= MAX_GROUP:
            _separate_group(grouping, group, listed, common, event_id)


def _separate_group(
    grouping: Grouping, group: bytes, listed: Sequence[int], common: Collection[int], event_id: str
) -> None:
    window = grouping.window
    members = [number for number in listed if window.membership(number).group == group]
    component = {number: number for number in members}  # the oldest article of each part, by article
    for number in listed:
        entry = window.entry(number)
        matches = find(window, entry, carriers_of(window, entry.signature.hashes, number), common)
        others = [(window.number(match.entry.page), match.is_same_text) for match in matches]
        if number not in component:
            if not any(other in members for other, _ in others):
                _forget_passage(grouping, entry.page, group)
            continue
        for other, is_same_text in others:
            if is_same_text and other in component:
                _unite(component, number, other)
    _part(grouping, members, component, event_id)


def _unite(component: dict[int, int], one: int, other: int) -> None:
    """Make one part of the parts of two articles."""
    first, second = component[one], component[other]
    oldest = next(number for number in component if number in (first, second))
    for number, part in component.items():
        if part in (first, second):
            component[number] = oldest


def _forget_passage(grouping: Grouping, page: bytes, group: bytes) -> None:
    """Take an article off the list of a group with which it shares no passage."""
    before = grouping.membership(page)
    related = tuple(one for one in before.related if one != group)
    grouping.move(page, Membership(before.group, before.family, related))


def _part(grouping: Grouping, members: Sequence[int], component: dict[int, int], event_id: str) -> None:
    """Give each part of a group but that of the oldest article a group of its own."""
    window = grouping.window
    staying = {window.family(number) for number in members if component[number] == members[0]}
    for number in members:
        oldest = component[number]
        if oldest == members[0]:
            continue
        own = UUID(group_id(f"{event_id}/{window.page(oldest).hex()}")).bytes
        before = grouping.membership(window.page(number))
        family = int.from_bytes(own[:8], "little") if before.family in staying else before.family
        grouping.move(window.page(number), Membership(own, family, before.related))
