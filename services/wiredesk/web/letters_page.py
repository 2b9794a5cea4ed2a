"""The pages of dead letters: counts, one letter, and what is done with them after a preview and a confirmation."""

from typing import Any

import structlog
from aiohttp import web
from aiokafka import TopicPartition

from wiredesk.operations.dead_letters.choices import Grouping
from wiredesk.operations.dead_letters.counts import count_letters
from wiredesk.operations.dead_letters.lookup import find_letter
from wiredesk.operations.dead_letters.purge import PurgePlan, plan_purge, purge
from wiredesk.operations.dead_letters.reading import Selection, select
from wiredesk.operations.dead_letters.redrive import plan_redrive, redrivable, redrive
from wiredesk.operations.page_urls import page_url
from wiredesk.registry import registry
from wiredesk.runtime.dead_letters import DeadLetter
from wiredesk.runtime.errors import UsageError
from wiredesk.web.exchange import Exchange
from wiredesk.web.letters import (
    DEFAULT_PERIOD,
    PERIODS,
    chosen,
    groupings,
    newest_letters,
    since_ms,
    source_of,
    text_of,
)
from wiredesk.web.refusals import Refusal, RefusedError
from wiredesk.web.sessions import MAX_CHARACTERS
from wiredesk.web.site import Site
from wiredesk_schemas.headers import decode_text, rename_received

log = structlog.get_logger(__name__)

REDRIVE, PURGE = "redrive", "purge"
"""What a form is shown for."""

FILTERS = ("topic", "reason", "host")
"""Parameters that select dead letters, beside the period."""


async def letters(site: Site, exchange: Exchange) -> web.StreamResponse:
    """Show dead letters: how many of each kind, and the newest."""
    selection, by = chosen(exchange, registry()), groupings(exchange)
    async with site.cluster() as cluster:
        counts = await count_letters(cluster, selection, by)
        newest = await newest_letters(cluster, selection)
    return site.page(
        exchange,
        "letters.html",
        "/letters",
        by=[str(one) for one in by],
        groupings=[str(one) for one in Grouping],
        counts=counts,
        newest=[(one, page_url(one.record)) for one in newest],
        stages=[stage.name for stage in registry().stages.values()],
        periods=list(PERIODS),
        period=exchange.value("since") or DEFAULT_PERIOD,
        given={name: exchange.value(name) for name in FILTERS},
        query=_pairs(exchange),
    )


async def letter(site: Site, exchange: Exchange) -> web.StreamResponse:
    """Show one dead letter, with its page as source and as text."""
    async with site.cluster() as cluster:
        try:
            one, rounds = await find_letter(cluster, registry().stages, "/".join(exchange.arguments))
        except UsageError as error:
            raise RefusedError(Refusal.NOT_FOUND, str(error)) from error
    source = source_of(one)
    headers = [(name, decode_text(value)) for name, value in rename_received(one.headers)]
    return site.page(
        exchange, "letter.html", letter=one, rounds=rounds, url=page_url(one.record), headers=headers, source=source,
        text=text_of(source), may_be_sent=one.is_readable and not registry().rivals(one.stage),
    )  # fmt: skip


async def show_redrive(site: Site, exchange: Exchange) -> web.StreamResponse:
    """Show what would be sent back, and ask."""
    pairs = _pairs(exchange)
    selection, left_out = _selected(pairs)
    async with site.cluster() as cluster:
        plan = await plan_redrive(cluster, selection)
    form = site.sessions.form(REDRIVE, exchange.person.name, {"pairs": pairs, "limit": plan.sent})
    return site.page(
        exchange, "redrive.html", "/letters", plan=plan, left_out=left_out, form=form, pairs=pairs, done=False
    )


async def do_redrive(site: Site, exchange: Exchange) -> web.StreamResponse:
    """Send back what was shown: as many as the preview counted, the oldest first."""
    shown = await _shown(site, exchange, REDRIVE)
    pairs = [(str(name), str(value)) for name, value in shown["pairs"]]
    selection, left_out = _selected(pairs)
    async with site.changing, site.cluster() as cluster:
        result = await redrive(cluster, selection, limit=max(1, int(shown["limit"])))
    log.info(
        "dead letters redriven", who=exchange.person.name, remote=exchange.request.remote, what=pairs, sent=result.sent,
        by_reason=dict(result.by_reason), by_stage=dict(result.by_stage),
    )  # fmt: skip
    return site.page(
        exchange, "redrive.html", "/letters", plan=result, left_out=left_out, form="", pairs=pairs, done=True
    )


async def show_purge(site: Site, exchange: Exchange) -> web.StreamResponse:
    """Show what would be deleted, and ask."""
    period = exchange.value("before")
    stages = select(registry().stages, topics=exchange.values("topic")).stages
    async with site.cluster() as cluster:
        plan = await plan_purge(cluster, stages, before_ms=since_ms(period) if period else None)
    stops = [[tp.topic, tp.partition, stop] for tp, stop in plan.stop_offsets.items()]
    form = site.sessions.form(PURGE, exchange.person.name, {"stops": stops, "by_topic": dict(plan.by_topic)})
    if len(form) > MAX_CHARACTERS:
        raise RefusedError(Refusal.TOO_LARGE, f"dead letters are in {len(stops)} partitions: purge a stage at a time")
    return site.page(exchange, "purge.html", "/letters", plan=plan, form=form, period=period, done=False)


async def do_purge(site: Site, exchange: Exchange) -> web.StreamResponse:
    """Delete what was shown, and nothing that came after it."""
    shown = await _shown(site, exchange, PURGE)
    stops = {TopicPartition(topic, partition): stop for topic, partition, stop in shown["stops"]}
    plan = PurgePlan(stops, shown["by_topic"])
    async with site.changing, site.cluster() as cluster:
        if plan.count:
            await purge(cluster, plan)
    log.info(
        "dead letters purged", who=exchange.person.name, remote=exchange.request.remote, what=shown["by_topic"],
        purged=plan.count,
    )  # fmt: skip
    return site.page(exchange, "purge.html", "/letters", plan=plan, form="", period="", done=True)


async def _shown(site: Site, exchange: Exchange, purpose: str) -> Any:
    """Return what a person was shown in the form that was sent.

    Raises:
        RefusedError: it is no form of ours, of this person, or is too old.
    """
    form = (await exchange.form()).get("form", "")
    content = site.sessions.read_form(purpose, exchange.person.name, form)
    if content is None:
        raise RefusedError(Refusal.FORBIDDEN, "this form is too old, or not yours: load the preview again")
    return content


def _selected(pairs: list[tuple[str, str]]) -> tuple[Selection, list[str]]:
    """Return the dead letters that can be sent back, and a line for each stage whose cannot be.

    Raises:
        UsageError: none of them can be, or there is no such topic.
    """

    def values(name: str) -> list[str]:
        return [value for each, value in pairs if each == name]

    period = next(iter(values("since")), DEFAULT_PERIOD)
    selection = select(
        registry().stages,
        topics=values("topic"),
        reasons=values("reason"),
        hosts=values("host"),
        since_ms=None if values("id") else since_ms(period),
    )
    if ids := values("id"):
        selection = _only(selection, ids)
    return redrivable(registry(), selection)


def _only(selection: Selection, ids: list[str]) -> Selection:
    accepts = selection.accepts

    def is_named(one: DeadLetter) -> bool:
        return one.id in ids and accepts(one)

    return Selection(selection.stages, is_named, selection.since_ms)


def _pairs(exchange: Exchange) -> list[tuple[str, str]]:
    names = (*FILTERS, "since", "id")
    return [(name, value) for name, value in exchange.query if name in names and value]
