"""`wiredesk story`: the story of a page, for editors."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from wiredesk.cli import console
from wiredesk.cli.options import with_settings
from wiredesk.cli.story_view import group_object, iso_text, revision_object, show_group, show_revision, time_text
from wiredesk.runtime.settings import KafkaSettings

if TYPE_CHECKING:
    from wiredesk.operations.progress import ProgressCallback
    from wiredesk.operations.story import NoStory, Story
    from wiredesk_schemas import EnrichedArticle

NO_STORY = 1
"""Exit code if there is no story of the page."""

NAMES_SHOWN = 5
"""Topics and names of each type that are shown of an article, at most."""


@with_settings(kafka=KafkaSettings)
def story(
    page: Annotated[str, typer.Argument(metavar="URL|PAGE_ID", help="A URL of the story, or the id of its page.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    kafka: KafkaSettings,
) -> None:
    """Show a story as it is now, what changed in each of its revisions, and who else has it.

    Words that a revision removes are in [-brackets-], words that it adds in {+brackets+}; of passages that did not
    change nothing is shown. Copies are articles of other sites or pages with the same text: how much of the other
    article's text each has, and how much of its own text that is. The URL may be any of the story's: that from which it
    was fetched, or the canonical one. Exit code 1 if there is no story.

    Example:
      wiredesk story https://news.example/a
    """
    import asyncio

    from wiredesk.operations.named_page import parse_page_id
    from wiredesk.operations.story import NoStory
    from wiredesk.runtime import logs

    logs.quiet()
    page_id = parse_page_id(page)
    with console.progress("reading") as progress:
        result = asyncio.run(_read(kafka, page_id, progress, is_of_url="/" in page))
    if isinstance(result, NoStory):
        console.note(f"no story of {page}: {result.reason}", style="")
        raise typer.Exit(NO_STORY)
    if as_json:
        console.json(as_object(result))
    else:
        _show(result)


async def _read(kafka: KafkaSettings, page: str, progress: "ProgressCallback", *, is_of_url: bool) -> "Story | NoStory":
    from wiredesk.operations.story import read_story
    from wiredesk.runtime.kafka.cluster import Cluster

    async with Cluster(kafka) as cluster:
        return await read_story(cluster, page, is_of_url=is_of_url, progress=progress)


def as_object(story: "Story") -> dict[str, object]:
    """Return a story as a JSON object."""
    newest, article = story.newest, story.article
    about = article or newest.event
    return {
        "page_id": story.page,
        "url": about.canonical_url,
        "fetched_from": about.url,
        "is_withdrawn": newest.kind == "withdrawn",
        "title": article.title if article else None,
        "source": article.source if article else None,
        "language": article.language if article else None,
        "published_at": iso_text(article.published_at) if article else None,
        "first_seen": iso_text(newest.event.first_seen),
        "unchanged_fetches": story.unchanged,
        "unchanged_at": iso_text(story.unchanged_at),
        "topics": [topic.name for topic in story.enriched.topics] if story.enriched else [],
        "names": _names(story.enriched) if story.enriched else {},
        "earlier_revisions": story.left_out,
        "revisions": [revision_object(one) for one in story.revisions],
        "copies": [group_object(group, story.page) for group in story.copies],
    }


def _show(story: "Story") -> None:
    article = story.article
    about = article or story.newest.event
    console.spans(((article.title if article else None) or about.canonical_url, "bold"))
    if article:
        published = time_text(article.published_at) if article.published_at else None
        parts = (article.source, published, article.language, f"{article.word_count} words")
        console.line(" · ".join(filter(None, parts)), style="dim")
    console.line(about.canonical_url)
    if about.url != about.canonical_url:
        console.line(f"fetched from {about.url}")
    for line in _state(story):
        console.line(line)
    if story.enriched:
        _show_enriched(story.enriched)
    console.line("")
    console.spans(("revisions", "bold"))
    if story.left_out:
        console.line(f"{story.left_out} earlier ones are not shown")
    for revision in story.revisions:
        show_revision(revision)
    for group in story.copies:
        console.line("")
        show_group(group, story.page)


def _state(story: "Story") -> Iterator[str]:
    """Yield what is so now, and since when."""
    newest = story.newest
    number = newest.event.revision_number
    if newest.kind == "withdrawn":
        yield f"withdrawn at {time_text(newest.fetched_at)}: it is not there any more"
    else:
        yield f"revision {number} of {time_text(newest.fetched_at)} is there now"
    if newest.event.first_seen:
        yield f"first seen at {time_text(newest.event.first_seen)}"
    checked = story.unchanged_at
    if checked and newest.kind != "withdrawn" and (newest.fetched_at is None or checked >= newest.fetched_at):
        yield f"said the same when it was last fetched, at {time_text(checked)}"
    if newest.kind != "withdrawn" and (story.enriched is None or story.enriched.revision_number != number):
        yield f"revision {number} is not enriched yet"


def _show_enriched(article: "EnrichedArticle") -> None:
    topics = ", ".join(topic.name for topic in article.topics[:NAMES_SHOWN])
    lines = {"topics": topics, **{kind: ", ".join(names[:NAMES_SHOWN]) for kind, names in _names(article).items()}}
    for label, value in lines.items():
        if value:
            console.line(f"{label}: {value}")


def _names(article: "EnrichedArticle") -> dict[str, list[str]]:
    """Return the names of an article by their type, as editors call it."""
    from wiredesk_schemas import EntityType

    types = {"people": EntityType.PERSON, "organisations": EntityType.ORGANISATION, "places": EntityType.PLACE}
    return {label: [one.name for one in article.entities if one.type is kind] for label, kind in types.items()}
