"""Status and dead letters as an API: the same as the commands print with --json."""

from aiohttp import web

from wiredesk.operations.dead_letters.counts import count_letters
from wiredesk.operations.dead_letters.lookup import find_letter
from wiredesk.operations.record_view import record_as_object
from wiredesk.operations.status import as_object
from wiredesk.registry import registry
from wiredesk.runtime.dead_letters import DeadLetter
from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.printable import json_text
from wiredesk.web.exchange import Exchange
from wiredesk.web.letters import chosen, groupings, newest_letters
from wiredesk.web.refusals import Refusal, RefusedError
from wiredesk.web.site import Site


async def status(site: Site, _: Exchange) -> web.StreamResponse:
    """Answer with the status of the deployment, as `wiredesk status --json` prints it."""
    measured, _runs = await site.measurements.get(site.cluster)
    return _json(as_object(measured))


async def reasons(site: Site, _: Exchange) -> web.StreamResponse:
    """Answer with the reasons of skipped pages and dead letters, hour by hour for a day."""
    return _json((await site.measurements.day(site.cluster)).as_object())


async def letters(site: Site, exchange: Exchange) -> web.StreamResponse:
    """Answer with counts of dead letters, as `wiredesk dlq list --json` prints them, and the newest of them."""
    selection, by = chosen(exchange, registry()), groupings(exchange)
    async with site.cluster() as cluster:
        counts = await count_letters(cluster, selection, by)
        newest = await newest_letters(cluster, selection)
    return _json({"counts": [count.as_object(by) for count in counts], "newest": [_line(one) for one in newest]})


async def letter(site: Site, exchange: Exchange) -> web.StreamResponse:
    """Answer with one dead letter, as `wiredesk dlq show --json` prints it."""
    async with site.cluster() as cluster:
        try:
            one, rounds = await find_letter(cluster, registry().stages, "/".join(exchange.arguments))
        except UsageError as error:
            raise RefusedError(Refusal.NOT_FOUND, str(error)) from error
    return _json({**_line(one), "redriven_before": rounds, "record": record_as_object(one.record)})


def _line(one: DeadLetter) -> dict[str, object]:
    return {
        "id": one.id,
        "stage": one.stage.name,
        "reason": one.reason,
        "message": one.message,
        "time": one.time.isoformat(),
        "source": one.source or None,
    }


def _json(value: object) -> web.Response:
    return web.Response(text=json_text(value), content_type="application/json")
