"""Terms: the words by which a page shows what it is, whoever reads them: browsers, machines, or people.

A shop's pages have class names (`cart`), labels (`add to cart`), addresses (`/product/`) and declarations (`og:price`)
that articles lack. Which ones, and how much each says, is learnt; a term is a word behind the letter of its kind.
"""

import math
import re
from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from urllib.parse import urlsplit

from wiredesk.extractor import structured, words
from wiredesk.extractor.body.segments import Segmented
from wiredesk.extractor.metadata import Sources

KINDS = {"c": "class names", "l": "labels", "a": "address", "w": "words", "d": "declarations"}

LABEL_WORDS = 4
FIRST_WORDS = 8
"""Words of a text that is a label; and of a longer one, those that are read."""

MAX_DECLARED = 200
MAX_ADDRESS_WORDS = 30
MAX_ADDRESS = 500
MAX_LENGTH = 60

_WORD = re.compile(r"[a-z]+")


def terms(url: str, sources: Sources, page: Segmented) -> frozenset[str]:
    """Return the terms of a page, such as `c:cart` and `l:add to cart`."""
    return frozenset(term for term in _terms(url, sources, page) if len(term) <= MAX_LENGTH)


def said(found: Collection[str], weights: Mapping[str, float]) -> dict[str, float]:
    """Return what the terms of each kind say, as log-odds of an article: their sum over the root of their number."""
    known: dict[str, list[float]] = {letter: [] for letter in KINDS}
    for term in found:
        weight = weights.get(term)
        if weight is not None:
            known[term[0]].append(weight)
    told = {
        f"terms_{kind.replace(' ', '_')}": math.fsum(known[letter]) / max(1, len(known[letter])) ** 0.5
        for letter, kind in KINDS.items()
    }
    return told | {"terms": sum(told.values())}


def _terms(url: str, sources: Sources, page: Segmented) -> Iterator[str]:
    for token in {token for container in page.containers for token in container.tokens}:
        yield f"c:{token}"
    for text in page.words:
        if 0 < len(text) <= LABEL_WORDS:
            yield f"l:{' '.join(text)}"
    for word in {word for text in page.words for word in text[:FIRST_WORDS]}:
        yield f"w:{word}"
    parts = urlsplit(url[:MAX_ADDRESS])
    address = f"{(parts.hostname or '').partition('.')[0]} {parts.path}".lower()
    for word in islice(_WORD.findall(address), MAX_ADDRESS_WORDS):
        yield f"a:{word}"
    yield from islice(_declared(sources), MAX_DECLARED)


def _declared(sources: Sources) -> Iterator[str]:
    for node in sources.nodes:
        for kind in structured.types(node):
            yield f"d:{kind.lower()}"
    for name in sources.meta:
        yield f"d:{name}"
    for word in _WORD.findall(sources.meta.get("generator", "").lower()[:MAX_LENGTH]):
        yield f"d:by {word}"
    for word in words.split((sources.window_title or "")[:MAX_ADDRESS]):
        yield f"d:titled {word}"
