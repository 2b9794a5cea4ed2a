"""The metadata of a page as one value, and how the fields of an HTML page are chosen."""

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain
from urllib.parse import urljoin

import ada_url

from wiredesk.extractor.metadata.authors import Byline, byline_in_text, bylines
from wiredesk.extractor.metadata.dates import modified, published, published_in_text
from wiredesk.extractor.metadata.publication import publication_in_text
from wiredesk.extractor.metadata.sources import MetadataSources, as_texts
from wiredesk.extractor.metadata.text_sources import TextSources
from wiredesk.extractor.metadata.titles import site_in_title, subtitle, title_in_text, titles
from wiredesk.extractor.site_rules import RuleMatches
from wiredesk_schemas import AcceptedPage, Evidence


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

    def evidence(self) -> dict[str, Evidence]:
        """Return the place of each field that has a value, by the field's name."""
        return {
            name: place
            for name in (field.name for field in dataclasses.fields(self))
            if (place := getattr(self, name).evidence) is not None
        }


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
    source: MetadataField[str | None] = take_first(
        (
            (Evidence.PUBLISHER, page.source),
            (Evidence.JSON_LD, sources.json_ld("publisher")),
            (Evidence.META, sources.meta_content("og:site_name", "application-name")),
            (Evidence.DOM, site_in_title(sources)),
        ),
        None,
    )
    of_rule = ((Evidence.DOM, rule.byline),) if rule.byline else ()
    place, byline = next(chain(of_rule, bylines(sources, source.value)), (None, Byline()))
    paywall = sources.json_ld("isAccessibleForFree")
    return Metadata(
        source=source,
        title=take_first(((Evidence.DOM, rule.title), *titles(sources, source.value, url)), None),
        subtitle=take_first(
            ((Evidence.JSON_LD, sources.json_ld("alternativeHeadline")), (Evidence.DOM, subtitle(sources.root))), None
        ),
        authors=MetadataField(byline.people, place if byline.people else None),
        agencies=MetadataField(byline.agencies, place if byline.agencies else None),
        published_at=take_first(((Evidence.DOM, rule.published_at), *published(sources)), None),
        modified_at=take_first(modified(sources), None),
        section=take_first(
            (
                (Evidence.JSON_LD, sources.json_ld("articleSection")),
                (Evidence.META, sources.meta_content("article:section", "section")),
            ),
            None,
        ),
        language=take_first(_languages(page, sources), None),
        keywords=take_first(
            (
                (Evidence.JSON_LD, sources.json_ld_list("keywords")),
                (Evidence.META, as_texts(sources.meta_content("news_keywords", "keywords"))),
            ),
            (),
        ),
        lead_image=take_first(
            (
                (Evidence.META, _absolute_url(url, sources.meta_content("og:image", "twitter:image"))),
                (Evidence.JSON_LD, _absolute_url(url, sources.json_ld("image"))),
            ),
            None,
        ),
        is_paywalled=MetadataField(paywall.lower() == "false", Evidence.JSON_LD) if paywall else MetadataField(None),
    )


def read_text_metadata(page: AcceptedPage, sources: TextSources) -> Metadata:
    """Read the metadata of a text page.

    Args:
        page: as ingest accepted it.
        sources: the lines of the page that may state metadata.
    """
    byline = byline_in_text(sources)
    stated = ((Evidence.PUBLISHER, page.source), (Evidence.TEXT, publication_in_text(sources)))
    return Metadata(
        source=take_first(stated, None),
        title=take_first(((Evidence.TEXT, title_in_text(sources)),), None),
        authors=take_first(((Evidence.TEXT, byline.people),), ()),
        agencies=take_first(((Evidence.TEXT, byline.agencies),), ()),
        published_at=take_first(((Evidence.TEXT, published_in_text(sources)),), None),
        language=take_first(((Evidence.PUBLISHER, page.language),), None),
    )


def _languages(page: AcceptedPage, sources: MetadataSources) -> Iterator[tuple[Evidence, str | None]]:
    """Yield the languages that a page states, beginning with that of the document element."""
    yield Evidence.DOM, sources.root.get("lang") or sources.root.get("{http://www.w3.org/XML/1998/namespace}lang")
    yield Evidence.JSON_LD, sources.json_ld("inLanguage")
    yield Evidence.META, (sources.meta_content("og:locale") or "").replace("_", "-")
    yield Evidence.PUBLISHER, page.language


def _absolute_url(base: str, url: str | None) -> str | None:
    """Return an absolute http or https URL without credentials, or None.

    A URL with control characters, spaces or invisible characters is written by the rules of the WHATWG, which remove or
    percent-encode them.
    """
    try:
        joined = urljoin(base, url) if url else ""
        parsed = ada_url.URL(joined)
    except ValueError:
        return None
    if not joined.startswith(("http://", "https://")):
        return None
    if joined.isprintable() and " " not in joined and not (parsed.username or parsed.password):
        return joined
    parsed.username = parsed.password = ""
    return str(parsed.href)
