"""CPU time of enrichment by language, its memory and the time to load the models, in a process of its own.

    python -m bench.enrichment.cost [--data ../shared/data] [--languages en,de] [--model fast] [--part topics]

An article has about 500 words: sentences of SIB-200 that have as many words in English. SIB-200 is parallel, so the
articles say the same in every language, also where no spaces separate words. But they are sentences in no order, about
many subjects: the first encoder is always in doubt what the topic is, and the others are read, too. So real articles
are measured beside them, cut to the same length: in English the labelled ones, and in other languages the pages whose
topics are labelled, where there are any. Prints one object of JSON.

`--part topics` measures the calls of the classifier alone, without the language and the names.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean, median
from typing import TYPE_CHECKING

# Modules of this package that import enrichment are imported after it was loaded: its time is measured.
from .sources import BODIES, PAGE_TOPICS, PAGES, SIB, TOPICS, missing_source

if TYPE_CHECKING:
    from wiredesk_schemas import CleanedArticle

type Stage = Callable[[CleanedArticle, str], object]
"""What is measured: reads an article in a language."""

NEEDED = (SIB, TOPICS, BODIES, PAGES, PAGE_TOPICS)
"""The sets that are read."""

ENGLISH = "en"
"""ISO 639-1 code."""

ARTICLE_WORDS = 500
"""Words of an article, in English."""

PARAGRAPH_SENTENCES = 4
"""Sentences of a paragraph."""

ROUNDS = 3
"""Rounds over the articles; the median of the rounds counts."""

REAL_ARTICLES = 30
"""Real articles of a language that are measured, at most."""

REAL = " real"
"""Added to the code of a language where real articles are measured."""

KIB_PER_MIB = 1024


@dataclass(frozen=True, slots=True)
class Cost:
    """Figures of a process.

    Attributes:
        load_s: seconds until the models are loaded, with the import of their libraries.
        load_cpu_s: seconds of CPU time for the same, which other processes do not lengthen.
        loaded_mib: resident memory then.
        peak_mib: greatest resident memory.
        cpu_ms: milliseconds of CPU time per article, by language: median, least and greatest of the rounds.
    """

    load_s: float
    load_cpu_s: float
    loaded_mib: float
    peak_mib: float
    cpu_ms: Mapping[str, Sequence[float]]


def parallel_articles(data: Path, language: str) -> list[str]:
    """Return texts that have about 500 words in English, in a language; a line is a paragraph."""
    from .datasets import sib_sentences  # noqa: PLC0415 - see above

    english, own = sib_sentences(data, "en"), sib_sentences(data, language)
    articles, sentences, words = [], list[str](), 0
    for key, (text, _) in english.items():
        sentences.append(own[key][0])
        words += len(text.split())
        if words >= ARTICLE_WORDS:
            groups = range(0, len(sentences), PARAGRAPH_SENTENCES)
            articles.append("\n".join(" ".join(sentences[i : i + PARAGRAPH_SENTENCES]) for i in groups))
            sentences, words = [], 0
    return articles


def real_articles(data: Path, language: str) -> list[str]:
    """Return the beginning of real articles that are long enough: 500 words in English, and as much elsewhere.

    As much are as many characters as the sentences of SIB-200 have that have 500 words in English.
    """
    from .datasets import labelled_articles, labelled_pages  # noqa: PLC0415 - see above

    if language == ENGLISH:
        texts = [" ".join(block.text for block in article.paragraphs).split() for article, _ in labelled_articles(data)]
        long = [words for words in texts if len(words) >= ARTICLE_WORDS][:REAL_ARTICLES]
        return ["\n".join(" ".join(words[i : i + 100]) for i in range(0, ARTICLE_WORDS, 100)) for words in long]
    limit = round(mean(map(len, parallel_articles(data, language))))
    pages = [article for article, _, code in labelled_pages(data) if code == language]
    whole = ["\n".join(block.text for block in article.paragraphs) for article in pages]
    return [text[:limit] for text in whole if len(text) >= limit][:REAL_ARTICLES]


def measure_process(data: Path, languages: list[str], topic_model: str, part: str = "all") -> Cost:
    """Return the figures of this process, which must have loaded nothing before."""
    began, began_cpu = time.perf_counter(), time.process_time()
    stage = _topics_alone(topic_model) if part == "topics" else _whole_stage(topic_model)
    loaded, loaded_cpu = time.perf_counter() - began, time.process_time() - began_cpu
    loaded_mib = _resident_mib()

    spent: dict[str, Sequence[float]] = {}
    for code in languages:
        for name, texts in ((code, parallel_articles(data, code)), (f"{code}{REAL}", real_articles(data, code))):
            if texts:
                spent[name] = _measure_texts(stage, texts, code)
                print(f"  cost, {name}: {spent[name][0]:.1f} ms, {len(texts)} articles", file=sys.stderr, flush=True)
    return Cost(loaded, loaded_cpu, loaded_mib, _resident_mib(), spent)


def _whole_stage(topic_model: str) -> Stage:
    from wiredesk.enrichment.enrich import Enricher  # noqa: PLC0415 - its time is measured
    from wiredesk.enrichment.settings import EnrichmentSettings  # noqa: PLC0415 - the same

    stage = Enricher(EnrichmentSettings(topic_model=topic_model))
    return lambda article, _: stage(article)


def _topics_alone(topic_model: str) -> Stage:
    from wiredesk.enrichment.models import load_classifier  # noqa: PLC0415 - its time is measured
    from wiredesk.enrichment.settings import EnrichmentSettings  # noqa: PLC0415 - the same

    return load_classifier(EnrichmentSettings(topic_model=topic_model)).topics


def _measure_texts(stage: Stage, texts: Sequence[str], language: str) -> tuple[float, float, float]:
    """Return milliseconds per article: the median of the rounds, the least and the greatest."""
    from .articles import text_article  # noqa: PLC0415 - see above

    articles = [text_article(text) for text in texts]
    for article in articles[:2]:
        stage(article, language)  # fills caches
    rounds = []
    for _ in range(ROUNDS):
        first = time.process_time()
        for article in articles:
            stage(article, language)
        rounds.append(1000 * (time.process_time() - first) / len(articles))
    return median(rounds), min(rounds), max(rounds)


def _resident_mib() -> float:
    # Not `ru_maxrss`: it includes the memory of the process that started this one.
    peak = re.search(r"^VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"), re.MULTILINE)
    return int(peak[1]) / KIB_PER_MIB if peak else 0.0


def measure_in_child(data: Path, languages: list[str], topic_model: str = "hybrid", part: str = "all") -> Cost:
    """Return the figures of a process of its own.

    Raises:
        CalledProcessError: it failed.
    """
    from wiredesk.runtime.isolation.template import ONE_THREAD  # noqa: PLC0415 - see above

    command = [sys.executable, "-m", "bench.enrichment.cost", "--data", str(data), "--model", topic_model]
    ran = subprocess.run(  # noqa: S603 - our own interpreter and module
        [*command, "--languages", ",".join(languages), "--part", part],
        stdout=subprocess.PIPE,
        env={**os.environ, **ONE_THREAD},  # as for a worker's processes
        check=True,
    )
    return Cost(**json.loads(ran.stdout))


def main() -> int:
    """Print the figures of this process."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--languages", default="en")
    parser.add_argument("--model", default="hybrid")
    parser.add_argument("--part", choices=("all", "topics"), default="all")
    args = parser.parse_args()
    if missing := missing_source(args.data, NEEDED):
        print(f"enrichment: {missing}", file=sys.stderr)
        return 1
    print(json.dumps(asdict(measure_process(args.data, args.languages.split(","), args.model, args.part))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
