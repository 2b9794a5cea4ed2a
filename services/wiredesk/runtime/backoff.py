"""Exponential backoff between retries: when a broker comes back, clients must not all connect at once."""

import asyncio
import random

FIRST_SECONDS = 0.25
"""The first wait, in seconds; each later wait is twice as long. The actual wait is random: from half of that to all of
it."""

MAX_SECONDS = 15.0
"""The longest wait, in seconds."""


class Backoff:
    """Exponential backoff with jitter, until it is reset."""

    def __init__(self) -> None:
        self._next = FIRST_SECONDS

    def reset(self) -> None:
        """Start again with the shortest wait."""
        self._next = FIRST_SECONDS

    async def wait(self) -> None:
        """Wait, and double the next wait."""
        await asyncio.sleep(self._next * random.uniform(0.5, 1.0))  # noqa: S311 - spreads load, guards nothing
        self._next = min(self._next * 2, MAX_SECONDS)
