"""CPU time of enrichment, compared with the published pipeline alone, on articles of 500 words, in one run."""

import time
from collections.abc import Callable, Sequence
from importlib import import_module
from statistics import median

import spacy

from wiredesk.enrichment.enrich import Enricher
from wiredesk.enrichment.settings import BASE_PIPELINE, EnrichmentSettings
from wiredesk_schemas import CleanedArticle

WORDS = 500
"""Words of each article."""

PARAGRAPH_WORDS = 100
"""Words of each paragraph."""

ROUNDS = 5
"""Rounds; each measures all profiles in turn."""


def cut_articles(bodies: Sequence[str], article: Callable[[str], CleanedArticle]) -> list[CleanedArticle]:
    """Return the first 500 words of each text that has as many, as articles."""
    cut = []
    for body in bodies:
        words = body.split()
        if len(words) >= WORDS:
            paragraphs = [" ".join(words[i : i + PARAGRAPH_WORDS]) for i in range(0, WORDS, PARAGRAPH_WORDS)]
            cut.append(article("\n".join(paragraphs)))
    return cut


def measure_cpu(articles: Sequence[CleanedArticle]) -> dict[str, list[float]]:
    """Return milliseconds of CPU time per article, for each round: of the pipeline alone, and of both profiles."""
    pipeline = spacy.load(str(import_module(BASE_PIPELINE).model_path()))
    for component in [name for name in pipeline.pipe_names if name not in ("tok2vec", "ner")]:
        pipeline.remove_pipe(component)
    hybrid = Enricher(EnrichmentSettings())
    fast = Enricher(EnrichmentSettings(topic_model="fast"))
    texts = ["\n".join(block.text for block in article.paragraphs) for article in articles]

    def pipeline_alone() -> None:
        for document in pipeline.pipe(texts):
            list(document.ents)

    timed: dict[str, Callable[[], object]] = {
        "pipeline": pipeline_alone,
        "hybrid": lambda: [hybrid(article) for article in articles],
        "fast": lambda: [fast(article) for article in articles],
    }
    for run in timed.values():
        run()  # fills caches and loads pages of the models
    spent: dict[str, list[float]] = {name: [] for name in timed}
    for _ in range(ROUNDS):
        for name, run in timed.items():
            began = time.process_time()
            run()
            spent[name].append(1000 * (time.process_time() - began) / len(articles))
    return spent


def cpu_ratio(spent: dict[str, list[float]], name: str) -> tuple[float, float, float]:
    """Return median, least and greatest ratio to the pipeline alone, round by round."""
    ratios = [own / base for own, base in zip(spent[name], spent["pipeline"], strict=True)]
    return median(ratios), min(ratios), max(ratios)
