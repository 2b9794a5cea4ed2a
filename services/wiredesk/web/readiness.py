"""Whether workers are ready, and why not: asked of the workers themselves, where their addresses are known.

A name may have an address for each worker of a stage, as those of headless services and of Docker Compose have: then
each of them is asked.
"""

import asyncio
import contextlib
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

import aiohttp
import orjson

ANSWER_SECONDS = 2.0
"""How long a worker may take to answer, and a name server."""

MAX_WORKERS = 200
"""Workers that are asked, at most."""

MAX_ANSWER_BYTES = 16_384
"""Bytes of an answer that are read."""

MAX_REASON = 500
"""Characters of a reason that are shown."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """A worker.

    Attributes:
        address: of its metrics.
        reason: why it is not ready; empty: it is.
    """

    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Worker:
    """Where a worker is asked.

    Attributes:
        url: of its metrics, by its own address.
        name: of its host, as the settings have it: that of its certificate.
    """

    url: SplitResult
    name: str


async def worker_troubles(addresses: str) -> list[Readiness]:
    """Return the readiness of workers.

    Args:
        addresses: their URLs, separated by commas.
    """
    urls = [one.strip().rstrip("/") for one in addresses.split(",") if one.strip()]
    workers = [one for each in await asyncio.gather(*map(_workers, urls)) for one in each][:MAX_WORKERS]
    timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        return await asyncio.gather(*(_readiness(session, one) for one in workers))


async def _workers(address: str) -> list[_Worker | Readiness]:
    """Return the workers at an address: one for each address that its name has; what is wrong with it otherwise."""
    try:
        url = urlsplit(address)
        name = url.hostname or ""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(ANSWER_SECONDS):
            known = await loop.getaddrinfo(name, url.port, type=socket.SOCK_STREAM)
    except TimeoutError:
        return [Readiness(address, f"its name is not known within {ANSWER_SECONDS:g} s")]
    except (OSError, ValueError) as error:
        return [Readiness(address, f"its name is not known: {error}"[:MAX_REASON])]
    # Of a host with addresses of both families, one is enough.
    hosts = dict.fromkeys(str(one[4][0]) for one in known if one[0] == known[0][0])
    return [_Worker(_at(host.partition("%")[0], url) if len(hosts) > 1 else url, name) for host in hosts]


def _at(host: str, url: SplitResult) -> SplitResult:
    """Return the URL with another host."""
    user, at, _ = url.netloc.rpartition("@")
    port = "" if url.port is None else f":{url.port}"
    return url._replace(netloc=f"{user}{at}{f'[{host}]' if ':' in host else host}{port}")


async def _readiness(session: aiohttp.ClientSession, worker: _Worker | Readiness) -> Readiness:
    return worker if isinstance(worker, Readiness) else await _ask(session, worker)


async def _ask(session: aiohttp.ClientSession, worker: _Worker) -> Readiness:
    address = worker.url.geturl()
    url = f"{address}/readyz"
    if worker.url.hostname != worker.name:
        address = f"{worker.name}: {address}"
    name = worker.name if worker.url.scheme == "https" else None
    try:
        async with session.get(url, allow_redirects=False, server_hostname=name) as answer:
            if answer.status == 200:  # noqa: PLR2004 - OK
                return Readiness(address, "")
            reason = f"it answers {answer.status}"
            with contextlib.suppress(ValueError, TypeError, AttributeError):
                said = orjson.loads(await answer.content.read(MAX_ANSWER_BYTES))
                reason = str(said.get("reason") or reason)
            return Readiness(address, reason[:MAX_REASON])
    except TimeoutError:
        return Readiness(address, f"it does not answer within {ANSWER_SECONDS:g} s")
    except (aiohttp.ClientError, ValueError) as error:
        return Readiness(address, f"it does not answer: {error}"[:MAX_REASON])
