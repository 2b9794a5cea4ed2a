"""The languages that a page states."""

from collections.abc import Iterator
from itertools import islice

from wiredesk.extractor.document import Element
from wiredesk.extractor.metadata.sources import MetadataSources
from wiredesk.languages.tags import language_tag
from wiredesk_schemas import Evidence

MAX_ELEMENTS = 4
"""Maximum elements around the story whose `lang` is read."""

_META = ("content-language", "language", "dc.language", "dcterms.language", "inlanguage", "og:locale")
"""`<meta>` names of the language, the most trusted first."""

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def languages(sources: MetadataSources, of_publisher: str | None) -> Iterator[tuple[Evidence, str]]:
    """Yield the language tags that a page states, beginning with that of the document element.

    Args:
        sources: the places of the page.
        of_publisher: language in the page's event.
    """
    yield from ((place, tag) for place, text in _stated(sources, of_publisher) if (tag := language_tag(text)))


def _stated(sources: MetadataSources, of_publisher: str | None) -> Iterator[tuple[Evidence, str | None]]:
    yield from ((Evidence.DOM, text) for text in _lang_attributes(sources.root))
    yield Evidence.JSON_LD, sources.json_ld("inLanguage")
    yield from ((Evidence.META, sources.meta_content(name)) for name in _META)
    yield Evidence.PUBLISHER, of_publisher


def _lang_attributes(root: Element) -> Iterator[str | None]:
    for element in (root, *islice(root.iter("body", "main", "article"), MAX_ELEMENTS)):
        yield element.get("lang")
        yield element.get(_XML_LANG) or element.get("xml:lang")
