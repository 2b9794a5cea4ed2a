"""Signals: what tells an article from a shop's page, a listing, a forum or a manual, as numbers for a model."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from wiredesk.extractor import structured, words
from wiredesk.extractor.body import columns
from wiredesk.extractor.body.segments import Segmented
from wiredesk.extractor.body.story import Judged
from wiredesk.extractor.body.vocabulary import GROUPS_OF_WORD, TEXT_GROUPS
from wiredesk.extractor.document import Element
from wiredesk.extractor.metadata import Found, Sources
from wiredesk.extractor.words import length
from wiredesk_schemas import Evidence

COUNTED = (
    "form",
    "input",
    "img",
    "video",
    "pre",
    "code",
    "table",
    "h1",
    "h2",
    "article",
    "time",
    "select",
    "ul",
    "figure",
)
"""Elements whose number is a signal."""

_DECLARED = {
    "article": structured.ARTICLE_TYPES,
    "product": frozenset({"Product", "Offer", "AggregateOffer", "ProductGroup"}),
    "listing": frozenset({"ItemList", "CollectionPage", "OfferCatalog", "SearchResultsPage"}),
    "forum": frozenset({"DiscussionForumPosting", "QAPage", "Question", "Comment"}),
    "service": frozenset({"LocalBusiness", "Service", "ProfessionalService", "SoftwareApplication", "FAQPage"}),
    "recipe": frozenset({"Recipe", "HowTo"}),
    "video": frozenset({"VideoObject"}),
    "live_blog": frozenset({"LiveBlogPosting"}),
}
"""Types of schema.org, by what a page is that has an object of one."""

_ADDRESSES = {
    "shop": r"product|shop|store|item|/p/|/dp/|buy|catalog|price",
    "listing": r"/(?:category|categories|tag|tags|topics?|collections?|archive|author|search|browse|list|page)(?:/|$)",
    "forum": r"forum|thread|topic|viewtopic|question|discussion|community|/t/|showthread",
    "manual": r"docs?[./]|documentation|/api/|reference|manual|/guide|/wiki|tutorial|/en/latest|/stable/",
    "service": r"services?|solutions|about|contact|pricing|features|platform|consulting",
    "story": r"/(?:news|story|stories|article|articles|blog|post|posts|magazine|opinion)s?/|/(?:19|20)\d\d/",
}
_ADDRESS_PATTERNS = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _ADDRESSES.items()}
_ADDRESS = re.compile(r"(?:(?:https?:)?//(?:www\.)?([^/?#:]*)[^/?#]*)?([^?#]*)", re.IGNORECASE)
_SLUG = re.compile(r"[-_]")
MAX_ADDRESS = 500
MAX_WORDS = 80
MAX_TOLD = 3000
MAX_DATED = 200
MAX_LABEL = 60
LINKED = 0.8
LONG = 300
UNCERTAIN = 0.3
"""Words of a text, and of the story, that count; characters of a text that may be dated, and of a label; the share of
links in a heading that is one; letters of a long paragraph; how far from even a probability is that tells nothing."""

_DATE = re.compile(
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? \d{1,2},? (?:19|20)\d\d|"
    r"\b\d{1,2}[./]\d{1,2}[./](?:20)?\d\d\b|\b20\d\d-\d\d-\d\d|\bago\b",
    re.IGNORECASE,
)
_INVITATION = re.compile(
    r"\b(?:free (?:quote|estimate|trial|consultation)|get (?:a quote|started)|contact us|call (?:us|now|today)|"
    r"book (?:now|a)|schedule|request|learn more|apply now|enrol|sign up|shop now|view all|read more|add to cart|"
    r"reply|quote)\b",
    re.IGNORECASE,
)
_PERSONS = {
    "you": frozenset({"you", "your", "yours"}),
    "us": frozenset({"we", "our", "us"}),
    "me": frozenset({"i", "my", "me"}),
    "others": frozenset({"said", "says", "told", "according", "he", "she", "his", "her", "they"}),
}
"""To whom, and of whom, an English page speaks: a service to you of us, news of others."""


def signals(url: str, sources: Sources, found: Found, page: Segmented, judged: Sequence[Judged]) -> Mapping[str, float]:
    """Return a page's signals, but for those of its terms."""
    return {
        **_of_story(judged),
        **_of_shape(page, judged),
        **_of_links(url, sources.root),
        **_of_heading(sources),
        **_of_page(sources.root, page),
        **_of_address(url),
        **_declared(sources, found),
        **_of_words(page, judged),
    }


def _of_story(judged: Sequence[Judged]) -> dict[str, float]:
    kept = [text for text in judged if text.kept]
    letters = sum(length(text.text) for text in kept)
    everything = max(1, sum(length(text.text) for text in judged))
    prose = [text for text in kept if length(text.text) >= columns.PARAGRAPH]
    return {
        "story_letters": letters,
        "story_share": letters / everything,
        "story_expected": sum(text.probability * length(text.text) for text in judged) / everything,
        "story_certainty": sum(text.probability * length(text.text) for text in kept) / max(1, letters),
        "story_texts": len(kept),
        "story_prose": sum(length(text.text) for text in prose) / max(1, letters),
        "story_average": letters / max(1, len(kept)),
        "page_letters": everything,
        "page_texts": len(judged),
    }


def _of_shape(page: Segmented, judged: Sequence[Judged]) -> dict[str, float]:
    """Return what the story is made of: headings that are links make a listing, code a manual, short items a shop."""
    kept = [segment for segment, text in zip(page.segments, judged, strict=True) if text.kept]
    letters = max(1.0, sum(segment.size for segment in kept))
    headings = [segment for segment in page.segments if segment.tag in ("h2", "h3", "h4")]
    places = [place for place, text in enumerate(judged) if text.kept]
    span = places[-1] - places[0] + 1 if places else 1
    return {
        "headings": len(headings),
        "linked_headings": sum(segment.linked > LINKED for segment in headings),
        "story_headings": sum(segment.tag in ("h2", "h3", "h4", "h5") for segment in kept),
        "story_linked_headings": sum(segment.linked > LINKED for segment in kept if segment.tag in ("h2", "h3", "h4")),
        "story_linked": sum(segment.size * segment.linked for segment in kept) / letters,
        "story_links": 1000 * sum(segment.links for segment in kept) / letters,
        "story_items": sum(segment.tag in ("li", "td", "th", "dt", "dd") for segment in kept) / max(1, len(kept)),
        "story_paragraphs": sum(segment.tag == "p" for segment in kept) / max(1, len(kept)),
        "story_long_paragraphs": sum(segment.size > LONG for segment in kept),
        "story_code": sum(segment.size for segment in kept if segment.tag == "pre") / letters,
        "story_gaps": 1 - len(places) / span,
        "uncertain": sum(abs(text.probability - 0.5) < UNCERTAIN for text in judged) / max(1, len(judged)),
        "dates": sum(_DATE.search(s.text) is not None for s in page.segments if len(s.text) < MAX_DATED),
        "invitations": sum(_INVITATION.search(s.text) is not None for s in page.segments if len(s.text) < MAX_LABEL),
    }


def _of_links(url: str, root: Element) -> dict[str, float]:
    """Return where the page's links lead: out of the site, further down, beside, or to a telephone."""
    here = urlsplit(url[:MAX_ADDRESS])
    own = (here.hostname or "").removeprefix("www.")
    folder = here.path.rsplit("/", 2)[0]
    count = outside = below = beside = telephone = 0
    for link in root.iter("a"):
        address = (link.get("href") or "")[:MAX_ADDRESS]
        count += 1
        telephone += address.startswith("tel:")
        host, path = _host_and_path(address)
        outside += bool(host) and host.lower() != own
        below += len(here.path) > 1 and path.startswith(here.path) and len(path) > len(here.path)
        beside += path.rsplit("/", 2)[0] == folder
    return {
        "links_outside": outside / max(1, count),
        "links_below": below,
        "links_beside": beside / max(1, count),
        "telephones": telephone,
        "has_feed": float(any("rss" in (link.get("type") or "") for link in root.iter("link"))),
    }


def _host_and_path(address: str) -> tuple[str, str]:
    found = _ADDRESS.match(address)
    return (found[1] or "", found[2]) if found else ("", "")


def _of_heading(sources: Sources) -> dict[str, float]:
    """Return how far the page's heading and the title of its window agree."""
    title = set(words.split((sources.window_title or "")[:MAX_ADDRESS]))
    headings = [set(words.split(heading[:MAX_ADDRESS])) for heading in sources.headings]
    return {
        "heading_in_title": max((len(h & title) / max(1, len(h)) for h in headings), default=-1.0),
        "heading_words": max(map(len, headings), default=0),
        "title_words": len(title),
    }


def _of_page(root: Element, page: Segmented) -> dict[str, float]:
    tags = Counter(element.tag for element in root.iter())
    linked = sum(segment.linked * len(segment.text) for segment in page.segments)
    everything = max(1, sum(len(segment.text) for segment in page.segments))
    alike = Counter((container.tag, container.tokens) for container in page.containers if container.segments)
    return {
        "links": tags["a"],
        "linked_share": linked / everything,
        "most_alike": max(alike.values(), default=0),
        "short_texts": sum(len(s.text) < 30 for s in page.segments) / max(1, len(page.segments)),  # noqa: PLR2004 - labels
        **{f"<{tag}>": tags[tag] for tag in COUNTED},
    }


def _of_address(url: str) -> dict[str, float]:
    parts = urlsplit(url[:MAX_ADDRESS])
    segments = [segment for segment in parts.path.split("/") if segment]
    slug = segments[-1] if segments else ""
    found = {
        "path_segments": len(segments),
        "slug_words": len(_SLUG.findall(slug)) + bool(slug),
        "slug_length": len(slug),
        "slug_digits": sum(map(str.isdigit, slug)),
        "query": len(parts.query),
        "host_labels": (parts.hostname or "").count("."),
    }
    address = f"{parts.hostname}{parts.path}/"
    return found | {f"address_{name}": float(bool(p.search(address))) for name, p in _ADDRESS_PATTERNS.items()}


def _declared(sources: Sources, found: Found) -> dict[str, float]:
    kinds = Counter(kind for node in sources.nodes for kind in structured.types(node))
    open_graph = (sources.named("og:type") or "").lower()
    return {
        **{f"declares_{name}": sum(kinds[kind] for kind in types) for name, types in _DECLARED.items()},
        "og_article": float("article" in open_graph),
        "og_product": float("product" in open_graph),
        "og_other": float(bool(open_graph) and "article" not in open_graph),
        "has_date": float("published_at" in found.fields),
        "states_date": float(found.evidence.get("published_at", Evidence.DOM) is not Evidence.DOM),
        "has_authors": float("authors" in found.fields or "agencies" in found.fields),
        "has_section": float("section" in found.fields),
        "price_meta": float(any("price" in name for name in sources.meta)),
    }


def _of_words(page: Segmented, judged: Sequence[Judged]) -> dict[str, float]:
    """Return how often, in a thousand words, the page uses the vocabulary's, and its story speaks to whom."""
    counts, total = [0] * len(TEXT_GROUPS), 0
    for text in page.words:
        read = text[:MAX_WORDS]
        total += len(read)
        for word in read:
            for group in GROUPS_OF_WORD.get(word, ()):
                counts[group] += 1
    told = [word for text, verdict in zip(page.words, judged, strict=True) if verdict.kept for word in text][:MAX_TOLD]
    times = Counter(told)
    return {
        **{f"says_{name}": 1000 * count / max(1, total) for name, count in zip(TEXT_GROUPS, counts, strict=True)},
        **{
            f"speaks_of_{name}": 1000 * sum(times[word] for word in own) / max(1, len(told))
            for name, own in _PERSONS.items()
        },
    }
