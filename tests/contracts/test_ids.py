"""Ids are UUIDv5, as any language computes them."""

from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiredesk_schemas.ids import derived_event_id, sibling_event_id


@given(st.uuids(), st.text(st.characters(exclude_categories=["Cs"]), max_size=30), st.integers(1, 999))
def test_the_id_of_a_derived_event_is_a_name_in_the_namespace_of_its_parent(
    parent: UUID, stage: str, number: int
) -> None:
    expected = str(uuid5(parent, f"{stage}@1.0"))
    forms = (str(parent), parent.hex, parent.urn, f"{{{parent}}}", str(parent).upper())
    assert {derived_event_id(form, stage, "1.0") for form in forms} == {expected}
    assert sibling_event_id(str(parent), number) == str(uuid5(parent, f"#{number}"))


@pytest.mark.parametrize("parent", ["", "x", "1" * 31, "1" * 33, "12 " + "1" * 30, "é" * 32, "1" * 34 + " "])
def test_what_is_no_uuid_is_no_parent(parent: str) -> None:
    with pytest.raises(ValueError, match=r"UUID|int"):
        derived_event_id(parent, "stage", "1")
