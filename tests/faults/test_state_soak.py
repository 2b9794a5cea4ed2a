"""The short form of the soak of a stage with a store."""

from pathlib import Path

import pytest

from tests.faults.state_soak import soak
from wiredesk.runtime import logs

SECONDS = 30


@pytest.mark.timeout(400)
async def test_the_state_is_that_of_the_witness_after_every_fault(tmp_path: Path) -> None:
    with logs.muted("aiokafka"):
        result = await soak(tmp_path, seconds=SECONDS, seed=5)
    assert result.wrong == []
    assert result.published > 0
    assert result.faults
