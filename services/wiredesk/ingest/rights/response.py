"""Statements in headers of the response."""

from collections.abc import Callable, Mapping

from wiredesk.ingest.rights.links import read_link_header
from wiredesk.ingest.rights.robots import read_robots_header
from wiredesk.ingest.rights.statements import Statements
from wiredesk.ingest.rights.tdm import POLICY, RESERVATION, read_policy, read_reservation
from wiredesk.ingest.rights.usage import read_usage

READERS: dict[str, Callable[[str, str, Statements], None]] = {
    "x-robots-tag": read_robots_header,
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
        headers: by name in lower case; several values are joined by commas.
    """
    for name, read in READERS.items():
        if value := headers.get(name):
            read(value, f"header:{name}", statements)
