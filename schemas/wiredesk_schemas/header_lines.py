"""Lines of one header of a response, in one text.

HTTP allows to join them by commas. But joined so, `X-Robots-Tag: googlebot: noindex` and `X-Robots-Tag: noarchive` say
that both directives are for one robot. So lines about rights are separated by line feeds, which no header can hold.
"""

from collections.abc import Iterable

SEPARATOR = "\n"
"""What is between two lines; Chrome and those who drive it write it, too."""

ADDRESSED = "x-robots-tag"
"""The header in which a name counts up to the end of its line. A single line of it ends in a separator, if it is known
to be one: otherwise a crawler may have joined several."""

OF_RIGHTS = frozenset({ADDRESSED, "content-signal", "content-usage", "link", "tdm-policy", "tdm-reservation"})
"""Headers whose lines stay lines."""


def join_lines(name: str, lines: Iterable[str]) -> str:
    """Return the lines of a header as one text; empty ones are left out.

    Args:
        name: of the header, in lower case.
    """
    stated = [line for line in lines if line]
    if name not in OF_RIGHTS:
        return ", ".join(stated)
    is_doubtful = name == ADDRESSED and len(stated) == 1 and "," in stated[0] and ":" in stated[0]
    return SEPARATOR.join(stated) + (SEPARATOR if is_doubtful else "")


def lines_of(value: str) -> list[str]:
    """Return the lines of a header: at least one, perhaps empty."""
    return [line for line in value.split(SEPARATOR) if line] or [""] if SEPARATOR in value else [value]


def are_whole(value: str) -> bool:
    """Return whether lines are known to be those of the response: none was joined of several."""
    return SEPARATOR in value
