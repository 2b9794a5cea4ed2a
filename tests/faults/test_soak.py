"""The short form of the soak: every kind of fault, on every Kafka version that is supported."""

from pathlib import Path

import pytest

from tests.faults import plan
from tests.faults.run import Run
from tests.support import KAFKA_VERSIONS
from wiredesk.runtime import logs

SECONDS = 30
"""Each kind of fault happens once, killed workers twice, and 1,800 pages are enough for all twelve kinds of poison."""


@pytest.mark.timeout(400)
@pytest.mark.parametrize(("version", "seed"), list(zip(KAFKA_VERSIONS, (39, 43, 44), strict=True)))
async def test_nothing_is_lost_and_nothing_is_there_twice(version: str, seed: int, tmp_path: Path) -> None:
    with logs.muted("aiokafka"), logs.muted("asyncio"):  # of connections that the proxies cut
        run = Run(tmp_path, seed=seed, seconds=SECONDS, rate=40, version=version, poison_every=100)
        result = await run.run(plan.SHORT)
    assert result.clean, result.summary()
    assert all(result.done[kind] for kind in plan.Kind), result.summary()
