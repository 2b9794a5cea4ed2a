"""Dead letters of forgotten pages in files that `wiredesk dlq export` wrote: found, removed, and not imported."""

import contextlib
import os
import tempfile
from collections.abc import Callable, Container, Iterable, Mapping
from pathlib import Path

import orjson

from wiredesk.operations.dead_letters.files import from_json
from wiredesk.operations.forgetting.suppressor import ForgottenPages
from wiredesk.runtime.errors import UnavailableError, UsageError
from wiredesk.runtime.records import Output
from wiredesk.runtime.topology import Stage

type LetterTest = Callable[[Output], bool]
"""Returns whether an exported dead letter is of what is looked for."""


def letter_test(stages: Iterable[Stage], keys: Container[str]) -> LetterTest:
    """Return a test for dead letters: whether their page or host has one of the keys of the list.

    Args:
        stages: all stages.
        keys: ids of pages and hosts.
    """
    by_topic: Mapping[str, Stage] = {stage.dead_letter_topic.name: stage for stage in stages}
    pages = ForgottenPages()

    def is_one(letter: Output) -> bool:
        stage = by_topic.get(letter.topic)
        return stage is not None and any(key.decode("utf-8", "replace") in keys for key in pages.keys(letter, stage))

    return is_one


def count_letters(path: Path, stages: Iterable[Stage], is_one: LetterTest) -> int:
    """Return how many dead letters of a file pass a test.

    Raises:
        UsageError: the file cannot be read, or is no export.
    """
    return sum(is_one(letter) for _, letter in _lines(path, stages))


def remove_letters(path: Path, stages: Iterable[Stage], is_one: LetterTest) -> int:
    """Write a file again without the dead letters that pass a test; return how many those were.

    The new file replaces the old one at once; where none is removed, the file stays as it is.

    Raises:
        UsageError: the file cannot be read, or is no export.
        UnavailableError: it cannot be written; then it is unchanged.
    """
    kept = [line for line, letter in _lines(path, stages) if not is_one(letter)]
    removed = sum(1 for _ in _lines(path, stages)) - len(kept)
    if removed:
        _replace(path, kept)
    return removed


def _lines(path: Path, stages: Iterable[Stage]) -> list[tuple[bytes, Output]]:
    topics = {stage.dead_letter_topic.name for stage in stages}
    lines = []
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                try:
                    lines.append((line, from_json(line, topics)[1]))
                except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
                    raise UsageError(f"{path}, line {number}: not an exported dead letter: {error}") from error
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from error
    return lines


def _replace(path: Path, lines: Iterable[bytes]) -> None:
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            try:
                file.writelines(lines)
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).chmod(path.stat().st_mode)
                Path(file.name).replace(path)
            except BaseException:
                with contextlib.suppress(FileNotFoundError):
                    Path(file.name).unlink()
                raise
    except OSError as error:
        raise UnavailableError(f"{path} cannot be written: {error.strerror or error}") from error
