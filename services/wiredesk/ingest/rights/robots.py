"""Directives for robots, as `X-Robots-Tag` and `<meta name="robots">` have them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from wiredesk.ingest.rights.dates import find_date
from wiredesk.ingest.rights.statements import EVERYTHING_BY_AI, Meaning, Statements
from wiredesk_schemas import RightsKind
from wiredesk_schemas.header_lines import are_whole, lines_of

MAX_DIRECTIVE_CHARACTERS = 16 * 1024
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

SIZES_OF_IMAGES = frozenset({"none", "standard", "large"})
"""Values of `max-image-preview`."""

WITHOUT_LIMIT = -1
"""The number that means that there is no limit."""

_DIRECTIVE_NAMES = "|".join(re.escape(name) for name in (*MEANING, *WITHOUT_MEANING, *WITH_VALUE, "unavailable-after"))

_ADDRESSED = re.compile(
    rf"(?:^|[,;])\s{{0,20}}(?P<agent>\*|[A-Za-z][\w.-]{{0,60}})\s{{0,5}}:\s{{0,20}}(?=(?:{_DIRECTIVE_NAMES})(?![\w-]))",
    re.IGNORECASE,
)
"""The name of a robot before directives. `max-snippet: none` is not a name and a directive; see `_sections`."""

_NO_ROBOTS = frozenset({"*", ROBOTS, "x-robots-tag", *MEANING, *WITHOUT_MEANING})
"""What stands where a robot is named, and names none: what follows is for all of them."""

_VALUED = frozenset(name.replace("-", "_") for name in WITH_VALUE)

_DIRECTIVE = re.compile(
    r"(?P<after>unavailable[_-]after)\s{0,5}[:=]?|"
    r"(?P<limit>max-(?:snippet|image-preview|video-preview))(?![\w-])(?:\s{0,5}[:=]\s{0,5}(?P<value>[^\s,;]{0,40}))?|"
    r"(?P<word>[A-Za-z][A-Za-z_-]{1,40})",
    re.IGNORECASE,
)

_UNKNOWN_ZONE = re.compile(r"\s{0,3}[A-Z]{2,5}(?![\w-])")
"""A zone after a date that is not known: the date is taken to be in UTC."""

_TWO_WORDS = re.compile(
    r"(?<![\w-])no[\s_-]{1,3}(?=(?:index|archive|cache|snippet|imageindex|imageai|translate|follow|ai|ml)(?![\w-]))",
    re.IGNORECASE,
)
"""The first half of a directive that is written as two words: `no-index`, `no ai`."""

_MAY_BE_TWO_WORDS = re.compile(r"[nN][oO][\s_-]")


@dataclass(frozen=True, slots=True)
class Section:
    """Directives, and the robot to which they are addressed: None for all robots."""

    agent: str | None
    directives: str


@dataclass(frozen=True, slots=True)
class Directive:
    """A directive in a text.

    Attributes:
        meaning: None where it is not understood.
    """

    start: int
    end: int
    meaning: Meaning | None


def read_robots_header(value: str, source: str, statements: Statements) -> None:
    """Read an `X-Robots-Tag`, in which names of robots may stand before directives.

    Where a crawler may have joined several lines by commas, what follows the first directive after a name may be for
    all robots: a restriction counts for all.
    """
    is_whole = are_whole(value)
    for line in lines_of(_bounded(value, source, statements)):
        for section in _sections(line):
            read_directives(section.directives, source, statements, agent=section.agent)
            if section.agent is not None and not is_whole:
                _read_doubtful(section.directives, source, statements)


def is_addressed(line: str) -> bool:
    """Return whether the directives of a line are for one robot, at least at its end."""
    return any(section.agent is not None for section in _sections(line[:MAX_DIRECTIVE_CHARACTERS]))


def read_directives(text: str, source: str, statements: Statements, *, agent: str | None = None) -> None:
    """Read directives that are addressed to one robot, or to all."""
    text = _bounded(text, source, statements).strip(" \t\r\n,;")
    plain = _joined(text)
    meanings: list[Meaning] = []
    for directive in _directives(plain):
        if directive.meaning is not None:
            meanings.append(directive.meaning)
        else:
            statements.add_unreadable(source, plain[directive.start : directive.end])
    statements.add(RightsKind.ROBOTS, text, source, *meanings, agent=agent)


def _read_doubtful(text: str, source: str, statements: Statements) -> None:
    """Read the restrictions after the first comma that follows a name, as if they were for all robots."""
    text = _joined(text)
    directives = list(_directives(text))
    comma = text.find(",", directives[0].end) if directives else -1
    restrictions = [
        {field: value for field, value in directive.meaning.items() if value is not False}
        for directive in directives
        if directive.meaning and directive.start > comma >= 0
    ]
    if any(restrictions):
        statements.add(RightsKind.ROBOTS, text[comma:].strip(" \t,;"), source, *restrictions)


def _joined(text: str) -> str:
    """Return directives in which `no-index` is one word."""
    return _TWO_WORDS.sub("no", text) if _MAY_BE_TWO_WORDS.search(text) else text


def _bounded(text: str, source: str, statements: Statements) -> str:
    if len(text) > MAX_DIRECTIVE_CHARACTERS:
        statements.add_unreadable(source, f"{len(text)} characters, of which {MAX_DIRECTIVE_CHARACTERS} are read")
        text = text[:MAX_DIRECTIVE_CHARACTERS]
        end = max(map(text.rfind, ",;\n"))  # half a directive may mean something else
        return text[:end] if end > 0 else text
    return text


def _directives(text: str) -> Iterator[Directive]:
    position = 0
    while match := _DIRECTIVE.search(text, position):
        position = match.end()
        meaning: Meaning | None
        if match["after"]:
            date = find_date(text, position)
            position = date.end if date else _end_of_directive(text, position)
            meaning = {"unavailable_after": date.instant} if date else None
            if date and (zone := _UNKNOWN_ZONE.match(text, position)):
                yield Directive(match.start(), zone.end(), None)
                position = zone.end()
        else:
            meaning = _limit(match) if match["limit"] else _word(match["word"])
        yield Directive(match.start(), position, meaning)


def _sections(text: str) -> Iterator[Section]:
    """Yield the parts of a line by the robots to which they are addressed."""
    agent, start = None, 0
    for match in _ADDRESSED.finditer(text):
        name = match["agent"].lower()
        if name.replace("-", "_") in _VALUED:
            continue
        if before := text[start : match.start()].strip(" \t,;"):
            yield Section(agent, before)
        agent, start = (None if name in _NO_ROBOTS else name), match.end()
    if rest := text[start:].strip(" \t,;"):
        yield Section(agent, rest)


def _word(word: str) -> Meaning | None:
    """Return what a directive without a value means; None where it may be a restriction that is not known."""
    name = word.lower().strip("-_")
    if name in MEANING:
        return MEANING[name]
    return None if name.startswith("no") and name not in WITHOUT_MEANING and name not in ("no", "not") else {}


def _limit(match: re.Match[str]) -> Meaning | None:
    """Return the meaning of a directive with a limit; None if that is none."""
    value = (match["value"] or "").strip("\"'“”")
    if match["limit"].lower() == "max-image-preview":
        return {} if value.lower() in SIZES_OF_IMAGES else None
    if not re.fullmatch(r"-1|[0-9]{1,9}", value):
        return None
    characters = int(value)
    if match["limit"].lower() != "max-snippet":
        return {}
    if characters == WITHOUT_LIMIT:
        return {"no_snippet": False}
    return {"max_snippet": characters, **({"no_snippet": True} if characters == 0 else {})}


def _end_of_directive(text: str, position: int) -> int:
    ends = [end for separator in ",;" if (end := text.find(separator, position)) >= 0]
    return min(ends, default=len(text))
