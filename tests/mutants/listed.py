"""Mutants that are listed one by one."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.mutants.mutant import Mutant

LIST = Path(__file__).with_name("listed.toml")


class NotApplicableError(Exception):
    """A mutant's text is not in its file, or more than once."""


def listed(root: Path) -> Iterator[Mutant | NotApplicableError]:
    """Yield the mutants of the list; an error in place of one that does not apply any more."""
    for entry in tomllib.loads(LIST.read_text(encoding="utf-8"))["mutant"]:
        try:
            yield _located(root, **entry)
        except NotApplicableError as error:
            yield error


def _located(root: Path, *, name: str, file: str, text: str, replacement: str, why: str, tests: list[str]) -> Mutant:
    path = root / file
    if not path.exists():
        raise NotApplicableError(f"{name}: there is no {file}")
    source, wanted = path.read_bytes(), text.encode()
    if (times := source.count(wanted)) != 1:
        raise NotApplicableError(f"{name}: its text is {times} times in {file}, and must be there once")
    start = source.index(wanted)
    return Mutant(name, file, start, start + len(wanted), replacement.encode(), tuple(tests), why)
