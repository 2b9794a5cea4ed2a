"""Where the sets lie in the folder of public corpora, and where they come from."""

from collections.abc import Iterable
from pathlib import Path

CONLL = "entities/conllpp-dev.txt"
WIKINEWS = "entities/wikinews-linked-dev.jsonl"
TOPICS = "topics/gold-dev.jsonl"
BODIES = "article-extraction-benchmark/gold.jsonl"
BBC = "topics/bbc-eval.jsonl.gz"
PAGES = "publisher-pages/gold.jsonl"
PAGE_TOPICS = "topics/topics-multilingual-dev.jsonl"
PAGE_NAMES = "entities/names-multilingual-dev.jsonl"
PAGE_CLUSTERS = "entities/clusters-multilingual-dev.jsonl"
SIB = "topics/sib200"
SENTENCES = "entities/multilingual"

SOURCES = {
    CONLL: "CoNLL++ (Liu and Ritter 2023)",
    WIKINEWS: "GUM (Georgetown University), its Wikinews articles",
    TOPICS: "labels of this project, on the article-extraction-benchmark",
    BODIES: "scrapinghub/article-extraction-benchmark",
    BBC: "the BBC set of Greene and Cunningham (2006)",
    PAGES: "the test pages of flairNLP/fundus",
    PAGE_TOPICS: "labels of this project, on the test pages of flairNLP/fundus",
    PAGE_NAMES: "labels of this project, on the test pages of flairNLP/fundus",
    PAGE_CLUSTERS: "labels of this project, on the test pages of flairNLP/fundus",
    SIB: "SIB-200 (dadelani/sib-200)",
    SENTENCES: "Universal NER and the sets that docs/models/encoder.md lists",
}
"""The public source of each set."""


def missing_source(data: Path, names: Iterable[str]) -> str:
    """Return one line about the first set that is missing and its public source; empty where none is.

    Args:
        data: folder of the public corpora.
        names: paths in it, keys of `SOURCES`.
    """
    for name in names:
        if not (data / name).exists():
            return f"no {data / name}; its public source is {SOURCES[name]}"
    return ""
