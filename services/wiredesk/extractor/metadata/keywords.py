"""Keywords: what a publication says its story is about, one by one."""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import Any

from wiredesk.extractor.document import text_of
from wiredesk.extractor.metadata.json_ld import as_items, as_text
from wiredesk.extractor.metadata.sources import MetadataSources
from wiredesk.extractor.words import clean
from wiredesk_schemas import Evidence

MAX_KEYWORDS = 100
"""Maximum number of keywords of a page."""

MAX_KEYWORD = 100
"""Maximum characters of a keyword; longer texts are sentences."""

MAX_TEXT = 10_000
"""Characters of a list of keywords in one text that are read."""

_META = (
    "news_keywords", "keywords", "article:tag", "og:article:tag", "article:tags", "parsely-tags", "sailthru.tags",
    "dc.subject", "dcterms.subject", "tags",
)  # fmt: skip
"""`<meta>` names of keywords, the most trusted first."""

_SEMICOLON, _COMMA, _BAR = re.compile(r"[;；]"), re.compile(r"[,،、，]"), re.compile(r"[|｜]")
"""What separates keywords within a text: the first of these that occurs in it."""

_PLACEHOLDER = re.compile(r"\{\{|\$\{|%%|<%|^(?:null|undefined|none|keywords?)$", re.IGNORECASE)
"""What a template left that was not filled in."""


def keywords(sources: MetadataSources) -> Iterator[tuple[Evidence, tuple[str, ...]]]:
    """Yield the keywords that a page states, the most trusted place first."""
    yield Evidence.JSON_LD, split_keywords(as_items(sources.resolve(sources.article.get("keywords"))))
    for name in _META:
        contents = sources.meta_list(name)
        # A tag may have a comma in it: <meta property="article:tag" content="Paris, Texas">.
        yield Evidence.META, split_keywords(contents if "tag" in name else [", ".join(contents)])
    yield Evidence.DOM, split_keywords(as_items(sources.microdata.get("keywords")))
    yield Evidence.DOM, split_keywords(_linked(sources))


def split_keywords(values: Iterable[Any]) -> tuple[str, ...]:
    """Return single keywords, each once, from texts that hold one or several and from objects that name one."""
    texts = [text for value in map(as_text, values) if value for text in _as_list(value)]
    if len(texts) == 1 or any(";" in text for text in texts):
        texts = [part for text in texts for part in _separator(text[:MAX_TEXT]).split(text[:MAX_TEXT])]
    elif all("," in text for text in texts):
        texts = [part for text in texts for part in _COMMA.split(text[:MAX_TEXT])]
    cleaned = (clean(text).strip(" #\"'“”.") for text in texts)
    words = (text for text in cleaned if 0 < len(text) <= MAX_KEYWORD and not _PLACEHOLDER.search(text))
    first: dict[str, str] = {}
    for word in words:
        first.setdefault(word.casefold(), word)
    return tuple(first.values())[:MAX_KEYWORDS]


def _as_list(text: str) -> list[str]:
    """Return the texts of a list that is written as JSON within a text; others as they are."""
    if text.startswith('["') and text.endswith('"]'):
        with suppress(ValueError, RecursionError):
            return [item for item in json.loads(text[:MAX_TEXT]) if isinstance(item, str)]
    return [text]


def _separator(text: str) -> re.Pattern[str]:
    return next((separator for separator in (_SEMICOLON, _COMMA) if separator.search(text)), _BAR)


def _linked(sources: MetadataSources) -> Iterator[str]:
    """Yield the texts of links to the story's tags."""
    is_tagged = sources.elements.has("rel", "tag".__eq__)
    links = (a for a in sources.root.iter("a") if a.get("rel") == "tag") if is_tagged else iter(())
    return (text_of(link) for link in islice(links, MAX_KEYWORDS))
