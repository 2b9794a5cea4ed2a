"""Dead letters as the page shows them: which are asked for, the newest of them, and the page of one as text."""

import base64
import binascii
import contextlib
import html
import time
from collections import deque
from collections.abc import Iterable
from types import MappingProxyType
from typing import Any

import orjson

from wiredesk.ingest.charset_decoders import decode_as_browsers
from wiredesk.ingest.charset_labels import codec_of, header_labels, page_labels
from wiredesk.operations.dead_letters.choices import Grouping
from wiredesk.operations.dead_letters.reading import Selection, read_letters, select
from wiredesk.operations.page_urls import MAX_PARSED
from wiredesk.registry import Registry
from wiredesk.runtime.dead_letters import DeadLetter
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.web.exchange import Exchange
from wiredesk.web.refusals import Refusal, RefusedError
from wiredesk_schemas.headers import CONTENT_TYPE, decode_text, last_value

PERIODS = MappingProxyType({"1h": 3600, "6h": 6 * 3600, "1d": 86_400, "7d": 7 * 86_400, "28d": 28 * 86_400})
"""The periods that can be chosen, in seconds."""

DEFAULT_PERIOD = "1d"
"""The period, if none is chosen."""

LISTED = 50
"""Dead letters that are listed, the newest."""

MAX_SOURCE = 200_000
"""Characters of a page that are shown."""

_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
"""The case of tags: other letters may become two, and places would move."""

_NO_TEXT = ("script", "style", "noscript", "template")
"""Elements whose content is no text for readers."""


def chosen(exchange: Exchange, registry: Registry) -> Selection:
    """Return the dead letters that a request asks for.

    Raises:
        UsageError: there is no such topic or stage.
        RefusedError: there is no such period.
    """
    return select(
        registry.stages,
        topics=exchange.values("topic"),
        reasons=exchange.values("reason"),
        hosts=exchange.values("host"),
        since_ms=since_ms(exchange.value("since") or DEFAULT_PERIOD),
    )


def since_ms(period: str) -> int:
    """Return when a period began, in milliseconds since 1970.

    Raises:
        RefusedError: there is no such period.
    """
    if period not in PERIODS:
        raise RefusedError(Refusal.INVALID, f"since: there are {', '.join(PERIODS)}")
    return int((time.time() - PERIODS[period]) * 1000)


def groupings(exchange: Exchange) -> list[Grouping]:
    """Return what dead letters are counted by.

    Raises:
        RefusedError: there is no such grouping.
    """
    given = exchange.values("by") or [Grouping.REASON, Grouping.HOST]
    try:
        return list(dict.fromkeys(Grouping(name) for name in given))
    except ValueError:
        raise RefusedError(Refusal.INVALID, f"by: there are {', '.join(Grouping)}") from None


async def newest_letters(cluster: Cluster, selection: Selection) -> list[DeadLetter]:
    """Return the newest of the selected dead letters, the newest first.

    Raises:
        UnavailableError: the cluster cannot be reached.
    """
    newest: deque[DeadLetter] = deque(maxlen=LISTED)
    async with contextlib.aclosing(read_letters(cluster, selection)) as letters:
        async for letter in letters:
            newest.append(letter)
    return sorted(newest, key=lambda letter: letter.time, reverse=True)


def source_of(letter: DeadLetter) -> str:
    """Return the page of a dead letter as its source: the body within the event, or else the value itself."""
    value = letter.record.value or b""
    event: Any = None
    if len(value) <= MAX_PARSED:
        with contextlib.suppress(orjson.JSONDecodeError):
            event = orjson.loads(value)
    if isinstance(event, dict):
        data = event["data"] if isinstance(event.get("data"), dict) else event
        for name in ("body", "text"):
            if isinstance(data.get(name), str):
                return str(data[name])[:MAX_SOURCE]
        with contextlib.suppress(binascii.Error, ValueError, TypeError):
            if (encoded := data.get("body_base64")) is not None:
                return _decoded(base64.b64decode(encoded), [data.get("charset"), data.get("content_type")])
    return _decoded(value, [decode_text(last_value(letter.headers, CONTENT_TYPE))])


def _decoded(content: bytes, stated: Iterable[object]) -> str:
    """Return the beginning of a page's text, by the charset that it states; in UTF-8 if it states none.

    Unlike ingest, this guesses nothing: a letter may be one because its page kept ingest busy for too long.

    Args:
        stated: charsets, or content types.
    """
    content = content[: 4 * MAX_SOURCE]
    with contextlib.suppress(UnicodeDecodeError):
        return content.decode("utf-8")[:MAX_SOURCE]
    texts = [text for text in stated if isinstance(text, str)]
    labels = [label for text in texts for label in (text, *header_labels(text))]
    codecs = (codec_of(label) for label in (*labels, *page_labels(content)))
    codec = next((codec for codec in codecs if codec is not None), "utf-8")
    return decode_as_browsers(content, codec)[:MAX_SOURCE]


def text_of(source: str) -> str:
    """Return the text in a page's source: without tags, comments, scripts and styles. It takes linear time."""
    parts: list[str] = []
    lower, at = source.translate(_LOWER), 0
    while (start := source.find("<", at)) >= 0:
        parts.append(source[at:start])
        hidden = next((name for name in _NO_TEXT if lower.startswith(name, start + 1)), "")
        if lower.startswith("<!--", start):
            stop, width = lower.find("-->", start), 3
        elif hidden:
            stop, width = lower.find(f"</{hidden}", start), 0
        else:
            stop, width = lower.find(">", start), 1
            parts.append("\n" if lower.startswith(("<p", "</p", "<br", "<div", "<h", "<li", "<tr"), start) else "")
        if stop < 0:
            break
        at = stop + width if width else lower.find(">", stop) + 1 or len(source)
    else:
        parts.append(source[at:])
    lines = (" ".join(line.split()) for line in html.unescape("".join(parts)).split("\n"))
    return "\n".join(line for line in lines if line)
