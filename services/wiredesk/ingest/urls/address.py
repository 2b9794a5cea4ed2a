"""A URL as its parts say what it names: host, path, parameters, and in them words and ids."""

import re
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote

import ada_url

from wiredesk.ingest.urls.names import (
    MIN_ID_DIGITS,
    content_words,
    edge_ids,
    ids_in,
    is_date,
    is_headline,
    is_id,
    is_year,
    names_story,
)
from wiredesk.ingest.urls.parameters import LANGUAGE_PARAMETERS, PRESENTATIONS, is_presentation
from wiredesk.ingest.urls.vocabulary import ONE_STORY, STORY_WORDS
from wiredesk.languages.tags import language_tag

INDEX_FILES = frozenset({"index", "default", "home"})
"""Names of files, without their endings, that servers send for a folder."""

MIN_LABELS = 2
"""Labels of a host that are never taken off: `amp.dev` is a site."""

SHARED_DOMAINS = frozenset(
    {
        "ac", "bearblog", "blogspot", "canalblog", "co", "com", "edu", "github", "go", "gob", "gouv", "gov",
        "hatenablog", "livejournal", "medium", "ne", "net", "netlify", "or", "org", "over-blog", "pages", "substack",
        "tumblr", "typepad", "vercel", "weebly", "wixsite", "wordpress",
    }
)  # fmt: skip
"""Second labels of domains under which each name is a site of its own: `m.co.uk`, `mobile.blogspot.com`."""

REGIONS = frozenset(
    {
        "ae", "ak", "az", "be", "br", "ca", "ch", "co", "cr", "cu", "cy", "ee", "eu", "ga", "gn", "ia", "ie", "kr",
        "ks", "kw", "ky", "la", "lu", "mh", "mi", "mn", "ms", "mt", "my", "na", "nd", "ne", "ng", "nv", "ny", "oc",
        "or", "pa", "sa", "sc", "sd", "se", "sg", "st", "tn", "tw", "uk", "va", "ve", "wa", "za",
    }
)  # fmt: skip
"""Codes of languages that are, on most sites, those of a country or a state: `/ny/` is New York, not Chichewa."""

_ENDING = re.compile(r"\.(?:amp\.)?(?:html?|xhtml|shtml|php|aspx?|jsp|cms|ece|amp|print)(?:\.html?)?$")
_PRESENTED_NAME = re.compile(r"[-_.](?:amp|print|mobile)$")
_AMP_SEGMENT = re.compile(r"(?:[a-z]{2,6}[-_]|alt=)?amp")
"""A segment of a publisher that marks AMP by a name of its own: `/story/sn-amp/`, `/google-amp/story`."""

_LANGUAGE = re.compile(r"[a-z]{2}(?:[-_][a-z]{2})?")
_AMP_CACHE_HOST = re.compile(r"(?:.+\.)?(?:cdn\.ampproject\.org|bing-amp\.com)")
_AMP_CACHE_PATH = re.compile(r"/(?:[a-z]{1,3}/)?(?P<secure>s/)?(?P<host>[^/]+\.[^/]+)(?P<path>/.*)?")
_AMP_VIEWER_HOST = re.compile(r"(?:www\.)?google\.(?:com|(?:com?\.)?[a-z]{2})")
_AMP_VIEWER_PATH = re.compile(r"/amp(?P<page>/.*)")
_TOKEN = re.compile(r"[A-Za-z0-9]{4,}")
_STORY_SEGMENT = re.compile(r"(?P<word>[a-z]{1,12})[-_]?(?P<id>\d{5,})")


@dataclass(frozen=True)
class Address:
    """A canonical URL.

    Attributes:
        url: of the page; of a copy in a cache of AMP pages, that of the page that was copied.
        host: without port.
        port: empty for the default.
        path: in lower case, escapes and all.
        codes: what of path and query is written in a mixture of cases, so that the case matters: `x7Gh2kQ`.
        parameters: of the query, names in lower case.
        route: the fragment, where it names a page.
    """

    url: str
    host: str
    port: str
    path: str
    codes: frozenset[str]
    parameters: dict[str, str]
    route: str

    @classmethod
    def of(cls, url: str) -> "Address":
        """Return the address of a canonical URL."""
        parsed = ada_url.URL(url)
        if (original := _copied(parsed)) is not None:
            parsed = original
        return cls(
            url=str(parsed.href),
            host=parsed.hostname,
            port=parsed.port,
            path=parsed.pathname.lower(),
            codes=frozenset(filter(_is_mixed, _TOKEN.findall(parsed.pathname + parsed.search))),
            parameters=_parameters(parsed.search.removeprefix("?")),
            route=parsed.hash,
        )

    @cached_property
    def site(self) -> tuple[str, ...]:
        """The labels of the host, without those of a presentation or a language."""
        return self._labels[1]

    @cached_property
    def language(self) -> str:
        """The language that host, path or query name, without region; empty if they name none."""
        stated = next((self.parameters[name] for name in sorted(LANGUAGE_PARAMETERS & self.parameters.keys())), "")
        first = self.path.split("/")[1]
        in_path = first if is_language(first) else ""
        tags = (language_tag(text) for text in (stated, in_path, self._labels[0]) if text)
        return next((tag.partition("-")[0] for tag in tags if tag), "")

    @cached_property
    def region(self) -> str:
        """What host or path name that may be a language or a region: another edition of the site; empty if nothing."""
        first = self.path.split("/")[1]
        return next((one for one in (first, self._labels[0]) if one in REGIONS), "")

    @cached_property
    def _labels(self) -> tuple[str, tuple[str, ...]]:
        """The label of a language, or an empty text, and the labels of the site."""
        labels, language = self.host.split("."), ""
        least = MIN_LABELS + (labels[-MIN_LABELS:][0] in SHARED_DOMAINS)
        while len(labels) > least:
            if is_language(labels[0]):
                language = labels[0]
            elif labels[0] not in PRESENTATIONS:
                break
            del labels[0]
        return language, tuple(labels)

    @cached_property
    def _parts(self) -> tuple[tuple[str, ...], bool]:
        """The segments of the path, and whether one that may be a topic was taken for a presentation."""
        # Bytes that are not UTF-8 stay different ones.
        segments = [unquote(one, errors="surrogateescape").lower() for one in self.path.split("/") if one]
        is_presented = False
        if segments[:1] == ["index.php"]:
            del segments[0]
        if segments:
            segments[-1] = _ENDING.sub("", segments[-1])
            if segments[-1] in PRESENTATIONS or _AMP_SEGMENT.fullmatch(segments[-1]):
                is_presented = "amp" not in segments.pop()
            elif segments[-1] in INDEX_FILES:
                segments.pop()
            elif plain := _PRESENTED_NAME.sub("", segments[-1]):
                is_presented = segments[-1] != plain
                segments[-1] = plain
        if segments and _ENDING.search(segments[-1]):  # `/story.html/amp`
            segments[-1] = _ENDING.sub("", segments[-1])
        position = 1 if segments and is_language(segments[0]) else 0
        first = segments[position] if len(segments) > position else ""
        if first in PRESENTATIONS or _AMP_SEGMENT.fullmatch(first):
            is_presented = is_presented or first not in ("amp", "m", "print")
            del segments[position]
        return tuple(segments), is_presented

    @property
    def segments(self) -> tuple[str, ...]:
        """The segments of the path, without what says how the page is presented: no ending, no name of an index."""
        return self._parts[0]

    @property
    def is_presented(self) -> bool:
        """Whether the path says how the page is presented, by a word that may also be a topic: `/tech/mobile`."""
        return self._parts[1]

    @property
    def last(self) -> str:
        """The last of the segments; empty if there is none."""
        return self.segments[-1] if self.segments else ""

    @cached_property
    def unlocalised(self) -> tuple[str, ...]:
        """The segments without the one of a language."""
        return self.segments[1:] if self.segments and is_language(self.segments[0]) else self.segments

    @cached_property
    def content(self) -> dict[str, str]:
        """The parameters, without those that say how the page is presented."""
        return {
            name: value
            for name, value in self.parameters.items()
            if not is_presentation(name, value) or (name == "m" and not self.is_story)
        }

    @cached_property
    def headline(self) -> str:
        """The last segment, or the headline above it, if it is but an id."""
        if content_words(self.last):
            return self.last
        return next((one for one in reversed(self.segments) if is_headline(one)), self.last)

    @property
    def is_home(self) -> bool:
        """Whether the path is that of the home page, also of a language."""
        segments = self.segments
        return not segments or (len(segments) == 1 and is_language(segments[0]))

    @cached_property
    def is_story(self) -> bool:
        """Whether the path names a story: by a headline, an id, or a date."""
        return any(map(names_story, self.segments)) or self.is_dated

    @cached_property
    def is_dated(self) -> bool:
        """Whether the path has a year, and something after it."""
        return any(map(is_year, self.segments[:-1]))

    @cached_property
    def dates(self) -> tuple[str, ...]:
        """The segments of the path that begin at a year and are numbers."""
        segments = self.segments[:-1]
        start = next((index for index, one in enumerate(segments) if is_date(one)), len(segments))
        return tuple(one.lstrip("0") for one in segments[start:] if one.isdigit() and len(one) <= len("20240517"))

    @cached_property
    def counts(self) -> frozenset[str]:
        """The short numbers above the last segment that are no dates: a version, a district, a round."""
        above = (one for one in self.segments[:-1] if one not in self.dates and one.lstrip("0") not in self.dates)
        return frozenset(one for one in above if one[:1].isdigit() and len(one) < MIN_ID_DIGITS and not is_date(one))

    @cached_property
    def story_ids(self) -> frozenset[str]:
        """What can be the id of the story in the path: in its last segment, or in one that is named as that of stories.

        Numbers above the last segment may be of a place, a month or a section: `/ny/10001/`.
        """
        segments = self.segments
        ids = set(edge_ids(self.last))
        for index, segment in enumerate(segments[:-1]):
            named = _STORY_SEGMENT.fullmatch(segment)
            if named is not None and named["word"] in ONE_STORY:
                ids |= ids_in(segment) | {named["id"]}
            elif index and ids_in(segment) and segment.isalnum():
                places = ONE_STORY if segment.isdigit() else STORY_WORDS
                ids |= ids_in(segment) if segments[index - 1] in places else set()
        return frozenset(ids)


def _is_mixed(token: str) -> bool:
    is_word = token.islower() or token.isupper() or token.istitle() or token.isdigit()
    return not is_word or (is_id(token.lower()) and not token.isdigit())


def _parameters(query: str) -> dict[str, str]:
    """Return the parameters of a query, names in lower case; of one that is given twice, both values."""
    parameters: dict[str, str] = {}
    for parameter in filter(None, query.split("&")):
        escaped, _, value = parameter.replace("+", " ").partition("=")
        name, value = (unquote(text, errors="surrogateescape") for text in (escaped.lower(), value))
        parameters[name] = f"{parameters[name]} {value}" if name in parameters else value
    return parameters


def is_language(segment: str) -> bool:
    """Whether a segment of a path, or a label of a host, is the code of a language: `en`, `pt-br`."""
    return _LANGUAGE.fullmatch(segment) is not None and language_tag(segment) is not None


def _copied(parsed: ada_url.URL) -> ada_url.URL | None:
    """Return the URL of the page of which a cache of AMP pages has a copy; None if it is not in such a cache."""
    path = parsed.pathname
    if not _AMP_CACHE_HOST.fullmatch(parsed.hostname):
        viewer = _AMP_VIEWER_PATH.fullmatch(path) if _AMP_VIEWER_HOST.fullmatch(parsed.hostname) else None
        if viewer is None:
            return None
        path = viewer["page"]
    copied = _AMP_CACHE_PATH.fullmatch(path)
    if copied is None:
        return None
    scheme = "https" if copied["secure"] else "http"
    try:
        return ada_url.URL(f"{scheme}://{copied['host']}{copied['path'] or '/'}{parsed.search}")
    except ValueError:
        return None
