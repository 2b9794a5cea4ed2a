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
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from services.extractor.body.trees import Trees
from services.extractor.models import SHIPPED
from training.extraction import boosting, examples, page_types, pages
from training.extraction.boosting import Matrix, Trained
from training.extraction.examples import ClassOdds, Example
from training.extraction.pages import GoldPage
from training.extraction.scores import score, summary

SETS = ("publisher-pages", "web-pages")
THRESHOLDS = (0.3, 0.4, 0.5, 0.6)
PARAMETERS = {
    "iterations": 700,
    "depth": 6,
    "learning_rate": 0.06,
    "l2_leaf_reg": 6,
    "rsm": 0.3,
    "border_count": 64,
}


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


def _html(gold: Sequence[GoldPage]) -> dict[str, Trained]:
    articles = [page for page in gold if page.kind == "article"]
    cut = [html_page for page in articles if (html_page := examples.of_html(page)) is not None]
    odds = ClassOdds(cut)
    # The names of a page's own site say more of it than they would of a page that is new.
    found = [html_page.described(odds.without(html_page.page.site)) for html_page in cut]
    body = _body(found, lambda seen: ClassOdds(cut[i] for i in seen).without(None))
    by_page = {(e.page.set, e.page.id): told for e, told in zip(found, body.told, strict=True)}
    return {"html": body, "page": page_types.train(gold, by_page, body.model)}


def _text(gold: Sequence[GoldPage]) -> dict[str, Trained]:
    articles = [page for page in gold if page.kind == "article"]
    found = [example for page in articles for example in examples.of_text(page)]
    return {"text": _body(found, lambda _: {}, iterations=500, learning_rate=0.08)}


def _body(
    found: Sequence[Example], words: Callable[[Sequence[int]], Mapping[str, float]], **parameters: float
) -> Trained:
    """Train a model of the body.

    Args:
        words: that go with a model that learns from these examples.
        parameters: that differ from PARAMETERS.
    """
    names = sorted(found[0].columns)
    matrices = [examples.matrix(example.columns, names) for example in found]
    print(f"{len(found)} pages, {sum(map(len, matrices))} texts, {len(names)} columns", flush=True)

    def learn(seen: Sequence[int]) -> Trees:
        matrix: Matrix = np.concatenate([matrices[i] for i in seen])
        wanted = np.concatenate([found[i].story for i in seen])
        weights = np.concatenate([examples.weights(found[i]) for i in seen])
        return boosting.fit(matrix, wanted, weights, names, words(seen), **{**PARAMETERS, **parameters})

    result = boosting.trained(matrices, [example.page.site for example in found], names, learn)
    _tell(found, result.told)
    return result


def _tell(found: Sequence[Example], told: Sequence[NDArray[np.float64]]) -> None:
    for form in dict.fromkeys(e.form for e in found):
        for name in SETS:
            for threshold in THRESHOLDS:
                scores = [
                    score(e.page.body, "\n".join(t for t, p in zip(e.texts, told[i], strict=True) if p > threshold))
                    for i, e in enumerate(found)
                    if e.form == form and e.page.set == name
                ]
                total = summary(scores)
                print(
                    f"  {form:<14} {name:<16} > {threshold}: F1 {total.f1:.4f} P {total.precision:.4f} R "
                    f"{total.recall:.4f}, {len(scores)} pages",
                    flush=True,
                )


if __name__ == "__main__":
    sys.exit(main())
