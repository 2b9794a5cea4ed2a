"""Public interfaces do not change by accident: event ids, contracts, topics, metrics, settings."""

import json

import pytest

from tests.promises import PROMISES, STORED


@pytest.mark.parametrize("promise", PROMISES)
def test_what_was_promised_still_holds(promise: str) -> None:
    assert PROMISES[promise]() == json.loads((STORED / f"{promise}.json").read_text(encoding="utf-8"))
