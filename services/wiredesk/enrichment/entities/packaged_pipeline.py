"""The packaged pipeline of spaCy, of which only the tokenizer and the component that finds names are built.

`spacy.load` builds every component of a pipeline's configuration, compiles the rules of its language for a tokenizer
that is replaced by the stored one, and checks the whole configuration: a third of a second of every worker's start.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wiredesk.enrichment.lean_spacy import import_spacy

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.vocab import Vocab

NER = "ner"
"""Name of the component that finds names."""

UNUSED_PARTS = ("strings", "vectors")
"""Parts of the vocabulary that are not loaded: 700,000 strings, and vectors, which `WordVectors` reads."""


def build_pipeline(folder: Path, weights: bytes | None = None) -> "Language":
    """Return the pipeline with nothing but its tokenizer and its component `ner`.

    Both do what they do in the pipeline that `spacy.load` returns.

    Args:
        folder: of the pipeline.
        weights: of the component, as its `to_bytes` returns them; None for those of the folder.

    Raises:
        OSError: a file of the pipeline is missing.
    """
    spacy = import_spacy()
    config = spacy.util.load_config(folder / "config.cfg", interpolate=True)
    meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    language = spacy.util.get_lang_class(config["nlp"]["lang"])
    vocabulary = _vocabulary(folder, language, meta["vectors"]["name"])
    pipeline: Language = language(
        vocabulary,
        meta=meta,
        # The vocabulary is read before: the tokenizer's words take their norms from its tables.
        create_tokenizer=lambda _: spacy.tokenizer.Tokenizer(vocabulary).from_disk(
            folder / "tokenizer", exclude=["vocab"]
        ),
    )
    settings = dict(config["components"][NER])
    ner: Any = pipeline.add_pipe(settings.pop("factory"), name=NER, config=settings)
    if weights is None:
        ner.from_disk(folder / NER, exclude=["vocab"])
    else:
        ner.from_bytes(weights, exclude=["vocab"])
    return pipeline


def _vocabulary(folder: Path, language: Any, vectors: str) -> "Vocab":
    vocabulary: Vocab = import_spacy().vocab.create_vocab(language.lang, language.Defaults, vectors_name=vectors)
    return vocabulary.from_disk(folder / "vocab", exclude=UNUSED_PARTS)
