"""What the list of forgotten pages means for the outputs of a stage.

In place of an output, the page's outcome says that the page is forgotten, and holds nothing of it but its id. Where a
stage does not write the topic of skipped pages, it is a tombstone: a record without value under the page's id.
"""

import contextlib
import re
from collections.abc import Iterable, Iterator
from uuid import UUID

import orjson

from wiredesk.envelope import EPOCH
from wiredesk.operations.forgetting.keys import host_keys, host_of_url
from wiredesk.operations.page_urls import urls_of
from wiredesk.pipeline import ARTICLES_COPIES, PAGES_SKIPPED
from wiredesk.runtime.errors import RejectedError
from wiredesk.runtime.records import Output
from wiredesk.runtime.topology import Stage
from wiredesk_schemas import ArticleCopies, SkippedPage, SkipReason, event_id, page_id, revision
from wiredesk_schemas.headers import SUBJECT, TIME, event_headers, header, url_header
from wiredesk_schemas.rfc3339 import format_rfc3339, parse_rfc3339

CONTENT = "forgotten"
"""What the event id of a forgotten page is derived from, in place of a revision: nothing of the page is known."""

VERSION = "1"
"""Version of these events; part of their ids."""

MAX_URLS = 8
"""URLs of a dead letter that are looked at: its subject, its key, those of its value."""


MAX_SEARCHED = 16_384
"""Bytes of an event in which its field `url` is: identifiers come first."""

_FETCHED = re.compile(rb'"url":("(?:[^"\\]|\\.){1,8192}+")')
"""The field `url` of an event."""


class ForgottenPages:
    """The suppressor of our stages."""

    def keys(self, output: Output, stage: Stage) -> Iterator[bytes]:
        """Return the ids of a page, of its host and of the domains above that; of a group, those of all its pages."""
        if output.key is not None:
            yield output.key
        if output.topic == ARTICLES_COPIES.name and output.value is not None:
            yield from _keys_of_group(output.value)
        for url in _urls(output, stage):
            yield from host_keys(host_of_url(url))
            if stage.entry and (canonical := _canonical(url)):  # a publisher may write a host in letters of any script
                yield page_id(canonical).encode()
                yield from host_keys(host_of_url(canonical))

    def instead(self, output: Output, stage: Stage, key: bytes) -> Output:
        """Return the skipped page, or the tombstone, that is written in place of an output."""
        page = _page(output, stage, key)
        if PAGES_SKIPPED in stage.produces:
            return _skipped(page, stage, header(output.headers, TIME))
        topic = output.topic
        if topic == stage.dead_letter_topic.name and stage.produces:
            topic = stage.produces[0].name
        return Output(topic, page.encode(), None)


def _keys_of_group(value: bytes) -> Iterator[bytes]:
    """Return the ids of the pages that a group of copies names, and those of their hosts."""
    group = ArticleCopies.from_json(value)
    for one in (group.original, *group.copies, *group.withdrawn):
        yield one.page_id.encode()
        yield from host_keys(host_of_url(one.url))


def forgotten_pages() -> ForgottenPages:
    """Return the suppressor of our stages; they load it by name."""
    return ForgottenPages()


def _urls(output: Output, stage: Stage) -> Iterable[str]:
    """Return the URLs that say whose output it is.

    That is its subject; at the entry also the URL from which the page was fetched, which may declare another one as its
    own tomorrow; and all URLs of the raw page in a dead letter.
    """
    if stage.entry and output.topic == stage.dead_letter_topic.name:
        urls = urls_of(output.key, output.value, output.headers)
        return [url for url, _ in zip(urls, range(MAX_URLS), strict=False)]
    subject = url_header(output.headers, SUBJECT)
    fetched = fetched_url(output.value or b"") if stage.entry else ""
    return tuple(url for url in (subject, fetched) if url)


def fetched_url(value: bytes) -> str:
    """Return the URL from which the page of an event was fetched, without parsing the event; empty if it has none."""
    field = _FETCHED.search(value, 0, MAX_SEARCHED)
    try:
        return "" if field is None else str(orjson.loads(field[1]))
    except orjson.JSONDecodeError:
        return ""


def _page(output: Output, stage: Stage, key: bytes) -> str:
    """Return the id of the page of an output."""
    is_raw = stage.entry and output.topic == stage.dead_letter_topic.name
    urls = _urls(output, stage) if is_raw else ()
    pages = (page_id(canonical) for url in urls if (canonical := _canonical(url)))
    for page in (*pages, "" if is_raw else (output.key or b"").decode("utf-8", "replace"), key.decode()):
        with contextlib.suppress(ValueError):
            return str(UUID(page))
    raise ValueError("a key of the list is no id")


def _canonical(url: str) -> str:
    """Return a URL in canonical form; empty if it is no URL of a page."""
    from wiredesk.ingest.urls import canonical_url  # noqa: PLC0415 - other stages than ingest lack what it needs

    try:
        return canonical_url(url)
    except (RejectedError, ValueError):
        return ""


def _skipped(page: str, stage: Stage, time: str | None) -> Output:
    urn = f"urn:uuid:{page}"
    event = SkippedPage(
        event_id=event_id(page, CONTENT, stage.name, VERSION),
        page_id=page,
        revision=revision(""),
        url=urn,
        canonical_url=urn,
        stage=stage.name,
        reason=SkipReason.FORGOTTEN,
        detail="the page is to be forgotten: nothing of it is kept",
    )
    headers = event_headers(
        id=event.event_id,
        type=event.TYPE,
        source=f"/wiredesk/{stage.name}",
        subject=urn,
        time=format_rfc3339(parse_rfc3339(time) or EPOCH),
    )
    return Output(PAGES_SKIPPED.name, page.encode(), event.to_json(), tuple(headers))
