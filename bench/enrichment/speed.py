"""CPU time of enrichment on real pages of 500 words, by group of languages.

    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python -m bench.enrichment.speed [--data ../shared/data] [--pages 20]

Prints milliseconds per article, and the ratio to spaCy's published pipeline alone, as spaCy runs it, on the English
pages.
Rounds alternate between all that is measured, and each ratio is within one round: other processes lengthen both.
"""

import argparse
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from statistics import median

import spacy

from wiredesk.enrichment.enrich import Enricher
from wiredesk.enrichment.settings import BASE_PIPELINE, EnrichmentSettings
from wiredesk_schemas import Block, CleanedArticle

from .datasets import labelled_articles, labelled_pages
from .sources import BODIES, PAGE_TOPICS, PAGES, TOPICS, missing_source
from .stage import topic_stage

WORDS = 500
"""Words of each article."""

CHARACTERS = 1000
"""Characters of an article in a script without spaces: as much news as 500 words of English."""

WITHOUT_SPACES = ("ja", "th", "zh")
"""Languages without spaces between words."""

ROUNDS = 3
"""Rounds; each measures all groups in turn."""

WITHOUT_NAMES = ", no names"
"""Added to the name of a profile where no names are tagged: what remains are languages and topics."""

PIPELINE = "published pipeline"
"""What is measured for comparison."""

type Groups = Mapping[str, Sequence[CleanedArticle]]


def cut_articles(articles: Sequence[CleanedArticle], language: str = "en") -> list[CleanedArticle]:
    """Return the beginning of each article that is long enough: 500 words, in the paragraphs of the page."""
    limit = CHARACTERS if language in WITHOUT_SPACES else WORDS
    cut = []
    for article in articles:
        blocks, left = [], limit
        for block in article.paragraphs:
            words = list(block.text) if language in WITHOUT_SPACES else block.text.split()
            blocks.append(Block(text=("" if language in WITHOUT_SPACES else " ").join(words[:left])))
            left -= len(words)
            if left <= 0:
                cut.append(article.model_copy(update={"paragraphs": tuple(blocks)}))
                break
    return cut


def read_groups(data: Path, pages: int) -> Groups:
    """Return English pages, pages of other languages with an alphabet, and pages without spaces."""
    groups = {"English": cut_articles([article for article, _ in labelled_articles(data)])[:pages]}
    others = [(article, language) for article, _, language in labelled_pages(data)]
    for name, chosen in (("other languages", False), ("without spaces", True)):
        groups[name] = [
            cut
            for article, language in others
            if (language in WITHOUT_SPACES) == chosen
            for cut in cut_articles([article], language)
        ][:pages]
    return {name: articles for name, articles in groups.items() if articles}


def measure_cpu(groups: Groups, profiles: Sequence[str] = ("hybrid", "fast")) -> dict[str, list[float]]:
    """Return milliseconds of CPU time per article in each round: of the pipeline alone, and of groups and profiles."""
    english = next(iter(groups.values()))
    timed: dict[str, tuple[Callable[[], object], int]] = {PIPELINE: (_published_pipeline(english), len(english))}
    for profile in profiles:
        stages = {"": Enricher(EnrichmentSettings(topic_model=profile)), WITHOUT_NAMES: topic_stage(profile)}
        for part, enricher in stages.items():
            for name, articles in groups.items():
                timed[f"{name}, {profile}{part}"] = (_each(enricher, articles), len(articles))
    for run, _ in timed.values():
        run()  # fills caches and loads pages of the models
    spent: dict[str, list[float]] = {name: [] for name in timed}
    for _ in range(ROUNDS):
        for name, (run, number) in timed.items():
            began = time.process_time()
            run()
            spent[name].append(1000 * (time.process_time() - began) / number)
    return spent


def _each(enricher: Enricher, articles: Sequence[CleanedArticle]) -> Callable[[], object]:
    return lambda: [enricher(article) for article in articles]


def _published_pipeline(articles: Sequence[CleanedArticle]) -> Callable[[], object]:
    pipeline = spacy.load(str(import_module(BASE_PIPELINE).model_path()))
    for component in [name for name in pipeline.pipe_names if name not in ("tok2vec", "ner")]:
        pipeline.remove_pipe(component)
    texts = ["\n".join(block.text for block in article.paragraphs) for article in articles]
    return lambda: [list(document.ents) for document in pipeline.pipe(texts)]


def cpu_ratio(spent: Mapping[str, Sequence[float]], name: str) -> tuple[float, float, float]:
    """Return median, least and greatest ratio to the pipeline alone, round by round."""
    ratios = [own / base for own, base in zip(spent[name], spent[PIPELINE], strict=True)]
    return median(ratios), min(ratios), max(ratios)


def print_table(spent: Mapping[str, Sequence[float]]) -> None:
    """Print a line for each group: median, least and greatest of the rounds."""
    print(f"  {'':33} {'ms':23} ratio")
    for name, times in spent.items():
        middle, least, greatest = cpu_ratio(spent, name)
        milliseconds = f"{median(times):.1f} ({min(times):.1f} to {max(times):.1f})"
        print(f"  {name:33} {milliseconds:23} {middle:.2f} ({least:.2f} to {greatest:.2f})")


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--pages", type=int, default=20, help="pages of each group, at most")
    args = parser.parse_args()
    if missing := missing_source(args.data, (BODIES, TOPICS, PAGES, PAGE_TOPICS)):
        print(f"enrichment: {missing}", file=sys.stderr)
        return 1
    groups = read_groups(args.data, args.pages)
    print(f"CPU per article of {WORDS} words: " + ", ".join(f"{len(found)} {name}" for name, found in groups.items()))
    print_table(measure_cpu(groups))
    return 0


if __name__ == "__main__":
    sys.exit(main())
