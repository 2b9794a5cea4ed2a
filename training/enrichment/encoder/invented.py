"""Sentences that were written for this project, with names marked as `[PER|Ada Lovelace]`; languages that lack others.

A file has a sentence in each line, and its name is the language's code.
"""

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from training.enrichment.encoder.sentences import Name, Sentence

FOLDER = Path(__file__).with_name("invented")

REPEATED = 6
"""How often the sentences are read in a pass."""

REPLACED = 0.6
"""Share of the names in whose place another of the same type and file is read, from the second reading on."""

_MARK = re.compile(r"\[(PER|ORG|LOC)\|([^\[\]|]+)\]")

type Parts = Sequence[str | tuple[str, str]]
"""A sentence in parts: text, and names with their type before them."""


def invented_files() -> list[Path]:
    """Return the files, in a fixed order."""
    return sorted(FOLDER.glob("*.txt"))


def invented_sentences(path: Path, choice: random.Random) -> Iterator[Sequence[Sentence]]:
    """Yield the sentences of a file in random order, once for each time that they are read in a pass."""
    lines = [_parts(line) for line in path.read_text(encoding="utf-8").splitlines()]
    names: dict[str, list[str]] = defaultdict(list)
    for kind, surface in (part for line in lines for part in line if isinstance(part, tuple)):
        names[kind].append(surface)
    for number in range(REPEATED):
        choice.shuffle(lines)
        yield [_sentence(_with_other_names(line, names, choice) if number else line) for line in lines]


def _parts(line: str) -> Parts:
    parts: list[str | tuple[str, str]] = []
    position = 0
    for mark in _MARK.finditer(line):
        parts += [line[position : mark.start()], (mark[1], mark[2])]
        position = mark.end()
    return [*parts, line[position:]]


def _with_other_names(parts: Parts, names: Mapping[str, Sequence[str]], choice: random.Random) -> Parts:
    return [
        (part[0], choice.choice(names[part[0]])) if isinstance(part, tuple) and choice.random() < REPLACED else part
        for part in parts
    ]


def _sentence(parts: Parts) -> Sentence:
    text = ""
    names: list[Name] = []
    for part in parts:
        if isinstance(part, tuple):
            kind, surface = part
            names.append(Name(len(text), len(text) + len(surface), kind))
            text += surface
        else:
            text += part
    return Sentence(text, tuple(names))
