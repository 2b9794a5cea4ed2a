"""Signals: what tells an article from a shop's page, a listing, a forum or a manual, as numbers for a model."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from schemas import Evidence
from services.extractor import structured, words
from services.extractor.body import columns
from services.extractor.body.segments import Segmented
from services.extractor.body.story import Judged
from services.extractor.body.vocabulary import GROUPS_OF_WORD, TEXT_GROUPS
from services.extractor.document import Element
from services.extractor.metadata import Found, Sources
from services.extractor.words import length

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
_SLUG = re.compile(r"[-_]")
MAX_ADDRESS = 500


def signals(url: str, sources: Sources, found: Found, page: Segmented, judged: Sequence[Judged]) -> Mapping[str, float]:
    """Return a page's signals."""
    return {
        **_of_story(judged),
        **_of_page(sources.root, page),
        **_of_address(url),
        **_declared(sources, found),
        **_of_words(judged),
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


def _of_words(judged: Sequence[Judged]) -> dict[str, float]:
    counts, total = [0] * len(TEXT_GROUPS), 0
    for text in judged:
        for word in words.split(text.text[:MAX_ADDRESS]):
            total += 1
            for group in GROUPS_OF_WORD.get(word, ()):
                counts[group] += 1
    return {f"says_{name}": 1000 * count / max(1, total) for name, count in zip(TEXT_GROUPS, counts, strict=True)}
