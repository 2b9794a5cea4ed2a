"""A tagger that uses spaCy: our own pipeline, or any other one with an `ner` component."""

import lzma
import pickle
from collections.abc import Sequence
from importlib import import_module
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from thinc.api import Model as Network

from wiredesk.enrichment.entities.matrix_kernel import fastest_ops
from wiredesk.enrichment.entities.packaged_pipeline import build_pipeline
from wiredesk.enrichment.entities.token_vectors import TokenVectors, WordVectors
from wiredesk.enrichment.interfaces import TaggedSpan
from wiredesk.enrichment.lean_spacy import import_spacy
from wiredesk.enrichment.settings import ANY_LANGUAGE, BASE_PIPELINE, NEWS_PIPELINE
from wiredesk_schemas import EntityType, Model

TYPE_OF_LABEL = {
    "PERSON": EntityType.PERSON,
    "PER": EntityType.PERSON,
    "ORG": EntityType.ORGANISATION,
    "GPE": EntityType.PLACE,
    "LOC": EntityType.PLACE,
    "FAC": EntityType.PLACE,
    "EVENT": EntityType.EVENT,
    "WORK_OF_ART": EntityType.WORK,
    "LAW": EntityType.WORK,
    "NORP": EntityType.NATIONALITY,
    "DATE": EntityType.DATE,
    "MONEY": EntityType.AMOUNT,
    "PERCENT": EntityType.AMOUNT,
    "QUANTITY": EntityType.AMOUNT,
}
"""Our types of the labels of OntoNotes 5 and of CoNLL 2003. Spans with any other label are ignored."""

SHARED_COMPONENTS = frozenset({"tok2vec", "transformer"})
"""Components that compute vectors for others. One that the tagger does not use takes as much time as the tagging
itself."""

MANY_LANGUAGES = "xx"
"""spaCy's code for a pipeline of many languages."""

WEIGHTS_VERSION = "1"
"""Version of our tagger's weights."""

REMEMBERED_WORDS = 50_000
"""Words in the vocabulary of our pipeline beyond which it starts again: 15 MB, the words of some 500 articles."""

BATCH_TEXTS = 64
"""Texts that spaCy processes together."""


def trained_weights() -> Traversable:
    """Return the file of our tagger's weights, which `training.enrichment.tagger` writes."""
    return files("wiredesk.enrichment").joinpath("trained", "tagger.xz")


class SpacyTagger:
    """Tags names with a spaCy pipeline, of which only what the tagging needs is kept.

    Args:
        name: of our pipeline, of an installed package, or a folder.

    Raises:
        OSError: there is no such pipeline.
        ValueError: it has no component `ner`.
    """

    def __init__(self, name: str) -> None:
        is_packaged = name in (BASE_PIPELINE, NEWS_PIPELINE)
        folder = Path(import_module(BASE_PIPELINE).model_path()) if is_packaged else None
        weights = lzma.decompress(trained_weights().read_bytes()) if name == NEWS_PIPELINE else None
        self._pipeline: Any = import_spacy().load(name) if folder is None else build_pipeline(folder, weights)
        if "ner" not in self._pipeline.pipe_names:
            raise ValueError(f"the pipeline {name} has no component 'ner', so it tags no names")
        meta = self._pipeline.meta
        self.languages = frozenset({ANY_LANGUAGE if meta["lang"] == MANY_LANGUAGES else str(meta["lang"])})
        self.model = Model(task="entities", name=f"{meta['lang']}_{meta['name']}", version=str(meta["version"]))
        if name == NEWS_PIPELINE:
            self.model = Model(task="entities", name=NEWS_PIPELINE, version=f"{WEIGHTS_VERSION}+{meta['version']}")
        for component in self._pipeline.pipe_names:
            if component != "ner" and not self._is_used_by_ner(component):
                self._pipeline.remove_pipe(component)
        self._multiply_fast(folder)
        # The vocabulary of another pipeline may contain vectors, and its tokenizer may be of any kind.
        self._new_tokenizer = pickle.dumps(self._pipeline.tokenizer) if folder is not None else None

    def _multiply_fast(self, folder: Path | None) -> None:
        """Use the fastest matrix library, and our own form of the network of our pipeline."""
        ops = fastest_ops()
        components: list[Any] = [component for _, component in self._pipeline.pipeline]
        for component in components:
            for layer in component.model.walk() if hasattr(component, "model") else ():
                layer.ops = ops
        if folder is not None:
            ner: Any = self._pipeline.get_pipe("ner")
            layers = ner.model.layers
            vectors = TokenVectors(layers[0], WordVectors.from_folder(folder / "vocab"), ops)
            layers[0] = Network(layers[0].name, lambda _, documents, **__: (vectors(documents), None), ops=ops)
            ner.model.set_ref("tok2vec", layers[0])

    def _is_used_by_ner(self, component: str) -> bool:
        listeners = getattr(self._pipeline.get_pipe(component), "listening_components", ())
        return component in SHARED_COMPONENTS and "ner" in listeners

    def tag(self, texts: Sequence[str]) -> list[list[TaggedSpan]]:
        """Return the names in each text."""
        self._forget_words()
        return [
            [
                TaggedSpan(entity.start_char, entity.end_char, TYPE_OF_LABEL[entity.label_])
                for entity in document.ents
                if entity.label_ in TYPE_OF_LABEL
            ]
            for document in self._pipeline.pipe(texts, batch_size=BATCH_TEXTS)
        ]

    def _forget_words(self) -> None:
        """Begin with a new vocabulary, in 0.2 s, once this one has many words.

        spaCy keeps every word that it has ever seen: a process would grow for as long as it lives. spaCy's own remedy,
        a memory zone, turns off the tokenizer's cache, and tokenizing then takes four times as long.
        """
        if self._new_tokenizer is not None and self._count_words() > REMEMBERED_WORDS:
            self._pipeline.tokenizer = pickle.loads(self._new_tokenizer)  # noqa: S301 - our own, made at load

    def _count_words(self) -> int:
        tokenizer: Any = self._pipeline.tokenizer
        return len(tokenizer.vocab)
