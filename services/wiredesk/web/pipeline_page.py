"""The page of the pipeline: stages, workers, brokers, replays."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from wiredesk.operations.reasons_by_hour import Series
from wiredesk.web.exchange import Exchange
from wiredesk.web.readiness import worker_troubles
from wiredesk.web.site import Site

SHOWN_SERIES = 15
"""Reasons that are shown, the most frequent; the API has all."""

LEVELS = 8
"""Heights of a bar, beside none at all; the style sheet has a class for each."""

REFRESH_SECONDS = 10
"""Seconds after which a browser loads the page again, if its reader wants that."""


@dataclass(frozen=True, slots=True)
class Row:
    """A reason, and its bars.

    Attributes:
        series: what is shown.
        levels: the height of each bar, from 0 to `LEVELS`.
    """

    series: Series
    levels: tuple[int, ...]


def bars(series: Sequence[Series]) -> list[Row]:
    """Return rows of bars, all of one scale: the highest bar is the most of an hour and a reason."""
    shown = series[:SHOWN_SERIES]
    most = max((count for one in shown for count in one.counts), default=0)
    return [Row(one, tuple(math.ceil(count * LEVELS / most) if most else 0 for count in one.counts)) for one in shown]


async def pipeline(site: Site, exchange: Exchange) -> web.StreamResponse:
    """Show the pipeline."""
    status, runs = await site.measurements.get(site.cluster)
    day = await site.measurements.day(site.cluster)
    response = site.page(
        exchange,
        "pipeline.html",
        "/pipeline",
        measured=status,
        runs=runs,
        day=day,
        charts=[
            ("Skipped pages by hour", bars(day.skipped)),
            ("Dead letters by hour", bars(day.dead_letters)),
        ],
        readiness=await worker_troubles(site.settings.web_workers),
        is_live=exchange.value("live") == "1",
        seconds=REFRESH_SECONDS,
    )
    if exchange.value("live") == "1":
        response.headers["Refresh"] = str(REFRESH_SECONDS)
    return response
