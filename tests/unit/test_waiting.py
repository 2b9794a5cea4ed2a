"""Waiting in a coroutine for a condition."""

import pytest

from tests.waiting import until


async def test_it_ends_once_the_condition_holds() -> None:
    left = [False, False, True]
    await until(lambda: left.pop(0), "it holds")
    assert not left


async def test_a_condition_may_be_awaited() -> None:
    left = [False, True]

    async def holds() -> bool:
        return left.pop(0)

    await until(holds, "it holds")
    assert not left


async def test_what_never_holds_is_named() -> None:
    with pytest.raises(AssertionError, match="the tide is out"):
        await until(lambda: False, "the tide is out", seconds=0.01)
