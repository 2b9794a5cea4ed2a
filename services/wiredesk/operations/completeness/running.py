"""Rounds of the continuous audit until it is stopped."""

import asyncio
import time
from collections.abc import Callable, Sequence

import structlog
from aiokafka.errors import KafkaError

from wiredesk.operations.completeness import metrics
from wiredesk.operations.completeness.continuous import CompletenessAudit, Round
from wiredesk.operations.completeness.tally import AT_ZERO_SECONDS, Tally
from wiredesk.runtime.backoff import Backoff
from wiredesk.runtime.errors import WiredeskError
from wiredesk.runtime.kafka import authorization
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Stage
from wiredesk.runtime.trouble import Trouble, TroubleKind

log = structlog.get_logger(__name__)

CLIENT_ID = "wiredesk-audit"
"""The client id in the logs, metrics and quotas of brokers."""


class ContinuousAudit:
    """The audit that goes on, over one cluster.

    Args:
        flow: the stages from raw pages to terminal topics.
        sides: other stages, which read what the flow writes.
        settle: seconds after which a page must have ended.
        since_ms: where the first audit begins, in milliseconds since 1970; None: with the next page.
        on_round: called with every round.
    """

    def __init__(
        self,
        kafka: KafkaSettings,
        flow: Sequence[Stage],
        sides: Sequence[Stage] = (),
        *,
        settle: float,
        since_ms: int | None = None,
        on_round: Callable[[Round], None] = lambda _: None,
    ) -> None:
        self._kafka = kafka
        self._audit = CompletenessAudit(kafka, flow, sides, settle, since_ms)
        self._on_round = on_round
        self._tally = Tally()
        self._trouble: Trouble | None = Trouble(TroubleKind.STARTING, "starting")

    @property
    def trouble(self) -> Trouble | None:
        """Why nothing can be audited now; None if it can."""
        return self._trouble

    async def once(self) -> Round:
        """Do one round, and another one, which confirms the pages that have ended twice.

        Raises:
            ForbiddenError: Kafka denies an operation.
            UnavailableError: the cluster does not answer, or lacks a topic.
        """
        async with Cluster(self._kafka, CLIENT_ID) as cluster:
            await self._audit.round(cluster)
            return await self._round(cluster)

    async def run(self, stop: asyncio.Event, interval: float) -> None:
        """Do a round in each interval until stopped. What is wrong with Kafka is logged, and tried again."""
        auditing = asyncio.create_task(self._rounds(interval), name="audit")
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({auditing, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (auditing, stopping):
                task.cancel()
            await asyncio.gather(auditing, stopping, return_exceptions=True)
        if not auditing.cancelled():
            auditing.result()

    async def _rounds(self, interval: float) -> None:
        backoff = Backoff()
        while True:
            try:
                async with Cluster(self._kafka, CLIENT_ID) as cluster:
                    while True:
                        await self._round(cluster)
                        self._trouble = None
                        backoff.reset()
                        await self._rest(interval)
            except (WiredeskError, KafkaError, OSError) as error:
                line = authorization.refusal(error, self._kafka) or str(error)
                log.warning("a round of the audit failed, will retry", error=line)
                self._trouble = Trouble(TroubleKind.STARTING, line)
                await backoff.wait()

    async def _rest(self, interval: float) -> None:
        """Wait for the next round; publish the counts of new series meanwhile, however far it is."""
        held = min(interval, AT_ZERO_SECONDS)
        await asyncio.sleep(held)
        self._tally.publish()
        await asyncio.sleep(interval - held)

    async def _round(self, cluster: Cluster) -> Round:
        await self._audit.round(cluster)
        done = self._audit.take()
        self._report(done)
        # After it is known: a page that is named again after a kill is better than one that nobody hears of.
        await self._audit.save(cluster)
        return done

    def _report(self, done: Round) -> None:
        self._tally.add(done)
        metrics.LATE.set(done.late)
        metrics.OPEN.set(done.open)
        metrics.LAG_SECONDS.set(done.lag)
        metrics.LAST_ROUND.set(time.time())
        for origin in done.missing_records:
            log.error("page is missing", origin=origin)
        for duplicate in done.duplicated_records:
            log.error("page has ended twice", origin=duplicate.origin, ends=duplicate.ended_at)
        for origin in done.recovered:
            log.warning("page was missing, and has ended since", origin=origin)
        if count := done.unsettled.total():
            log.warning("pages were not audited: deleted unread, or too many were open", pages=count)
        self._on_round(done)
