"""Directives for robots, as `X-Robots-Tag` and `<meta name="robots">` have them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from wiredesk.ingest.rights.dates import find_date
from wiredesk.ingest.rights.statements import EVERYTHING_BY_AI, Meaning, Statements
from wiredesk_schemas import RightsKind

MAX_DIRECTIVE_CHARACTERS = 1024
"""Characters of directives that are read. Real ones have up to 200."""

ROBOTS = "robots"
"""The name under which a page addresses all robots."""

MEANING: dict[str, Meaning] = {
    "noindex": {"no_index": True},
    "none": {"no_index": True},
    "index": {"no_index": False},
    "all": {"no_index": False},
    "noarchive": {"no_archive": True},
    "nocache": {"no_archive": True},
    "archive": {"no_archive": False},
    "nosnippet": {"no_snippet": True},
    "snippet": {"no_snippet": False},
    "noimageindex": {"no_image_index": True},
    "notranslate": {"no_translate": True},
    "noai": EVERYTHING_BY_AI,
    "noml": EVERYTHING_BY_AI,
    "noimageai": {"no_image_ai": True},
}
"""What directives mean: those of search engines (Google, Bing, Yandex), `noai` and `noimageai` (DeviantArt), and `noml`
(Mojeek)."""

WITHOUT_MEANING = frozenset(
    {"follow", "nofollow", "noodp", "noydir", "noyaca", "indexifembedded", "nopagereadaloud", "imageindex", "translate"}
)
"""Directives that say nothing about the use of the page's text."""

WITH_VALUE = frozenset({"max-snippet", "max-image-preview", "max-video-preview", "unavailable_after"})
"""Directives that have a value after a colon."""

_DIRECTIVE_NAMES = "|".join(re.escape(name) for name in (*MEANING, *WITHOUT_MEANING, *WITH_VALUE, "unavailable-after"))

_ADDRESSED = re.compile(
    rf"(?:^|[,;])\s{{0,20}}(?P<agent>\*|[A-Za-z][\w.-]{{0,60}})\s{{0,5}}:\s{{0,20}}(?=(?:{_DIRECTIVE_NAMES})(?![\w-]))",
    re.IGNORECASE,
)
"""The name of a robot before directives. `max-snippet: none` is not a name and a directive; see `_sections`."""

_DIRECTIVE = re.compile(
    r"(?P<after>unavailable[_-]after)\s{0,5}[:=]?|"
    r"(?P<limit>max-(?:snippet|image-preview|video-preview))\s{0,5}[:=]\s{0,5}(?P<value>-?\w{1,20})|"
    r"(?P<word>[A-Za-z][A-Za-z-]{1,40})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Section:
    """Directives, and the robot to which they are addressed: None for all robots."""

    agent: str | None
    directives: str


def read_robots_header(value: str, source: str, statements: Statements) -> None:
    """Read an `X-Robots-Tag`, in which names of robots may stand before directives."""
    for section in _sections(value[:MAX_DIRECTIVE_CHARACTERS]):
        read_directives(section.directives, source, statements, agent=section.agent)


def read_directives(text: str, source: str, statements: Statements, *, agent: str | None = None) -> None:
    """Read directives that are addressed to one robot, or to all."""
    text = text[:MAX_DIRECTIVE_CHARACTERS].strip(" \t\r\n,;")
    meanings: list[Meaning] = []
    position = 0
    while match := _DIRECTIVE.search(text, position):
        position = match.end()
        if match["after"]:
            date = find_date(text, position)
            position = date.end if date else _end_of_directive(text, position)
            if date:
                meanings.append({"unavailable_after": date.instant})
            else:
                statements.add_unreadable(source, text[match.start() : position])
        else:
            meanings.append(_limit(match) if match["limit"] else MEANING.get(match["word"].lower(), {}))
    statements.add(RightsKind.ROBOTS, text, source, *meanings, agent=agent)


def _sections(text: str) -> Iterator[Section]:
    """Yield the parts of a header by the robots to which they are addressed."""
    agent, start = None, 0
    for match in _ADDRESSED.finditer(text):
        name = match["agent"].lower()
        if name.replace("-", "_") in {directive.replace("-", "_") for directive in WITH_VALUE}:
            continue
        if before := text[start : match.start()].strip(" \t,;"):
            yield Section(agent, before)
        agent, start = (None if name in ("*", ROBOTS) else name), match.end()
    if rest := text[start:].strip(" \t,;"):
        yield Section(agent, rest)


def _limit(match: re.Match[str]) -> Meaning:
    """Return the meaning of a directive with a number."""
    if match["limit"].lower() != "max-snippet" or not re.fullmatch(r"-?[0-9]{1,9}", match["value"]):
        return {}
    characters = int(match["value"])
    if characters < 0:
        return {"no_snippet": False}  # without limit
    return {"max_snippet": characters, **({"no_snippet": True} if characters == 0 else {})}


def _end_of_directive(text: str, position: int) -> int:
    ends = [end for separator in ",;" if (end := text.find(separator, position)) >= 0]
    return min(ends, default=len(text))
