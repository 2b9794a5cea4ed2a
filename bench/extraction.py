"""Measure extraction on public pages: quality against their gold, and CPU time a page.

    python bench/extraction.py [--data ../shared/data] [--set publisher-pages] [--worst N]

A set is a folder with `gold.jsonl` (id, url, body; perhaps title, authors, published_at) and `html/<id>.html.gz`, as of
scrapinghub/article-extraction-benchmark and flairNLP/fundus. The body is scored with that benchmark's metric: shingles
of four words, precision and recall averaged over pages, F1 of the averages. With `--trafilatura`, its figures beside.
"""

import argparse
import gzip
import json
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from schemas import CleanedArticle, RawPage
from services.extractor.extract import Extractor
from services.ingest.accept import Ingest
from services.runtime.errors import RejectedError

SETS = ("article-extraction-benchmark", "publisher-pages", "web-pages")
WORD = re.compile(r"\w+")
SHINGLE = 4

type Gold = dict[str, Any]
type Prediction = dict[str, Any]


def main() -> int:
    """Print a line for each set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--set", action="append", choices=SETS)
    parser.add_argument("--worst", type=int, default=0, metavar="N")
    parser.add_argument("--trafilatura", action="store_true", help="measure trafilatura's defaults in the same run")
    args = parser.parse_args()
    for name in args.set or SETS:
        folder = args.data / name
        if not (folder / "gold.jsonl").exists():
            print(f"{name}: no {folder}/gold.jsonl; see docs/benchmarks.md for its public source", file=sys.stderr)
            return 1
        methods: dict[str, Callable[[Gold, bytes], Prediction]] = {"wiredesk": _Wiredesk()}
        if args.trafilatura:
            methods["trafilatura"] = _trafilatura
        for method, predict in methods.items():
            _measure(name, method, predict, list(_pages(folder)), args.worst)
    return 0


class _Wiredesk:
    def __init__(self) -> None:
        self._ingest, self._extractor = Ingest(), Extractor()

    def __call__(self, gold: Gold, html: bytes) -> Prediction:
        page = RawPage(url=gold["url"] or "http://unknown.example/x", body_base64=html, content_type="text/html")
        try:
            accepted = self._ingest(page)
        except RejectedError as error:
            return {"skipped": error.reason}
        article = self._extractor(accepted)  # type: ignore[arg-type] # a page with no status is never skipped
        if not isinstance(article, CleanedArticle):
            return {"skipped": article.reason}
        return {
            "body": "\n".join(block.text for block in article.paragraphs),
            "title": article.title,
            "authors": article.authors,
            "day": article.published_at.isoformat()[:10] if article.published_at else None,
        }


def _trafilatura(gold: Gold, html: bytes) -> Prediction:
    from trafilatura import bare_extraction  # noqa: PLC0415 - only when asked for

    found = bare_extraction(html.decode("utf-8", "replace"), url=gold["url"], with_metadata=True)
    if found is None or isinstance(found, dict):
        return {"skipped": "nothing found"}
    authors = tuple((found.author or "").split("; "))
    return {"body": found.text, "title": found.title, "authors": authors, "day": found.date}


def _pages(folder: Path) -> Iterator[tuple[Gold, bytes]]:
    with (folder / "gold.jsonl").open(encoding="utf-8") as lines:
        for gold in map(json.loads, lines):
            if gold.get("page_type", "article") in ("article", None):
                yield gold, gzip.decompress((folder / "html" / f"{gold['id']}.html.gz").read_bytes())


def _measure(
    name: str,
    method: str,
    predict: Callable[[Gold, bytes], Prediction],
    pages: list[tuple[Gold, bytes]],
    worst: int,
) -> None:
    predict(*pages[0])
    times, rows = [], []
    for gold, html in pages:
        began = time.process_time()
        rows.append((gold, predict(gold, html)))
        times.append(1000 * (time.process_time() - began))
    counts = {gold["id"]: _overlap(gold["body"], found.get("body")) for gold, found in rows}
    precision = statistics.mean(tp / (tp + fp) for tp, fp, _ in counts.values() if tp + fp)
    recall = statistics.mean(tp / (tp + fn) for tp, _, fn in counts.values() if tp + fn)
    f1 = 2 * precision * recall / (precision + recall)
    told = [f"{method:<12}", f"{name:<30}", f"F1 {f1:.4f}", f"P {precision:.4f}", f"R {recall:.4f}"]
    told += [f"{what} {share:.3f}" for what, share in _metadata(rows)]
    skipped = [f"{gold['id']}:{found['skipped']}" for gold, found in rows if "skipped" in found]
    told += [f"skipped {len(skipped)}/{len(rows)}", f"{statistics.median(times):.1f} ms median"]
    told += [f"{statistics.mean(times):.1f} mean", f"{max(times):.0f} max"]
    print("  ".join(told), flush=True)
    for page, (tp, fp, fn) in sorted(counts.items(), key=lambda item: _f1(*item[1]))[:worst]:
        print(f"    {_f1(tp, fp, fn):.3f}  {page}  {tp=} {fp=} {fn=}")
    if worst:
        print("    skipped:", ", ".join(skipped))


def _metadata(rows: list[tuple[Gold, Prediction]]) -> Iterator[tuple[str, float]]:
    checks: dict[str, tuple[str, Callable[[Gold, Prediction], bool]]] = {
        "title": ("title", lambda g, p: _fold(g["title"]) == _fold(p.get("title"))),
        "day": ("published_at", lambda g, p: g["published_at"][:10] == p.get("day")),
        "authors": ("authors", lambda g, p: {*map(_fold, g["authors"])} == {*map(_fold, p.get("authors") or ())}),
    }
    for what, (field, check) in checks.items():
        labelled = [(gold, found) for gold, found in rows if gold.get(field)]
        if labelled:
            yield what, statistics.mean(check(gold, found) for gold, found in labelled)


def _overlap(gold: str | None, found: str | None) -> tuple[float, float, float]:
    """Return true positives, false positives, false negatives, as shares of both texts' shingles."""
    a, b = _shingles(gold), _shingles(found)
    tp = sum((a & b).values())
    fp, fn = sum(b.values()) - tp, sum(a.values()) - tp
    total = tp + fp + fn
    return (tp / total, fp / total, fn / total) if total else (0.0, 0.0, 0.0)


def _f1(tp: float, fp: float, fn: float) -> float:
    return 2 * tp / (2 * tp + fp + fn) if tp else 0.0


def _shingles(text: str | None) -> Counter[tuple[str, ...]]:
    words = WORD.findall(text or "")
    if words and len(words) < SHINGLE:
        return Counter([tuple(words)])
    return Counter(tuple(words[i : i + SHINGLE]) for i in range(len(words) - SHINGLE + 1))


def _fold(text: str | None) -> str:
    return " ".join(WORD.findall((text or "").lower()))


if __name__ == "__main__":
    sys.exit(main())
