"""Elements that mark-up marks as bylines: by attributes for machines, class names, and links to pages of authors."""

import re
from functools import cache

from wiredesk.extractor.metadata.authors.vocabulary import AUTHOR_FOLDERS
from wiredesk.extractor.page_elements import PageElements

STATED_POINTS = 5
"""Points of an element that an attribute for machines marks."""

NAMED_POINTS = 4
"""Points of an element that its class name, its id or its address marks."""

MAX_NAMES = 300
"""Characters that are read of the class names and ids of an element."""

CLASS = re.compile(
    r"by-?line|(?:^|\s)by(?:\s|$)|(?<![a-z])(?:created-?by|writtenby|written-by|posted-?by|publishedby|attribution|redakteure?|"
    r"verfasser|forfatter|skribent|"
    r"kirjoittaja|avtor|yazar|penulis|tacgia)(?![a-z]{4})|(?:author|writer|reporter|journalist|contributor|autor|auteur)"
    r"(?!i[sztd]|it|ship)"
)
"""Class names and ids of bylines, in lower case."""

_PART_OF_CLASS = re.compile(
    r"by|auth?or|auteur|avtor|writer|reporter|journal|contrib|attrib|redakt|verfas|forfat|skrib|kirj|yazar|penul|tacgia"
)
"""A part of every such name. Most names have none."""

_STATING = ("rel", "itemprop", "property")
"""Attributes that may say that an element is a byline."""

_NAMING = ("class", "id", "data-testid")
"""Attributes whose names may be those of bylines."""

ROLE_CLASS = re.compile(
    r"(?:author|writer|byline|reporter|autor|auteur|contributor|journalist)s?[-_]{0,2}(?:role|title|job|bio|position|location|loc|"
    r"desc\w*|date|time|avatar|image|img|photo|pic|picture|social\w*|follow|count|label|heading|occupation|designation|company|"
    r"topics?|email|mail|twitter|separator|function|place|expertise)(?![a-z])",
    re.IGNORECASE,
)
"""Class names of what stands beside an author's name: a role, a picture."""


def marked_elements(page: PageElements) -> dict[int, int]:
    """Return the places of the elements of a page that are marked as bylines, with points for how strongly."""
    elements = page.in_order
    is_authors_page = cache(_is_authors_page)  # of one page, whose links lead to few places
    links = (link for link in page.root.iter("a") if is_authors_page(link.get("href") or ""))
    points = dict.fromkeys(page.places_of(links), NAMED_POINTS)
    is_named: dict[str, bool] = {}  # names, which many elements share
    for attribute in _NAMING:
        for place in page.places_with(attribute, _may_be_named):
            names = " ".join(elements[place].get(name) or "" for name in _NAMING)
            if names not in is_named:
                is_named[names] = _names_byline(names[:MAX_NAMES])
            if is_named[names]:
                points[place] = NAMED_POINTS
    for attribute in _STATING:
        points |= dict.fromkeys(page.places_with(attribute, _states_author), STATED_POINTS)
    return points


def _may_be_named(names: str) -> bool:
    return _PART_OF_CLASS.search(names.lower()) is not None


def _names_byline(names: str) -> bool:
    return CLASS.search(names.lower()) is not None and not ROLE_CLASS.search(names)


def _states_author(value: str) -> bool:
    return "author" in value or "creator" in value


def _is_authors_page(address: str) -> bool:
    """Return whether an address is that of the page of an author: a folder for authors, and a name."""
    if "/" not in address:
        return "author=" in address
    *folders, last = address[:300].rstrip("/").lower().split("/")
    in_folder = not AUTHOR_FOLDERS.isdisjoint(folders) and last not in AUTHOR_FOLDERS
    return in_folder or last.startswith("@") or "author=" in last
