"""The metadata of a page as one value, and how the fields of an HTML page are chosen."""

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

from wiredesk.extractor.body.story import ScoredText
from wiredesk.extractor.metadata.access import paywalls
from wiredesk.extractor.metadata.authors import (
    Byline,
    agency_named,
    byline_in_text,
    bylines,
    credits_in,
    distinct_agencies,
)
from wiredesk.extractor.metadata.corrections import corrections
from wiredesk.extractor.metadata.dates import PageDates, TextDates
from wiredesk.extractor.metadata.images import lead_images
from wiredesk.extractor.metadata.keywords import keywords
from wiredesk.extractor.metadata.languages import languages
from wiredesk.extractor.metadata.publication import publication_in_text
from wiredesk.extractor.metadata.publishers import publishers
from wiredesk.extractor.metadata.sections import sections
from wiredesk.extractor.metadata.sources import MetadataSources
from wiredesk.extractor.metadata.text_sources import TextSources
from wiredesk.extractor.metadata.text_titles import title_in_text
from wiredesk.extractor.metadata.titles import StatedTitles, declared_titles, shown_titles, subtitles, titles
from wiredesk.extractor.site_rules import RuleMatches
from wiredesk.extractor.words import fold
from wiredesk.languages.tags import language_tag
from wiredesk_schemas import AcceptedPage, Evidence

TEXTS_AFTER = 2
"""Number of texts right after the story that may be its credit or its signature."""


@dataclass(frozen=True, slots=True)
class MetadataField[T]:
    """The value of a field, and the place that states it; None if no place does."""

    value: T
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What a page says about its story. The fields are those of `CleanedArticle`."""

    source: MetadataField[str | None] = MetadataField(None)
    title: MetadataField[str | None] = MetadataField(None)
    declared_title: MetadataField[str | None] = MetadataField(None)
    shown_title: MetadataField[str | None] = MetadataField(None)
    subtitle: MetadataField[str | None] = MetadataField(None)
    authors: MetadataField[tuple[str, ...]] = MetadataField(())
    agencies: MetadataField[tuple[str, ...]] = MetadataField(())
    published_at: MetadataField[date | None] = MetadataField(None)
    modified_at: MetadataField[date | None] = MetadataField(None)
    section: MetadataField[str | None] = MetadataField(None)
    language: MetadataField[str | None] = MetadataField(None)
    keywords: MetadataField[tuple[str, ...]] = MetadataField(())
    lead_image: MetadataField[str | None] = MetadataField(None)
    is_paywalled: MetadataField[bool | None] = MetadataField(None)
    declared_corrections: MetadataField[tuple[str, ...]] = MetadataField(())

    def evidence(self) -> dict[str, Evidence]:
        """Return the place of each field that has a value, by the field's name."""
        return {
            name: place
            for name in (field.name for field in dataclasses.fields(self))
            if (place := getattr(self, name).evidence) is not None
        }


def with_credits(metadata: Metadata, place: Evidence, texts: Sequence[ScoredText]) -> Metadata:
    """Return metadata with the agencies that the story credits in its text, and with the people if no byline names any.

    Args:
        metadata: from the other places of the page.
        place: of the texts.
        texts: of the page.
    """
    kept = [index for index, text in enumerate(texts) if text.kept]
    after = texts[kept[-1] + 1 : kept[-1] + 1 + TEXTS_AFTER] if kept else ()
    credited = credits_in([texts[index].text for index in kept], [text.text for text in after])
    own = {fold(name) for name in (metadata.source.value, agency_named(metadata.source.value or "")) if name}
    stated = metadata.agencies.value
    others = [name for name in credited.agencies if own.isdisjoint((fold(name), fold(agency_named(name) or "")))]
    agencies = distinct_agencies((*stated, *others))
    if len(agencies) > len(stated):
        place_of_agencies = metadata.agencies.evidence if stated else place
        metadata = dataclasses.replace(metadata, agencies=MetadataField(agencies, place_of_agencies))
    if credited.people and not metadata.authors.value and not any(map(agency_named, agencies)):
        # A newsroom is no author beside the person who signs the story.
        no_agencies: MetadataField[tuple[str, ...]] = MetadataField(())
        metadata = dataclasses.replace(metadata, authors=MetadataField(credited.people, place), agencies=no_agencies)
    return metadata


def take_first[T](candidates: Iterable[tuple[Evidence, T | None]], default: T) -> MetadataField[T]:
    """Return the first candidate that is not empty, or the default without evidence."""
    return next((MetadataField(value, place) for place, value in candidates if value), MetadataField(default))


def read_metadata(page: AcceptedPage, sources: MetadataSources, rule: RuleMatches) -> Metadata:
    """Read the metadata of an HTML page.

    Args:
        page: as ingest accepted it.
        sources: the places of the page that state metadata.
        rule: what the selectors of the site's rule matched; their values come first.
    """
    url = page.canonical_url
    source = take_first(chain([(Evidence.PUBLISHER, page.source)], publishers(sources)), None)
    of_rule = ((Evidence.DOM, rule.byline),) if rule.byline else ()
    place, byline = next(chain(of_rule, bylines(sources, source.value)), (None, Byline()))
    stated_titles = StatedTitles.of(sources, source.value, url)
    title = take_first(chain([(Evidence.DOM, rule.title)], titles(stated_titles)), None)
    dates = PageDates(page, sources, title.value)
    return Metadata(
        source=source,
        title=title,
        declared_title=take_first(declared_titles(stated_titles, title.value), None),
        shown_title=take_first(shown_titles(stated_titles, title.value), None),
        subtitle=take_first(subtitles(sources), None),
        authors=MetadataField(byline.people, place if byline.people else None),
        agencies=MetadataField(byline.agencies, place if byline.agencies else None),
        published_at=take_first(chain([(Evidence.DOM, rule.published_at)], dates.published()), None),
        modified_at=take_first(dates.modified(), None),
        section=take_first(sections(sources, url, (title.value, source.value)), None),
        language=take_first(languages(sources, page.language), None),
        keywords=take_first(keywords(sources), ()),
        # Relative addresses start from where the page was fetched.
        lead_image=take_first(lead_images(sources, page.url), None),
        is_paywalled=next(
            (MetadataField(stated, place) for place, stated in paywalls(sources) if stated is not None),
            MetadataField(None),
        ),
        declared_corrections=take_first(corrections(sources), ()),
    )


def read_text_metadata(page: AcceptedPage, sources: TextSources) -> Metadata:
    """Read the metadata of a text page.

    Args:
        page: as ingest accepted it.
        sources: the lines of the page that may state metadata.
    """
    title = title_in_text(sources, page.canonical_url)
    byline, dates = byline_in_text(sources, title), TextDates(page, sources)
    stated = ((Evidence.PUBLISHER, page.source), (Evidence.TEXT, publication_in_text(sources)))
    return Metadata(
        source=take_first(stated, None),
        title=take_first(((Evidence.TEXT, title),), None),
        authors=take_first(((Evidence.TEXT, byline.people),), ()),
        agencies=take_first(((Evidence.TEXT, byline.agencies),), ()),
        published_at=take_first(dates.published(), None),
        modified_at=take_first(dates.modified(), None),
        language=take_first(((Evidence.PUBLISHER, language_tag(page.language)),), None),
    )
