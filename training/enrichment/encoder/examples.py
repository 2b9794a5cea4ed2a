"""Training examples: neighbouring sentences as one window of word pieces, with a label for each word."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from training.enrichment.encoder.invented import invented_files, invented_sentences
from training.enrichment.encoder.sentences import Name, Sentence, chosen_sentences, training_files
from wiredesk.enrichment.encoder.windows import WINDOW_PIECES
from wiredesk.enrichment.encoder.word_pieces import PiecedText, WordPieces

FIRST_LABEL = {"PER": 1, "ORG": 3, "LOC": 5}
"""Label of the first word of a name; that of a further word is one more, and 0 is no name."""

LENGTHS = (32, 64, 88, 88)
"""Pieces up to which neighbouring sentences are joined, one of these by chance: paragraphs are short and long."""


@dataclass(frozen=True, slots=True)
class Example:
    """A window of text.

    Attributes:
        pieces: ids of its word pieces (n).
        first: for each word, the index of its first piece (m).
        labels: for each word, its label (m).
    """

    pieces: Sequence[int]
    first: Sequence[int]
    labels: Sequence[int]


def read_examples(data: Path, seed: int) -> list[Example]:
    """Return all examples of a pass, in random order."""
    choice = random.Random(seed)  # noqa: S311 - not for secrets
    word_pieces = WordPieces()
    readings = [
        *(sentences for path in training_files(data) for sentences in chosen_sentences(path, choice)),
        *(sentences for path in invented_files() for sentences in invented_sentences(path, choice)),
    ]
    examples = [
        example
        for sentences in readings
        for joined in _joined(sentences, word_pieces, choice)
        if (example := _example(joined, word_pieces.read(joined.text))).first
    ]
    choice.shuffle(examples)
    return examples


def _joined(sentences: Iterable[Sentence], word_pieces: WordPieces, choice: random.Random) -> Iterator[Sentence]:
    run: list[Sentence] = []
    size, limit = 0, choice.choice(LENGTHS)
    for sentence in sentences:
        pieces = len(word_pieces.read(sentence.text).pieces)
        if run and size + pieces > limit:
            yield _join(run)
            run, size, limit = [], 0, choice.choice(LENGTHS)
        run.append(sentence)
        size += pieces
    if run:
        yield _join(run)


def _join(sentences: Sequence[Sentence]) -> Sentence:
    names: list[Name] = []
    offset = 0
    for sentence in sentences:
        names.extend(Name(offset + name.start, offset + name.end, name.type) for name in sentence.names)
        offset += len(sentence.text) + 1
    return Sentence(" ".join(sentence.text for sentence in sentences), tuple(names))


def _example(sentence: Sentence, pieced: PiecedText) -> Example:
    words = sum(first < WINDOW_PIECES for first in pieced.first)
    labels = [0] * words
    for name in sentence.names:
        label = FIRST_LABEL[name.type]
        for word in range(words):
            if labels[word] == 0 and pieced.starts[word] < name.end and pieced.ends[word] > name.start:
                labels[word] = label
                label = FIRST_LABEL[name.type] + 1
    return Example(pieced.pieces[:WINDOW_PIECES], pieced.first[:words], labels)
