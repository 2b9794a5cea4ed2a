"""The headline of a story as readers see it, without the site's name, and the standfirst."""

import html
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from wiredesk.extractor import words
from wiredesk.extractor.document import Element, text_of
from wiredesk.extractor.metadata.sources import MetadataSources
from wiredesk.extractor.words import fold, length
from wiredesk_schemas import Evidence

MAX_TITLE = 500
"""Maximum characters of a headline or standfirst; longer texts are neither."""

MIN_HEADING = 15
"""Minimum letters of a heading that is a headline; shorter ones are names of sections."""

MAX_SITE_WORDS = 4
"""Maximum words of a site's name, and minimum words of a headline."""

_SEPARATOR = re.compile(r"\s+(?:[|·•»«—–-]|::)\s+|\s*[|_]\s*|--")
"""What separates a headline from the site's name in `<title>`."""

_BAR = re.compile(r"\s[|｜]\s")
"""The separator that headlines do not contain."""

_CUT_OFF = ("…", "...")
"""The ending of a shortened headline."""

_SUBTITLES = frozenset(
    {"standfirst", "subtitle", "sub-title", "subheadline", "sub-headline", "dek", "deck", "article-summary"}
)
"""Class names of a standfirst."""


def titles(sources: MetadataSources, source: str | None, url: str) -> Iterable[tuple[Evidence, str]]:
    """Return candidates for the headline, the best first.

    The order: JSON-LD's headline, which is what the publisher calls the headline of the story. A heading that a title
    for machines repeats. Then titles for machines: a heading that none of them repeats may be
    the site's name or a section. Last `<title>`, which is made for the browser's window.

    On publisher-pages this order is right for 0.87 of the pages, headings first for 0.82, Open Graph's title (made for
    sharing) first for 0.80, and what two places agree on for 0.85.
    """
    site = {fold(name) for name in (source, urlsplit(url).hostname) if name} | _site_at_the_end(sources)
    declared = html.unescape(sources.json_ld("headline") or "")  # escaped twice on some pages
    shared = html.unescape(sources.meta_content("og:title", "twitter:title", "dc.title", "title") or "")
    stated = [(Evidence.JSON_LD, declared), (Evidence.META, shared)]
    window = _without_site(sources.window_title or "", site)
    machine_titles = [(e, _without_site(t, site)) for e, t in stated if t and len(t) <= MAX_TITLE]
    headings = [
        text for text in map(html.unescape, sources.headings) if len(text) <= MAX_TITLE and fold(text) not in site
    ]
    yield from ((e, title) for e, title in machine_titles if e is Evidence.JSON_LD and not title.endswith(_CUT_OFF))
    agreeing = [*(title for _, title in machine_titles), window]
    for heading in headings:
        if any(fold(heading) and fold(heading) in fold(t) for t in agreeing):
            yield Evidence.DOM, heading
    yield from ((e, _without_last_part(title)) for e, title in machine_titles)
    if len(headings) == 1 and length(headings[0]) >= MIN_HEADING:
        yield Evidence.DOM, headings[0]
    yield Evidence.DOM, _without_last_part(window)[:MAX_TITLE]
    yield from ((Evidence.DOM, heading) for heading in headings)


def _without_last_part(title: str) -> str:
    """Drop a few words after a bar: a site's name that the page states nowhere else."""
    parts = _BAR.split(title)
    if len(parts) < 2 or len(words.split(parts[-1])) > MAX_SITE_WORDS or len(words.split(parts[0])) < MAX_SITE_WORDS:  # noqa: PLR2004 - there is a bar
        return title
    return title[: len(title) - len(parts[-1])].rstrip(" |｜")


def subtitle(root: Element) -> str | None:
    """Return the standfirst, which a class name must mark as one; None if none does."""
    for element in root.iter("p", "h2", "div", "span"):
        if _SUBTITLES.intersection((element.get("class") or "").split()):
            text = text_of(element)
            if text and len(text) <= MAX_TITLE:
                return text
    return None


def site_in_title(sources: MetadataSources) -> str | None:
    """Return the end of `<title>` if its beginning is the page's heading: the end is the site's name."""
    headings = {fold(heading) for heading in sources.headings}
    parts = _SEPARATOR.split(sources.window_title or "")
    return parts[-1] if len(parts) > 1 and fold(parts[0]) in headings else None


def _site_at_the_end(sources: MetadataSources) -> set[str]:
    """Return the heading with which `<title>` ends: for `A headline - The Paper`, a heading `The Paper`."""
    parts = _SEPARATOR.split(sources.window_title or "")
    headings = {fold(heading) for heading in sources.headings}
    return {fold(parts[-1])} & headings if len(parts) > 1 and len(parts[-1]) < len(parts[0]) else set()


def _without_site(title: str, site: set[str]) -> str:
    """Drop the site's name from a title: everything from the name to the end, or from the beginning to the name."""
    parts = _SEPARATOR.split(title)
    if len(parts) == 1:
        return title
    separators = list(_SEPARATOR.finditer(title))
    for index in range(len(parts) - 1, 0, -1):
        if _names_site(parts[index], site):
            return title[: separators[index - 1].start()]
    return title[separators[0].end() :] if _names_site(parts[0], site) else title


def _names_site(part: str, site: set[str]) -> bool:
    name = fold(part)
    joined = name.replace(" ", "")
    return bool(name) and any(name == s or s in name or joined in s.replace(" ", "") for s in site)
