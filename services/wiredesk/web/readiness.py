"""Whether workers are ready, and why not: asked of the workers themselves, where their addresses are known."""

import asyncio
import contextlib
from dataclasses import dataclass

import aiohttp

ANSWER_SECONDS = 2.0
"""How long a worker may take to answer."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """A worker.

    Attributes:
        address: of its metrics.
        reason: why it is not ready; empty: it is.
    """

    address: str
    reason: str


async def worker_troubles(addresses: str) -> list[Readiness]:
    """Return the readiness of workers.

    Args:
        addresses: their URLs, separated by commas.
    """
    urls = [one.strip().rstrip("/") for one in addresses.split(",") if one.strip()]
    timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        return await asyncio.gather(*(_ask(session, url) for url in urls))


async def _ask(session: aiohttp.ClientSession, url: str) -> Readiness:
    try:
        async with session.get(f"{url}/readyz", allow_redirects=False) as answer:
            if answer.status == 200:  # noqa: PLR2004 - OK
                return Readiness(url, "")
            reason = f"it answers {answer.status}"
            with contextlib.suppress(ValueError, TypeError, AttributeError):
                reason = str((await answer.json(content_type=None)).get("reason") or reason)
            return Readiness(url, reason[:500])
    except TimeoutError:
        return Readiness(url, f"it does not answer within {ANSWER_SECONDS:g} s")
    except (aiohttp.ClientError, ValueError) as error:
        return Readiness(url, f"it does not answer: {error}"[:500])
