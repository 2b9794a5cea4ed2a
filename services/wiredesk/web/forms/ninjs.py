"""ninjs 3: the IPTC's form of news in JSON (https://www.iptc.org/std/ninjs/).

The IPTC has registered no media type of its own for it; ours follows the usual form of a vendor's.
"""

from collections.abc import Iterable
from typing import Any

from wiredesk.web.forms.entry import Entry, body_of, rfc3339, without_nothing
from wiredesk.web.links import web_url
from wiredesk_schemas import EnrichedArticle, Entity, EntityType

MEDIA_TYPE = "application/vnd.iptc.ninjs+json"
"""The media type that requests name."""

SCHEMA = "https://www.iptc.org/std/ninjs/ninjs-schema_3.0.json"
"""The schema of the version that we write."""

TOPICS = "http://cv.iptc.org/newscodes/mediatopic/"
"""The vocabulary of subjects, before a code without its prefix."""

WIKIDATA = "http://www.wikidata.org/entity/"
"""What identifies a person, an organisation or a place, before an id of Wikidata."""

STANDARD = {"name": "ninjs", "version": "3.0", "schema": SCHEMA}
"""What each object says of itself."""


def ninjs(entry: Entry) -> dict[str, Any]:
    """Return an article or a withdrawal as a ninjs object."""
    event = entry.event
    common = {
        "uri": entry.uri,
        "standard": STANDARD,
        "type": "text",
        "version": str(event.revision_number or 1),
        "firstCreated": rfc3339(event.first_seen),
        "versionCreated": entry.arrived,
        "pubStatus": "usable",
        "altIds": [{"role": "event", "value": event.event_id}, {"role": "url", "value": event.canonical_url}],
    }
    if isinstance(event, EnrichedArticle):
        return without_nothing({**common, **_of_article(event)})
    return without_nothing({**common, "pubStatus": "canceled", "edNote": f"{event.reason}: {event.detail}"})


def ninjs_list(entries: Iterable[Entry]) -> dict[str, Any]:
    """Return articles as one composite object: ninjs has no list."""
    items = [{"name": entry.brief.title or entry.brief.kind, **ninjs(entry)} for entry in entries]
    for item in items:
        item.pop("standard", None)
    return {"uri": "urn:wiredesk:wire", "standard": STANDARD, "type": "composite", "associations": items}


def _of_article(article: EnrichedArticle) -> dict[str, Any]:
    body = body_of(article)
    image = web_url(article.lead_image.url) if article.lead_image is not None else ""
    return {
        "representationType": "partial" if article.is_truncated else "full",
        "contentCreated": rfc3339(article.published_at),
        "language": article.language,
        "headlines": [{"role": "main", "value": article.title}] if article.title else [],
        "descriptions": [{"role": "summary", "value": article.subtitle}] if article.subtitle else [],
        "bodies": [
            {
                "role": "main",
                "contentType": "text/plain",
                "charCount": len(body),
                "wordCount": article.word_count,
                "value": body,
            }
        ],
        "by": ", ".join((*article.authors, *article.agencies)),
        "edNote": article.correction,
        "infoSources": [{"name": article.source, "role": "publisher"}] if article.source else [],
        "subjects": [
            {
                "name": topic.name,
                "uri": TOPICS + topic.code.removeprefix("medtop:"),
                "confidence": round(100 * topic.score),
                "creator": "wiredesk",
            }
            for topic in article.topics
        ],
        "people": [_named(one) for one in article.entities if one.type is EntityType.PERSON],
        "organisations": [_named(one) for one in article.entities if one.type is EntityType.ORGANISATION],
        "places": [_place(one) for one in article.entities if one.type is EntityType.PLACE],
        "associations": [{"name": "lead image", "uri": image, "type": "picture"}] if image else [],
    }


def _named(entity: Entity) -> dict[str, Any]:
    return {"name": entity.name, **({"uri": WIKIDATA + entity.wikidata} if entity.wikidata else {})}


def _place(entity: Entity) -> dict[str, Any]:
    point = entity.coordinates
    if point is None:
        return _named(entity)
    return {**_named(entity), "geojson": {"type": "Point", "coordinates": [point.longitude, point.latitude]}}
