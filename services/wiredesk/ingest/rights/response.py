"""Statements in headers of the response."""

from collections.abc import Callable, Mapping

from wiredesk.ingest.rights.links import read_link_header
from wiredesk.ingest.rights.robots import read_robots_header
from wiredesk.ingest.rights.statements import Statements
from wiredesk.ingest.rights.tdm import POLICY, RESERVATION, read_policy, read_reservation
from wiredesk.ingest.rights.usage import read_usage
from wiredesk_schemas.header_lines import ADDRESSED, lines_of

MAX_LINES = 200
"""Lines of one header that are read."""

READERS: dict[str, Callable[[str, str, Statements], None]] = {
    ADDRESSED: read_robots_header,
    RESERVATION: read_reservation,
    POLICY: read_policy,
    "content-usage": read_usage,
    "content-signal": read_usage,
    "link": lambda value, _, statements: read_link_header(value, statements),
}
"""What reads a header: its value, the name of the source, and where statements are collected."""


def read_response(headers: Mapping[str, str], statements: Statements) -> None:
    """Read the headers of a response.

    Args:
        headers: by name in lower case; several lines are separated by line feeds.
    """
    for name, read in READERS.items():
        if value := headers.get(name):
            for line in [value] if name == ADDRESSED else lines_of(value)[:MAX_LINES]:
                read(line, f"header:{name}", statements)
