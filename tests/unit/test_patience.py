"""The factor by which the deadlines of the tests scale."""

import pytest

from wiredesk.runtime.settings import WorkerSettings
from wiredesk.testing import patience
from wiredesk.testing.processes import LOAD_SECONDS, deadlines, load_timeout, wait_until


def test_a_load_of_many_for_each_core_makes_deadlines_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_chosen", None)
    monkeypatch.setattr(patience, "at_start", lambda: 2.0)
    monkeypatch.setattr(patience, "_cores", lambda: 2)
    for load, factor in ((0.5, 2.0), (10.0, 5.0), (1000.0, patience.MOST)):
        monkeypatch.setattr("os.getloadavg", lambda load=load: (load, 0.0, 0.0))
        assert patience.scaled(60) == 60 * factor
        assert patience.setting(6) == 12, "a setting is the same for the whole run"


def test_a_machine_that_computes_slowly_makes_them_longer_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_chosen", None)
    monkeypatch.setattr("os.getloadavg", lambda: (0.0, 0.0, 0.0))
    for seconds, least, most in ((0.01, 1, 1), (1.0, 3, 6), (1000.0, patience.MOST, patience.MOST)):
        monkeypatch.setattr(patience, "_computing_seconds", lambda seconds=seconds: seconds)
        patience.at_start.cache_clear()
        assert least <= patience.at_present() <= most
    patience.at_start.cache_clear()


def test_the_environment_has_the_last_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_chosen", 4.0)
    monkeypatch.setattr("os.getloadavg", lambda: (1000.0, 0.0, 0.0))
    patience.at_start.cache_clear()
    assert (patience.scaled(10), patience.setting(3)) == (40, 12)
    patience.at_start.cache_clear()


@pytest.mark.parametrize(("value", "factor"), [(None, None), ("", None), ("1", 1), ("2.5", 2.5), ("1000", 1000)])
def test_the_environment_sets_a_factor(value: str | None, factor: float | None) -> None:
    assert patience.chosen(value) == factor


@pytest.mark.parametrize("value", ["much", "0", "0.9", "-3", "nan", "inf", "1001"])
def test_what_is_no_factor_is_refused_by_name(value: str) -> None:
    with pytest.raises(ValueError, match=f"WIREDESK_TEST_PATIENCE={value}: must be"):
        patience.chosen(value)


@pytest.mark.timeout(240)
def test_the_time_for_a_whole_test_is_scaled(request: pytest.FixtureRequest) -> None:
    markers = [marker.args[0] for marker in request.node.iter_markers("timeout")]
    assert len(markers) == 2
    assert markers[0] >= markers[1] == 240
    assert markers[0] / markers[1] >= patience.at_start()
    assert not request.node.get_closest_marker("kafka")


def test_a_wait_ends_at_its_deadline_and_says_for_what(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_chosen", 1.0)
    with pytest.raises(AssertionError, match=r"not within 0 s x 1\.0: it never comes"):
        wait_until(lambda: False, "it never comes", seconds=0)


@pytest.mark.parametrize("factor", [1.0, 2.5, 6.0, patience.MOST, 1000.0])
def test_scaled_deadlines_of_a_worker_are_valid_settings(factor: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker refuses to start where its drain timeout reaches its session timeout, or where one is too long."""
    monkeypatch.setattr(patience, "_chosen", factor)
    patience.at_start.cache_clear()
    try:
        own = deadlines() | load_timeout()
        scaled = {name.removeprefix("WIREDESK_").lower(): value for name, value in own.items()}
        valid = WorkerSettings(**scaled)
        longest = WorkerSettings(**{**scaled, "session_timeout": str(patience.setting(120))})
    finally:
        patience.at_start.cache_clear()
    assert valid.session_timeout / valid.drain_timeout == pytest.approx(45 / 20)
    assert longest.session_timeout > longest.drain_timeout
    assert valid.load_timeout == LOAD_SECONDS * min(factor, patience.MOST)
