"""Waiting for a condition in a coroutine, beside `wiredesk.testing.wait_until`, which blocks its thread."""

import asyncio
from collections.abc import Awaitable, Callable

from wiredesk.testing.patience import scaled
from wiredesk.testing.processes import POLL_SECONDS, SECONDS


async def until(condition: Callable[[], bool | Awaitable[bool]], what: str, seconds: float = SECONDS) -> None:
    """Wait for a condition, or fail.

    Args:
        condition: returns whether it holds, at once or when it is awaited.
        what: the condition in words, for the message.
        seconds: of a quiet machine.
    """
    try:
        async with asyncio.timeout(scaled(seconds)):
            while not await _holds(condition):
                await asyncio.sleep(POLL_SECONDS)
    except TimeoutError:
        raise AssertionError(f"not within {seconds:g} s of a quiet machine: {what}") from None


async def _holds(condition: Callable[[], bool | Awaitable[bool]]) -> bool:
    found = condition()
    return found if isinstance(found, bool) else await found
