"""Train the network that reads a page: a few thousand steps on whole pages, by JAX.

Its loss is the F1 of a page as it is expected (Dice loss), a text weighing its words, and a little of the usual
cross-entropy of texts. Columns are left out at random, the same ones for a whole page, so that it relies on none.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
import optax
from numpy.typing import NDArray

from training.extraction.boosting import Matrix
from wiredesk.extractor.body.network import GAPS, MOST, SURE, Array, Network, clipped, logarithms, trees_seen

UNITS = 32
EPOCHS = 20
RATE = 2e-3
DECAY = 0.1
LEFT_OUT_COLUMNS = 0.4
LEFT_OUT_UNITS = 0.5
F1_WEIGHT = 10.0
TEXTS_OF_A_BATCH = 2048
LARGEST_BATCH = 8
SHORTEST = 64
LONGEST = 4096
SEED = 7

type Weights = Mapping[str, jax.Array]
type Batch = tuple[NDArray[np.float32], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """A page as the network reads it.

    Attributes:
        matrix: its texts by columns.
        trees: what the trees say of each text, that have not seen the page's site.
        story: whether each text belongs to the story.
        words: of each text, what it weighs in F1.
        weights: of each text, what it weighs in the cross-entropy.
    """

    matrix: Matrix
    trees: NDArray[np.float64]
    story: NDArray[np.bool_]
    words: NDArray[np.float64]
    weights: NDArray[np.float64]


def fit(readings: Sequence[Reading], names: Sequence[str]) -> Network:
    """Train a network; the same readings give the same one."""
    values = np.concatenate([logarithms(reading.matrix.astype(np.float64)) for reading in readings])
    mean, scale = values.mean(axis=0), values.std(axis=0) + np.float32(1e-3)
    pages = [_padded(reading, mean, scale) for reading in readings]
    generator = np.random.default_rng(SEED)
    weights = _initial(len(names) + 2)
    epochs = [list(_batches(pages, generator)) for _ in range(EPOCHS)]
    schedule = optax.cosine_decay_schedule(RATE, sum(map(len, epochs)))
    optimizer = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(schedule, weight_decay=DECAY))
    state = optimizer.init(weights)
    key = jax.random.PRNGKey(SEED)

    @jax.jit  # type: ignore[untyped-decorator]  # in an environment of its own
    def step(weights: Weights, state: optax.OptState, batch: Batch, key: jax.Array) -> tuple[Weights, optax.OptState]:
        keys = jax.random.split(key, batch[0].shape[0])
        gradient = jax.grad(lambda w: jnp.mean(jax.vmap(lambda k, *page: _loss(w, k, *page))(keys, *batch)))(weights)
        updates, state = optimizer.update(gradient, state, weights)
        return optax.apply_updates(weights, updates), state

    for batch in (batch for epoch in epochs for batch in epoch):
        key, now = jax.random.split(key)
        weights, state = step(weights, state, tuple(np.stack(arrays) for arrays in zip(*batch, strict=True)), now)
    return Network(tuple(names), mean, scale, {name: np.asarray(w, np.float32) for name, w in sorted(weights.items())})


def _initial(columns: int) -> dict[str, jax.Array]:
    keys = iter(jax.random.split(jax.random.PRNGKey(SEED), 3 * len(GAPS) + 3))

    def drawn(inputs: int, outputs: int, factor: float = 1.0) -> jax.Array:
        return jax.random.normal(next(keys), (inputs, outputs)) * factor / np.sqrt(inputs)

    weights = {"enter": drawn(columns, UNITS), "enter_bias": jnp.zeros(UNITS)}
    for layer in range(len(GAPS)):
        weights[f"near{layer}"] = drawn(3 * UNITS, UNITS)
        weights[f"near_bias{layer}"] = jnp.zeros(UNITS)
        weights[f"whole{layer}"] = drawn(2 * UNITS, UNITS, 0.7)
    return weights | {"leave": drawn(2 * UNITS, 1, 0.3), "leave_bias": jnp.zeros(1), "trees": jnp.array([SURE])}


def _loss(
    weights: Weights,
    key: jax.Array,
    seen: jax.Array,
    trees: jax.Array,
    story: jax.Array,
    words: jax.Array,
    counted: jax.Array,
    real: jax.Array,
) -> jax.Array:
    odds = _odds(weights, key, seen, trees, real)
    entropy = optax.sigmoid_binary_cross_entropy(odds, story)
    kept = jax.nn.sigmoid(odds) * words
    f1 = 2 * (kept * story).sum() / (kept.sum() + (words * story).sum() + 1)
    return (entropy * counted).sum() / 200 + F1_WEIGHT * (1 - f1)


def _odds(weights: Weights, key: jax.Array, seen: jax.Array, trees: jax.Array, real: jax.Array) -> jax.Array:
    """Return what `Network.odds` does, with parts left out; `real` is 0 for the rows that only fill a page up."""
    keys = iter(jax.random.split(key, len(GAPS) + 2))

    def thinned(values: jax.Array) -> jax.Array:
        kept = jax.random.bernoulli(next(keys), 1 - LEFT_OUT_UNITS, values.shape)
        return jnp.where(kept, values / (1 - LEFT_OUT_UNITS), 0)

    seen = seen * jax.random.bernoulli(next(keys), 1 - LEFT_OUT_COLUMNS, (seen.shape[1],))
    first = hidden = thinned(jax.nn.gelu(seen @ weights["enter"] + weights["enter_bias"]) * real[:, None])
    of_story = (real * jax.nn.sigmoid(SURE * trees))[:, None]
    for layer, gap in enumerate(GAPS):
        story, all_texts = (hidden * of_story).sum(0) / (of_story.sum() + 1e-3), hidden.sum(0) / real.sum()
        before, after = jnp.pad(hidden, ((gap, 0), (0, 0)))[:-gap], jnp.pad(hidden, ((0, gap), (0, 0)))[gap:]
        near = jnp.concatenate([before, hidden, after], axis=1) @ weights[f"near{layer}"]
        whole = jnp.concatenate([story, all_texts]) @ weights[f"whole{layer}"]
        hidden = hidden + thinned(jax.nn.gelu(near + weights[f"near_bias{layer}"] + whole)) * real[:, None]
    leaving = jnp.concatenate([hidden, first], axis=1) @ weights["leave"] + weights["leave_bias"]
    return leaving[:, 0] + weights["trees"][0] * trees


def _padded(reading: Reading, mean: Array, scale: Array) -> Batch:
    """Return a page's arrays, filled up to a power of two texts: each length is compiled once."""
    count = min(LONGEST, len(reading.story))
    length = max(SHORTEST, 1 << (count - 1).bit_length())
    deviations = np.clip((logarithms(reading.matrix.astype(np.float64)) - mean) / scale, -MOST, MOST)
    trees = clipped(reading.trees)
    seen = np.concatenate([deviations, trees_seen(trees)], axis=1)
    columns = (seen, trees, reading.story, reading.words, reading.weights, np.ones(len(trees)))
    filled = []
    for column in columns:
        array = np.zeros((length, *column.shape[1:]), np.float32)
        array[:count] = column[:count]
        filled.append(array)
    return tuple(filled)


def _batches(pages: Sequence[Batch], generator: np.random.Generator) -> Iterator[list[Batch]]:
    """Yield all pages, shuffled, in batches of one length."""
    lengths = [len(page[0]) for page in pages]
    batches = []
    for length in sorted(set(lengths)):
        size = max(1, min(LARGEST_BATCH, TEXTS_OF_A_BATCH // length))
        alike = [page for page, own in zip(pages, lengths, strict=True) if own == length]
        order = generator.permutation(len(alike))
        filled = np.resize(order, -(-len(order) // size) * size)  # the last batch is filled with pages of the first
        batches += [[alike[i] for i in filled[at : at + size]] for at in range(0, len(filled), size)]
    yield from (batches[i] for i in generator.permutation(len(batches)))
