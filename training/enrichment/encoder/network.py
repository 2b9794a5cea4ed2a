"""The encoder as a network of torch, and the published one that it begins as."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from training.enrichment.encoder.weights import Weights
from wiredesk.enrichment.encoder.embeddings import DIMENSIONS
from wiredesk.enrichment.encoder.layers import LABELS, MIN_LOG_ODDS, NEIGHBOURS
from wiredesk.enrichment.encoder.windows import WINDOW_PIECES

HEADS, EPSILON = 12, 1e-12
"""As in multilingual-e5-small."""

LAYERS = 4
"""Layers of ours: the first ones of the published twelve."""

LOWER_LAYERS = 2
"""Layers before words that are surely no part of a name are left out."""

WIDTH = 768
"""Numbers between the two matrices of a layer's feed-forward network: those of the published 1,536 that matter most."""

DROPPED_PIECES, DROPPED_NUMBERS = 0.05, 0.1
"""Shares of the pieces, and of a word's last numbers, that training leaves out by chance."""

EXCLUDED = -1e9
"""Added to the attention to pieces and words that are not there."""

MATRICES = {"q": "query", "k": "key", "v": "value", "ao": "output", "fi": "widen", "fo": "narrow"}
NORMS = {"aln": "attention_norm", "oln": "output_norm"}
"""Names of a layer's parts in files of weights, and in the network."""


class Layer(nn.Module):  # type: ignore[misc]
    """A layer of BERT (Devlin et al. 2019)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        for name in ("query", "key", "value", "output"):
            setattr(self, name, nn.Linear(DIMENSIONS, DIMENSIONS))
        self.widen, self.narrow = nn.Linear(DIMENSIONS, width), nn.Linear(width, DIMENSIONS)
        self.attention_norm = nn.LayerNorm(DIMENSIONS, EPSILON)
        self.output_norm = nn.LayerNorm(DIMENSIONS, EPSILON)

    def forward(self, reading: torch.Tensor, read: torch.Tensor, mask: torch.Tensor | None) -> torch.Tensor:
        """Return new vectors of `reading` (b by m by 384), which attend to those of `read` (b by n by 384)."""
        query, key, value = _heads(self.query(reading)), _heads(self.key(read)), _heads(self.value(read))
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        attended = self.attention_norm(reading + self.output(mixed.transpose(1, 2).reshape(reading.shape)))
        return self.output_norm(attended + self.narrow(functional.gelu(self.widen(attended))))

    def load(self, weights: Weights, number: int, kept: NDArray[np.intp] | None) -> None:
        """Take the weights of a published layer; `kept` are the numbers in the middle that stay."""
        for short, name in (MATRICES | NORMS).items():
            matrix, bias = weights[f"l{number}.{short}.w"], weights[f"l{number}.{short}.b"]
            if kept is not None and short == "fi":
                matrix, bias = matrix[kept], bias[kept]
            if kept is not None and short == "fo":
                matrix = matrix[:, kept]
            part = getattr(self, name)
            part.weight.data = torch.tensor(np.ascontiguousarray(matrix))
            part.bias.data = torch.tensor(np.ascontiguousarray(bias))


def _heads(vectors: torch.Tensor) -> torch.Tensor:
    return vectors.view(*vectors.shape[:2], HEADS, DIMENSIONS // HEADS).transpose(1, 2)


class Embedding(nn.Module):  # type: ignore[misc]
    """The vectors of pieces at their places, which training does not change.

    Args:
        pieces: vectors of the word pieces (n by 384).
        weights: the published ones.
    """

    def __init__(self, pieces: NDArray[np.float32], weights: Weights) -> None:
        super().__init__()
        places = weights["emb.pos"].reshape(-1, DIMENSIONS) + weights["emb.type"].reshape(-1, DIMENSIONS)[0]
        self.register_buffer("pieces", torch.from_numpy(pieces))
        self.register_buffer("places", torch.tensor(places))
        self.norm = nn.LayerNorm(DIMENSIONS, EPSILON)
        self.norm.weight.data = torch.tensor(weights["emb.ln.w"])
        self.norm.bias.data = torch.tensor(weights["emb.ln.b"])
        self.requires_grad_(requires_grad=False)

    def forward(self, pieces: torch.Tensor) -> torch.Tensor:
        """Return the vectors of pieces (b by n) as b by n by 384."""
        embedded: torch.Tensor = self.norm(self.pieces[pieces] + self.places[: pieces.shape[1]])
        return embedded


class PublishedEncoder(nn.Module):  # type: ignore[misc]
    """The first layers of multilingual-e5-small, as published."""

    def __init__(self, embedding: Embedding, weights: Weights) -> None:
        super().__init__()
        self.embedding = embedding
        self.layers = nn.ModuleList(Layer(len(weights["l0.fi.b"])) for _ in range(LAYERS))
        for number, layer in enumerate(self.layers):
            layer.load(weights, number, None)

    @torch.inference_mode()  # type: ignore[untyped-decorator]
    def importance(self, texts: Sequence[torch.Tensor]) -> list[NDArray[np.float32]]:
        """Return how much each number in the middle of a layer adds to its output, over some texts (1 by n each)."""
        sums = [torch.zeros(layer.widen.out_features) for layer in self.layers]
        for pieces in texts:
            hidden = self.embedding(pieces)
            for number, layer in enumerate(self.layers):
                read: list[torch.Tensor] = []
                hook = layer.narrow.register_forward_pre_hook(lambda _, inputs, read=read: read.append(inputs[0]))
                hidden = layer(hidden, hidden, None)
                hook.remove()
                sums[number] += read[0].abs().mean((0, 1)) * layer.narrow.weight.norm(dim=0)
        return [total.numpy() for total in sums]


@dataclass(frozen=True, slots=True)
class Read:
    """What the network says of a batch of windows.

    Attributes:
        labels: scores of each word's labels (b by m by 7).
        names: log odds that a word is a part of a name (b by m).
        kept: whether the upper layers read a word (b by m).
    """

    labels: torch.Tensor
    names: torch.Tensor
    kept: torch.Tensor


class Network(nn.Module):  # type: ignore[misc]
    """Our encoder.

    Args:
        embedding: of the pieces that are kept.
        weights: the published ones.
        kept: for each layer, the numbers in the middle of its feed-forward network that it takes over.
    """

    def __init__(self, embedding: Embedding, weights: Weights, kept: list[NDArray[np.intp]]) -> None:
        super().__init__()
        self.embedding = embedding
        self.layers = nn.ModuleList(Layer(WIDTH) for _ in range(LAYERS))
        for number, layer in enumerate(self.layers):
            layer.load(weights, number, kept[number])
        self.exit, self.tag = nn.Linear(DIMENSIONS, 1), nn.Linear(DIMENSIONS, LABELS)

    def forward(
        self,
        pieces: torch.Tensor,
        first: torch.Tensor,
        piece_counts: torch.Tensor,
        word_counts: torch.Tensor,
        names: torch.Tensor,
        *,
        all_words: bool,
    ) -> Read:
        """Read a batch.

        Args:
            pieces: ids (b by n).
            first: the first piece of each word (b by m).
            piece_counts: pieces of each window (b).
            word_counts: words of each window (b).
            names: whether a word is a part of a name (b by m): the upper layers read it in any case.
            all_words: whether the upper layers read all words.
        """
        embedded = self.embedding(pieces)
        embedded = embedded * (torch.rand(*embedded.shape[:2], 1) >= DROPPED_PIECES)
        words = torch.gather(embedded, 1, first[..., None].expand(-1, -1, DIMENSIONS))
        there = torch.arange(first.shape[1]) < word_counts[:, None]
        words = self.layers[0](words, embedded, _mask(torch.arange(pieces.shape[1]) < piece_counts[:, None]))
        for layer in self.layers[1:LOWER_LAYERS]:
            words = layer(words, words, _mask(there))
        odds = self.exit(words)[..., 0]
        kept = there if all_words else there & _with_neighbours((odds.detach() > MIN_LOG_ODDS) | names)
        # The kept words move to the front, and the rest is cut off: it would cost as much.
        counts = kept.sum(1)
        order = torch.argsort(~kept, dim=1, stable=True)[:, : int(counts.max()), None]
        words = torch.gather(words, 1, order.expand(-1, -1, DIMENSIONS))
        mask = _mask(torch.arange(words.shape[1]) < counts[:, None])
        for layer in self.layers[LOWER_LAYERS:]:
            words = layer(words, words, mask)
        scores = self.tag(functional.dropout(words, DROPPED_NUMBERS, self.training))
        labels = scores.new_zeros(*first.shape, LABELS).scatter(1, order.expand(-1, -1, LABELS), scores)
        return Read(labels, odds, kept)

    def weights(self) -> Mapping[str, NDArray[Any]]:
        """Return the trained weights, under the names that `graph` reads; a matrix is inputs by outputs."""
        arrays = {
            "places": self.embedding.places[: WINDOW_PIECES + 1].numpy(),
            "embedded.w": self.embedding.norm.weight.numpy(),
            "embedded.b": self.embedding.norm.bias.numpy(),
        }
        for name, part in self._parts().items():
            arrays[f"{name}.w"] = part.weight.detach().numpy().T
            arrays[f"{name}.b"] = part.bias.detach().numpy()
        return arrays

    def take(self, weights: Mapping[str, NDArray[Any]]) -> None:
        """Take trained weights, under the names of `weights`."""
        for name, part in self._parts().items():
            part.weight.data = torch.tensor(np.ascontiguousarray(weights[f"{name}.w"].T))
            part.bias.data = torch.tensor(np.ascontiguousarray(weights[f"{name}.b"]))

    def _parts(self) -> Mapping[str, nn.Module]:
        parts = {"exit": self.exit, "tag": self.tag}
        for number, layer in enumerate(self.layers):
            parts |= {f"l{number}.{short}": getattr(layer, name) for short, name in (MATRICES | NORMS).items()}
        return parts


def _mask(there: torch.Tensor) -> torch.Tensor:
    return torch.where(there, 0.0, EXCLUDED)[:, None, None]


def _with_neighbours(chosen: torch.Tensor) -> torch.Tensor:
    """Return the chosen words, those beside them, and the first of each window."""
    size = 2 * NEIGHBOURS + 1
    kept = functional.max_pool1d(chosen.float()[:, None], size, 1, NEIGHBOURS)[:, 0] > 0
    kept[:, 0] = True
    return kept
