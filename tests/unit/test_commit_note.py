"""The metadata of a committed offset: any member of the group may write anything there."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiredesk.runtime.kafka.group_offsets import CommitNote

FIELDS = ("topic_id", "leader_epoch", "expired")
VALUES = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=50)


@given(st.text() | st.dictionaries(st.sampled_from(FIELDS), VALUES).map(json.dumps))
def test_any_note_is_read_and_can_be_written_again(text: str) -> None:
    note = CommitNote.parse(text)
    assert -1 <= note.leader_epoch < 2**31, "the protocol has 32 bits for it"
    assert CommitNote.parse(note.text()) == note
    counted_on = note.model_copy(update={"expired": note.expired + 2**62})
    assert json.loads(counted_on.text())["expired"] == note.expired + 2**62


@pytest.mark.parametrize("text", ['{"expired": 1e300}', '{"leader_epoch": 2147483648}', '{"expired": -1}', "[1]"])
def test_numbers_that_cannot_be_are_no_note(text: str) -> None:
    assert CommitNote.parse(text) == CommitNote()
