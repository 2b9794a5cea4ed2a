"""Authors: the people of the byline, and the agencies and newsrooms that are named beside them or instead of them.

grammar          from the text of a byline to names, without roles, places and times
beginnings       beginnings of bylines that are no fixed phrase
names            what a name looks like, by its script
spaceless_names  names in Chinese, Japanese and Korean bylines
agencies         news agencies, and the agencies that a story credits in its dateline or at its end
credits          whom a story credits in its own text
declared         authors in JSON-LD and `<meta>`
lines            the byline in a text page
marks            elements that mark-up marks as bylines
shown            the byline that readers see on a page
vocabulary       the words of bylines; add a language to `bylines.toml`
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from wiredesk.extractor.metadata.authors.agencies import AGENCIES, agency_named, distinct_agencies
from wiredesk.extractor.metadata.authors.credits import credits_in
from wiredesk.extractor.metadata.authors.declared import json_ld_byline, meta_bylines, microdata_byline
from wiredesk.extractor.metadata.authors.grammar import (
    MAX_BYLINE,
    Byline,
    is_byline,
    parse_byline,
    parse_names,
)
from wiredesk.extractor.metadata.authors.lines import byline_in_text
from wiredesk.extractor.metadata.authors.shown import shown_byline
from wiredesk.extractor.metadata.sources import MetadataSources
from wiredesk.extractor.words import fold
from wiredesk_schemas import Evidence

__all__ = [
    "MAX_BYLINE",
    "Byline",
    "agency_named",
    "byline_in_text",
    "bylines",
    "credits_in",
    "distinct_agencies",
    "is_byline",
    "parse_byline",
    "parse_names",
]


def bylines(sources: MetadataSources, source: str | None) -> Iterator[tuple[Evidence, Byline]]:
    """Yield the bylines that a page states, the most trusted place first.

    A place is read only if the ones before it name nobody. A byline that names nobody but the publication itself is
    used only if no other one names somebody.

    Args:
        sources: the places of the page.
        source: name of the publication.
    """
    own = _own_names(source, sources.url)
    stated: list[tuple[Evidence, Byline]] = []
    for place, byline in _places(sources):
        stated.append((place, byline))
        names_people = not (_is_publication(byline.people, own) or _is_address(byline.people, own))
        if byline.people and names_people and not (len(stated) > 1 and _is_sign(byline)):
            yield place, _without_publication(byline, own)
    yield from ((place, b) for place, b in stated if b.agencies and not _is_publication(b.agencies, own))
    yield from ((place, b) for place, b in stated if b)


def _without_publication(byline: Byline, own: set[str]) -> Byline:
    """Return a byline that names people without the publication, which some pages name beside them."""
    return Byline(
        *(
            tuple(n for n in names if not _is_publication((n,), own) or agency_named(n))
            for names in (byline.people, byline.agencies)
        )
    )


def _is_sign(byline: Byline) -> bool:
    """Return whether a byline has nothing but initials or the name of an account: `amw`."""
    return all(name.islower() and " " not in name for name in byline.people)


def _places(sources: MetadataSources) -> Iterator[tuple[Evidence, Byline]]:
    yield Evidence.JSON_LD, json_ld_byline(sources)
    yield Evidence.DOM, microdata_byline(sources)
    yield from ((Evidence.META, byline) for byline in meta_bylines(sources))
    titles = (sources.json_ld("headline"), sources.meta_content("og:title", "twitter:title"), sources.window_title)
    yield Evidence.DOM, shown_byline(sources.elements, [title for title in titles if title])


def _own_names(source: str | None, url: str) -> set[str]:
    """Return how a page may name its publication: by its name, or as its host does."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    names = {host, *host.split(".")[:-1]}
    return names | {fold(source).replace(" ", "")} if source else names


def _is_address(names: tuple[str, ...], own: set[str]) -> bool:
    """Return whether names are those of the publication and of its places: `hessenschau.de, Frankfurt, Germany`."""
    return _is_publication(names[:1], own) and not any(" " in name for name in names[1:])


def _is_publication(names: tuple[str, ...], own: set[str]) -> bool:
    return all(fold(name).replace(" ", "") in own or agency_named(name) == AGENCIES for name in names)
