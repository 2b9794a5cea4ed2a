"""Memory of a process that enriches one page after another, forked from one that loaded the models.

    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python -m bench.enrichment.memory [--data ../shared/data] [--pages 720]

The pages are all different: those of other languages, the labelled English ones and the BBC's, in turn. Prints the
memory that the child has written to, and so shares with no other process, after each tenth of the pages; then the
memory of both processes. Files that are mapped, as the vectors of word pieces, are shared with all processes.
"""

import argparse
import gc
import os
import sys
import warnings
from collections.abc import Iterator
from itertools import chain, islice, zip_longest
from pathlib import Path

import psutil

from wiredesk.enrichment.enrich import Enricher
from wiredesk.enrichment.settings import EnrichmentSettings
from wiredesk_schemas import CleanedArticle

from .datasets import bbc_articles, labelled_articles, labelled_pages
from .sources import BBC, BODIES, PAGE_TOPICS, PAGES, TOPICS, missing_source

PARTS = 10
"""Parts of the pages, after each of which the memory is measured."""

MIB = 1 << 20


def different_pages(data: Path) -> Iterator[CleanedArticle]:
    """Yield pages in many languages, and many more in English."""
    others = (article for article, _, _ in labelled_pages(data))
    labelled = (article for article, _ in labelled_articles(data))
    bbc = (article for article, _ in bbc_articles(data))
    in_turn = chain.from_iterable(zip_longest(others, labelled, bbc))
    return (article for article in in_turn if article is not None)


def enrich_and_measure(enricher: Enricher, pages: list[CleanedArticle]) -> None:
    """Enrich the pages, and print how much memory is private after each part of them."""
    process = psutil.Process()
    size = max(1, len(pages) // PARTS)
    print(f"  child: {_private(process):.0f} MiB private at first; then", end="", flush=True)
    for number, page in enumerate(pages, 1):
        enricher(page)
        if number % size == 0:
            print(f" {_private(process):.0f}", end="", flush=True)
    print(f"; resident {process.memory_info().rss / MIB:.0f}, proportional {process.memory_full_info().pss / MIB:.0f}")


def _private(process: psutil.Process) -> float:
    return sum(mapping.private_dirty for mapping in process.memory_maps(grouped=False)) / MIB


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--pages", type=int, default=720)
    parser.add_argument("--model", default="hybrid")
    args = parser.parse_args()
    if missing := missing_source(args.data, (BODIES, TOPICS, PAGES, PAGE_TOPICS, BBC)):
        print(f"enrichment: {missing}", file=sys.stderr)
        return 1
    enricher = Enricher(EnrichmentSettings(topic_model=args.model))
    pages = list(islice(different_pages(args.data), args.pages))
    gc.collect()
    gc.freeze()  # as the worker's template does
    print(f"memory of enrichment, {len(pages)} pages, {args.model}", flush=True)
    # onnxruntime starts a thread when it is imported, which waits.
    warnings.filterwarnings("ignore", message=".*multi-threaded, use of fork", category=DeprecationWarning)
    child = os.fork()
    if child == 0:
        enrich_and_measure(enricher, pages)
        os._exit(0)
    parent = psutil.Process()
    _, status = os.waitpid(child, 0)
    print(f"  parent: resident {parent.memory_info().rss / MIB:.0f}")
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main())
