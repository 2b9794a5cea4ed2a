"""Pages from templates: everything that comes from outside is escaped, and stays text."""

import time
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from wiredesk.runtime.printable import printable
from wiredesk.runtime.records import instant
from wiredesk.web.links import web_url

TEMPLATES = Path(__file__).parent / "templates"
"""The folder of the templates."""

MINUTE, HOUR, DAY = 60, 3600, 86_400
"""Seconds of periods that ages are given in."""


@cache
def environment() -> Environment:
    """Return the template engine: it escapes every value, and refuses names that are not given."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    made.filters |= {"web_url": web_url, "moment": moment, "age": age, "seconds": seconds_text, "millis": millis}
    return made


def render(template: str, **values: Any) -> str:
    """Return a page, from the name of its template and its values."""
    return environment().get_template(template).render(**values)


def html(template: str, *, status: int = 200, **values: Any) -> web.Response:
    """Return the answer with a page."""
    return web.Response(text=render(template, **values), status=status, content_type="text/html", charset="utf-8")


def moment(time_of: datetime | None) -> str:
    """Return a time as people read it, in UTC; empty if it is not known."""
    return "" if time_of is None else time_of.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def millis(milliseconds: int) -> str:
    """Return a record's time as people read it, in UTC; as a number if it is outside the calendar."""
    return moment(instant(milliseconds)) or f"{milliseconds} ms"


def age(time_of: datetime | None) -> str:
    """Return how long ago a time was, in one unit; empty if it is not known."""
    return "" if time_of is None else seconds_text(time.time() - time_of.timestamp())


def seconds_text(seconds: float) -> str:
    """Return a period in its largest unit."""
    whole = max(0, int(seconds))
    for unit, name in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if whole >= 2 * unit or (unit != DAY and whole >= unit):
            return f"{whole // unit} {name}"
    return f"{whole} s"


def _shown(value: Any) -> Any:
    """Return a value as it is shown: invisible characters and those that turn text around are written as escapes."""
    return printable(value) if type(value) is str else value
