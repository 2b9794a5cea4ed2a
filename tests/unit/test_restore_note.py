"""Notes of restores: what anyone may have committed for the group is no reason to fail."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from wiredesk.cli.status import _facts
from wiredesk.operations.status import BrokerStatus, RestoreStatus, StageStatus, Status, as_object
from wiredesk.runtime.kafka.restore_note import RestoreNote

NOTE = RestoreNote(share=0.41, keys=410_000, size=98_000_000, began=1_790_000_000.5, noted=1_790_000_004.0)


def test_a_note_is_read_as_it_was_written() -> None:
    assert RestoreNote.parse(NOTE.text()) == NOTE


@given(st.text() | st.none() | st.sampled_from([NOTE.text()[:-1], NOTE.text() * 20, NOTE.text().replace("0.41", "7")]))
def test_what_is_no_note_is_none(text: str | None) -> None:
    assert RestoreNote.parse(text) is None


def test_status_shows_a_restore() -> None:
    restoring = (RestoreStatus(3, NOTE.share, NOTE.keys, NOTE.size, 4.2),)
    stage = StageStatus("revisions", 0, 0, 0, 0, 0, "Stable", (), {}, restoring)
    measured = Status((stage,), {}, 0, BrokerStatus(1, 0, 0), ())
    shown = dict(_facts(measured))["restoring"]
    assert shown == "revisions partition 3: 41% of the changelog, 410,000 keys, 98.0 MB, 4 s"
    stages: Any = as_object(measured)["stages"]
    assert stages[0]["restoring"] == [
        {"partition": 3, "share": 0.41, "keys": 410_000, "bytes": 98_000_000, "seconds": 4.2}
    ]
