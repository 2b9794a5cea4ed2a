"""The sentences with names that the encoder learns from: how many of each source, how often, and in which case."""

import gzip
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

FOLDER = Path("entities", "multilingual")
"""Folder of the sentences, below the data."""

LEFT_OUT = frozenset({"de-europeana", "es-echr-projected", "fr-echr-projected", "fr-europeana", "nl-europeana"})
"""Sources that are not read: newspapers before 1950 as OCR, and judgments with labels by machine.

A tagger that had read these missed more names in French and Dutch text of today than one that knew neither language.
"""

MAX_SENTENCES: Mapping[str, int] = {
    "bn-banglakit": 2400,
    "da-multileg": 800,
    "fi-multileg": 800,
    "fi-turku": 8000,
    "hi-hiner": 5000,
    "hr-set": 5000,
    "hu-nerkor": 9000,
    "kk-kaznerd-valid": 1500,
    "lt-multileg": 1200,
    "lv-fullstack": 5000,
    "lv-multileg": 700,
    "nb-norne": 7000,
    "nn-norne": 5000,
    "pl-multileg": 1200,
    "ru-wikiner": 7000,
    "sr-set": 2000,
    "sv-multileg": 800,
    "tr-wikiner": 10_000,
}
"""Sentences that are taken of large sources, of law, and of labels by machine; all of any other."""

REPEATED: Mapping[str, int] = {
    "ar-newsfane": 2,
    "cs-bsnlp-covid19": 3,
    "de-germeval14dev": 5,
    "en-crossner-politics": 2,
    "en-wikigold": 2,
    "et-estner-dev": 2,
    "id-yusufs": 4,
    "ja-gsd": 2,
    "ja-stockmark": 2,
    "ko-klue": 3,
    "pl-bsnlp-covid19": 3,
    "ru-factrueval": 2,
    "sk-snk": 2,
    "uk-bsnlp-covid19": 2,
    "zh-gsdsimp": 2,
}
"""How often a small source is read in a pass."""

FURTHER = (
    "da-ddt",
    "hr-set",
    "ja-gsd",
    "pt-bosque",
    "sk-snk",
    "sr-set",
    "sv-talbanken",
    "tr-wikiner",
    "zh-Hant-gsd",
    "zh-gsdsimp",
)
"""Development sets that are read, too: nothing is measured with them."""

CAPITALS, TITLE_CASE, LOWER_CASE = 0.03, 0.025, 0.01
"""Shares of the sentences that are read in capitals, in title case, and in lower case."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a sentence: offsets in code points, and PER, ORG or LOC."""

    start: int
    end: int
    type: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text with its names, in order."""

    text: str
    names: tuple[Name, ...]


def training_files(data: Path) -> list[Path]:
    """Return the files of sentences, in a fixed order."""
    folder = data / FOLDER
    files = [*sorted((folder / "train").glob("*.gz")), *(folder / "dev" / f"{name}.jsonl.gz" for name in FURTHER)]
    return [path for path in files if path.name.partition(".")[0] not in LEFT_OUT]


def labelled_files(data: Path) -> list[Path]:
    """Return all files that may be learnt from, in a fixed order."""
    return [path for part in ("train", "dev") for path in sorted((data / FOLDER / part).glob("*.gz"))]


def read_sentences(path: Path) -> Iterator[Sentence]:
    """Yield the sentences of a file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield Sentence(
                row["text"], tuple(Name(name["start"], name["end"], name["type"]) for name in row["entities"])
            )


def chosen_sentences(path: Path, choice: random.Random) -> Iterator[Sequence[Sentence]]:
    """Yield the sentences of a file that are read, once for each time that they are read in a pass."""
    name = path.name.partition(".")[0]
    sentences = list(read_sentences(path))
    most = MAX_SENTENCES.get(name, len(sentences))
    first = choice.randrange(len(sentences) - most + 1) if most < len(sentences) else 0
    for _ in range(REPEATED.get(name, 1)):
        yield [_in_other_case(sentence, choice) for sentence in sentences[first : first + most]]


def _in_other_case(sentence: Sentence, choice: random.Random) -> Sentence:
    drawn = choice.random()
    if drawn < CAPITALS:
        text = sentence.text.upper()
    elif drawn < CAPITALS + TITLE_CASE:
        text = sentence.text.title()
    elif drawn < CAPITALS + TITLE_CASE + LOWER_CASE:
        text = sentence.text.lower()
    else:
        return sentence
    return replace(sentence, text=text) if len(text) == len(sentence.text) else sentence
