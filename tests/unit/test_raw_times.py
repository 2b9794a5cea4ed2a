"""Times of raw pages, as clients write them."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from tests.raw_events import EIGHT, kinds, read, value


@pytest.mark.parametrize(
    ("stated", "time"),
    [
        ("2026-03-14T08:00:00Z", EIGHT),
        ("2026-03-14T09:00:00+01:00", EIGHT),
        ("2026-03-14T08:00:00", EIGHT),
        ("2026-03-14T08:00:00z", EIGHT),
        ("2026-03-14t08:00:00Z", EIGHT),
        ("2026-03-14 08:00:00", EIGHT),
        ("2026-03-14T08:00:00+0000", EIGHT),
        ("2026-03-14T09:00:00+01", EIGHT),
        ("2026-03-14T09:00+01:00[Europe/Paris]", EIGHT),
        ("2026-03-14 08:00:00.000000001 +0000 UTC", EIGHT),
        ("2026/03/14 08:00:00", EIGHT),
        ("20260314T080000Z", EIGHT),
        ("20260314080000", EIGHT),
        ("Sat, 14 Mar 2026 08:00:00 GMT", EIGHT),
        ("Sat,14 Mar 2026 08:00:00 GMT", EIGHT),
        ("Sa, 14 Mar 2026 08:00:00 GMT", EIGHT),
        ("Sat, 14 Mar 2026 03:00:00 EST", EIGHT),
        ("14 Mar 2026 10:00 +0200", EIGHT),
        ("Saturday, 14-Mar-26 08:00:00 GMT", EIGHT),
        ("Sat Mar 14 08:00:00 2026", EIGHT),
        ("Sat Mar 14 08:00:00 UTC 2026", EIGHT),
        ("Sat Mar 14 2026 09:00:00 GMT+0100 (Central European Standard Time)", EIGHT),
        ("/Date(1773475200000)/", EIGHT),
        (1773475200, EIGHT),
        (1773475200000, EIGHT),
        (1773475200000000, EIGHT),
        (1773475200.5, EIGHT + timedelta(seconds=0.5)),
        ("1773475200", EIGHT),
        ("1773475200000", EIGHT),
        ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("2026-03-13T24:00:00Z", datetime(2026, 3, 14, tzinfo=UTC)),
        ("2026-03-14", datetime(2026, 3, 14, tzinfo=UTC)),
        ("Fri, 13 Mar 2026 23:59:60 GMT", datetime(2026, 3, 13, 23, 59, 59, tzinfo=UTC)),
        ("2026-03-14T13:30:00+05:30", datetime(2026, 3, 14, 13, 30, tzinfo=timezone(timedelta(hours=5.5)))),
    ],
)
def test_times(stated: Any, time: datetime) -> None:
    page = read(value(fetched_at=stated))
    assert page.fetched == time
    is_usual = isinstance(stated, str) and stated[10:11] == "T" and stated[-1:].isdecimal() | stated.endswith("Z")
    assert kinds(page) in ([], ["field_repaired"])
    assert page.notes or is_usual


@pytest.mark.parametrize(
    "stated",
    ["", " ", "soon", "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", 0, -1, 2026, 1e300, True, [], {}, "9" * 500,
     "2026-02-30T00:00:00Z", "14 Mar 2026 08:00 CET", "03/04/2026 10:00", "\ud800"],
)  # fmt: skip
def test_a_time_that_is_none_costs_the_time_and_not_the_page(stated: Any) -> None:
    page = read(value(fetched_at=stated))
    assert (page.fetched, page.notes[-1].kind) == (None, "field_ignored")
    assert "fetched_at" in page.notes[-1].detail


NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "stated",
    [
        "2024-05-01 12:00:00 +0000 UTC m=+0.100000001",
        "2024-05-01 14:00:00.000000000 +0200 CEST m=+0.1",
        "2024-05-01 17:30:00 +0530 +0530",
        "Wed May  1 12:00:00 UTC 2024",
        "Wed May  1 12:00:00 PM UTC 2024",
        "Wed  1 May 12:00:00 UTC 2024",
        "Wed May 1 14:00:00 2024 +0200",
        "2024-05-01T12:00Z[UTC]",
        "2024-05-01T12:00:00[UTC]",
        "2024-05-01T14:00+02:00[Europe/Paris]",
        "2024-05-01T12:00:00,000Z",
        "2024-05-01 12:00:00,000",
        "2024-05-01 12:00:00.000000+00:00",
        "2024-05-01 14:00:00 +0200",
        "2024-05-01 12:00:00 UTC",
        "Wed, 01 May 24 12:00:00 +0000",
        "Wednesday, 01-May-2024 12:00:00 UTC",
        "01/May/2024:14:00:00 +0200",
        "Wed 2024-05-01 12:00:00 UTC",
        "May 1, 2024, 12:00:00 PM",
        "1714564800.000",
        "1714564800000000000",
        1714564800000000000,
        [2024, 5, 1, 12, 0],
        [1714564800],
        {"$date": "2024-05-01T12:00:00Z"},
        {"$date": {"$numberLong": "1714564800000"}},
        {"date": "2024-05-01 14:00:00.000000", "timezone_type": 1, "timezone": "+02:00"},
        {"date": "2024-05-01 12:00:00.000000", "timezone_type": 3, "timezone": "UTC"},
        {"seconds": 1714564800, "nanos": 0},
        {"epochSecond": 1714564800, "nano": 0},
        638501616000000000,
        "638501616000000000",
    ],
)
def test_times_of_other_languages(stated: Any) -> None:
    page = read(value(fetched_at=stated))
    assert (page.fetched, kinds(page)) == (NOON, ["field_repaired"])


@pytest.mark.parametrize(
    "stated",
    ["2024-05-01T12:00:00[Europe/Paris]", {"date": "2024-05-01 12:00:00", "timezone": "Europe/Berlin"}, [2024, 13, 1],
     [2024, 5], [True, 5, 1], [2024.5, 5, 1], {"seconds": 1e300}, "2024-05-01 13:00 PM", "05/01/2024 12:00:00",
     "2024-05-01T12:00:00 02:00"],
)  # fmt: skip
def test_a_time_whose_zone_or_order_is_not_clear_is_ignored(stated: Any) -> None:
    page = read(value(fetched_at=stated))
    assert (page.fetched, kinds(page)) == (None, ["field_ignored"])
