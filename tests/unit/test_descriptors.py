"""How many file descriptors a worker needs, and how many partitions those that there are suffice for."""

import resource
import subprocess
import sys

import pytest

from tests.support import ROOT
from wiredesk.runtime.worker import descriptors, health

RAISE = "from wiredesk.runtime.worker import descriptors; print(descriptors.raise_limit(), descriptors.limit())"


def test_the_soft_limit_is_raised_to_the_hard_one() -> None:
    printed = subprocess.run(
        ["/bin/sh", "-c", 'ulimit -Sn 100 && ulimit -Hn 300 && exec "$0" -c "$1"', sys.executable, RAISE],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert printed.stdout.split() == ["300", "300"]


def test_a_limit_is_never_lowered(monkeypatch: pytest.MonkeyPatch) -> None:
    changed: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: changed.append(limits))
    for soft, hard in (
        (descriptors.MAX_SOFT_LIMIT * 2, resource.RLIM_INFINITY),
        (resource.RLIM_INFINITY,) * 2,
        (500, 500),
    ):
        monkeypatch.setattr(resource, "getrlimit", lambda _, limits=(soft, hard): limits)
        descriptors.raise_limit()
        assert not changed
        assert descriptors.limit() == (descriptors.MAX_SOFT_LIMIT if soft == resource.RLIM_INFINITY else soft)


@pytest.mark.parametrize(("brokers", "each"), [(1, 2), (2, 4), (3, 5), (12, 14)])
def test_lanes_fit_beside_what_is_open(brokers: int, each: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert descriptors.of_a_lane(brokers) == each
    monkeypatch.setattr(descriptors, "in_use", lambda: 30)
    monkeypatch.setattr(
        descriptors, "limit", lambda: 30 + health.DESCRIPTORS + descriptors.SPARE + 10 * each + each - 1
    )
    assert descriptors.lanes_that_fit(brokers) == 10
    monkeypatch.setattr(descriptors, "limit", lambda: 20)
    assert descriptors.lanes_that_fit(brokers) == 1
    assert descriptors.needed(11, brokers, 2) - descriptors.needed(10, brokers, 2) == each


def test_it_is_said_when_none_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    assert descriptors.trouble() is None
    monkeypatch.setattr(descriptors, "limit", lambda: descriptors.in_use() + 1)
    assert "raise 'ulimit -n'" in str(descriptors.trouble())
