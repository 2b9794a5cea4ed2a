"""A URL as its parts say what it names: host, path, parameters, and in them words and ids."""

import re
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote

import ada_url

from wiredesk.languages.tags import language_tag

PRESENTATIONS = frozenset(
    {
        "amp", "amphtml", "drucken", "druckansicht", "druckversion", "imprimer", "imprimir", "lite", "m", "mobil",
        "mobile", "print", "printable", "printer-friendly", "print-version", "printversion", "stampa", "touch", "wap",
        "www", "xml-amp",
    }
)  # fmt: skip
"""Labels of hosts, segments of paths and values of parameters that say how a page is presented, not which it is."""

PRESENTATION_PARAMETERS = frozenset(
    {
        "amp", "display", "format", "layout", "mobile", "output", "outputtype", "print", "printable", "template",
        "tmpl",
    }
)  # fmt: skip
"""Names of parameters that say how a page is presented."""

READER_PARAMETERS = frozenset({"ampshare", "aoh", "csi", "referer", "referrer"})
"""Names of parameters that caches of AMP pages add. Others of theirs begin with `amp_`."""

INDEX_FILES = frozenset({"index", "default", "home"})
"""Names of files, without their endings, that servers send for a folder."""

GENERIC_WORDS = frozenset(
    {
        "archive", "article", "articles", "artikel", "content", "detail", "details", "display", "doc", "document",
        "entry", "get", "item", "news", "nota", "noticia", "page", "php", "post", "read", "section", "show", "single",
        "story", "topic", "view", "viewer",
    }
)  # fmt: skip
"""Words of paths that name no content: `/show_article.php`."""

MIN_ID_DIGITS = 4
"""Digits of a number that is the id of a page. Years have four, too."""

MIN_MIXED_ID = 6
"""Letters and digits of an id that has both."""

MIN_LABELS = 2
"""Labels of a host that are never taken off: `amp.dev` is a site."""

_ENDING = re.compile(r"\.(?:amp\.)?(?:html?|xhtml|shtml|php|aspx?|jsp|cms|ece|amp|print)(?:\.html?)?$")
_PRESENTED_NAME = re.compile(r"[-_.](?:amp|print|mobile)$")
_LANGUAGE = re.compile(r"[a-z]{2}(?:[-_][a-z]{2})?")
_WORD = re.compile(r"(?<![^\W_])[^\W\d_]{2,}(?![^\W_])")
_NUMBER = re.compile(rf"\d{{{MIN_ID_DIGITS},}}")
_YEAR = re.compile(r"(?:19|20)\d\d")
_MIXED = re.compile(r"[a-z0-9]+")
_UNSEPARATED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]{2}")
"""Two characters of a script that does not separate words: about one word."""

_AMP_CACHE_HOST = re.compile(r"(?:.+\.)?(?:cdn\.ampproject\.org|bing-amp\.com)")
_AMP_CACHE_PATH = re.compile(r"/(?:[a-z]{1,3}/)?(?P<secure>s/)?(?P<host>[^/]+\.[^/]+)(?P<path>/.*)?")
_AMP_VIEWER_HOST = re.compile(r"(?:www\.)?google\.(?:[a-z]{2,3}\.)?[a-z]{2,3}")
_AMP_VIEWER_PATH = re.compile(r"/amp(?P<page>/.*)")


@dataclass(frozen=True)
class Address:
    """A canonical URL.

    Attributes:
        url: of the page; of a copy in a cache of AMP pages, that of the page that was copied.
        host: without port.
        port: empty for the default.
        path: decoded, in lower case.
        parameters: of the query, names in lower case.
        route: the fragment, where it names a page.
    """

    url: str
    host: str
    port: str
    path: str
    parameters: dict[str, str]
    route: str

    @classmethod
    def of(cls, url: str) -> "Address":
        """Return the address of a canonical URL."""
        parsed = ada_url.URL(url)
        if (original := _copied(parsed)) is not None:
            parsed = original
        pairs = (parameter.partition("=") for parameter in parsed.search.removeprefix("?").split("&") if parameter)
        return cls(
            url=str(parsed.href),
            host=parsed.hostname,
            port=parsed.port,
            path=unquote(parsed.pathname).lower(),
            parameters={name.lower(): unquote(value) for name, _, value in pairs},
            route=parsed.hash,
        )

    @cached_property
    def site(self) -> tuple[str, ...]:
        """The labels of the host, without those of a presentation or a language."""
        return self._labels[1]

    @cached_property
    def language(self) -> str:
        """The language that host, path or query name, without region; empty if they name none."""
        stated = self.parameters.get("lang") or self.parameters.get("hl") or self.parameters.get("language") or ""
        first = self.path.split("/")[1]
        in_path = first if is_language(first) else ""
        tags = (language_tag(text) for text in (stated, in_path, self._labels[0]) if text)
        return next((tag.partition("-")[0] for tag in tags if tag), "")

    @cached_property
    def _labels(self) -> tuple[str, tuple[str, ...]]:
        """The label of a language, or an empty text, and the labels of the site."""
        labels, language = self.host.split("."), ""
        while len(labels) > MIN_LABELS:
            if is_language(labels[0]):
                language = labels[0]
            elif labels[0] not in PRESENTATIONS:
                break
            del labels[0]
        return language, tuple(labels)

    @cached_property
    def segments(self) -> tuple[str, ...]:
        """The segments of the path, without what says how the page is presented: no ending, no name of an index."""
        segments = [segment for segment in self.path.split("/") if segment]
        if segments:
            segments[-1] = _PRESENTED_NAME.sub("", _ENDING.sub("", segments[-1]))
        if segments and segments[-1] in PRESENTATIONS | INDEX_FILES:
            segments.pop()
        if segments and _ENDING.search(segments[-1]):  # `/story.html/amp`
            segments[-1] = _ENDING.sub("", segments[-1])
        position = 1 if segments and is_language(segments[0]) else 0
        if segments[position : position + 1] and segments[position] in PRESENTATIONS:
            del segments[position]
        return tuple(segments)

    @cached_property
    def content(self) -> dict[str, str]:
        """The parameters, without those that say how the page is presented, and to whom."""
        return {
            name: value
            for name, value in self.parameters.items()
            if name not in PRESENTATION_PARAMETERS | PRESENTATIONS | READER_PARAMETERS
            and not name.startswith("amp_")
            and not (name in ("view", "type", "mode", "page") and value.lower() in PRESENTATIONS)
        }

    @property
    def is_home(self) -> bool:
        """Whether it is the home page, also of a language."""
        segments = self.segments
        return not segments or (len(segments) == 1 and is_language(segments[0]))

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of the segments that name content, and of the last one."""
        named = {segment for segment in self.segments if names_content(segment)} | set(self.segments[-1:])
        return frozenset(word for segment in named for word in _words(segment))

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The long numbers of path and query."""
        return frozenset(one for one in self.ids if one.isdigit() and len(one) > MIN_ID_DIGITS)

    @cached_property
    def ids(self) -> frozenset[str]:
        """The numbers and codes of path and query that can be the id of a page."""
        texts = (*self.segments, *self.content.values())
        return frozenset(one for text in texts for one in ids_in(text.lower()))


def ids_in(text: str) -> set[str]:
    """Return the ids in a part of an address: numbers that are no years, and codes of letters and digits."""
    numbers = {number for number in _NUMBER.findall(text) if not _YEAR.fullmatch(number)}
    codes = {
        code
        for code in _MIXED.findall(text)
        if len(code) >= MIN_MIXED_ID and not code.isdigit() and sum(map(str.isdigit, code)) > 1
    }
    return numbers | codes


def words_in(segment: str) -> int:
    """Return about how many words a segment of a path has."""
    return max(len(_words(segment)), len(_UNSEPARATED.findall(segment)))


def _words(segment: str) -> list[str]:
    return [word for word in _WORD.findall(segment) if word not in GENERIC_WORDS]


def is_language(segment: str) -> bool:
    """Whether a segment of a path, or a label of a host, is the code of a language: `en`, `pt-br`."""
    return _LANGUAGE.fullmatch(segment) is not None and language_tag(segment) is not None


def names_content(segment: str) -> bool:
    """Whether a segment of a path names one page, and not a section: it has an id, or is a headline."""
    return words_in(segment) > 2 or bool(ids_in(segment))  # noqa: PLR2004 - `world-news` is a section


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
