"""What the pages share: the settings, the wire, and who is signed in."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import web

from wiredesk.pipeline import ARTICLES_ENRICHED
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.web.exchange import Exchange
from wiredesk.web.measurements import Measurements
from wiredesk.web.people import People
from wiredesk.web.refusals import Refusal, RefusedError
from wiredesk.web.rendering import html
from wiredesk.web.sessions import Sessions
from wiredesk.web.settings import WebSettings
from wiredesk.web.wire.catch_up import CatchUp
from wiredesk.web.wire.feed import CLIENT_ID, Feed
from wiredesk.web.wire.ring import Ring

PAGES = (("/", "Wire"), ("/pipeline", "Pipeline"), ("/letters", "Dead letters"))
"""Path and name of each page, in the order of the navigation."""

QUESTIONS = 4
"""Maximum number of pages at a time for which Kafka is read; the others wait."""

TURN_SECONDS = 10.0
"""How long a page waits for its turn."""


class Site:
    """What the pages share.

    Raises:
        UsageError: a token cannot be used.
    """

    def __init__(self, kafka: KafkaSettings, settings: WebSettings) -> None:
        self.kafka = kafka
        self.settings = settings
        self.sessions = Sessions()
        self.people = People(settings, self.sessions)
        self.ring = Ring(settings.web_articles, settings.web_bytes)
        self.feed = Feed(kafka, ARTICLES_ENRICHED.name, self.ring, settings.web_articles)
        self.catch_up = CatchUp(kafka, ARTICLES_ENRICHED.name)
        self.streams = 0
        self.measurements = Measurements()
        self.changing = asyncio.Lock()
        self._turns = asyncio.Semaphore(QUESTIONS)

    def page(self, exchange: Exchange, template: str, here: str = "", **values: Any) -> web.Response:
        """Return a page with its navigation.

        Args:
            here: path of the page in the navigation.
        """
        return html(template, person=exchange.person, pages=PAGES, here=here, **values)

    @contextlib.asynccontextmanager
    async def cluster(self) -> AsyncIterator[Cluster]:
        """Connect to Kafka for the duration of a block, in turn.

        Raises:
            RefusedError: too many pages wait.
            UnavailableError: Kafka does not answer.
        """
        try:
            async with asyncio.timeout(TURN_SECONDS):
                await self._turns.acquire()
        except TimeoutError:
            raise RefusedError(
                Refusal.BUSY, "too many pages are being read; try again", headers={"Retry-After": "5"}
            ) from None
        try:
            async with Cluster(self.kafka, CLIENT_ID) as cluster:
                yield cluster
        finally:
            self._turns.release()
