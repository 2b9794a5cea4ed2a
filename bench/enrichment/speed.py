"""CPU of enrichment against the bare loop over the published pipeline, on articles of 500 words, in one run."""

import time
from collections.abc import Callable, Sequence
from importlib import import_module
from statistics import median

import spacy

from wiredesk.enrichment.enrich import Enricher
from wiredesk.enrichment.settings import BASE_PIPELINE, EnrichmentSettings
from wiredesk_schemas import CleanedArticle

WORDS = 500
ROUNDS = 5


def articles(bodies: Sequence[str], article: Callable[[str], CleanedArticle]) -> list[CleanedArticle]:
    """Return texts of at least 500 words as articles of 500, in paragraphs of at most a hundred."""
    cut = []
    for body in bodies:
        words = body.split()
        if len(words) >= WORDS:
            paragraphs = [" ".join(words[i : i + 100]) for i in range(0, WORDS, 100)]
            cut.append(article("\n".join(paragraphs)))
    return cut


def measure(cases: Sequence[CleanedArticle]) -> dict[str, list[float]]:
    """Return milliseconds of CPU an article, of each round, by what was measured; all in turn within a round."""
    bare = spacy.load(str(import_module(BASE_PIPELINE).model_path()))
    for pipe in [name for name in bare.pipe_names if name not in ("tok2vec", "ner")]:
        bare.remove_pipe(pipe)
    hybrid = Enricher(EnrichmentSettings())
    fast = Enricher(EnrichmentSettings(topic_model="fast"))
    texts = ["\n".join(block.text for block in case.paragraphs) for case in cases]

    def loop() -> None:
        for document in bare.pipe(texts):
            list(document.ents)

    timed: dict[str, Callable[[], object]] = {
        "bare": loop,
        "hybrid": lambda: [hybrid(case) for case in cases],
        "fast": lambda: [fast(case) for case in cases],
    }
    for run in timed.values():
        run()  # warm: caches, pages of the models
    spent: dict[str, list[float]] = {name: [] for name in timed}
    for _ in range(ROUNDS):
        for name, run in timed.items():
            began = time.process_time()
            run()
            spent[name].append(1000 * (time.process_time() - began) / len(cases))
    return spent


def ratio(spent: dict[str, list[float]], name: str) -> tuple[float, float, float]:
    """Return median, least and most of the ratios to the bare loop, round by round."""
    ratios = [own / bare for own, bare in zip(spent[name], spent["bare"], strict=True)]
    return median(ratios), min(ratios), max(ratios)
