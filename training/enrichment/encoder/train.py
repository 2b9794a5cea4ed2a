"""Train the encoder of many languages: names from labelled sentences, vectors from the published encoder.

    python -m training.enrichment.encoder.train [--data ../shared/data] [--cache .cache/encoder] [--minutes 120]

The encoder begins as the first four layers of multilingual-e5-small; the vectors of its word pieces stay as they are.
Three steps in four learn labels; most of them with the words left out that the lower layers find to be no name. The
fourth step learns the vector that the published encoder gives a text after `query: `, around the mean of all vectors:
without that, the cosine of any two texts is above 0.7.

Writes weights.npz into the cache, for `training.enrichment.encoder.graph`, and prints the losses.
"""

import argparse
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from training.enrichment.encoder.examples import Example, read_examples
from training.enrichment.encoder.network import LAYERS, WIDTH, Embedding, Network, PublishedEncoder
from training.enrichment.encoder.weights import packed_vectors, published_file, read_layers
from wiredesk.enrichment.encoder.embeddings import unpack
from wiredesk.enrichment.encoder.layers import BEGIN
from wiredesk.enrichment.encoder.word_pieces import WordPieces

BATCH_WORDS = 2100
"""Words of a batch, with the padding."""

LEARNING_RATE, HEAD_FACTOR = 3e-4, 4
"""Highest learning rate of the layers; that of the new parts is four times as high."""

WARM_UP_STEPS = 150
"""Steps in which the learning rate rises; then it falls until the end."""

ALL_WORDS = 0.25
"""Share of the steps for labels in which the upper layers read all words."""

VECTOR_STEPS, VECTOR_BATCH = 4, 96
"""Every so many steps is one for vectors, of so many windows."""

EXIT_WEIGHT, VECTOR_WEIGHT = 0.5, 0.5
"""Weights of the losses beside that of the labels."""

TAUGHT = 24_000
"""Windows whose vectors the published encoder computes, of 14 to 50 pieces: the length of a lead."""

TAUGHT_PIECES = (14, 50)

IMPORTANCE_TEXTS = 120
"""Texts from which the importance of the numbers in the middle of a layer is computed."""

QUERY = "query: "
"""What the published encoder expects before a text."""

IGNORED = -100
"""Label of words without a label, such as padding: torch ignores them in the loss."""

REPORT_STEPS = 100
"""Steps between two lines of progress."""


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
    args = parser.parse_args()
    torch.manual_seed(1)
    examples = read_examples(args.data, seed=7)
    published = read_layers(published_file())
    kept = np.load(args.cache / "kept.npy")
    embedding = Embedding(unpack(packed_vectors(published_file())[kept]), published)
    teacher = PublishedEncoder(embedding, published)
    taught = [example for example in examples if TAUGHT_PIECES[0] <= len(example.pieces) <= TAUGHT_PIECES[1]][:TAUGHT]
    vectors = _taught_vectors(teacher, taught, args.cache / "vectors.npy")
    texts = [_with_begin(example.pieces) for example in examples[:IMPORTANCE_TEXTS]]
    middle = [np.sort(np.argsort(-sums)[:WIDTH]) for sums in teacher.importance(texts, LAYERS)]
    network = Network(embedding, published, middle)
    _train(network, examples, taught, vectors, args.minutes * 60)
    np.savez(args.cache / "weights.npz", allow_pickle=False, **network.weights())
    return 0


def _taught_vectors(teacher: PublishedEncoder, taught: Sequence[Example], cache: Path) -> torch.Tensor:
    """Return the published encoder's vectors of windows (n by 384), from the cache where they are there."""
    if cache.exists():
        return torch.from_numpy(np.load(cache))
    word_pieces = WordPieces()
    vectors = torch.stack([teacher.vector(_with_begin(word_pieces.read(QUERY + each.text).pieces)) for each in taught])
    np.save(cache, vectors.numpy())
    return vectors


def _with_begin(pieces: Sequence[int]) -> torch.Tensor:
    return torch.tensor([[BEGIN, *pieces, 2]])


def _train(
    network: Network, examples: Sequence[Example], taught: Sequence[Example], vectors: torch.Tensor, seconds: float
) -> None:
    heads = [*network.exit.parameters(), *network.tag.parameters(), *network.sent.parameters()]
    optimiser = torch.optim.AdamW(
        [{"params": network.layers.parameters(), "factor": 1}, {"params": heads, "factor": HEAD_FACTOR}],
        betas=(0.9, 0.98),
        weight_decay=0.01,
    )
    choice = random.Random(3)  # noqa: S311 - not for secrets
    mean = vectors.mean(0)
    began = time.monotonic()
    for step, batch in enumerate(_batches(examples, choice)):
        done = (time.monotonic() - began) / seconds
        if done >= 1:
            break
        rate = LEARNING_RATE * min(1, (step + 1) / WARM_UP_STEPS) * (1 - done) ** 0.9
        for group in optimiser.param_groups:
            group["lr"] = rate * group["factor"]
        if step % VECTOR_STEPS == VECTOR_STEPS - 1:
            chosen = choice.sample(range(len(taught)), VECTOR_BATCH)
            loss = _vector_loss(network, _batch([taught[number] for number in chosen]), vectors[chosen], mean)
        else:
            loss = _label_loss(network, batch, all_words=choice.random() < ALL_WORDS)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        if step % REPORT_STEPS == 0:
            print(f"{step} steps, {time.monotonic() - began:.0f} s, loss {loss.item():.3f}", flush=True)


def _label_loss(network: Network, batch: Batch, *, all_words: bool) -> torch.Tensor:
    labelled = batch.labels != IGNORED
    read = network(
        batch.pieces, batch.first, batch.piece_counts, batch.word_counts, batch.labels > 0, all_words=all_words
    )
    exit_loss = functional.binary_cross_entropy_with_logits(read.names[labelled], (batch.labels[labelled] > 0).float())
    labels = torch.where(read.kept, batch.labels, IGNORED)
    loss = functional.cross_entropy(read.labels.flatten(0, 1), labels.flatten(), ignore_index=IGNORED, reduction="sum")
    return loss / labelled.sum() + EXIT_WEIGHT * exit_loss


def _vector_loss(network: Network, batch: Batch, vectors: torch.Tensor, mean: torch.Tensor) -> torch.Tensor:
    read = network(batch.pieces, batch.first, batch.piece_counts, batch.word_counts, batch.labels > 0, all_words=True)
    return VECTOR_WEIGHT * (1 - functional.cosine_similarity(read.vectors - mean, vectors - mean)).mean()


def _batches(examples: Sequence[Example], choice: random.Random) -> Iterator[Batch]:
    """Yield batches without end, each of windows with about as many words."""
    by_length = sorted(range(len(examples)), key=lambda number: len(examples[number].first))
    while True:
        groups: list[list[int]] = [[]]
        for number in by_length:
            if len(groups[-1]) * (len(examples[number].first) + 1) >= BATCH_WORDS:
                groups.append([])
            groups[-1].append(number)
        choice.shuffle(groups)
        yield from (_batch([examples[number] for number in group]) for group in groups)
        by_length = sorted(by_length, key=lambda number: (len(examples[number].first), choice.random()))


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
