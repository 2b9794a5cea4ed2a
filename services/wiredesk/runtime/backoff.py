"""Waits that grow: a broker that comes back must not be met by everybody at once."""

import asyncio
import random

FIRST = 0.25
MOST = 15.0
"""Seconds of the shortest and the longest wait: doubled each time, and drawn from half of it up."""


class Backoff:
    """Waits that grow, with jitter, until reset."""

    def __init__(self) -> None:
        self._next = FIRST

    def reset(self) -> None:
        """Begin again with the shortest wait."""
        self._next = FIRST

    async def wait(self) -> None:
        """Wait, and make the next wait longer."""
        await asyncio.sleep(self._next * random.uniform(0.5, 1.0))  # noqa: S311 - spreads load, guards nothing
        self._next = min(self._next * 2, MOST)
