"""Measure extraction on public pages, beside other extractors: quality compared with gold, and CPU time per page.

    python bench/extraction [--data ../shared/data] [--folds FOLDER] [--set publisher-pages] [--worst N]
        [--peers] [--peer trafilatura] [--flattened] [--titles]

A set is a folder with `gold.jsonl` (id, url, body; optionally title, authors, published_at, page_type) and
`html/<id>.html.gz`. The body is scored with the metric of the article-extraction-benchmark: shingles of four words,
precision and recall averaged over pages, F1 of the averages; intervals are 95 % intervals, by bootstrap over pages.
Sets whose name ends with `, flattened` are the same pages as text without tags.

Without `--folds` the shipped models read the pages that they were trained on. The output says so; these figures are
too good.
"""

import argparse
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from methods import PEERS, Method, Prediction, Wiredesk

from training.extraction import pages
from training.extraction.pages import GoldPage
from training.extraction.scores import Score, fold, score, summary
from wiredesk.extractor.document import parse_html
from wiredesk.extractor.metadata.sources import MetadataSources
from wiredesk_schemas import PageType

SETS = ("article-extraction-benchmark", "publisher-pages", "web-pages")
"""Sets that are measured."""

TRAINED_ON = ("publisher-pages", "web-pages")
"""Sets that models were trained on."""

RESAMPLES = 1000
"""Resamples of the bootstrap."""

type Row = tuple[GoldPage, Prediction]
"""A page, and what a method extracted from it."""


def main() -> int:
    """Print a line for each set and method."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--folds", type=Path, metavar="FOLDER", help="models of `training.extraction.train --folds`")
    parser.add_argument("--set", action="append", choices=SETS)
    parser.add_argument("--flattened", action="store_true", help="the pages as text without tags, too")
    parser.add_argument("--worst", type=int, default=0, metavar="N")
    parser.add_argument("--titles", action="store_true", help="list our titles that differ from the gold")
    parser.add_argument("--peers", action="store_true", help="measure all other extractors in the same run")
    parser.add_argument("--peer", action="append", default=[], choices=list(PEERS), help="measure this one")
    args = parser.parse_args()
    peers = list(PEERS) if args.peers else args.peer
    ours = Wiredesk(args.folds, TRAINED_ON)
    for name in args.set or SETS:
        if not (args.data / name / "gold.jsonl").exists():
            print(f"{name}: no {args.data / name}/gold.jsonl; see docs/benchmarks.md for its source", file=sys.stderr)
            return 1
        gold_pages = list(pages.read(args.data / name))
        warning = "" if args.folds or name not in TRAINED_ON else "; the models have seen these sites"
        articles = [page for page in gold_pages if page.kind == "article"]
        print(f"\n{name}: {len(articles)} articles{warning}", flush=True)
        methods: dict[str, Method] = {"wiredesk": ours, **{name: PEERS[name] for name in peers}}
        for method, predict in methods.items():
            _measure(method, predict, articles, args.worst)
        if args.titles:
            _print_titles(ours, articles)
        if len(gold_pages) > len(articles):
            _measure_types(ours, gold_pages)
        if args.flattened:
            print(f"\n{name}, flattened", flush=True)
            _measure("wiredesk", ours, [_flattened(page) for page in articles], args.worst)
    return 0


def _flattened(page: GoldPage) -> GoldPage:
    from resiliparse.extract.html2text import extract_plain_text  # noqa: PLC0415 - of another environment

    text = extract_plain_text(
        page.html, main_content=False, alt_texts=False, links=False, form_fields=False, noscript=False
    )
    return replace(page, html=text, is_text=True)


def _measure(method: str, predict: Method, gold_pages: Sequence[GoldPage], worst: int) -> None:
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
    scores = [score(page.body, prediction.get("body")) for page, prediction in rows]
    total = summary(scores)
    low, high = _interval(scores)
    exact = statistics.mean(fold(page.body) == fold(prediction.get("body")) for page, prediction in rows)
    columns = [f"  {method:<20} F1 {total.f1:.4f} ({low:.4f} to {high:.4f})", f"P {total.precision:.4f}"]
    columns += [
        f"R {total.recall:.4f}",
        f"exact {exact:.3f}",
        *(f"{what} {share:.3f}" for what, share in _fields(rows)),
    ]
    columns += [f"nothing {sum('body' not in prediction for _, prediction in rows)}"]
    ordered = sorted(times)
    columns += [f"ms/page median {statistics.median(times):.1f} mean {statistics.mean(times):.1f}"]
    columns += [f"p99 {ordered[int(0.99 * (len(ordered) - 1))]:.0f} max {ordered[-1]:.0f}"]
    print("  ".join(columns), flush=True)
    ranked = sorted(zip(scores, rows, strict=True), key=lambda pair: pair[0].f1)
    for page_score, (page, prediction) in ranked[:worst]:
        print(f"    {page_score.f1:.3f}  {page.id}  {prediction.get('skipped', '')}  {page.url}")


def _interval(scores: Sequence[Score]) -> tuple[float, float]:
    """Return the bounds in which F1 lies in 95 % of resamples of the pages."""
    generator = random.Random(7)
    resampled = sorted(summary(generator.choices(scores, k=len(scores))).f1 for _ in range(RESAMPLES))
    return resampled[int(0.025 * RESAMPLES)], resampled[int(0.975 * RESAMPLES)]


def _fields(rows: Sequence[Row]) -> Iterator[tuple[str, float]]:
    checks: dict[str, Callable[[Prediction, GoldPage], bool]] = {
        "title": lambda p, g: fold(g.fields["title"]) == fold(p.get("title")),
        "published_at": lambda p, g: g.fields["published_at"][:10] == (p.get("published_at") or "")[:10],
        "authors": lambda p, g: {*map(fold, g.fields["authors"])} == {*map(fold, p.get("authors") or ())},
    }
    for field, check in checks.items():
        labelled = [(page, prediction) for page, prediction in rows if page.fields.get(field)]
        if labelled:
            yield field, statistics.mean(check(prediction, page) for page, prediction in labelled)


def _print_titles(ours: Method, gold_pages: Sequence[GoldPage]) -> None:
    """List the titles that differ from the gold, and whether ours is a heading of the page."""
    for page in gold_pages:
        gold, title, root = page.fields.get("title"), ours(page).get("title"), parse_html(page.html)
        if gold and root is not None and fold(gold) != fold(title):
            shown = any(fold(heading) == fold(title) for heading in MetadataSources.from_document(root).headings)
            print(f"    {page.id}: {'as the page shows it' if shown else 'not as the page shows it'}")
            print(f"        gold {gold}\n        ours {title}")


def _measure_types(ours: Method, gold_pages: Sequence[GoldPage]) -> None:
    """Print how many articles were lost, and how many other pages were recognised."""
    rows = [(page, ours(page)) for page in gold_pages]
    articles = [prediction for page, prediction in rows if page.kind == "article"]
    others = [prediction for page, prediction in rows if page.kind != "article"]
    print(f"  page types: of {len(articles)} articles {_share(articles, _is_lost):.3f} lost, ", end="")
    print(f"{_share(articles, _is_doubted):.3f} published as something else; ", end="")
    print(f"of {len(others)} others {_share(others, _is_lost):.3f} skipped, ", end="")
    print(f"{_share(others, _is_doubted):.3f} published as something else")


def _share(predictions: Sequence[Prediction], check: Callable[[Prediction], bool]) -> float:
    return statistics.mean(map(check, predictions))


def _is_lost(prediction: Prediction) -> bool:
    return "skipped" in prediction


def _is_doubted(prediction: Prediction) -> bool:
    return not _is_lost(prediction) and prediction["page_type"] not in (PageType.ARTICLE, PageType.LIVE_BLOG)


if __name__ == "__main__":
    sys.exit(main())
