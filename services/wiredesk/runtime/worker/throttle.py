"""A limit on the records that a worker processes in a second."""

import asyncio
import time
from collections.abc import Callable

SECONDS_AT_ONCE = 0.25
"""A throttled worker polls at most the number of records that it may process in this time, for an even flow."""


class Throttle:
    """Limits the records of a worker per second, on average over a second.

    Args:
        rate: records per second; None: no limit.
        clock: seconds, monotonic.
    """

    def __init__(self, rate: float | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._clock = clock
        self._credit = 0.0
        self._at: float | None = None

    def batch(self, most: int) -> int:
        """Return how many records may be polled at once, up to `most`."""
        return most if self._rate is None else max(1, min(most, int(self._rate * SECONDS_AT_ONCE)))

    def charge(self, records: int) -> None:
        """Count polled records."""
        self._credit -= records

    async def turn(self, longest: float) -> bool:
        """Wait until more records may be polled; return False if they may not after `longest` seconds."""
        if self._rate is None:
            return True
        now = self._clock()
        earned = 0.0 if self._at is None else (now - self._at) * self._rate
        self._at = now
        self._credit = min(self._credit + earned, self._rate)
        if self._credit >= 0:
            return True
        due = -self._credit / self._rate
        await asyncio.sleep(min(longest, due))
        return due <= longest
