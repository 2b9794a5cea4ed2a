"""The soak of lives: pages are fetched, edited, corrected, withdrawn and fetched again while everything fails that can.

    python -m tests.faults.lives [--addresses 1000] [--minutes 6] [--seed N] [--kafka 4.3.1] [--keep FOLDER]

Ingest, extractor, revisions and latest are the real stages; enrichment is, too, without its models. At the end a model
of few lines says what every fetch must have become, and what `articles.latest` must hold. Exit code 1 unless it does.
"""

import argparse
import asyncio
import json
import random
import sys
from functools import partial
from pathlib import Path
from typing import Any

from tests.faults import lives_model, lives_witness, plan
from tests.faults.run import SETTLE_SECONDS, Run
from tests.faults.soak import folder_for
from tests.waiting import until
from wiredesk.local.broker import jars
from wiredesk.pipeline import LATEST
from wiredesk.runtime import logs
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.settings import KafkaSettings
from wiredesk_schemas import page_id, raw_page_key

FLOW = ("ingest", "extractor", "revisions", "enrichment", "latest")
"""The stages that a story passes through."""

WORKERS = {"FAULTS_REAL": "1", "FAULTS_MODELS": "0"}
"""The environment of their workers."""

PUBLISHING = 0.85
"""Share of the time in which the fetches are published: the last faults meet them on their way."""


def record(page: dict[str, Any]) -> tuple[bytes, bytes | None]:
    """Return value and key of a fetch."""
    return json.dumps(page).encode(), raw_page_key(page["url"])


class Lives(Run):
    """A run in which each page has a life.

    Args:
        addresses: the number of pages.
    """

    def __init__(self, folder: Path, *, seed: int, seconds: float, version: str, addresses: int) -> None:
        self._fetches = lives_model.lives(seed, addresses)
        rate = addresses * lives_model.FETCHES / (PUBLISHING * seconds)
        super().__init__(
            folder, seed=seed, seconds=seconds, rate=rate, version=version, poison_every=1, real_every=0, stages=FLOW
        )
        self._environment |= WORKERS
        self._is_over = False

    async def _send(self) -> None:
        page = next(self._fetches, None)
        if page is None:
            self._is_over = True
            await asyncio.sleep(0.01)
            return
        value, key = record(page)
        await self._publish(value, key=key)

    async def _count(self) -> dict[str, Any]:
        assert self._is_over, "the run was too short for its fetches"
        await until_kept(self.kafka)
        reading = partial(lives_witness.differences, self.kafka.bootstrap_servers, page_id, self.result.killed_at_work)
        wrong, outcomes = await asyncio.to_thread(reading)
        return {"wrong": wrong, "outcomes": outcomes}


async def until_kept(kafka: KafkaSettings) -> None:
    """Wait until the last stage, which the audit does not count, has processed everything."""

    async def is_kept() -> bool:
        async with Cluster(kafka) as cluster:
            ends = await cluster.log_end_offsets(await cluster.partitions([kafka.on_cluster(LATEST.consumes.name)]))
            done = await cluster.committed_offsets(LATEST)
        return all(tp in done and done[tp].offset >= end for tp, end in ends.items() if end)

    await until(is_kept, "the newest articles are kept", SETTLE_SECONDS)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--addresses", type=int, default=1000)
    parser.add_argument("--minutes", type=float, default=6)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 16), help="default: any")
    parser.add_argument("--kafka", default=jars.KAFKA_VERSION, help="version of Kafka; it must be pinned")
    parser.add_argument("--keep", type=Path, help="folder for brokers and logs, kept; default: a temporary one")
    args = parser.parse_args()
    logs.quiet()
    with folder_for(args.keep) as folder:
        run = Lives(folder, seed=args.seed, seconds=60 * args.minutes, version=args.kafka, addresses=args.addresses)
        result = asyncio.run(run.run(plan.LONG))
    wrong = result.witness["wrong"]
    faults = ", ".join(f"{kind} {result.done[kind]}" for kind in plan.Kind)
    became = ", ".join(f"{name} {count}" for name, count in sorted(result.witness["outcomes"].items()))
    what = f"seed {result.seed}, Kafka {result.kafka}, {args.addresses} pages, {result.sent} fetches"
    lines = [
        f"lives: {what}, {result.starts} starts of workers",
        f"faults: {faults}",
        f"fetches became: {became}",
        *(f"killed twice from outside at work on {record}" for record in sorted(result.killed_at_work)),
        *wrong[:50],
        f"{len(wrong)} differences; audit: {result.audit['missing']} missing, {result.audit['duplicated']} duplicated",
    ]
    print("\n".join(lines))  # noqa: T201
    return bool(wrong or result.audit["missing"] or result.audit["duplicated"])


if __name__ == "__main__":
    sys.exit(main())
