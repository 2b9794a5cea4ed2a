"""Measure whether the memory of `wiredesk web` stays flat with many readers of its stream, and one that reads nothing.

    python bench/web_readers.py [--readers 200] [--seconds 300] [--rate 10]

Articles come at a steady rate on an embedded Kafka. It prints the resident memory of the web page before anybody reads,
when all readers are there, and in six parts of the time after that, with the articles that each reader got.
"""

import argparse
import asyncio
import contextlib
import json
import os
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import psutil

from tests import topics
from tests.web_page import example
from wiredesk.local import stack
from wiredesk.local.broker.settings import BrokerSettings
from wiredesk.pipeline import ARTICLES_ENRICHED, TOPICS
from wiredesk.runtime import logs
from wiredesk.runtime.errors import WiredeskError
from wiredesk.runtime.kafka import clients
from wiredesk.runtime.settings import MIB, KafkaSettings
from wiredesk_schemas.ids import page_id

WARM_ARTICLES = 600
"""Articles before the first measurement: more than the page keeps, so that its ring is full."""

PARTS = 6
SAMPLE_SECONDS = 0.5


def main() -> int:
    """Print the memory."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--readers", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--rate", type=float, default=10, help="articles a second")
    args = parser.parse_args()
    logs.quiet()
    try:
        asyncio.run(_run(args.readers, args.seconds, args.rate))
    except WiredeskError as error:
        print(f"web_readers: {error}", file=sys.stderr)
        return error.exit_code
    return 0


async def _run(readers: int, seconds: float, rate: float) -> None:
    with tempfile.TemporaryDirectory(prefix="wiredesk-bench-") as folder:
        async with stack.embedded_kafka(Path(folder) / "kafka", BrokerSettings()) as broker:
            kafka = stack.kafka_settings(broker)
            await topics.create(kafka, TOPICS, partitions=2)
            await _publish(kafka, WARM_ARTICLES, rate=0)
            async with _web(kafka) as (url, page):
                await asyncio.sleep(5)  # until the ring is full, and what starting took is given back
                _print("before anybody reads", [page.memory_info().rss])
                got = [0] * readers
                async with (
                    _slow_reader(url),
                    aiohttp.ClientSession(
                        connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=None)
                    ) as session,
                ):
                    reading = [asyncio.create_task(_read(session, url, got, number)) for number in range(readers)]
                    await asyncio.sleep(5)
                    _print(f"{readers} readers and a slow one", [page.memory_info().rss])
                    publishing = asyncio.create_task(_publish(kafka, int(rate * seconds), rate=rate))
                    samples = await _samples(page, seconds)
                    await publishing
                    await asyncio.sleep(5)
                    for task in reading:
                        task.cancel()
                    await asyncio.gather(*reading, return_exceptions=True)
                for part in range(PARTS):
                    of_part = samples[part * len(samples) // PARTS : (part + 1) * len(samples) // PARTS]
                    _print(f"{rate:g} articles a second, part {part + 1} of {PARTS} of {seconds:g} s", of_part)
                print(f"web_readers: articles of a reader: {min(got)} to {max(got)} of {int(rate * seconds)}")


def _print(what: str, samples: list[int]) -> None:
    print(f"web_readers: {what}: {statistics.median(samples) / MIB:.1f} MiB")


async def _publish(kafka: KafkaSettings, count: int, *, rate: float) -> None:
    began = time.monotonic()
    async with clients.started(clients.producer(kafka, "bench"), kafka) as producer:
        for number in range(count):
            page = page_id(f"https://wire.example/{rate}/{number}")
            value = example("enriched_article", page_id=page, title=f"Article {number}")
            await producer.send(ARTICLES_ENRICHED.name, value, key=page.encode(), headers=[])
            if rate:
                await asyncio.sleep(max(0.0, began + (number + 1) / rate - time.monotonic()))


@contextlib.asynccontextmanager
async def _web(kafka: KafkaSettings) -> AsyncIterator[tuple[str, psutil.Process]]:
    """Run the web page for the duration of a block; yield its address and its process."""
    running = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "wiredesk.cli", "web", "--web-port", "0"),
        env={**os.environ, "WIREDESK_BOOTSTRAP_SERVERS": kafka.bootstrap_servers},
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        assert running.stderr is not None  # noqa: S101 - a pipe was asked for
        async for line in running.stderr:
            with contextlib.suppress(json.JSONDecodeError):
                if url := json.loads(line).get("url"):
                    break
        draining = asyncio.create_task(running.stderr.read())
        yield str(url), psutil.Process(running.pid)
        draining.cancel()
    finally:
        running.terminate()
        await running.wait()


@contextlib.asynccontextmanager
async def _slow_reader(url: str) -> AsyncIterator[None]:
    """Ask for the stream, and take nothing of it, with the smallest buffer that there is; again if it is sent away."""

    async def read_nothing() -> None:
        host, port = urlsplit(url).hostname, urlsplit(url).port
        while True:
            with contextlib.closing(socket.socket()) as slow:
                slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                slow.connect((host, port))
                slow.sendall(f"GET /api/articles?form=stream HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
                await asyncio.sleep(60)

    task = asyncio.create_task(read_nothing())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _read(session: aiohttp.ClientSession, url: str, got: list[int], number: int) -> None:
    async with session.get(f"{url}/api/articles?form=stream") as stream:
        async for chunk in stream.content.iter_any():
            got[number] += chunk.count(b"event: article")


async def _samples(page: psutil.Process, seconds: float) -> list[int]:
    samples, until = list[int](), time.monotonic() + seconds
    while time.monotonic() < until:
        samples.append(page.memory_info().rss)
        await asyncio.sleep(SAMPLE_SECONDS)
    return samples


if __name__ == "__main__":
    sys.exit(main())
