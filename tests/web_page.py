"""Web pages of tests: in this process, without Kafka, where the test puts articles on the wire; and what is in a page."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import aiohttp
import orjson

from tests.support import ROOT
from wiredesk.runtime.records import Record
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.trouble import Trouble
from wiredesk.testing.patience import scaled
from wiredesk.web.server import Web
from wiredesk.web.settings import WebSettings
from wiredesk.web.wire.feed import Feed
from wiredesk_schemas.headers import Header

EXAMPLES = ROOT / "schemas" / "wiredesk_schemas" / "examples" / "1.6"
NOWHERE = KafkaSettings(bootstrap_servers="127.0.0.1:1")
TOPIC_ID = "aaaaaaaa-bbbb"


def example(name: str, **fields: Any) -> bytes:
    """Return an event: the example of its kind, with other values of some fields."""
    return orjson.dumps({**orjson.loads((EXAMPLES / f"{name}.v1.json").read_bytes()), **fields})


class ByHand(Feed):
    """A feed that reads nothing: the test adds records."""

    trouble: Trouble | None = None

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        yield

    def begin(self, partitions: int = 1) -> None:
        self._ring.begin(TOPIC_ID, dict.fromkeys(range(partitions), 0))

    def put(
        self, offset: int, value: bytes | None, *, page: str = "", partition: int = 0, headers: tuple[Header, ...] = ()
    ) -> None:
        """Add a record, as if it was read."""
        key = page or (orjson.loads(value)["page_id"] if value else "")
        self._add(
            Record("articles.enriched", partition, offset, 1_790_000_000_000 + offset, key.encode(), value, headers)
        )


@dataclass
class Page:
    """A web page that is served, and a client of it."""

    url: str
    web: Web
    feed: ByHand
    session: aiohttp.ClientSession

    async def get(self, path: str, **options: Any) -> tuple[int, str]:
        status, _, text = await self.ask("GET", path, **options)
        return status, text

    async def ask(self, method: str, path: str, **options: Any) -> tuple[int, Mapping[str, str], str]:
        options.setdefault("allow_redirects", False)
        async with self.session.request(method, self.url + path, **options) as answer:
            return answer.status, answer.headers.copy(), await answer.text()


@contextlib.asynccontextmanager
async def web_page(*, partitions: int = 1, **settings: Any) -> AsyncIterator[Page]:
    """Serve a web page for the duration of a block."""
    web = Web(NOWHERE, WebSettings(web_port=0, **settings))
    feed = ByHand(NOWHERE, "articles.enriched", web.site.ring, 100)
    feed.trouble = None
    feed.begin(partitions)
    web.site.feed = feed
    async with (
        web.serving() as url,
        aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(), timeout=aiohttp.ClientTimeout(total=scaled(20))
        ) as session,
    ):
        yield Page(url, web, feed, session)


@dataclass
class Parsed(HTMLParser):
    """What a browser makes of a page, as far as tests ask.

    Attributes:
        elements: names of elements, in order.
        attributes: element, name and value of each attribute.
        texts: the texts between tags.
    """

    elements: list[str] = field(default_factory=list)
    attributes: list[tuple[str, str, str]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return "".join(self.texts)

    def values(self, element: str, attribute: str) -> list[str]:
        return [value for tag, name, value in self.attributes if (tag, name) == (element, attribute)]


def parse(html: str) -> Parsed:
    """Parse a page."""
    parsed = Parsed()
    parsed.feed(html)
    parsed.close()
    return parsed
