"""Measure topics against labelled articles: how often the first one is the main topic, and how often any of them.

    python bench/topics.py [--data ../shared/data]

Needs `topics/gold-dev.jsonl` (id, topics) and `article-extraction-benchmark/gold.jsonl` (id, body).
"""

import argparse
import json
import statistics
import sys
import time
from pathlib import Path

from schemas import Block, CleanedArticle, Extraction
from services.enrichment.topics import LeadsClassifier


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    args = parser.parse_args()
    labels, bodies = args.data / "topics/gold-dev.jsonl", args.data / "article-extraction-benchmark/gold.jsonl"
    for needed in (labels, bodies):
        if not needed.exists():
            print(f"topics: no {needed}; see docs/benchmarks.md", file=sys.stderr)
            return 1
    gold = {row["id"]: row["topics"] for row in map(json.loads, labels.read_text().splitlines())}
    texts = {row["id"]: row["body"] for row in map(json.loads, bodies.read_text().splitlines())}
    classifier = LeadsClassifier()
    began = time.process_time()
    found = {i: classifier.topics(_article(texts[i]), "en") for i in gold}
    spent = 1000 * (time.process_time() - began) / len(gold)
    first = {i: next((t.code for t in topics if len(t.path) == 1), None) for i, topics in found.items()}
    named = [i for i, code in first.items() if code is not None]
    main_right = statistics.mean(first[i] == topics[0] for i, topics in gold.items())
    any_right = statistics.mean(first[i] in topics for i, topics in gold.items())
    right_where_named = statistics.mean(first[i] in gold[i] for i in named)
    print(
        f"topics: {len(gold)} articles  first = main {main_right:.3f}  first in gold {any_right:.3f}  "
        f"named for {len(named)}, right there {right_where_named:.3f}  {spent:.1f} ms"
    )
    return 0


def _article(body: str) -> CleanedArticle:
    lines = [line for line in body.splitlines() if line.strip()] or ["-"]
    return CleanedArticle(
        event_id="0",
        page_id="0",
        revision="0",
        url="http://a.example/",
        canonical_url="http://a.example/",
        paragraphs=tuple(Block(text=line) for line in lines),
        word_count=0,
        extraction=Extraction(method="gold", version="0", confidence=1),
    )


if __name__ == "__main__":
    sys.exit(main())
