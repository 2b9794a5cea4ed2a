"""The brake: stops a worker that dead-letters too many of its records.

One bad page is a dead letter; when most pages fail, the fault is more likely in this deployment: a model that does not
fit, a parser that was updated. If the worker continued, it would move the whole topic into the dead-letter topic; if it
exited, the failure would only be repeated. So the worker pauses, reports it, and tries single records, at growing
intervals, until some of them succeed in a row. A record that fails in such a trial is dead-lettered like any other, so
a worker also gets past a series of bad pages.
"""

import asyncio
import contextlib
import random
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence

import structlog

from wiredesk.runtime import metrics
from wiredesk.runtime.settings import WorkerSettings

log = structlog.get_logger(__name__)

PASSES = 3
"""Records in a row that must succeed before the brake is released: if half of the records fail, one success proves
little."""

LONGEST_SECONDS = 300.0
"""Longest time between two trials, and so the longest time for which the worker stays paused after its fault is
fixed."""


class Brake:
    """Counts the failures of all lanes of a worker within a moving window.

    Attributes:
        pulled: whether the worker is paused.
        reason: why, in one line.

    Args:
        clock: seconds, monotonic.
    """

    def __init__(self, settings: WorkerSettings, clock: Callable[[], float] = time.monotonic) -> None:
        self.pulled = False
        self.reason = ""
        self._settings = settings
        self._clock = clock
        self._window: deque[tuple[int, int, int]] = deque()  # for each second: records, failures
        self._total = self._bad = 0  # within the window
        self._interval = settings.brake_retry
        self._released_at = -settings.brake_window
        self._try_at = 0.0
        self._passes = 0
        self._trying = asyncio.Lock()  # it is fair: after a lane without records, the others get their turn
        self._turn: object = None
        self._released = asyncio.Event()

    def note(self, *, failed: bool) -> None:
        """Count an outcome; pull the brake, keep it pulled, or release it."""
        if self.pulled:
            self._note_try(failed=failed)
            return
        total, bad = self._count(1, failed=failed)
        if total >= self._settings.brake_records and bad > self._settings.brake_share * total:
            self._pull(f"{bad} of the last {total} records were dead-lettered ({self._settings.brake_window:g} s)")

    def judge(self, failures: Sequence[bool], *, trying: bool) -> int | None:
        """Count the outcomes of a batch, and return how many of them may be committed.

        None: another lane has pulled the brake.

        Args:
            failures: for each outcome, whether the record is dead-lettered.
            trying: this lane may try records while the brake is pulled.
        """
        if self.pulled and not trying:
            return None
        if not self._bad and not self.pulled and not any(failures):
            self._count(len(failures))  # successes cannot pull the brake
            return len(failures)
        for number, failed in enumerate(failures, start=1):
            self.note(failed=failed)
            if self.pulled and not trying:
                return number
        return len(failures)

    @contextlib.asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Enter at once while the brake is not pulled; otherwise one lane at a time, when the next trial is due."""
        if not self.pulled:
            yield
            return
        await self._trying.acquire()
        self._turn = turn = object()
        try:
            if not await self._due():
                self._end(turn)
            yield
        finally:
            self._end(turn)

    async def _due(self) -> bool:
        """Wait until the next trial is due; return False when the brake is released and no trial is needed."""
        while self.pulled and (left := self._try_at - self._clock()) > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._released.wait(), left)
        return self.pulled

    def _end(self, turn: object) -> None:
        """End a turn that has not ended: after its trials released the brake, the lane continues, perhaps for days."""
        if turn is not None and self._turn is turn:
            self._turn = None
            self._trying.release()

    def _count(self, records: int, *, failed: bool = False) -> tuple[int, int]:
        now = int(self._clock())
        if not self._window or self._window[-1][0] != now:
            self._window.append((now, 0, 0))
        second, total, bad = self._window.pop()
        self._window.append((second, total + records, bad + failed))
        self._total += records
        self._bad += failed
        while self._window[0][0] <= now - self._settings.brake_window:
            _, old, old_bad = self._window.popleft()
            self._total -= old
            self._bad -= old_bad
        return self._total, self._bad

    def _pull(self, reason: str) -> None:
        now = self._clock()
        self.pulled, self.reason = True, reason
        self._passes = 0
        self._released.clear()
        # Pulled again within a window after its release: the fault is still there, so the intervals keep growing.
        if now - self._released_at >= self._settings.brake_window:
            self._interval = self._settings.brake_retry
        self._schedule(now)
        metrics.BRAKE.set(1)
        log.error("brake pulled", reason=reason, next_try_seconds=round(self._try_at - now, 1))

    def _note_try(self, *, failed: bool) -> None:
        now = self._clock()
        if failed:
            self._passes = 0
            self._schedule(now)
            log.warning("brake stays pulled", reason=self.reason, next_try_seconds=round(self._try_at - now, 1))
            return
        self._passes += 1
        if self._passes >= PASSES:
            self.pulled, self.reason = False, ""
            self._released_at = now
            self._window.clear()
            self._total = self._bad = 0
            self._released.set()
            self._end(self._turn)
            metrics.BRAKE.set(0)
            log.warning("brake released", passed=self._passes)

    def _schedule(self, now: float) -> None:
        self._try_at = now + self._interval * random.uniform(0.9, 1.1)  # noqa: S311 - spreads load, guards nothing
        self._interval = min(2 * self._interval, LONGEST_SECONDS)
