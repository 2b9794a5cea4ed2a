"""Options that `replay STAGE` and `replay STAGE --rewind-group` share: offsets and filters of records."""

import re
from collections.abc import Sequence
from typing import Annotated

import typer

from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.kafka.offset_range import NO_END, OffsetRange

HostsOption = Annotated[
    list[str] | None,
    typer.Option("--host", metavar="H", help="Only pages on this host or its subdomains. Can be repeated."),
]
UrlsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--url", metavar="PATTERN", help="Only pages whose URL matches: 'https://a.example/sport/*'. Can be repeated."
    ),
]
LanguagesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--language",
        metavar="CODE",
        help="Only pages in this language (stated, or else detected): en. Can be repeated.",
    ),
]
TypesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--type", metavar="TYPE", help="Only events of this type: wiredesk.article.cleaned.v1. Can be repeated."
    ),
]

_RANGE = re.compile(r"(\d{1,9}):(\d{1,18})(?:-(\d{1,18}))?")
_OFFSET = re.compile(r"([0-9]{1,9}):([0-9]{1,18})")


def parse_offset_ranges(values: Sequence[str]) -> dict[int, OffsetRange]:
    """Return the offsets to read, by partition, from values like `3:1200-2400` or `3:1200`.

    Raises:
        UsageError: a value is invalid or empty, or names a partition a second time.
    """
    ranges: dict[int, OffsetRange] = {}
    for value in values:
        match = _RANGE.fullmatch(value)
        if match is None:
            raise UsageError(
                f"--offset {value}: write partition and offsets, like 3:1200-2400, or 3:1200 for all from there"
            )
        partition = int(match[1])
        given = OffsetRange(int(match[2]), NO_END if match[3] is None else int(match[3]))
        if not given.size:
            raise UsageError(
                f"--offset {value}: the end {given.stop} (exclusive) must be greater than the start {given.start}"
            )
        if partition in ranges:
            raise UsageError(f"--offset {value}: partition {partition} is given twice")
        ranges[partition] = given
    return ranges


def parse_offsets(values: Sequence[str]) -> dict[int, int]:
    """Return offsets, by partition, from values like `3:1200`.

    Raises:
        UsageError: a value is invalid.
    """
    offsets = {}
    for value in values:
        match = _OFFSET.fullmatch(value)
        if match is None:
            raise UsageError(f"--offset {value}: write partition and offset, like 3:1200")
        offsets[int(match[1])] = int(match[2])
    return offsets
