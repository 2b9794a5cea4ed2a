"""A release of the Media Topics: as IPTC publishes it, and as it ships with this package.

IPTC publishes one JSON document (JSON-LD: a SKOS concept scheme, https://cv.iptc.org/newscodes/mediatopic/). Here
ship the topics in use, one a line (`data/media-topics.jsonl`), and what changed (`data/media-topics-changes.json`):
every retired code with its successors, and the mapping from the former release.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

import orjson

ENGLISH = "en-GB"
"""IPTC's key of the language that every topic has a name in."""

MAX_BYTES = 64 * 1024 * 1024
"""Maximum size of a release. That of 2026-07-02 has 2.4 MB."""

MAX_DEPTH = 32
"""Maximum levels of the tree. IPTC has five."""

_CODE = re.compile(r"\d{8}")
_NAMED_CODE = re.compile(r"(?<!\d)\d{8}(?!\d)")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_NAMESPACE = re.compile(r"(?:medtop:|https?://cv\.iptc\.org/newscodes/mediatopic/)")


class InvalidReleaseError(ValueError):
    """A file is not a release of the Media Topics; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Concept:
    """A media topic of a release, in use or retired.

    Attributes:
        code: `medtop:` and eight digits.
        parent: code of the topic above it; None at the top.
        names: by IPTC's language key.
        definition: in English; empty where there is none.
        retired: date on which it was retired; None if it is in use.
        successors: codes that IPTC names in its place, of topics in the release. They may be retired themselves.
    """

    code: str
    parent: str | None
    names: Mapping[str, str]
    definition: str = ""
    retired: str | None = None
    successors: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The English name."""
        return self.names[ENGLISH]


@dataclass(frozen=True, slots=True)
class Release:
    """All media topics of a date, retired ones as well.

    Attributes:
        date: of the release.
        concepts: by code.
    """

    date: str
    concepts: Mapping[str, Concept]

    def in_use(self) -> dict[str, Concept]:
        """Return the topics that are not retired, by code."""
        return {code: concept for code, concept in self.concepts.items() if concept.retired is None}

    def path(self, code: str) -> tuple[str, ...]:
        """Return the codes from the top of the tree down to a topic.

        Raises:
            InvalidReleaseError: a parent is not in the release, or a topic is above itself.
        """
        path = [code]
        while (parent := self.concepts[path[0]].parent) is not None:
            if parent not in self.concepts:
                raise InvalidReleaseError(f"{path[0]} is below {parent}, which is not in the release")
            if len(path) == MAX_DEPTH:
                raise InvalidReleaseError(f"{code} has more than {MAX_DEPTH} topics above it")
            path.insert(0, parent)
        return tuple(path)


def read_release(content: bytes, date: str | None = None) -> Release:
    """Read a release: IPTC's JSON document, or lines of JSON with the keys of our own file.

    Lines may also have `retired` and `successors`. They have no date.

    Args:
        content: of the file.
        date: of the release, where the file does not state it.

    Raises:
        InvalidReleaseError: it is neither, has no date, or its topics are not a tree of topics in use.
    """
    if len(content) > MAX_BYTES:
        raise InvalidReleaseError(f"{len(content):,} bytes are more than the {MAX_BYTES:,} that are read")
    document = _parse_document(content)
    if document is not None:
        stated, concepts = _date(document.get("dateReleased")), map(_published_concept, _rows(document))
    else:
        stated, concepts = None, map(_shipped_concept, _parse_lines(content))
    by_code = _by_code(concepts)
    if not by_code:
        raise InvalidReleaseError("no topic is in use")
    day = date or stated
    if day is None:
        raise InvalidReleaseError("the file does not state the date of the release; give it, as --release 2026-07-02")
    if not _is_date(day):
        raise InvalidReleaseError(f"not a date such as 2026-07-02: {day[:80]!r}")
    known = {
        code: replace(concept, successors=tuple(name for name in concept.successors if name in by_code))
        for code, concept in by_code.items()
    }
    release = Release(day, known)
    _check_tree(release)
    return release


@cache
def shipped_release() -> Release:
    """Return the release that ships with this package."""
    data = files("wiredesk.enrichment").joinpath("data")
    lines = data.joinpath("media-topics.jsonl").read_bytes().splitlines()
    changes = orjson.loads(data.joinpath("media-topics-changes.json").read_bytes())
    retired = ({"code": code, **row, "name": {ENGLISH: row["name"]}} for code, row in changes["retired"].items())
    return Release(changes["release"], _by_code(map(_shipped_concept, (*map(orjson.loads, lines), *retired))))


def _parse_document(content: bytes) -> dict[str, Any] | None:
    """Return IPTC's document; None where the content is not one JSON object with concepts."""
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError:
        return None
    return document if isinstance(document, dict) and "conceptSet" in document else None


def _rows(document: dict[str, Any]) -> list[Any]:
    rows = document["conceptSet"]
    if not isinstance(rows, list) or not rows:
        raise InvalidReleaseError("conceptSet is not a list of concepts")
    return rows


def _parse_lines(content: bytes) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(content.splitlines(), 1):
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise InvalidReleaseError(f"line {number} is not JSON, and the file is not IPTC's: {error}") from error
        yield row


def _published_concept(row: Any) -> Concept:
    """Return a concept of IPTC's document."""
    if not isinstance(row, dict):
        raise InvalidReleaseError(f"a concept is not an object: {str(row)[:80]}")
    broader = row.get("broader")
    return _concept(
        code=row.get("qcode") or row.get("uri"),
        parent=next(iter(broader), None) if isinstance(broader, list) else broader,
        names=row.get("prefLabel"),
        definition=_english(row.get("definition")),
        retired=row.get("retired"),
        # The change note is prose: "Retired. Use medtop:20000607 government budget or medtop:20000287 ... instead."
        successors=_NAMED_CODE.findall(_english(row.get("changeNote"))),
    )


def _shipped_concept(row: Any) -> Concept:
    """Return a concept of a line of ours."""
    if not isinstance(row, dict):
        raise InvalidReleaseError(f"a topic is not an object: {str(row)[:80]}")
    return _concept(
        code=row.get("code"),
        parent=row.get("parent"),
        names=row.get("name"),
        definition=row.get("definition"),
        retired=row.get("retired"),
        successors=row.get("successors") or (),
    )


def _concept(
    *, code: Any, parent: Any, names: Any, definition: Any, retired: Any, successors: Iterable[Any]
) -> Concept:
    own = _code(code)
    if not isinstance(names, dict) or not names.get(ENGLISH):
        raise InvalidReleaseError(f"{own} has no name in {ENGLISH}")
    return Concept(
        code=own,
        parent=None if parent is None else _code(parent),
        names={str(language): str(name) for language, name in names.items()},
        definition=str(definition or ""),
        retired=None if retired is None else _date(retired) or "unknown",
        successors=tuple(dict.fromkeys(map(_code, successors))) if retired is not None else (),
    )


def _english(texts: Any) -> str:
    """Return the English one of texts by language."""
    return str(texts.get(ENGLISH) or "") if isinstance(texts, dict) else ""


def _code(value: Any) -> str:
    """Return a code in the form `medtop:20000574`, from it, from the code's address or from its digits."""
    digits = _NAMESPACE.sub("", value) if isinstance(value, str) else ""
    if not _CODE.fullmatch(digits):
        raise InvalidReleaseError(f"not a code of the Media Topics: {str(value)[:80]!r}")
    return f"medtop:{digits}"


def _date(value: Any) -> str | None:
    """Return the day of a date or a time in ISO 8601."""
    match = _DATE.match(value) if isinstance(value, str) else None
    return match[0] if match else None


def _is_date(text: str) -> bool:
    try:
        return bool(_DATE.fullmatch(text)) and bool(dt.date.fromisoformat(text))
    except ValueError:
        return False


def _by_code(concepts: Iterable[Concept]) -> dict[str, Concept]:
    by_code: dict[str, Concept] = {}
    for concept in concepts:
        if by_code.setdefault(concept.code, concept) is not concept:
            raise InvalidReleaseError(f"{concept.code} is in the file twice")
    return dict(sorted(by_code.items()))


def _check_tree(release: Release) -> None:
    in_use = release.in_use()
    if not in_use:
        raise InvalidReleaseError("no topic is in use")
    for code in release.concepts:
        retired = [above for above in release.path(code) if above not in in_use]
        if code in in_use and retired:
            raise InvalidReleaseError(f"{code} is in use below {retired[-1]}, which is retired")
