"""Takes IPTC's next release of the Media Topics: reports what changes, and writes the files that ship.

    python -m wiredesk.enrichment.topics.vocabulary FILE [--write FOLDER] [--json]

FILE is what IPTC publishes as JSON (https://cv.iptc.org/newscodes/mediatopic/, format `json`), or lines of JSON with
the keys of `data/media-topics.jsonl`. It is compared with the release that ships, or with that of `--former`. The exit
code is 0 if nothing changes, 1 if something does, and 2 if the file is not a release.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from wiredesk.enrichment.topics.release import Concept, InvalidReleaseError, Release, read_release, shipped_release
from wiredesk.runtime.printable import one_line

TOPICS_FILE = "media-topics.jsonl"
"""Name of the file of the topics in use."""

CHANGES_FILE = "media-topics-changes.json"
"""Name of the file of retired codes and of the mapping from the former release."""

DIFFERENT = 1
"""Exit code where the releases differ."""

INVALID = 2
"""Exit code where a file cannot be read."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between two releases. Codes are in order.

    Attributes:
        release: date of the later one.
        former_release: date of the former one.
        new: codes in use that the former release does not have.
        reinstated: codes in use that were retired.
        retired: codes in use before, that are retired now, with the successors that IPTC names.
        missing: codes of the former release that the later one does not have, not even as retired.
        moved: codes in use in both, with the code of the parent before and after; None at the top.
        renamed: codes in use in both, with the English name before and after.
        redefined: codes in use in both whose English definition differs.
        translated: number of names that differ, by IPTC's language key without English.
    """

    release: str
    former_release: str
    new: tuple[str, ...]
    reinstated: tuple[str, ...]
    retired: Mapping[str, tuple[str, ...]]
    missing: tuple[str, ...]
    moved: Mapping[str, tuple[str | None, str | None]]
    renamed: Mapping[str, tuple[str, str]]
    redefined: tuple[str, ...]
    translated: Mapping[str, int]

    @property
    def any(self) -> bool:
        """Whether anything differs besides the date."""
        return any(value for name, value in asdict(self).items() if name not in ("release", "former_release"))


def compare(former: Release, later: Release) -> Changes:
    """Return what differs between two releases."""
    before, after = former.in_use(), later.in_use()
    both = [(before[code], after[code]) for code in after if code in before]
    retired = [code for code in before if code in later.concepts and code not in after]
    return Changes(
        release=later.date,
        former_release=former.date,
        new=tuple(code for code in after if code not in former.concepts),
        reinstated=tuple(code for code in after if code in former.concepts and code not in before),
        retired={code: later.concepts[code].successors for code in retired},
        missing=tuple(code for code in former.concepts if code not in later.concepts),
        moved={new.code: (old.parent, new.parent) for old, new in both if old.parent != new.parent},
        renamed={new.code: (old.name, new.name) for old, new in both if old.name != new.name},
        redefined=tuple(new.code for old, new in both if old.definition != new.definition),
        translated=_translated(both),
    )


def report(former: Release, later: Release) -> Iterator[str]:
    """Yield the lines of a report for people. They have texts of the files as they are."""
    changes = compare(former, later)
    yield f"Media Topics {former.date} -> {later.date}: {len(former.in_use())} -> {len(later.in_use())} topics in use"
    yield from _section("new", [_described(later, code) for code in changes.new])
    yield from _section("reinstated", [_described(later, code) for code in changes.reinstated])
    yield from _section("retired", [_replaced(former, later, code) for code in changes.retired])
    yield from _section("missing", [_described(former, code) for code in changes.missing])
    moved = [(code, _named(former, old), _named(later, new)) for code, (old, new) in changes.moved.items()]
    yield from _section("moved", [f"{_named(later, code)}: {old} -> {new}" for code, old, new in moved])
    yield from _section("renamed", [f"{code} {old} -> {new}" for code, (old, new) in changes.renamed.items()])
    yield from _section("English definition changed", [_named(later, code) for code in changes.redefined])
    yield from _section("other names changed", [f"{key}: {count}" for key, count in changes.translated.items()])


def write(folder: Path, former: Release, later: Release) -> None:
    """Write the files that ship: the topics in use, and the retired codes with the mapping from the former release."""
    lines = [
        {"code": concept.code, "parent": concept.parent, "name": concept.names, "definition": concept.definition}
        for concept in later.in_use().values()
    ]
    (folder / TOPICS_FILE).write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))
    changes = asdict(compare(former, later))
    changes["retired"] = {code: _retired_row(concept) for code, concept in _all_retired(former, later).items()}
    for name in ("missing", "redefined", "translated"):  # of interest to those who take a release, not to its users
        del changes[name]
    content = orjson.dumps(changes, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    (folder / CHANGES_FILE).write_bytes(content)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command, and return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, metavar="FILE", help="the next release")
    parser.add_argument("--release", metavar="DATE", help="its date, where the file does not state it")
    parser.add_argument("--former", type=Path, metavar="FILE", help="a release to compare with, in place of ours")
    parser.add_argument("--former-release", metavar="DATE", help="the date of that one")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="write the files that ship into a folder")
    parser.add_argument("--json", action="store_true", help="print the changes as JSON")
    args = parser.parse_args(arguments)
    try:
        later = read_release(args.file.read_bytes(), args.release)
        former = read_release(args.former.read_bytes(), args.former_release) if args.former else shipped_release()
        if args.write:
            write(args.write, former, later)
    except (OSError, InvalidReleaseError) as error:
        sys.stderr.write(f"vocabulary: {one_line(str(error))}\n")
        return INVALID
    changes = compare(former, later)
    if args.json:
        sys.stdout.write(orjson.dumps(asdict(changes), option=orjson.OPT_INDENT_2).decode() + "\n")
    else:
        sys.stdout.writelines(one_line(line) + "\n" for line in report(former, later))
    return DIFFERENT if changes.any else 0


def _translated(both: Sequence[tuple[Concept, Concept]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for old, new in both:
        for language in sorted(old.names.keys() | new.names.keys()):
            if not language.startswith("en-") and old.names.get(language) != new.names.get(language):
                counts[language] = counts.get(language, 0) + 1
    return dict(sorted(counts.items()))


def _all_retired(former: Release, later: Release) -> dict[str, Concept]:
    """Return every retired topic, with what the former release knows of those that the later one tells less about."""
    retired = {code: concept for code, concept in later.concepts.items() if concept.retired is not None}
    for code, concept in former.concepts.items():
        if code not in later.concepts or (code in retired and concept.successors and not retired[code].successors):
            retired[code] = concept
    return dict(sorted(retired.items()))


def _retired_row(concept: Concept) -> dict[str, Any]:
    return {
        "name": concept.name,
        "retired": concept.retired or "unknown",
        "parent": concept.parent,
        "successors": concept.successors,
    }


def _section(title: str, lines: Sequence[str]) -> Iterator[str]:
    yield f"{title}: {len(lines)}"
    yield from (f"  {line}" for line in lines)


def _named(release: Release, code: str | None) -> str:
    if code is None:
        return "top level"
    return f"{code} {release.concepts[code].name}" if code in release.concepts else code


def _described(release: Release, code: str) -> str:
    parent = release.concepts[code].parent
    return _named(release, code) + (f", below {_named(release, parent)}" if parent else ", top level")


def _replaced(former: Release, later: Release, code: str) -> str:
    concept = later.concepts[code]
    named = [_named(later, name) for name in concept.successors]
    return f"{code} {former.concepts[code].name} ({concept.retired}): " + ("; ".join(named) or "no successor named")


if __name__ == "__main__":
    sys.exit(main())
