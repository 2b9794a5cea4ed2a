"""`wiredesk archive`: articles as Parquet files by day."""

import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Annotated

import typer

from wiredesk.archiving.settings import ArchiveSettings
from wiredesk.cli import console
from wiredesk.cli.options import with_settings
from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.settings import KafkaSettings

if TYPE_CHECKING:
    from wiredesk.archiving.append import Appended
    from wiredesk.archiving.file_names import FileName
    from wiredesk.archiving.storage import Storage


@with_settings(kafka=KafkaSettings, settings=ArchiveSettings)
def archive(
    *,
    into: Annotated[
        str, typer.Option("--into", metavar="DIR|URI", help="Folder, or an object store: s3://bucket/prefix.")
    ],
    follow: Annotated[
        bool, typer.Option("--follow", help="Go on with what is published, until Ctrl-C or SIGTERM.")
    ] = False,
    every: Annotated[
        float, typer.Option("--every", metavar="MINUTES", min=0.01, help="With --follow: age at which a file is cut.")
    ] = 60,
    forget: Annotated[
        bool, typer.Option("--forget", help="Append nothing: take the rows of forgotten pages out of all files.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object at the end.")] = False,
    kafka: KafkaSettings,
    settings: ArchiveSettings,
) -> None:
    """Archive articles as Parquet files by day: every revision, and every withdrawal, each in one file.

    Files are named day=2026-11-29/articles.enriched-PARTITION-FIRST-LAST.parquet, after the offsets that they hold. The
    names are the state: run the command again, also after a crash, and it continues at the offset after them. Without
    --follow it stops at the current end of the topic. One command writes an archive at a time. With --follow, what it
    has done is on /metrics of --archive-port.

    --forget takes what 'wiredesk forget' was asked to forget out of the files; run it from a scheduler, once a day.

    Example:
      wiredesk archive --into /data/articles
      wiredesk archive --into s3://newsroom/articles --follow

    Exit codes: 0 done, or stopped by a signal; 1 Kafka or the storage is unavailable; 2 wrong usage.
    """
    import asyncio

    from wiredesk.archiving.storage import storage_of
    from wiredesk.runtime import logs

    if forget and follow:
        raise UsageError("--forget ends by itself: leave out --follow")
    logs.quiet()
    storage = storage_of(into)
    if forget:
        asyncio.run(_forget(kafka, storage, as_json=as_json))
    else:
        port = settings if follow else None
        asyncio.run(_append(kafka, storage, port, file_seconds=every * 60, as_json=as_json))


async def _append(
    kafka: KafkaSettings, storage: "Storage", follow: ArchiveSettings | None, *, file_seconds: float, as_json: bool
) -> None:
    """Append to an archive; with settings for `follow`, go on until a signal comes, and serve metrics."""
    from wiredesk.archiving.append import Archive
    from wiredesk.cli.signals import stop_on_signal
    from wiredesk.runtime.kafka.cluster import Cluster

    def on_file(name: "FileName", rows: int) -> None:
        if not as_json:
            console.line(f"{name.path}  {rows} rows")

    with storage.locked("append"), stop_on_signal() as stop, console.progress("archiving") as on_progress:
        async with Cluster(kafka, "wiredesk-archive") as cluster, _serving(follow):
            archive = Archive(storage, on_file, file_seconds)
            result = await archive.append(cluster, stop, on_progress, follow=follow is not None)
    _report(result, as_json=as_json)


@contextlib.asynccontextmanager
async def _serving(settings: ArchiveSettings | None) -> AsyncIterator[None]:
    """Serve health and metrics for the duration of a block, if there are settings for it."""
    from wiredesk.runtime.worker import health

    if settings is None:
        yield
        return
    is_port_set = "archive_port" in settings.model_fields_set
    async with health.serving(
        "archive",
        settings.archive_host,
        settings.archive_port,
        variables="WIREDESK_ARCHIVE",
        or_any_port=not is_port_set,
    ):
        yield


def _report(result: "Appended", *, as_json: bool) -> None:
    if as_json:
        console.json(
            {
                "files": result.files,
                "rows": result.rows,
                "unreadable": result.unreadable,
                "synthetic": result.synthetic,
            }
        )
    else:
        console.line(f"{result.rows} rows in {result.files} files" if result.files else "nothing new")
    if result.unreadable:
        console.note(
            f"wiredesk: {result.unreadable} records are no articles and were left out; the first is "
            f"{result.first_unreadable}",
            style="yellow",
        )


async def _forget(kafka: KafkaSettings, storage: "Storage", *, as_json: bool) -> None:
    from wiredesk.archiving import forgetting
    from wiredesk.runtime.kafka.cluster import Cluster

    def on_file(name: "FileName", rows: int) -> None:
        if not as_json:
            console.line(f"{name.path}  {rows} rows taken out")

    with storage.locked("forget"):
        async with Cluster(kafka, "wiredesk-archive") as cluster:
            result = await forgetting.forget(cluster, storage, on_file)
    if as_json:
        console.json({"files": result.files, "rewritten": result.rewritten, "rows": result.rows})
    else:
        console.line(f"{result.rows} rows taken out of {result.rewritten} of {result.files} files")
