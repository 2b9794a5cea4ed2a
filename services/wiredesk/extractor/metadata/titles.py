"""The headline of a story as readers see it, without the site's name, and the standfirst."""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from wiredesk.extractor import words
from wiredesk.extractor.document import text_of
from wiredesk.extractor.metadata.acting_headings import acting_as_a_part, acting_as_a_whole
from wiredesk.extractor.metadata.address_words import MOST_OF_ADDRESS, AddressWords
from wiredesk.extractor.metadata.authors import is_byline
from wiredesk.extractor.metadata.dates import is_dated
from wiredesk.extractor.metadata.json_ld import node_types
from wiredesk.extractor.metadata.kickers import with_agreed_kicker
from wiredesk.extractor.metadata.sources import MetadataSources
from wiredesk.extractor.metadata.title_ends import links_home, without_signed_end
from wiredesk.extractor.metadata.trail_headings import headline_after_trail
from wiredesk.extractor.words import clean, fold, length
from wiredesk_schemas import Evidence

MAX_TITLE = 500
"""Maximum characters of a headline or standfirst; longer texts are neither."""

MIN_HEADING = 15
"""Minimum letters of a heading that is a headline; shorter ones are names of sections."""

MAX_HEADING = 200
"""Maximum letters of a heading that is a headline without any title that repeats it; longer ones are paragraphs."""

MAX_SITE_WORDS = 4
"""Maximum words of a site's name, and minimum words of a headline."""

MAX_KICKER_WORDS = 5
"""Maximum words of a kicker before the headline."""

MIN_CUT_TITLE = 90
"""Minimum characters of a title for machines that may be cut."""

MAX_DENSE_SITE = 30
"""Letters of the name of a site or a section in Chinese or Japanese, at most, as Latin letters say as much."""

MIN_DENSE_HEADLINE = 7
"""Minimum characters of a headline before such a name."""

MIN_SITE_LETTERS = 5
"""Minimum letters of a word that names the site if the host has it."""

_SEPARATOR = re.compile(r"\s+(?:[|·•»«—–-]|::)\s+|\s*[|_]\s*|--")
"""What separates a headline from the site's name in `<title>`."""

_BAR = re.compile(r"\s[|｜]\s")
"""The separator that headlines do not contain."""

_DENSE_SEPARATOR = re.compile(r"\s*[_|｜]\s*|\s*-{1,2}\s*|\s+[–—·]\s+")
"""What separates headline, section and site in Chinese and Japanese titles."""

_KOREAN_SEPARATOR = re.compile(r"\s+[-–|｜<>:]{1,2}\s+|\s*[|｜]\s*")
"""The same in Korean titles, in which words have spaces between them."""

_HANGUL = re.compile(r"[\uac00-\ud7af]")
"""A Korean syllable."""

MAX_KOREAN_PARTS = 6
"""Separators of such a title, at most."""

_BRACKETED_END = re.compile(r"\s*[【\[（(][^】\]）)]{1,20}[】\]）)]\s*$")
"""The site's name in brackets at the end of such a title."""

_SITE_AFTER_COLON = re.compile(
    r"\s*(?:[：:]|——)\s*[^：:，,。、！？]{0,14}"
    r"(?:新聞(?:社|網)?|新闻(?:网)?|ニュース|日報|日报|時報|时报|晚报|晚報|網|网|オンライン|テレビ|通信社?|電子版|デジタル)$"
)
"""The site's name after a colon, by the words with which such names end."""

_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
"""A tag in a title."""

_CUT_OFF = ("…", "...")
"""The ending of a shortened headline."""

_SUBTITLES = frozenset(
    {"standfirst", "subtitle", "sub-title", "subheadline", "sub-headline", "dek", "deck", "article-summary"}
)
"""Class names of a standfirst."""


@dataclass(frozen=True, slots=True)
class StatedTitles:
    """The titles that a page states, without the site's name.

    Attributes:
        sources: the places of the page.
        headings: as readers see them, the first one first.
        declared: for machines, each with its place: JSON-LD's headline, then Open Graph's title.
        window: of the browser's window.
        address: the words of the page's address.
    """

    sources: MetadataSources
    headings: Sequence[str]
    declared: Sequence[tuple[Evidence, str]]
    window: str
    address: AddressWords

    @classmethod
    def of(cls, sources: MetadataSources, source: str | None, url: str) -> "StatedTitles":
        """Read the titles of a page."""
        path = urlsplit(url).path
        home = {fold(text) for heading, text in sources.heading_elements if path.strip("/") and links_home(heading)}
        site = {fold(name) for name in (source, urlsplit(url).hostname) if name} | _site_in_window(sources) | home
        address = AddressWords.of(url)
        shown = [headline_after_trail(heading, text, address) or text for heading, text in sources.heading_elements]
        headings = [_without_labels(_without_site_at_end(_plain(heading), site)) for heading in shown]
        stated = (
            (Evidence.JSON_LD, sources.json_ld("headline")),
            (Evidence.META, sources.meta_content("og:title", "twitter:title", "dc.title", "title")),
        )
        return cls(
            sources=sources,
            headings=[h for h in headings if len(h) <= MAX_TITLE and not _is_site(h, site)],
            declared=[
                (place, title)
                for place, text in stated
                if text and len(text) <= MAX_TITLE and (title := _without_labels(_without_site(_plain(text), site)))
            ],
            window=_window(sources, site, path)[:MAX_TITLE],
            address=address,
        )

    @property
    def machine_titles(self) -> tuple[str, ...]:
        """The titles that are made for machines and for the window, the most trusted first."""
        return (*(title for _, title in self.declared), self.window)


def _window(sources: MetadataSources, site: set[str], path: str) -> str:
    """Return the title of the window without the site's name, as the page states it or signs with it."""
    title = (sources.window_title or "")[: 2 * MAX_TITLE]
    without = _without_site(title, site)
    return _without_labels(without_signed_end(title, sources.elements, path) if without == title else without)


def titles(stated: StatedTitles) -> Iterator[tuple[Evidence, str | None]]:
    """Yield candidates for the headline, the best first.

    The headline of a whole declaration of a news article is the newsroom's: publishers keep it for the archive, and
    their pages may show another one for a day. Other pages declare titles that are made for search engines: of them, a
    heading that a title for machines repeats is the headline. If there is none, an element may act as one: its text is
    a whole title for machines, or without any heading a part of the window's title. Last come the titles for machines
    themselves. Of the words before a headline those stay on which most places agree.
    """
    heading = _heading(stated)
    of_newsroom = _of_newsroom(stated, heading)
    if of_newsroom:
        title = _with_agreed_kicker(of_newsroom, heading, stated)
        yield Evidence.DOM if title == heading else Evidence.JSON_LD, title
    if heading and not _repeated_heading(stated):
        yield Evidence.DOM, acting_as_a_whole(stated.sources.root, stated.machine_titles)
    if heading:
        place, title = _without_kicker(heading, stated)
        yield place, _with_agreed_kicker(title, heading, stated)
    yield from ((Evidence.DOM, title) for title in (_marked_headline(stated),) if title and not heading)
    for place, title in stated.declared:
        if not title.endswith(_CUT_OFF):
            yield place, _uncut(title, stated)
    if (acting := acting_as_a_part(stated.sources.root, stated.window)) is not None:
        yield Evidence.DOM, acting
    yield from stated.declared
    if stated.headings and not stated.window:
        yield Evidence.DOM, stated.headings[0]
    yield Evidence.DOM, _without_suffix(stated.window)
    yield from ((Evidence.DOM, heading) for heading in stated.headings)


def declared_titles(stated: StatedTitles, title: str | None) -> Iterator[tuple[Evidence, str]]:
    """Yield the headline that a page declares to machines first, where it differs from the title."""
    shown = fold(title or "")
    return ((place, text) for place, text in stated.declared[:1] if fold(text) not in ("", shown))


def shown_titles(stated: StatedTitles, title: str | None) -> Iterator[tuple[Evidence, str]]:
    """Yield the headline that a page shows its readers, where it differs from the title."""
    heading = _heading(stated)
    if title and heading and fold(heading) not in ("", fold(title)):
        yield Evidence.DOM, heading


def _with_agreed_kicker(title: str, heading: str | None, stated: StatedTitles) -> str:
    """Return a title with the kicker on which the places of the page agree; they are read as they are."""
    sources = stated.sources
    places = (heading, sources.json_ld("headline"), sources.meta_content("og:title"), sources.window_title)
    parts = sources.heading_parts
    return with_agreed_kicker(title, heading, [place[:MAX_TITLE] for place in places if place], parts)


def _plain(text: str) -> str:
    """Return a title without tags and entities, which some pages write into it."""
    text = html.unescape(text)  # escaped twice on some pages
    return clean(_TAG.sub("", text)) if "<" in text else text


def _heading(stated: StatedTitles) -> str | None:
    """Return the heading that is the headline: one that a title for machines repeats, or else the first long one."""
    first_long = (heading for heading in stated.headings if MIN_HEADING <= length(heading) <= MAX_HEADING)
    return _repeated_heading(stated) or next(first_long, None)


def _repeated_heading(stated: StatedTitles) -> str | None:
    """Return the first heading that a title for machines repeats."""
    others = [folded for title in stated.machine_titles if (folded := fold(title))]
    for heading in stated.headings:
        folded = fold(heading)
        if folded and any(_is_within(folded, other) or _is_within(other, folded) for other in others):
            return heading
    return None


def _is_within(part: str, whole: str) -> bool:
    """Return whether the words of a title are part of another title."""
    return part == whole or (len(part.split()) > 1 and f" {part} " in f" {whole} ")


def _of_newsroom(stated: StatedTitles, heading: str | None) -> str | None:
    """Return JSON-LD's headline of a news article, if the declaration is whole, or if another place has it, too."""
    places = dict(stated.declared)
    declared = places.get(Evidence.JSON_LD)
    if not declared or not heading or declared.endswith(_CUT_OFF) or _is_cut(declared, heading):
        return None
    if _is_label(declared, heading) or _is_outvoted(declared, heading, stated):
        return None
    article = stated.sources.article
    if not any(kind.endswith(("NewsArticle", "LiveBlogPosting")) for kind in node_types(article)):
        return None
    if article.get("datePublished") and (article.get("author") or article.get("publisher")):
        return declared
    folded, shown, shared = fold(declared), fold(heading), fold(places.get(Evidence.META, ""))
    if _is_within(shown, folded) or shown.endswith(f" {folded}") or shown == shared:
        return None
    supported = folded == shared or _is_within(folded, fold(stated.window))
    return declared if supported else None


def _is_label(declared: str, heading: str) -> bool:
    """Return whether a declared headline is a label of the page's place on the site, beside a heading of more words."""
    return len(words.split(declared)) < MAX_SITE_WORDS <= len(words.split(heading))


def _is_outvoted(declared: str, heading: str, stated: StatedTitles) -> bool:
    """Return whether all other places have the heading, down to the address: the declared headline is an old one."""
    shared = dict(stated.declared).get(Evidence.META, "")
    return (
        fold(heading) == fold(shared) == fold(stated.window) != fold(declared)
        and stated.address.share_in(heading) >= MOST_OF_ADDRESS
        and stated.address.share_in(declared) < MOST_OF_ADDRESS
    )


def _without_kicker(heading: str, stated: StatedTitles) -> tuple[Evidence, str]:
    """Return a heading without what only it has before or after the headline.

    That is a kicker before it (`Culture : A headline`), or a date, a byline, or a badge after it. A title for machines
    has the rest, and no place has the whole.
    """
    shown = fold(heading)
    if any(_is_within(shown, fold(title)) for title in (*stated.machine_titles, stated.sources.window_title or "")):
        return Evidence.DOM, heading
    for place, title in (*stated.declared, (Evidence.DOM, stated.window)):
        folded = fold(title)
        kicker = len(shown.split()) - len(folded.split())
        if len(folded.split()) < MAX_SITE_WORDS or title.endswith(_CUT_OFF):
            continue
        is_number = kicker == 1 and shown.split()[0].isdecimal()
        if 0 < kicker <= MAX_KICKER_WORDS and not is_number and shown.endswith(f" {folded}"):
            return place, title
        after = heading[len(title) :].strip() if heading.startswith(title) else ""
        if after and (is_dated(after) or is_byline(after) or after in stated.sources.heading_parts):
            return place, title
    return Evidence.DOM, heading


def _marked_headline(stated: StatedTitles) -> str | None:
    """Return the headline that microdata mark in the page's text."""
    return stated.sources.as_text(stated.sources.microdata.get("headline"))


def _uncut(title: str, stated: StatedTitles) -> str:
    """Return a title, or a longer one that begins with it: some programs cut headlines at 110 characters."""
    longer = (other for other in (*stated.headings, *stated.machine_titles) if _is_cut(title, other))
    return max(longer, key=len, default=title)


def _is_cut(title: str, whole: str) -> bool:
    """Return whether a title is the beginning of another one, and long enough that a program has cut it."""
    return len(title) >= MIN_CUT_TITLE and whole.startswith(title)


def _without_suffix(title: str) -> str:
    """Drop what follows the headline in the window's title of a page in an East Asian language: section and site."""
    if _HANGUL.search(title):
        return _without_korean_suffix(title)
    if not words.is_spaceless(title):
        return title
    headline = _BRACKETED_END.sub("", title)
    parts = _DENSE_SEPARATOR.split(headline)
    while len(parts) > 1 and length(parts[-1]) <= MAX_DENSE_SITE and len(parts[0]) >= MIN_DENSE_HEADLINE:
        parts.pop()
    headline = headline[: _end_of_parts(headline, len(parts))]
    colon = _SITE_AFTER_COLON.search(headline)
    return _BRACKETED_END.sub("", headline[: colon.start()]) if colon else headline


def _without_korean_suffix(title: str) -> str:
    """Drop section and site from a title such as `A headline < Society < Article - The Paper`, in Korean."""
    separators = list(_KOREAN_SEPARATOR.finditer(title))
    for separator in separators if len(separators) <= MAX_KOREAN_PARTS else ():
        ends = [*(s.start() for s in separators if s.start() > separator.start()), len(title)]
        starts = [s.end() for s in separators if s.start() >= separator.start()]
        is_short = all(length(title[start:end]) <= MAX_DENSE_SITE for start, end in zip(starts, ends, strict=True))
        if is_short and separator.start() >= MIN_DENSE_HEADLINE:
            return title[: separator.start()]
    return title


def _end_of_parts(title: str, count: int) -> int:
    """Return where the first parts of a title end."""
    separators = list(_DENSE_SEPARATOR.finditer(title))
    return separators[count - 1].start() if count <= len(separators) else len(title)


def _is_site(heading: str, site: set[str]) -> bool:
    """Return whether a heading is the site's name, alone or with one or two words of a section."""
    folded = fold(heading)
    if folded in site:
        return True
    hosts = {name.replace(" ", "") for name in site}
    short = len(folded.split()) <= 2  # noqa: PLR2004 - the site, and a section
    return short and any(
        len(word) >= MIN_SITE_LETTERS and any(word in host for host in hosts) for word in folded.split()
    )


def _without_labels(title: str) -> str:
    """Drop a few words after each bar at the end: sections, and a site that the page states nowhere else."""
    bars, end = list(_BAR.finditer(title)), len(title)
    if not bars or len(words.split(title[: bars[0].start()])) < MAX_SITE_WORDS:
        return title
    for bar in reversed(bars):
        if len(words.split(title[bar.end() : end])) > MAX_SITE_WORDS:
            break
        end = bar.start()
    return title[:end]


def subtitles(sources: MetadataSources) -> Iterator[tuple[Evidence, str | None]]:
    """Yield the standfirst that JSON-LD states, and the one that a class name marks."""
    yield Evidence.JSON_LD, sources.json_ld("alternativeHeadline")
    if any(name in sources.elements.class_names for name in _SUBTITLES):
        elements = sources.root.iter("p", "h2", "div", "span")
        texts = (text_of(element) for element in elements if _marks_subtitle(element.get("class") or ""))
        yield Evidence.DOM, next((text for text in texts if text and len(text) <= MAX_TITLE), None)


def _marks_subtitle(names: str) -> bool:
    return not _SUBTITLES.isdisjoint(names.split())


def site_in_title(sources: MetadataSources) -> str | None:
    """Return the end of `<title>` if its beginning is the page's heading: the end is the site's name."""
    headings = {fold(heading) for heading in sources.headings}
    parts = _SEPARATOR.split(sources.window_title or "")
    return parts[-1] if len(parts) > 1 and fold(parts[0]) in headings else None


def _site_in_window(sources: MetadataSources) -> set[str]:
    """Return the headings that are the site's name beside the headline in `<title>`: `A headline - The Paper`."""
    parts = _SEPARATOR.split(sources.window_title or "")
    headings = {fold(heading) for heading in sources.headings}
    at_the_end = {fold(parts[-1])} & headings if len(parts) > 1 and len(parts[-1]) < len(parts[0]) else set()
    window = fold(sources.window_title or "")
    declared = [fold(title) for title in (sources.json_ld("headline"), sources.meta_content("og:title")) if title]
    short = (heading for heading in headings if len(heading.split()) <= MAX_SITE_WORDS)
    return at_the_end | {
        name for name in short if any(window == f"{name} {title}" and len(title) > len(name) for title in declared)
    }


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


def _without_site_at_end(heading: str, site: set[str]) -> str:
    """Drop the site's name, and nothing but it, from the end of a heading."""
    separators = list(_SEPARATOR.finditer(heading))
    last = separators[-1] if separators else None
    return heading[: last.start()] if last is not None and fold(heading[last.end() :]) in site else heading


def _names_site(part: str, site: set[str]) -> bool:
    name = fold(part)
    joined = name.replace(" ", "")
    return bool(name) and any(name == s or s in name or joined in s.replace(" ", "") for s in site)
