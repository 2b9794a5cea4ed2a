"""Train the models that tell a page's story from the rest of it, and articles from other pages.

    python -m training.extraction.train [--data ../shared/data] [--form html] [--folds FOLDER] [--dry-run]

Trains on publisher-pages and on web-pages, never on the article-extraction-benchmark. First five models, each on four
fifths of the sites, tell how good the method is on sites it has not seen: these figures are printed and go into the
model card. Then one model learns from all, and is written to services/extractor/trained/. The same data give the same
bytes. With `--folds` the five are written, too: `bench/extraction` judges each page with the one that has not seen it.
"""

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from services.extractor.body.trees import probabilities
from services.extractor.models import SHIPPED
from training.extraction import body, examples, page_types, pages
from training.extraction.examples import HtmlPage, TextPage
from training.extraction.pages import GoldPage
from training.extraction.scores import score, summary

SETS = ("publisher-pages", "web-pages")
THRESHOLDS = (0.3, 0.4, 0.5, 0.6)


def main() -> int:
    """Train what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--form", action="append", choices=("html", "text"))
    parser.add_argument("--folds", type=Path, metavar="FOLDER", help="where to write the models of the folds")
    parser.add_argument("--dry-run", action="store_true", help="write no model")
    args = parser.parse_args()
    missing = [name for name in SETS if not (args.data / name / "gold.jsonl").exists()]
    if missing:
        print(f"train: no {args.data / missing[0]}/gold.jsonl; see docs/benchmarks.md for its source", file=sys.stderr)
        return 1
    gold = [page for name in SETS for page in pages.read(args.data / name)]
    for form in args.form or ("html", "text"):
        began = time.monotonic()
        for name, result in (_html if form == "html" else _text)(gold).items():
            targets = {} if args.dry_run else {SHIPPED: result.model}
            if args.folds:
                targets |= {args.folds / f"fold-{n}": model for n, model in enumerate(result.held_out)}
            for folder, model in targets.items():
                folder.mkdir(parents=True, exist_ok=True)
                model.save(folder / f"{name}.npz")
        print(f"{form}: {time.monotonic() - began:.0f} s", flush=True)
    return 0


def _html(gold: Sequence[GoldPage]) -> Mapping[str, body.Trained | page_types.Trained]:
    articles = [page for page in gold if page.kind == "article"]
    found = [html_page for page in articles if (html_page := examples.of_html(page)) is not None]
    trained = body.train(found, "html")
    _tell(found, trained)
    by_page = {(e.page.set, e.page.id): told for e, told in zip(found, trained.told, strict=True)}
    return {"html": trained, "page": page_types.train(gold, by_page, trained.model)}


def _text(gold: Sequence[GoldPage]) -> Mapping[str, body.Trained]:
    found = [example for page in gold if page.kind == "article" for example in examples.of_text(page)]
    trained = body.train(found, "text")
    _tell(found, trained)
    return {"text": trained}


def _tell(found: Sequence[HtmlPage | TextPage], trained: body.Trained) -> None:
    """Print how good the models of the folds are: trees alone, and with the network."""
    for part, odds in (("trees", trained.by_trees), ("network", trained.told)):
        for form in dict.fromkeys(example.form for example in found):
            for name in SETS:
                of_set = [(e, o) for e, o in zip(found, odds, strict=True) if (e.form, e.page.set) == (form, name)]
                print(f"  {part:<8} {form:<14} {name:<16} {len(of_set)} pages, {_summaries(of_set)}", flush=True)


def _summaries(found: Sequence[tuple[HtmlPage | TextPage, NDArray[np.float64]]]) -> str:
    told = []
    for threshold in THRESHOLDS:
        scores = []
        for example, odds in found:
            kept = np.flatnonzero(probabilities(odds) > threshold)
            scores.append(score(example.page.body, "\n".join(example.texts[i] for i in kept)))
        total = summary(scores)
        told.append(f"> {threshold}: F1 {total.f1:.4f} P {total.precision:.4f} R {total.recall:.4f}")
    return "; ".join(told)


if __name__ == "__main__":
    sys.exit(main())
