"""The site's name in the title of a window, where the page states it only in its own words.

Many pages name their publication neither in JSON-LD nor in `<meta>`: but they sign themselves at their end, their logo
links to the front page, and names of papers end with the same words everywhere.
"""

import re
from collections.abc import Iterator
from itertools import chain, islice

from wiredesk.extractor import words
from wiredesk.extractor.document import Element, text_of
from wiredesk.extractor.page_elements import PageElements
from wiredesk.extractor.words import clean, fold

MAX_NAME_WORDS = 6
"""Maximum words of a site's name that the page itself has."""

MAX_KNOWN_WORDS = 4
"""Maximum words of a name that is one by its words alone, and of a section."""

MIN_HEADLINE_WORDS = 4
"""Minimum words of a headline before such a name."""

MIN_WORDS_BEFORE_HOST = 2
"""The same before the name of a host, which says more."""

MAX_LINKS = 10
"""Links to the front page that are read."""

MAX_LAST = 300
"""Elements at the end of a page that may have its signature."""

MAX_SIGNATURE = 300
"""Characters of a signature that are read."""

_SEPARATOR = re.compile(r"\s+(?:[|·•»«—–-]|::)\s+|\s*[|_]\s*|--|\s+//?\s+|(?<=[\u3040-\u9fff])——(?=[\u3040-\u9fff])")
"""What separates a headline from section and site."""

_STRONG = re.compile(r"\s+(?:::|//)\s+")
"""Separators that headlines do not have."""

_HOST = re.compile(r"(?:[\w-]{2,40}\.){1,3}(?!(?:js|py|md|txt|php|html?|pdf|exe)$)[a-z]{2,10}", re.IGNORECASE)
"""The name of a host, as a site's name; `my_function.py` and `Node.js` are none."""

_PAPERS = """
news times post herald tribune journal gazette courier chronicle observer telegraph guardian daily sentinel examiner
dispatch advertiser newspaper diario periódico noticias heraldo jornal notícias gazeta giornale corriere gazzetta
zeitung tagblatt tageblatt nachrichten anzeiger rundschau kurier krant dagblad nieuws avisen avisa tidning tidningen
bladet posten sanomat lehti uutiset wiadomości dziennik kurier deník noviny listy hírlap újság ziarul ştiri știri
вести газета газеты новости известия вестник ведомости новини вісті вісник газети εφημερίδα νέα haber haberler
gazetesi gazete صحيفة جريدة أخبار اخبار الأخبار خبرگزاری روزنامه समाचार वार्ता সংবাদ বার্তা berita harian
"""
_NAMES = frozenset(_PAPERS.split())
"""Words of names of papers, folded."""


def without_signed_end(title: str, page: PageElements, path: str) -> str:
    """Return the title of a window without section and site, where the page or their words show what they are.

    Args:
        title: of the window.
        page: its elements.
        path: of its address; on the front page a link to it is no sign.
    """
    separators = list(islice(_SEPARATOR.finditer(title), MAX_NAME_WORDS))
    if not separators:
        return title
    last = title[separators[-1].end() :]
    headline = title[: separators[-1].start()]
    strong = next((s for s in separators if _STRONG.fullmatch(s[0])), None)
    if strong is not None and _is_headline(title[: strong.start()]):
        return title[: strong.start()]
    if (_HOST.fullmatch(last) and len(words.split(headline)) >= MIN_WORDS_BEFORE_HOST) or (
        _is_headline(headline) and _is_known_name(last)
    ):
        return headline
    signed = _Signed(page, path)
    if len(words.split(last)) <= MAX_NAME_WORDS and _is_headline(headline) and signed.has(last):
        return _without_section(headline, separators)
    first, rest = title[: separators[0].start()], title[separators[0].end() :]
    return rest if len(words.split(first)) <= MAX_NAME_WORDS and _is_headline(rest) and signed.has(first) else title


def _without_section(headline: str, separators: list[re.Match[str]]) -> str:
    """Return a headline without the one section between it and the site, where the separators are the same."""
    if len(separators) < 2 or separators[-1][0] != separators[-2][0]:  # noqa: PLR2004 - before and after the section
        return headline
    before, section = headline[: separators[-2].start()], headline[separators[-2].end() :]
    is_section = len(words.split(section)) < len(words.split(before)) - MAX_KNOWN_WORDS
    return before if is_section and _is_headline(before) else headline


def _is_headline(text: str) -> bool:
    return len(words.split(text)) >= MIN_HEADLINE_WORDS


def _is_known_name(text: str) -> bool:
    """Return whether a text is the name of a paper by its words: `The Selby Times`."""
    name_words = text.split()
    return (
        len(name_words) <= MAX_KNOWN_WORDS
        and not _NAMES.isdisjoint(map(fold, name_words))
        and not name_words[0][0].islower()
        and not re.search(r"[\d!?.,:]", text)
    )


class _Signed:
    """The texts with which a page names its site: of its links to the front page, and of its signature.

    Args:
        page: its elements.
        path: of its address.
    """

    def __init__(self, page: PageElements, path: str) -> None:
        self._page, self._path = page, path

    def has(self, name: str) -> bool:
        """Return whether one of these texts is a name, or a signature has it."""
        folded = fold(name)
        return bool(folded) and any(
            text == folded or (is_signature and f" {folded} " in f" {text} ") for text, is_signature in self._texts()
        )

    def _texts(self) -> Iterator[tuple[str, bool]]:
        home = self._page.places_with("href", _is_front_page) if self._path.strip("/") else []
        for place in sorted(home)[:MAX_LINKS]:
            link = self._page.in_order[place]
            labels = (link.get("title"), *(image.get("alt") for image in islice(link.iter("img"), 2)))
            yield from ((fold(text), False) for text in chain((text_of(link),), filter(None, labels)))
        yield from ((fold(text), True) for text in _signatures(self._page.in_order[-MAX_LAST:]))


def _is_front_page(address: str) -> bool:
    return address == "/" or re.fullmatch(r"https?://[\w.-]{3,60}/?", address) is not None


def _signatures(elements: list[Element]) -> Iterator[str]:
    for element in reversed(elements):
        for text in (element.text, element.tail):
            if text and ("©" in text or "opyright" in text):
                yield clean(text[:MAX_SIGNATURE])


def links_home(heading: Element) -> bool:
    """Return whether the whole text of a heading is a link to the front page: then it is the site's name."""
    link = heading.find("a")
    around = heading.getparent()
    if link is None and around is not None and around.tag == "a":
        link = around
    return link is not None and _is_front_page(link.get("href") or "") and text_of(link) == text_of(heading)
