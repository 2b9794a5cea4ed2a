"""The short form of the hostile run: a few hundred records, real workers, every command."""

from pathlib import Path

import pytest

from tests.faults.hostile import HostileRun
from wiredesk.runtime.settings import KafkaSettings

RECORDS = 200


@pytest.mark.timeout(400)
def test_whatever_is_written_ends_once_and_no_command_ends_at_it(kafka: KafkaSettings, tmp_path: Path) -> None:
    result = HostileRun(kafka, tmp_path, seed=16, records=RECORDS).run()
    assert result.clean, result.report()
    assert result.sent > RECORDS
    assert len(result.refused) >= 2, "a broker refuses what has no header name, or does not unpack"
