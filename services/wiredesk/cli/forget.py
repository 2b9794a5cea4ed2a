"""`wiredesk forget`: forget a page or the pages of a host, and keep them from coming back."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wiredesk.cli import console
from wiredesk.cli.confirm import confirm
from wiredesk.cli.options import with_settings
from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.settings import KafkaSettings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wiredesk.operations.forgetting.entries import Entry
    from wiredesk.operations.forgetting.search import Place, Search, Wanted
    from wiredesk.runtime.kafka.cluster import Cluster

STILL_THERE = 1
"""Exit code of --check while a record is there, and of --undo if nothing was in the list."""

COLUMNS = ("topic", "records", "gone by", "how")
"""The columns of the table of topics."""

MAX_REASON = 500
"""Longest reason, in characters."""


@with_settings(kafka=KafkaSettings)
def forget(  # noqa: PLR0913 - each is an option
    page: Annotated[str | None, typer.Argument(metavar="URL|PAGE_ID", help="A URL of the page, or its id.")] = None,
    *,
    host: Annotated[
        str | None, typer.Option(metavar="H", help="All pages of this host and its subdomains, also those to come.")
    ] = None,
    whole_suffix: Annotated[
        bool, typer.Option("--whole-suffix", help="With --host: also one like co.uk, with every site under it.")
    ] = False,
    reason: Annotated[
        str, typer.Option(metavar="R", help="Why, for the list; it is kept, so it should name nobody.")
    ] = "",
    by: Annotated[str | None, typer.Option(metavar="NAME", help="Who forgets it; default: the user's name.")] = None,
    export: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Also in this file of 'wiredesk dlq export'. Can be repeated."),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only search: what is still there, and by when it is gone.")
    ] = False,
    undo: Annotated[
        bool, typer.Option("--undo", help="Take it off the list: it may come again. What is gone stays gone.")
    ] = False,
    listed: Annotated[bool, typer.Option("--list", help="Print what is to be forgotten.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object; with --list, one a line.")] = False,
    kafka: KafkaSettings,
) -> None:
    """Forget a page, or all pages of a host: off the disk within 30 days, and never back.

    It searches every topic, shows what is there, and asks. Then it enters the id in the list that ingest and replays
    obey, and writes a tombstone to every topic that is keyed by page; compaction and retention do the rest. With
    --check it only searches, and exits with code 1 while something is there. Readers of the topics must obey the
    tombstones in their own stores: see docs/forgetting.md.

    Example:
      wiredesk forget https://news.example/a --reason "request 4711"
      wiredesk forget https://news.example/a --check
      wiredesk forget --host news.example --undo
    """
    import asyncio

    from wiredesk.runtime import logs

    logs.quiet()
    if check and undo:
        raise UsageError("--check and --undo are two things: give one of them")
    if len(reason) > MAX_REASON:
        raise UsageError(f"--reason is longer than {MAX_REASON} characters")
    if listed:
        if page is not None or host is not None or check or undo:
            raise UsageError("--list takes no page, no host, and neither --check nor --undo")
        _show_entries(asyncio.run(_entries(kafka)), as_json=as_json)
        return
    wanted = _wanted(page, host)
    if whole_suffix and (host is None or check or undo):
        raise UsageError("--whole-suffix goes with --host, and with neither --check nor --undo")
    if not (check or undo or whole_suffix):
        _refuse_suffix(wanted.host)
    name = page or host or ""
    if undo:
        asyncio.run(_undo(kafka, wanted, name, as_json=as_json))
    elif check:
        asyncio.run(_check(kafka, wanted, export or (), as_json=as_json))
    else:
        asyncio.run(_forget(kafka, wanted, (reason, by or _user()), export or (), yes=yes, as_json=as_json))


def _wanted(page: str | None, host: str | None) -> "Wanted":
    from wiredesk.operations.forgetting.search import wanted_host, wanted_page

    if page is not None and host is not None:
        raise UsageError("give a page or --host, not both")
    if host is not None:
        return wanted_host(host)
    if page is None:
        raise UsageError("name what to forget: the URL of a page, a page id, or --host H")
    return wanted_page(page)


def _refuse_suffix(host: str) -> None:
    from wiredesk.operations.forgetting.suffixes import is_suffix

    if host and is_suffix(host):
        raise UsageError(
            f"--host {host!r} is no site of one owner: every site under it would be forgotten. Write a host like "
            f"news.{host}, or add --whole-suffix"
        )


def _user() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container's user may have no name
        return ""


async def _forget(
    kafka: KafkaSettings,
    wanted: "Wanted",
    reason_and_by: tuple[str, str],
    exports: "Sequence[Path]",
    *,
    yes: bool,
    as_json: bool,
) -> None:
    from wiredesk import registry
    from wiredesk.operations.forgetting.exports import letter_test, remove_letters
    from wiredesk.operations.forgetting.forget import forget as write
    from wiredesk.runtime.kafka.cluster import Cluster

    stages = list(registry.stages().values())
    reason, by = reason_and_by
    async with Cluster(kafka) as cluster:
        result, letters = await _search(cluster, wanted, exports)
        if not yes:
            if not as_json:
                _show_places(result)
            confirm(_consequence(result, sum(letters.values())), "Forget it?", yes=False)
        tombstones = await write(cluster, result, reason=reason, by=by)
        for path in exports:
            remove_letters(path, stages, letter_test(stages, {result.wanted.id, *result.wanted.pages}))
        after, left = await _search(cluster, result.wanted, exports)
        entry = (await _entries_of(cluster)).get(wanted.id)
    if as_json:
        console.json({**_as_object(after, entry, left), "tombstones": tombstones})
    else:
        _show_result(after, tombstones)


async def _check(kafka: KafkaSettings, wanted: "Wanted", exports: "Sequence[Path]", *, as_json: bool) -> None:
    from wiredesk.runtime.kafka.cluster import Cluster

    async with Cluster(kafka) as cluster:
        result, letters = await _search(cluster, wanted, exports)
        entry = (await _entries_of(cluster)).get(wanted.id)
    if as_json:
        console.json(_as_object(result, entry, letters))
    else:
        _show_places(result)
        for path, count in letters.items():
            if count:
                console.line(f"{path} has {count} dead letters of it: run 'wiredesk forget' with --export {path}")
        if entry is None:
            console.note("it is not in the list of what is to be forgotten: it may come again", style="yellow")
        if not (result.records or any(letters.values())):
            console.line("nothing of it is in any topic")
    if result.records or any(letters.values()):
        raise typer.Exit(STILL_THERE)


async def _undo(kafka: KafkaSettings, wanted: "Wanted", name: str, *, as_json: bool) -> None:
    from wiredesk.operations.forgetting.forget import remember
    from wiredesk.runtime.kafka.cluster import Cluster

    async with Cluster(kafka) as cluster:
        count = await remember(cluster, wanted)
    if as_json:
        console.json({"id": wanted.id, "entries": count})
    elif count:
        console.line(f"{name} is off the list: it may come again; publish or replay its page to have it now")
    else:
        console.note(f"{name} is not in the list: nothing is changed", style="")
    if not count:
        raise typer.Exit(STILL_THERE)


async def _search(cluster: "Cluster", wanted: "Wanted", exports: "Sequence[Path]") -> "tuple[Search, dict[Path, int]]":
    from wiredesk import registry
    from wiredesk.operations.forgetting.exports import count_letters, letter_test
    from wiredesk.operations.forgetting.search import search

    stages = list(registry.stages().values())
    with console.progress("searching") as progress:
        result = await search(cluster, registry.registry(), wanted, progress)
    is_one = letter_test(stages, {result.wanted.id, *result.wanted.pages})
    return result, {path: count_letters(path, stages, is_one) for path in exports}


async def _entries(kafka: KafkaSettings) -> "Mapping[str, Entry]":
    from wiredesk.runtime.kafka.cluster import Cluster

    async with Cluster(kafka) as cluster:
        return await _entries_of(cluster)


async def _entries_of(cluster: "Cluster") -> "Mapping[str, Entry]":
    from wiredesk.operations.forgetting.entries import read_entries

    return await read_entries(cluster)


def _consequence(result: "Search", letters: int) -> str:
    what = f"the host {result.wanted.host}, now {_pages(result)}" if result.wanted.host else _pages(result)
    more = f", and {letters} dead letters in files" if letters else ""
    return f"{what} would be forgotten for good, with {result.records} records{more}"


def _pages(result: "Search") -> str:
    count = len(result.wanted.pages)
    return "1 page" if count == 1 else f"{count} pages"


def _show_result(after: "Search", tombstones: int) -> None:
    console.line(f"forgotten: {tombstones} tombstones are written, and nothing of it is accepted from now on")
    _show_places(after)
    if after.records:
        console.line("'wiredesk forget --check' shows what is still there")


def _show_places(result: "Search") -> None:
    if not result.places:
        return
    title = f"{result.wanted.host or _pages(result)}: {result.records} records"
    console.table(title, COLUMNS, [(place.topic, place.records, _day(place), _how(place)) for place in result.places])


def _day(place: "Place") -> str:
    return "it stays" if place.gone_by is None else f"{place.gone_by:%Y-%m-%d %H:%M}"


def _how(place: "Place") -> str:
    if place.unmarked:
        return "no tombstone yet"
    return "compaction" if place.is_compacted else "age"


def _as_object(result: "Search", entry: "Entry | None", letters: "Mapping[Path, int]") -> dict[str, object]:
    return {
        "id": result.wanted.id,
        "host": result.wanted.host or None,
        "pages": sorted(result.wanted.pages),
        "since": None if entry is None else entry.since.isoformat(),
        "records": result.records,
        "topics": [
            {
                "topic": place.topic,
                "records": place.records,
                "bytes": place.size,
                "gone_by": None if place.gone_by is None else place.gone_by.isoformat(timespec="seconds"),
                "by": "compaction" if place.is_compacted else "retention",
                "without_tombstone": place.unmarked,
            }
            for place in result.places
        ],
        "exports": {str(path): count for path, count in letters.items()},
    }


def _show_entries(entries: "Mapping[str, Entry]", *, as_json: bool) -> None:
    rows = [
        {"id": one.id, "kind": one.kind, "since": one.since.isoformat(), "by": one.by, "reason": one.reason}
        for one in sorted(entries.values(), key=lambda one: (one.since, one.id))
    ]
    if as_json:
        for row in rows:
            console.json(row)
        return
    columns = ("id", "kind", "since", "by", "reason")
    console.table(f"{len(rows)} to be forgotten", columns, [tuple(row[name] for name in columns) for row in rows])
