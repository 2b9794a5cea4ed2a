"""Train the encoder of many languages on sentences with names.

    python -m training.enrichment.encoder.train [--data ../shared/data] [--cache .cache/encoder] [--minutes 120]
        [--from weights.npz] [--rate 3e-4] [--threads 2]

The encoder begins as the first four layers of multilingual-e5-small, or as weights of a former run; the vectors of its
word pieces stay as they are. Three batches in four are read with the words left out that the lower layers find to be no
name. In each pass sentences are joined in new ways, and names of some take the place of others.

Writes weights.npz into the cache, for `training.enrichment.encoder.graph`, every ten minutes and at the end, and prints
the losses.
"""

import argparse
import random
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from training.enrichment.encoder.examples import Example, read_examples
from training.enrichment.encoder.network import WIDTH, Embedding, Network, PublishedEncoder
from training.enrichment.encoder.sentences import read_sentences, training_files
from training.enrichment.encoder.weights import packed_vectors, published_file, read_layers
from wiredesk.enrichment.encoder.embeddings import unpack
from wiredesk.enrichment.encoder.layers import BEGIN
from wiredesk.enrichment.encoder.word_pieces import WordPieces

BATCH_WORDS = 2100
"""Words of a batch, with the padding."""

HEAD_FACTOR = 4
"""The learning rate of the new parts is so many times that of the layers."""

WARM_UP_STEPS = 150
"""Steps in which the learning rate rises; then it falls until the end."""

ALL_WORDS = 0.25
"""Share of the batches of which the upper layers read all words."""

EXIT_WEIGHT = 0.5
"""Weight of the loss of the early exit beside that of the labels."""

END = 2
"""Id of the piece that ends a text."""

IMPORTANCE_TEXTS = 250
"""Texts from which the importance of the numbers in the middle of a layer is computed."""

IGNORED = -100
"""Label of words without a label, such as padding: torch ignores them in the loss."""

REPORT_STEPS, SAVE_SECONDS = 100, 600
"""Steps between two lines of progress, and seconds between two writings of the weights."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows of similar length, padded; before each is the piece that begins it, as its first word."""

    pieces: torch.Tensor
    first: torch.Tensor
    piece_counts: torch.Tensor
    word_counts: torch.Tensor
    labels: torch.Tensor


def main() -> int:
    """Train, and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--cache", type=Path, default=Path(".cache/encoder"))
    parser.add_argument("--minutes", type=float, default=120)
    parser.add_argument("--from", dest="former", type=Path, help="weights of a former run, which goes on")
    parser.add_argument("--rate", type=float, default=3e-4, help="highest learning rate of the layers")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.manual_seed(1)
    torch.set_num_threads(args.threads)
    published = read_layers(published_file())
    kept = np.load(args.cache / "kept.npy")
    embedding = Embedding(unpack(packed_vectors(published_file())[kept]), published)
    network = Network(embedding, published, _important(PublishedEncoder(embedding, published), args.data))
    if args.former is not None:
        network.take(np.load(args.former))
    run = _Run(network, args.minutes * 60, args.rate, args.cache / "weights.npz")
    run.train(args.data)
    return 0


def _important(published: PublishedEncoder, data: Path) -> list[NDArray[np.intp]]:
    """Return for each layer the numbers in the middle that matter most, over texts of all sources."""
    files = training_files(data)
    word_pieces = WordPieces()
    sentences = [
        sentence for path in files for sentence in islice(read_sentences(path), IMPORTANCE_TEXTS // len(files))
    ]
    texts = [torch.tensor([[BEGIN, *word_pieces.read(sentence.text).pieces, END]]) for sentence in sentences]
    return [np.sort(np.argsort(-sums)[:WIDTH]) for sums in published.importance(texts)]


class _Run:
    """One training, of so many seconds."""

    def __init__(self, network: Network, seconds: float, rate: float, path: Path) -> None:
        self._network, self._seconds, self._rate, self._path = network, seconds, rate, path
        heads = [*network.exit.parameters(), *network.tag.parameters()]
        self._optimiser = torch.optim.AdamW(
            [{"params": network.layers.parameters(), "factor": 1}, {"params": heads, "factor": HEAD_FACTOR}],
            betas=(0.9, 0.98),
            weight_decay=0.01,
            fused=True,
        )
        self._choice = random.Random(3)  # noqa: S311 - not for secrets
        self._began = self._saved = time.monotonic()
        self._loss = 0.0

    def train(self, data: Path) -> None:
        """Train on as many passes as there is time for."""
        for step, batch in enumerate(_passes(data, self._choice)):
            now = time.monotonic()
            done = (now - self._began) / self._seconds
            if done >= 1:
                break
            self._step(batch, self._rate * min(1, (step + 1) / WARM_UP_STEPS) * (1 - done) ** 0.9)
            if step % REPORT_STEPS == 0:
                print(f"{step} steps, {now - self._began:.0f} s, loss {self._loss:.4f}", flush=True)
            if now > self._saved + SAVE_SECONDS:
                self._saved = now
                self._save()
        self._save()

    def _step(self, batch: Batch, rate: float) -> None:
        for group in self._optimiser.param_groups:
            group["lr"] = rate * group["factor"]
        loss = _loss(self._network, batch, all_words=self._choice.random() < ALL_WORDS)
        self._optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._network.parameters(), 1.0)
        self._optimiser.step()
        self._loss = 0.98 * self._loss + 0.02 * loss.item() if self._loss else loss.item()

    def _save(self) -> None:
        weights: Mapping[str, NDArray[Any]] = self._network.weights()
        unfinished = self._path.with_name("unfinished.npz")
        np.savez(unfinished, allow_pickle=False, **weights)
        unfinished.replace(self._path)


def _loss(network: Network, batch: Batch, *, all_words: bool) -> torch.Tensor:
    labelled = batch.labels != IGNORED
    read = network(
        batch.pieces, batch.first, batch.piece_counts, batch.word_counts, batch.labels > 0, all_words=all_words
    )
    exit_loss = functional.binary_cross_entropy_with_logits(read.names[labelled], (batch.labels[labelled] > 0).float())
    labels = torch.where(read.kept, batch.labels, IGNORED)
    loss = functional.cross_entropy(read.labels.flatten(0, 1), labels.flatten(), ignore_index=IGNORED, reduction="sum")
    return loss / labelled.sum() + EXIT_WEIGHT * exit_loss


def _passes(data: Path, choice: random.Random) -> Iterator[Batch]:
    """Yield the batches of pass after pass without end."""
    seed = 7
    while True:
        yield from _batches(read_examples(data, seed), choice)
        seed += 1


def _batches(examples: Sequence[Example], choice: random.Random) -> Iterator[Batch]:
    """Yield the batches of a pass, each of windows with about as many words."""
    groups: list[list[Example]] = [[]]
    for example in sorted(examples, key=lambda example: len(example.first)):
        if len(groups[-1]) * (len(example.first) + 1) >= BATCH_WORDS:
            groups.append([])
        groups[-1].append(example)
    choice.shuffle(groups)
    yield from map(_batch, groups)


def _batch(examples: Sequence[Example]) -> Batch:
    pieces = np.ones((len(examples), 1 + max(len(example.pieces) for example in examples)), dtype=np.int64)
    first = np.zeros((len(examples), 1 + max(len(example.first) for example in examples)), dtype=np.int64)
    labels = np.full(first.shape, IGNORED, dtype=np.int64)
    pieces[:, 0] = BEGIN
    for row, example in enumerate(examples):
        pieces[row, 1 : len(example.pieces) + 1] = example.pieces
        first[row, 1 : len(example.first) + 1] = np.array(example.first) + 1
        labels[row, 1 : len(example.labels) + 1] = example.labels
    return Batch(
        torch.from_numpy(pieces),
        torch.from_numpy(first),
        torch.tensor([len(example.pieces) + 1 for example in examples]),
        torch.tensor([len(example.first) + 1 for example in examples]),
        torch.from_numpy(labels),
    )


if __name__ == "__main__":
    sys.exit(main())
