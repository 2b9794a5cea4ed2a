"""Waiting for a condition in a coroutine, beside `wiredesk.testing.wait_until`, which blocks its thread."""

import asyncio
from collections.abc import Awaitable, Callable

from wiredesk.testing.patience import scaled
from wiredesk.testing.processes import POLL_SECONDS, SECONDS


def deadline() -> float:
    """Return the longest wait that begins now, in seconds: scaled by the load of now, and not by that of the import."""
    return scaled(SECONDS)


async def until(condition: Callable[[], bool | Awaitable[bool]], what: str, seconds: float = SECONDS) -> None:
    """Wait for a condition, or fail.

    Args:
        condition: returns whether it holds, at once or when it is awaited.
        what: the condition in words, for the message.
        seconds: of a quiet machine; on a busy one it waits longer, scaled by the present load.
    """
    began = asyncio.get_running_loop().time()
    try:
        async with asyncio.timeout_at(began + scaled(seconds)) as limit:
            while not await _holds(condition):
                if not limit.expired():
                    limit.reschedule(began + scaled(seconds))
                await asyncio.sleep(POLL_SECONDS)
    except TimeoutError:
        raise AssertionError(f"not within {seconds:g} s of a quiet machine: {what}") from None


async def _holds(condition: Callable[[], bool | Awaitable[bool]]) -> bool:
    found = condition()
    return found if isinstance(found, bool) else await found
