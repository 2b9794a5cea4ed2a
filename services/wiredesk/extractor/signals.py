"""Signals of a page: numbers for a model that separates articles from shops, listings, forums and manuals.

Some signals come from the page's terms: words by which a page shows what it is to browsers, machines or people. The
pages of a shop have class names (`cart`), labels (`add to cart`), addresses (`/product/`) and declarations (`og:price`)
that articles lack. Which terms count, and how much, is learned. A term is a word after the letter of its kind:
`c:cart`.
"""

import math
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from operator import attrgetter
from urllib.parse import urlsplit

import numpy as np

from wiredesk.extractor import words
from wiredesk.extractor.body.features import PARAGRAPH, count_groups
from wiredesk.extractor.body.page_words import PageWords
from wiredesk.extractor.body.segments import SegmentedPage
from wiredesk.extractor.body.story import ScoredText
from wiredesk.extractor.body.vocabulary import TEXT_GROUPS
from wiredesk.extractor.document import Element
from wiredesk.extractor.metadata.fields import Metadata
from wiredesk.extractor.metadata.json_ld import node_types
from wiredesk.extractor.metadata.sources import MetadataSources
from wiredesk.extractor.metadata.story_node import ARTICLE_TYPES
from wiredesk.extractor.models import IS_ENGLISH
from wiredesk.extractor.words import length
from wiredesk_schemas import Evidence

COUNTED_ELEMENTS = (
    "form", "input", "img", "video", "pre", "code", "table", "h1", "h2", "article", "time", "select", "ul", "figure"
)  # fmt: skip
"""Elements whose number is a signal."""

_DECLARED = {
    "article": ARTICLE_TYPES,
    "product": frozenset({"Product", "Offer", "AggregateOffer", "ProductGroup"}),
    "listing": frozenset({"ItemList", "CollectionPage", "OfferCatalog", "SearchResultsPage"}),
    "forum": frozenset({"DiscussionForumPosting", "QAPage", "Question", "Comment"}),
    "service": frozenset({"LocalBusiness", "Service", "ProfessionalService", "SoftwareApplication", "FAQPage"}),
    "recipe": frozenset({"Recipe", "HowTo"}),
    "video": frozenset({"VideoObject"}),
    "live_blog": frozenset({"LiveBlogPosting"}),
}
"""Types of schema.org, by the kind of page that declares an object of one."""

_URL_PATTERNS = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in {
        "shop": r"product|shop|store|item|/p/|/dp/|buy|catalog|price",
        "listing": r"/(?:category|categories|tags?|topics?|collections?|archive|author|search|browse|list|page)(?:/|$)",
        "forum": r"forum|thread|topic|viewtopic|question|discussion|community|/t/|showthread",
        "manual": r"docs?[./]|documentation|/api/|reference|manual|/guide|/wiki|tutorial|/en/latest|/stable/",
        "service": r"services?|solutions|about|contact|pricing|features|platform|consulting",
        "story": r"/(?:news|story|stories|article|articles|blog|post|posts|magazine|opinion)s?/|/(?:19|20)\d\d/",
    }.items()
}
"""What host and path of a page contain, by kind of page."""

_HOST_AND_PATH = re.compile(r"(?:(?:https?:)?//(?:www\.)?([^/?#:]*)[^/?#]*)?([^?#]*)", re.IGNORECASE)
"""Host and path of a link, which may be relative."""

_SLUG_SEPARATOR = re.compile(r"[-_]")
"""What separates the words of the last part of a path."""

MAX_URL = 500
"""Characters of a URL, or of a title, that are read."""

MAX_WORDS = 80
"""Words of a text that are counted."""

MAX_STORY_WORDS = 3000
"""Words of the story that are counted."""

MAX_DATED = 80
"""Letters of a text that may be a date line of a listing."""

MAX_INVITATION = 60
"""Characters of a text that may be an invitation, such as the label of a button."""

LINKED_HEADING = 0.8
"""Share of a heading in links from which it is a link."""

LONG_PARAGRAPH = 300
"""Letters of a long paragraph."""

UNCERTAIN = 0.3
"""Distance from a probability of 0.5 within which a text is uncertain."""

SHORT_TEXT = 30
"""Letters below which a text is short: a label."""

LABEL_WORDS = 4
"""Words of a text that is a label, and as such a term."""

FIRST_WORDS = 8
"""Words of any text that are terms."""

MAX_DECLARATION_TERMS = 200
"""Terms that are read from the declarations of a page."""

MAX_URL_TERMS = 30
"""Terms that are read from the URL."""

MAX_TERM = 60
"""Characters of a term; longer ones are ignored."""

TERM_KINDS: Mapping[str, str] = {
    "c": "class_names",
    "l": "labels",
    "a": "address",
    "w": "words",
    "d": "declarations",
    "t": "title",
}
"""Kinds of terms: the letter before a term, and the name of the kind's signal."""

OF_WORDS = ("says_", "speaks_of_", "invitations", "terms_labels", "terms_words", "terms_title")
"""Beginnings of the names of signals that come from the words of a page. Most words that the model knows are English:
only the trees for English pages read these signals."""

OF_DECLARATIONS = ("declares_", "og_", "has_", "states_date", "price_meta", "terms_declarations")
"""Beginnings of the names of signals that depend on what a page declares for machines."""

_ENGLISH = frozenset(
    ["the", "and", "to", "for", "with", "that", "from", "are", "this", "by", "have", "you", "your", "our"]
)
"""Common English words, of which other languages have few."""

MIN_ENGLISH = 0.05
"""Share of these words in an English page. A listing has 0.08, a story 0.15, other languages hardly 0.02."""

_TERM_WORD = re.compile(r"[a-z]+")
"""A word of a URL, or of the generator's name."""

_DATE = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|\d{1,2}[./]\d{1,2}[./]\d\d|(?<!\d)\d{1,2}:\d\d(?!\d)")
"""A date or a time in a line of a listing, in any language."""

_LINE_WITH_DIGIT = re.compile(r"^[^\d\n]*\d.*$", re.MULTILINE)
"""A line with a digit, which every such date has."""

_INVITATION = re.compile(
    r"\b(?:free (?:quote|estimate|trial|consultation)|get (?:a quote|started)|contact us|call (?:us|now|today)|"
    r"book (?:now|a)|schedule|request|learn more|apply now|enrol|sign up|shop now|view all|read more|add to cart|"
    r"reply|quote)\b",
    re.IGNORECASE,
)
"""What a page invites its reader to do."""

_INVITING_WORDS = frozenset(
    {
        "free", "get", "contact", "call", "book", "schedule", "request", "learn", "apply", "enrol", "sign", "shop",
        "view", "read", "add", "reply", "quote",
    }
)  # fmt: skip
"""The first words of such invitations."""

_PERSONS = {
    "you": frozenset({"you", "your", "yours"}),
    "us": frozenset({"we", "our", "us"}),
    "me": frozenset({"i", "my", "me"}),
    "others": frozenset({"said", "says", "told", "according", "he", "she", "his", "her", "they"}),
}
"""English words that show whom a page addresses and describes: a service addresses you and describes us, news describes
others."""


def page_signals(
    url: str,
    sources: MetadataSources,
    metadata: Metadata,
    segments: SegmentedPage,
    texts: Sequence[ScoredText],
    term_odds: Mapping[str, float],
) -> Mapping[str, float]:
    """Return all signals of a page, by name.

    Args:
        url: canonical URL.
        sources: places of the page that state metadata.
        metadata: as it was read.
        segments: of the page.
        texts: the segments with their probabilities.
        term_odds: log-odds of an article, by term.
    """
    return {
        **own_signals(url, sources, metadata, segments, texts),
        **term_signals(page_terms(url, sources, segments), term_odds),
        IS_ENGLISH: float(is_english(segments.numbered_words)),
    }


def is_english(page_words: PageWords) -> bool:
    """Return whether the words of a page are English, by the share of the commonest ones.

    Args:
        page_words: of the texts of the page.
    """
    counted = page_words.number[page_words.first(MAX_WORDS)]
    return int(page_words.holds(_ENGLISH)[counted].sum()) > MIN_ENGLISH * len(counted)


def own_signals(
    url: str, sources: MetadataSources, metadata: Metadata, segments: SegmentedPage, texts: Sequence[ScoredText]
) -> Mapping[str, float]:
    """Return the signals of a page that do not come from its terms."""
    return {
        **address_signals(url, sources.root),
        **_story_signals(segments, texts),
        **_shape_signals(segments, texts),
        **_heading_signals(sources),
        **_element_signals(sources.root, segments),
        **_declaration_signals(sources, metadata),
        **_word_signals(segments, texts),
    }


def address_signals(url: str, root: Element) -> dict[str, float]:
    """Return the signals of a page that depend on its address: those of the URL, and where links lead from there."""
    return {**_link_signals(url, root), **_url_signals(url)}


def page_terms(url: str, sources: MetadataSources, segments: SegmentedPage) -> frozenset[str]:
    """Return the terms of a page, such as `c:cart` and `l:add to cart`."""
    page_words = segments.numbered_words
    terms = {f"w:{word}" for word in page_words.different_at(page_words.first(FIRST_WORDS))}
    terms |= {f"c:{token}" for token in segments.tokens}
    terms |= {f"l:{' '.join(text)}" for text in segments.words if 0 < len(text) <= LABEL_WORDS}
    terms.update(_address_terms(url))
    terms.update(islice(_declaration_terms(sources), MAX_DECLARATION_TERMS))
    return frozenset([term for term in terms if len(term) <= MAX_TERM])


def term_signals(terms: Collection[str], term_odds: Mapping[str, float]) -> dict[str, float]:
    """Return the log-odds of an article by the terms of each kind: their sum over the square root of their number."""
    log_odds: dict[str, list[float]] = {letter: [] for letter in TERM_KINDS}
    for term in term_odds.keys() & terms:
        log_odds[term[0]].append(term_odds[term])
    return {
        f"terms_{kind}": math.fsum(log_odds[letter]) / max(1, len(log_odds[letter])) ** 0.5
        for letter, kind in TERM_KINDS.items()
    }


def _story_signals(page: SegmentedPage, texts: Sequence[ScoredText]) -> dict[str, float]:
    sized = [(text, segment.size) for segment, text in zip(page.segments, texts, strict=True)]
    kept = [(text, size) for text, size in sized if text.kept]
    letters = sum(size for _, size in kept)
    everything = max(1, sum(size for _, size in sized))
    sentences = sum(size for text, size in kept if words.ends_sentence(text.text))
    return {
        "story_letters": letters,
        "story_share": letters / everything,
        "story_expected": sum(text.probability * size for text, size in sized) / everything,
        "story_certainty": sum(text.probability * size for text, size in kept) / max(1, letters),
        "story_texts": len(kept),
        "story_prose": sum(size for _, size in kept if size >= PARAGRAPH) / max(1, letters),
        "story_sentences": sentences / max(1, letters),
        "story_average": letters / max(1, len(kept)),
        "page_letters": everything,
        "page_texts": len(texts),
    }


def _shape_signals(page: SegmentedPage, texts: Sequence[ScoredText]) -> dict[str, float]:
    """Return what the story consists of: headings that are links show a listing, code a manual, short items a shop."""
    places = [place for place, text in enumerate(texts) if text.kept]
    kept = [page.segments[place] for place in places]
    letters = max(1.0, sum(segment.size for segment in kept))
    headings = [segment for segment in page.segments if segment.tag in ("h2", "h3", "h4")]
    span = places[-1] - places[0] + 1 if places else 1
    return {
        "headings": len(headings),
        "linked_headings": sum(segment.linked > LINKED_HEADING for segment in headings),
        "story_headings": sum(segment.tag in ("h2", "h3", "h4", "h5") for segment in kept),
        "story_linked_headings": sum(
            segment.linked > LINKED_HEADING for segment in kept if segment.tag in ("h2", "h3", "h4")
        ),
        "story_linked": sum(segment.size * segment.linked for segment in kept) / letters,
        "story_links": 1000 * sum(segment.links for segment in kept) / letters,
        "story_items": sum(segment.tag in ("li", "td", "th", "dt", "dd") for segment in kept) / max(1, len(kept)),
        "story_paragraphs": sum(segment.tag == "p" for segment in kept) / max(1, len(kept)),
        "story_long_paragraphs": sum(segment.size > LONG_PARAGRAPH for segment in kept),
        "story_code": sum(segment.size for segment in kept if segment.tag == "pre") / letters,
        "story_gaps": 1 - len(places) / span,
        "uncertain": sum(abs(text.probability - 0.5) < UNCERTAIN for text in texts) / max(1, len(texts)),
        "dates": sum(_DATE.search(line) is not None for line in _lines_with_digits(page)),
        "invitations": sum(
            _invites(s.text, text_words)
            for s, text_words in zip(page.segments, page.words, strict=True)
            if len(s.text) < MAX_INVITATION
        ),
    }


def _lines_with_digits(page: SegmentedPage) -> list[str]:
    """Return the texts that may be date lines and have a digit. A text has no line break: all are searched at once."""
    return _LINE_WITH_DIGIT.findall("\n".join([s.text for s in page.segments if s.size < MAX_DATED]))


def _invites(text: str, text_words: Sequence[str]) -> bool:
    # In other scripts, case folding has surprises: there, the pattern is asked in any case.
    may_invite = not text.isascii() or not _INVITING_WORDS.isdisjoint(text_words)
    return may_invite and _INVITATION.search(text) is not None


def _link_signals(url: str, root: Element) -> dict[str, float]:
    """Return where the page's links lead: to other sites, below the page's path, beside it, or to a telephone."""
    here = urlsplit(url[:MAX_URL])
    own = (here.hostname or "").removeprefix("www.")
    folder = here.path.rsplit("/", 2)[0]
    addresses = Counter([(link.get("href") or "")[:MAX_URL] for link in root.iter("a")])
    count = addresses.total()
    outside = below = beside = telephone = 0
    for address, times in addresses.items():
        if address.startswith("tel:"):
            telephone += times
        host, path = _host_and_path(address)
        if host and host.lower() != own:
            outside += times
        if len(here.path) > 1 and path.startswith(here.path) and len(path) > len(here.path):
            below += times
        if path.rsplit("/", 2)[0] == folder:
            beside += times
    return {
        "links_outside": outside / max(1, count),
        "links_below": below,
        "links_beside": beside / max(1, count),
        "telephones": telephone,
        "has_feed": float(any("rss" in (link.get("type") or "") for link in root.iter("link"))),
    }


def _host_and_path(address: str) -> tuple[str, str]:
    if address.startswith("/") and not address.startswith("//"):
        return "", address.partition("#")[0].partition("?")[0]
    match = _HOST_AND_PATH.match(address)
    return (match[1] or "", match[2]) if match else ("", "")


def _heading_signals(sources: MetadataSources) -> dict[str, float]:
    """Return how far the page's headings and the title of its window agree."""
    title = set(words.split((sources.window_title or "")[:MAX_URL]))
    headings = [set(words.split(heading[:MAX_URL])) for heading in sources.headings]
    return {
        "heading_in_title": max((len(h & title) / max(1, len(h)) for h in headings), default=-1.0),
        "heading_letters": max((length(heading[:MAX_URL]) for heading in sources.headings), default=0.0),
        "title_letters": length((sources.window_title or "")[:MAX_URL]),
    }


def _element_signals(root: Element, page: SegmentedPage) -> dict[str, float]:
    tags = Counter(map(attrgetter("tag"), root.iter("a", *COUNTED_ELEMENTS)))
    linked = sum(segment.linked * len(segment.text) for segment in page.segments)
    everything = max(1, sum(len(segment.text) for segment in page.segments))
    alike = Counter((container.tag, container.tokens) for container in page.containers if container.segments)
    return {
        "links": tags["a"],
        "linked_share": linked / everything,
        "most_alike": max(alike.values(), default=0),
        "short_texts": sum(s.size < SHORT_TEXT for s in page.segments) / max(1, len(page.segments)),
        **{f"<{tag}>": tags[tag] for tag in COUNTED_ELEMENTS},
    }


def _url_signals(url: str) -> dict[str, float]:
    parts = urlsplit(url[:MAX_URL])
    segments = [segment for segment in parts.path.split("/") if segment]
    slug = segments[-1] if segments else ""
    signals = {
        "path_segments": len(segments),
        "slug_words": len(_SLUG_SEPARATOR.findall(slug)) + bool(slug),
        "slug_length": len(slug),
        "slug_digits": sum(map(str.isdigit, slug)),
        "query": len(parts.query),
        "host_labels": (parts.hostname or "").count("."),
    }
    address = f"{parts.hostname}{parts.path}/"
    return signals | {f"address_{name}": float(bool(p.search(address))) for name, p in _URL_PATTERNS.items()}


def _declaration_signals(sources: MetadataSources, metadata: Metadata) -> dict[str, float]:
    kinds = Counter(kind for node in sources.nodes for kind in node_types(node))
    open_graph = (sources.meta_content("og:type") or "").lower()
    return {
        **{f"declares_{name}": sum(kinds[kind] for kind in types) for name, types in _DECLARED.items()},
        "og_article": float("article" in open_graph),
        "og_product": float("product" in open_graph),
        "og_other": float(bool(open_graph) and "article" not in open_graph),
        "has_date": float(metadata.published_at.value is not None),
        "states_date": float(metadata.published_at.evidence not in (None, Evidence.DOM)),
        "has_authors": float(bool(metadata.authors.value or metadata.agencies.value)),
        "has_section": float(
            bool(sources.json_ld("articleSection") or sources.meta_content("article:section", "section"))
        ),
        "price_meta": float(any("price" in name for name in sources.meta)),
    }


def _word_signals(page: SegmentedPage, texts: Sequence[ScoredText]) -> dict[str, float]:
    """Return how often a page uses words of the vocabulary, in a thousand words, and whom its story speaks to."""
    page_words = page.numbered_words
    counts = count_groups(page_words, page_words.first(MAX_WORDS)).sum(axis=0).tolist()
    total = int(np.minimum(MAX_WORDS, page_words.counts).sum())
    kept = np.fromiter((text.kept for text in texts), np.bool_, len(texts))
    story = page_words.number[kept[page_words.text]][:MAX_STORY_WORDS]
    return {
        **{f"says_{name}": 1000 * count / max(1, total) for name, count in zip(TEXT_GROUPS, counts, strict=True)},
        **{
            f"speaks_of_{name}": 1000 * int(page_words.holds(own)[story].sum()) / max(1, len(story))
            for name, own in _PERSONS.items()
        },
    }


def _address_terms(url: str) -> Iterator[str]:
    parts = urlsplit(url[:MAX_URL])
    # The host alone says nothing: a crawl of one site may have no other address for its pages.
    address = f"{(parts.hostname or '').partition('.')[0]} {parts.path}".lower() if len(parts.path) > 1 else ""
    for word in islice(_TERM_WORD.findall(address), MAX_URL_TERMS):
        yield f"a:{word}"


def _declaration_terms(sources: MetadataSources) -> Iterator[str]:
    for node in sources.nodes:
        for kind in node_types(node):
            yield f"d:{kind.lower()}"
    for name in sources.meta:
        yield f"d:{name}"
    for word in _TERM_WORD.findall(sources.meta.get("generator", "").lower()[:MAX_TERM]):
        yield f"d:by {word}"
    for word in words.split((sources.window_title or "")[:MAX_URL]):
        yield f"t:{word}"
