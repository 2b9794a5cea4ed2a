"""Train the network that reads all texts of a page: a few thousand steps on whole pages, with JAX.

Its loss is the expected F1 of a page (Dice loss), in which a text weighs as much as its words, and a little of the
cross-entropy of the texts. Features are dropped at random, the same ones for a whole page, so that it depends on none.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
import optax
from numpy.typing import NDArray

from training.extraction.boosting import Matrix
from wiredesk.extractor.body.network import (
    DILATIONS,
    MAX_DEVIATION,
    MIN_STORY_WEIGHT,
    TREE_FACTOR,
    Array,
    Network,
    clip_tree_log_odds,
    signed_logarithm,
    tree_inputs,
)

UNITS = 32
"""Units of each layer."""

EPOCHS = 20
"""Passes over all pages."""

RATE = 2e-3
"""Learning rate at the beginning; it falls to 0 along a cosine."""

DECAY = 0.1
"""Weight decay."""

DROPPED_FEATURES = 0.4
"""Share of the features that are dropped at random, for a whole page at a time."""

DROPPED_UNITS = 0.5
"""Share of the units that are dropped at random."""

F1_WEIGHT = 10.0
"""Weight of the page's F1 in the loss."""

ENTROPY_DIVISOR = 200
"""Divisor of the texts' cross-entropy in the loss."""

BATCH_TEXTS = 2048
"""Maximum number of texts of a batch."""

BATCH_PAGES = 8
"""Maximum number of pages of a batch."""

SHORTEST = 64
"""Texts to which a short page is padded."""

LONGEST = 4096
"""Maximum number of texts of a page that are read."""

SEED = 7
"""Seed of all random numbers."""

type Weights = Mapping[str, jax.Array]
"""Weights by name, as in `Network.weights`."""

type Batch = tuple[NDArray[np.float32], ...]
"""The arrays of a page, or of several pages of one length."""


@dataclass(frozen=True, slots=True)
class TrainingPage:
    """A page as the network reads it.

    Attributes:
        matrix: features of its texts; (texts, features).
        trees: log-odds of each text by trees that have not seen the page's site.
        story: whether each text belongs to the story.
        words: weight of each text in F1.
        weights: weight of each text in the cross-entropy.
    """

    matrix: Matrix
    trees: NDArray[np.float64]
    story: NDArray[np.bool_]
    words: NDArray[np.float64]
    weights: NDArray[np.float64]


def fit(training_pages: Sequence[TrainingPage], names: Sequence[str]) -> Network:
    """Train a network. The same pages give the same network.

    Args:
        training_pages: pages whose story is known.
        names: of their features.
    """
    values = np.concatenate([signed_logarithm(page.matrix.astype(np.float64)) for page in training_pages])
    mean, scale = values.mean(axis=0), values.std(axis=0) + np.float32(1e-3)
    pages = [_padded(page, mean, scale) for page in training_pages]
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


def _initial(input_count: int) -> dict[str, jax.Array]:
    keys = iter(jax.random.split(jax.random.PRNGKey(SEED), 3 * len(DILATIONS) + 3))

    def drawn(inputs: int, outputs: int, factor: float = 1.0) -> jax.Array:
        return jax.random.normal(next(keys), (inputs, outputs)) * factor / np.sqrt(inputs)

    weights = {"enter": drawn(input_count, UNITS), "enter_bias": jnp.zeros(UNITS)}
    for layer in range(len(DILATIONS)):
        weights[f"near{layer}"] = drawn(3 * UNITS, UNITS)
        weights[f"near_bias{layer}"] = jnp.zeros(UNITS)
        weights[f"whole{layer}"] = drawn(2 * UNITS, UNITS, 0.7)
    return weights | {"leave": drawn(2 * UNITS, 1, 0.3), "leave_bias": jnp.zeros(1), "trees": jnp.array([TREE_FACTOR])}


def log_odds(
    weights: Weights, inputs: jax.Array, trees: jax.Array, real: jax.Array, key: jax.Array | None
) -> jax.Array:
    """Return the log-odds of each text: the function that `Network.forward` computes with numpy.

    Args:
        weights: of the network.
        inputs: of each text, as `Network.inputs` gives them; (texts, C + 2).
        trees: clipped log-odds of each text.
        real: 1 for each text, 0 for each row that only pads the page.
        key: of the random numbers by which features and units are dropped in training; None drops nothing.
    """
    keys = iter(jax.random.split(key, len(DILATIONS) + 2)) if key is not None else None

    def thinned(values: jax.Array) -> jax.Array:
        if keys is None:
            return values
        kept = jax.random.bernoulli(next(keys), 1 - DROPPED_UNITS, values.shape)
        return jnp.where(kept, values / (1 - DROPPED_UNITS), 0)

    if keys is not None:
        inputs = inputs * jax.random.bernoulli(next(keys), 1 - DROPPED_FEATURES, (inputs.shape[1],))
    first = hidden = thinned(jax.nn.gelu(inputs @ weights["enter"] + weights["enter_bias"]) * real[:, None])
    in_story = (real * jax.nn.sigmoid(TREE_FACTOR * trees))[:, None]
    for layer, distance in enumerate(DILATIONS):
        story = (hidden * in_story).sum(0) / (in_story.sum() + MIN_STORY_WEIGHT)
        all_texts = hidden.sum(0) / real.sum()
        before = jnp.pad(hidden, ((distance, 0), (0, 0)))[:-distance]
        after = jnp.pad(hidden, ((0, distance), (0, 0)))[distance:]
        near = jnp.concatenate([before, hidden, after], axis=1) @ weights[f"near{layer}"]
        whole = jnp.concatenate([story, all_texts]) @ weights[f"whole{layer}"]
        hidden = hidden + thinned(jax.nn.gelu(near + weights[f"near_bias{layer}"] + whole)) * real[:, None]
    output = jnp.concatenate([hidden, first], axis=1) @ weights["leave"] + weights["leave_bias"]
    return output[:, 0] + weights["trees"][0] * trees


def _loss(
    weights: Weights,
    key: jax.Array,
    inputs: jax.Array,
    trees: jax.Array,
    story: jax.Array,
    words: jax.Array,
    counted: jax.Array,
    real: jax.Array,
) -> jax.Array:
    outputs = log_odds(weights, inputs, trees, real, key)
    entropy = optax.sigmoid_binary_cross_entropy(outputs, story)
    kept = jax.nn.sigmoid(outputs) * words
    f1 = 2 * (kept * story).sum() / (kept.sum() + (words * story).sum() + 1)
    return (entropy * counted).sum() / ENTROPY_DIVISOR + F1_WEIGHT * (1 - f1)


def _padded(page: TrainingPage, mean: Array, scale: Array) -> Batch:
    """Return a page's arrays, padded to a power of two texts, because JAX compiles the function for each length."""
    count = min(LONGEST, len(page.story))
    length = max(SHORTEST, 1 << (count - 1).bit_length())
    deviations = np.clip(
        (signed_logarithm(page.matrix.astype(np.float64)) - mean) / scale, -MAX_DEVIATION, MAX_DEVIATION
    )
    trees = clip_tree_log_odds(page.trees)
    inputs = np.concatenate([deviations, tree_inputs(trees)], axis=1)
    arrays = (inputs, trees, page.story, page.words, page.weights, np.ones(len(trees)))
    padded = []
    for array in arrays:
        rows = np.zeros((length, *array.shape[1:]), np.float32)
        rows[:count] = array[:count]
        padded.append(rows)
    return tuple(padded)


def _batches(pages: Sequence[Batch], generator: np.random.Generator) -> Iterator[list[Batch]]:
    """Yield all pages in batches of one length, shuffled."""
    lengths = [len(page[0]) for page in pages]
    batches = []
    for length in sorted(set(lengths)):
        size = max(1, min(BATCH_PAGES, BATCH_TEXTS // length))
        alike = [page for page, own in zip(pages, lengths, strict=True) if own == length]
        order = generator.permutation(len(alike))
        filled = np.resize(order, -(-len(order) // size) * size)  # the last batch is filled up with pages of the first
        batches += [[alike[i] for i in filled[at : at + size]] for at in range(0, len(filled), size)]
    yield from (batches[i] for i in generator.permutation(len(batches)))
