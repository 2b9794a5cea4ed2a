"""Measure extraction on public pages, beside other extractors: quality compared with gold, and CPU time per page.

    python -m bench.extraction [--data ../shared/data] [--folds FOLDER] [--set publisher-pages] [--worst N]
        [--peers] [--peer trafilatura] [--variants] [--titles]

A set is a folder with `gold.jsonl` (id, url, body; optionally title, authors, published_at, page_type) and
`html/<id>.html.gz`. The body is scored with the metric of the article-extraction-benchmark: shingles of four words,
precision and recall averaged over pages, F1 of the averages; intervals are 95 % intervals, by bootstrap over pages.

`--variants` adds sets made of these pages: `flattened` (as text without tags), `undeclared` (without JSON-LD, Open
Graph and `<meta>`) and `made long` (stories of 100 to 500 paragraphs). The last table says what is required.

Without `--folds` the shipped models read the pages that they were trained on. The output says so; these figures are
too good.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from training.extraction import pages
from training.extraction.pages import GoldPage
from training.extraction.scores import fold, score
from wiredesk.extractor.document import parse_html
from wiredesk.extractor.metadata.sources import MetadataSources

from . import figures, variants
from .figures import Figure, Row
from .methods import PEERS, Method, Wiredesk
from .required import table

SETS = ("article-extraction-benchmark", "publisher-pages", "web-pages")
"""Sets that are measured."""

TRAINED_ON = ("publisher-pages", "web-pages")
"""Sets that models were trained on."""

MEASURES: dict[str, Callable[[Sequence[Row]], Figure | None]] = {
    "body F1": figures.body,
    "title": lambda rows: figures.share_of_field(rows, "title"),
    "day": lambda rows: figures.share_of_field(rows, "published_at"),
    "authors": lambda rows: figures.share_of_field(rows, "authors"),
    "set aside": figures.set_aside,
}
"""Figures of every set of articles, by name."""


class _Run:
    """Figures of sets and methods, printed as they are made."""

    def __init__(self, worst: int) -> None:
        self.figures: dict[tuple[str, str, str], Figure | None] = {}
        self._worst = worst

    def measure(self, name: str, methods: dict[str, Method], articles: Sequence[GoldPage], warning: str = "") -> None:
        """Measure methods on a set of articles."""
        print(f"\n{name}: {len(articles)} articles{warning}")
        print(f"  {'method':<20}{'body F1':<24}{'title':>6}{'day':>6}{'auth.':>6}{'none':>6}   CPU ms", flush=True)
        for method, predict in methods.items():
            rows, times = _predicted(predict, articles)
            found = {measure: of(rows) for measure, of in MEASURES.items()}
            self.figures |= {(name, method, measure): figure for measure, figure in found.items()}
            shares = "".join(f"{f.value:6.3f}" if (f := found[m]) else "     -" for m in list(MEASURES)[1:])
            print(f"  {method:<20}{found['body F1']!s:<24}{shares}   {_milliseconds(times)}", flush=True)
            self._print_worst(rows)

    def measure_long(self, name: str, ours: Method, long: Sequence[GoldPage]) -> None:
        """Measure how much of long stories is kept."""
        rows, _ = _predicted(ours, long)
        figure = figures.kept_paragraphs(rows)
        self.figures[name, "wiredesk", "kept"] = figure
        print(f"\n{name}: {len(long)} stories, paragraphs kept {figure}", flush=True)

    def measure_types(self, name: str, ours: Method, others: Sequence[GoldPage]) -> None:
        """Measure how many pages that are no articles are recognised."""
        rows, _ = _predicted(ours, others)
        skipped, known = figures.set_aside(rows), figures.recognised(rows)
        self.figures[f"{name}, no articles", "wiredesk", "recognised"] = known
        print(f"\n{name}, no articles: {len(others)}; recognised {known}; skipped {skipped}", flush=True)

    def _print_worst(self, rows: Sequence[Row]) -> None:
        scored = sorted(((score(page.body, p.get("body")).f1, page, p) for page, p in rows), key=lambda row: row[0])
        for value, page, prediction in scored[: self._worst]:
            print(f"    {value:.3f}  {page.id}  {prediction.get('skipped', '')}  {page.url}")


def main() -> int:
    """Print figures of each set and method, and what is required."""
    args = _arguments()
    peers = list(PEERS) if args.peers else args.peer
    ours = Wiredesk(args.folds, TRAINED_ON)
    methods: dict[str, Method] = {"wiredesk": ours, **{name: PEERS[name] for name in peers}}
    run = _Run(args.worst)
    for name in args.set or SETS:
        if not (args.data / name / "gold.jsonl").exists():
            print(f"{name}: no {args.data / name}/gold.jsonl; see docs/benchmarks.md for its source", file=sys.stderr)
            return 1
        gold_pages = list(pages.read(args.data / name))
        articles = [page for page in gold_pages if page.kind == "article"]
        others = [page for page in gold_pages if page.kind != "article"]
        warning = "" if args.folds or name not in TRAINED_ON else "; the models have seen these sites"
        run.measure(name, methods, articles, warning)
        if args.titles:
            _print_titles(ours, articles)
        if others:
            run.measure_types(name, ours, others)
        if args.variants:
            _measure_variants(run, name, methods, articles)
    print()
    print("\n".join(table(run.figures)))
    return 0


def _measure_variants(run: _Run, name: str, methods: dict[str, Method], articles: Sequence[GoldPage]) -> None:
    ours = {"wiredesk": methods["wiredesk"]}
    run.measure(f"{name}, flattened", ours, list(map(variants.flattened, articles)))
    if not any(page.fields.get("published_at") for page in articles):
        return
    with_metadata = {n: m for n, m in methods.items() if n in ("wiredesk", "trafilatura")}
    run.measure(f"{name}, undeclared", with_metadata, list(map(variants.undeclared, articles)))
    for suffix, as_text in (("", False), (", flattened", True)):
        if long := list(variants.made_long(articles, as_text=as_text)):
            run.measure_long(f"{name}, made long{suffix}", methods["wiredesk"], long)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--folds", type=Path, metavar="FOLDER", help="models of `training.extraction.train --folds`")
    parser.add_argument("--set", action="append", choices=SETS)
    parser.add_argument("--variants", action="store_true", help="the pages as text, without declarations, made long")
    parser.add_argument("--worst", type=int, default=0, metavar="N")
    parser.add_argument("--titles", action="store_true", help="list our titles that differ from the gold")
    parser.add_argument("--peers", action="store_true", help="measure all other extractors in the same run")
    parser.add_argument("--peer", action="append", default=[], choices=list(PEERS), help="measure this one")
    return parser.parse_args()


def _predicted(predict: Method, gold_pages: Sequence[GoldPage]) -> tuple[list[Row], list[float]]:
    """Return what a method extracts from pages, and the CPU time of each in milliseconds."""
    predict(gold_pages[0])  # warms up
    rows: list[Row] = []
    times = []
    for page in gold_pages:
        began = time.process_time()
        try:
            prediction = predict(page)
        except Exception as error:  # noqa: BLE001 - another extractor's failure is a page without a result
            prediction = {"skipped": f"{type(error).__name__}"}
        times.append(1000 * (time.process_time() - began))
        rows.append((page, prediction))
    return rows, times


def _milliseconds(times: Sequence[float]) -> str:
    ordered = sorted(times)
    p99 = ordered[int(0.99 * (len(ordered) - 1))]
    return f"{statistics.median(times):.0f} / {statistics.mean(times):.0f} / {p99:.0f}"


def _print_titles(ours: Method, gold_pages: Sequence[GoldPage]) -> None:
    """List the titles that differ from the gold, and whether ours is a heading of the page."""
    for page in gold_pages:
        gold, title, root = page.fields.get("title"), ours(page).get("title"), parse_html(page.html)
        if gold and root is not None and fold(gold) != fold(title):
            shown = any(fold(heading) == fold(title) for heading in MetadataSources.from_document(root).headings)
            print(f"    {page.id}: {'as the page shows it' if shown else 'not as the page shows it'}")
            print(f"        gold {gold}\n        ours {title}")


if __name__ == "__main__":
    sys.exit(main())
