"""Train the models that separate a page's story from its other texts, and articles from other pages.

    python -m training.extraction.train [--data ../shared/data] [--further .cache/further-pages] [--form html]
        [--folds FOLDER] [--dry-run]

The forms are `html` and `text`, the models of the story, and `page`, the model that tells articles from other pages.
The last learns from the outputs of the first for sites that it has not seen.

It trains on publisher-pages, web-pages and further pages; never on the
article-extraction-benchmark, nor on another page of its sites. First, five models, each trained on four fifths of the
sites, show how good the method is on sites that it has not seen. These figures are printed and are in the model card.
Then one model learns from all pages and is written to services/wiredesk/extractor/trained/. The same data give the same
bytes. The five models are written to FOLDER: `bench/extraction` reads each page with the one that has not seen it.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from training.extraction import body, examples, further, long_stories, old_pages, page_types, pages
from training.extraction.examples import HtmlPage, TextPage
from training.extraction.folds import FOLDS
from training.extraction.pages import GoldPage
from training.extraction.scores import score, summary
from wiredesk.extractor.body.trees import probabilities
from wiredesk.extractor.models import SHIPPED, BodyModel

SETS = ("publisher-pages", "web-pages")
"""Sets that are learned from."""

FORMS = ("html", "text", "page")
"""Models, in the order in which they are trained."""

FOLDERS = Path(".cache/extraction-folds")
"""Folder of the models of the folds."""

THRESHOLDS = (0.3, 0.4, 0.5, 0.6)
"""Probabilities for which figures are printed."""


class Model(Protocol):
    """A model that can be written to a file."""

    def save(self, path: Path) -> None:
        """Write the model to a file."""


def main() -> int:
    """Train the models that the arguments name."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--further", type=Path, default=further.FOLDER, help="where `make further-pages` unpacks them")
    parser.add_argument("--form", action="append", choices=FORMS)
    parser.add_argument("--folds", type=Path, metavar="FOLDER", default=FOLDERS, help="of the models of the folds")
    parser.add_argument("--dry-run", action="store_true", help="write no model")
    args = parser.parse_args()
    missing = [name for name in SETS if not (args.data / name / "gold.jsonl").exists()]
    if missing:
        print(f"train: no {args.data / missing[0]}/gold.jsonl; see docs/benchmarks.md for its source", file=sys.stderr)
        return 1
    if absent := further.missing(args.further):
        print(f"train: no {absent[0]}; run: make further-pages", file=sys.stderr)
        return 1
    gold = [page for name in SETS for page in pages.read(args.data / name)]
    more = list(further.read(args.further))
    for form in args.form or FORMS:
        began = time.monotonic()
        if form == "page":
            types = _page([*gold, *more], args.folds)
            models: dict[Path, Model] = {SHIPPED: types.model, **_of_folds(args.folds, types.held_out)}
        else:
            trained = _body([*gold, *more], form)
            models = {SHIPPED: trained.model, **_of_folds(args.folds, trained.held_out)}
        for folder, model in models.items():
            if folder != SHIPPED or not args.dry_run:
                folder.mkdir(parents=True, exist_ok=True)
                model.save(folder / f"{form}.npz")
        print(f"{form}: {time.monotonic() - began:.0f} s", flush=True)
    return 0


def _body(gold: Sequence[GoldPage], form: str) -> body.Trained:
    articles = [page for page in gold if page.kind == "article"]
    training_pages: list[HtmlPage | TextPage] = []
    if form == "text":
        of_text = [example for page in articles for example in examples.of_text(page)]
        training_pages += [*of_text, *long_stories.text_pages(of_text)]
    else:
        of_html = [example for page in articles if (example := examples.of_html(page)) is not None]
        training_pages += [*of_html, *long_stories.html_pages(of_html), *old_pages.html_pages(of_html)]
    trained = body.train(training_pages, form)
    _print_figures(training_pages, trained)
    return trained


def _page(gold: Sequence[GoldPage], folder: Path) -> page_types.Trained:
    """Train the model of page types on the outputs of the folds' body models."""
    return page_types.train(gold, [BodyModel.load(folder / f"fold-{number}" / "html.npz") for number in range(FOLDS)])


def _of_folds(folder: Path, held_out: Sequence[Model]) -> dict[Path, Model]:
    return {folder / f"fold-{number}": model for number, model in enumerate(held_out)}


def _print_figures(pages: Sequence[HtmlPage | TextPage], trained: body.Trained) -> None:
    """Print how good the models of the folds are: trees alone, and with the network."""
    for part, odds in (("trees", trained.by_trees), ("network", trained.by_model)):
        for form in dict.fromkeys(example.form for example in pages):
            for name in (*SETS, *examples.MADE):
                of_set = [(e, o) for e, o in zip(pages, odds, strict=True) if (e.form, e.page.set) == (form, name)]
                print(f"  {part:<8} {form:<14} {name:<16} {len(of_set)} pages, {_summaries(of_set)}", flush=True)


def _summaries(pages: Sequence[tuple[HtmlPage | TextPage, NDArray[np.float64]]]) -> str:
    summaries = []
    for threshold in THRESHOLDS:
        scores = []
        for example, odds in pages:
            kept = np.flatnonzero(probabilities(odds) > threshold)
            scores.append(score(example.page.body, "\n".join(example.texts[i] for i in kept)))
        total = summary(scores)
        summaries.append(f"> {threshold}: F1 {total.f1:.4f} P {total.precision:.4f} R {total.recall:.4f}")
    return "; ".join(summaries)


if __name__ == "__main__":
    sys.exit(main())
