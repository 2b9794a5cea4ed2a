"""schema.org as JSON-LD: an article as a NewsArticle."""

from collections.abc import Iterable
from typing import Any

from wiredesk.web.forms.entry import Entry, body_of, without_nothing
from wiredesk.web.forms.ninjs import TOPICS, WIKIDATA
from wiredesk.web.links import web_url
from wiredesk_schemas import EnrichedArticle, Entity, EntityType

MEDIA_TYPE = "application/ld+json"
"""The media type of JSON-LD."""

CONTEXT = "https://schema.org"
"""The vocabulary."""

TYPES = {
    EntityType.PERSON: "Person",
    EntityType.ORGANISATION: "Organization",
    EntityType.PLACE: "Place",
    EntityType.EVENT: "Event",
    EntityType.WORK: "CreativeWork",
}
"""The types of entities that schema.org has, by ours."""


def json_ld(entry: Entry) -> dict[str, Any]:
    """Return an article or a withdrawal as an object of schema.org."""
    return {"@context": CONTEXT, **_node(entry)}


def json_ld_list(entries: Iterable[Entry]) -> dict[str, Any]:
    """Return articles as one graph."""
    return {"@context": CONTEXT, "@graph": [_node(entry) for entry in entries]}


def _node(entry: Entry) -> dict[str, Any]:
    event = entry.event
    common = {
        "@type": "NewsArticle",
        "@id": entry.uri,
        "identifier": event.event_id,
        "url": web_url(event.canonical_url) or None,
        "version": event.revision_number or 1,
        "sdDatePublished": entry.arrived,
    }
    if isinstance(event, EnrichedArticle):
        return without_nothing({**common, **_of_article(event)})
    return without_nothing({**common, "creativeWorkStatus": f"withdrawn: {event.reason}"})


def _of_article(article: EnrichedArticle) -> dict[str, Any]:
    image = web_url(article.lead_image.url) if article.lead_image is not None else ""
    named = [one for one in article.entities if one.type in TYPES]
    return {
        "headline": article.title,
        "alternativeHeadline": article.subtitle,
        "author": [{"@type": "Person", "name": name} for name in article.authors]
        + [{"@type": "NewsMediaOrganization", "name": name} for name in article.agencies],
        "publisher": {"@type": "NewsMediaOrganization", "name": article.source} if article.source else None,
        "datePublished": article.published_at.isoformat() if article.published_at is not None else None,
        "dateModified": article.modified_at.isoformat() if article.modified_at is not None else None,
        "inLanguage": article.language,
        "articleSection": article.section,
        "keywords": list(article.keywords),
        "articleBody": body_of(article),
        "wordCount": article.word_count,
        "isAccessibleForFree": not article.is_paywalled if article.is_paywalled is not None else None,
        "correction": article.correction,
        "image": image or None,
        "about": [
            {"@type": "DefinedTerm", "name": topic.name, "@id": TOPICS + topic.code.removeprefix("medtop:")}
            for topic in article.topics
        ],
        "mentions": [_mention(one) for one in named],
    }


def _mention(entity: Entity) -> dict[str, Any]:
    point = entity.coordinates
    return without_nothing(
        {
            "@type": TYPES[entity.type],
            "name": entity.name,
            "sameAs": WIKIDATA + entity.wikidata if entity.wikidata else None,
            "geo": {"@type": "GeoCoordinates", "latitude": point.latitude, "longitude": point.longitude}
            if point is not None and entity.type is EntityType.PLACE
            else None,
        }
    )
