"""Fit the scores of topics: print the coefficients for services/wiredesk/enrichment/topics/calibration.py.

    python -m training.enrichment.calibration [--data ../shared/data] [--further .cache/further-pages]

`labels.jsonl`, beside this file, has labels of 498 articles: for 95 of publisher-pages and web-pages, which of some
candidate topics are right; for 403 of the further pages (`make further-pages`), which top-level topics are. 163 of
them are in other languages than English (`language`), 64 of these in German. One annotator labelled them for this
project and saw headline and beginning, but no score. No topic model has learnt from these articles.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from training.enrichment.topics import read_pages
from training.extraction import further
from training.extraction.pages import accepted
from wiredesk.enrichment.languages import ENGLISH
from wiredesk.enrichment.topics.classifier import MAX_TOP_LEVEL, NewsClassifier, top_features
from wiredesk.extractor.document import parse_html
from wiredesk.extractor.metadata.fields import Metadata, read_metadata
from wiredesk.extractor.metadata.sources import MetadataSources
from wiredesk.extractor.site_rules import RuleMatches

LABELS = Path(__file__).parent / "labels.jsonl"
"""The labels that are described above."""

BINS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
"""Bounds of the groups of scores in the report."""

FOLDS = 10
"""Folds of the cross-validation that is reported."""

NEWS_WEIGHT = 3.0
"""Weight of an article of publisher-pages: they are news, like the pages in the pipeline; half of web-pages are guides
and blogs."""

type Case = tuple[tuple[float, ...], bool, float]
"""Features, whether the topic is right, weight of the case."""


def main() -> int:
    """Print the coefficients of both functions in both profiles, with their Brier scores."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--further", type=Path, default=further.FOLDER)
    args = parser.parse_args()
    if further.missing(args.further):
        print("calibration: the further pages are missing; run: make further-pages", file=sys.stderr)
        return 1
    texts = _texts(args.data, args.further)
    labels = [json.loads(line) for line in LABELS.read_text(encoding="utf-8").splitlines()]
    for fast in (False, True):
        classifier = NewsClassifier(fast=fast)
        cases: dict[str, list[Case]] = defaultdict(list)
        for label in labels:
            language = label.get("language", ENGLISH)
            if language not in classifier.languages or (fast and language != ENGLISH):
                continue
            # Of further pages all top-level topics are labelled, and no narrower one.
            right, labelled = set(label["right"]), set(label.get("judged", classifier.roots))
            weight = NEWS_WEIGHT if label["set"] == "publisher-pages" else 1.0
            group = "ENGLISH" if language == ENGLISH else "OTHER_LANGUAGES"
            for kind, code, features in _candidates(classifier, *texts[label["id"]], language):
                if code in labelled:
                    cases[f"{group}_{kind}"].append((features, code in right, weight))
        for name, some in cases.items():
            _report(f"{'FAST_' if fast else ''}{name}", some)
    return 0


def _texts(data: Path, folder: Path) -> dict[str, tuple[str, str]]:
    """Return headline and body of each page, by its id."""
    pages = [page for name in ("publisher-pages", "web-pages") for page in read_pages(data / name)]
    texts = {page["id"]: (page.get("title") or "", page["body"]) for page in pages}
    for page in further.read(folder):
        root = parse_html(page.html)
        metadata = Metadata()
        if root is not None:
            metadata = read_metadata(accepted(page), MetadataSources.from_document(root), RuleMatches())
        texts[page.id] = (metadata.title.value or "", page.body)
    return texts


def _candidates(
    classifier: NewsClassifier, title: str, body: str, language: str
) -> Iterator[tuple[str, str, tuple[float, ...]]]:
    """Yield level, code and features of each topic that the classifier considers."""
    scores = classifier.score(title, body, language)
    for rank, row in enumerate(np.argsort(-scores.top, kind="stable")[:MAX_TOP_LEVEL]):
        yield "TOP", classifier.roots[row], top_features(scores.top, row, rank)
    if language == ENGLISH:
        for candidate, features in classifier.candidates(scores, title, body, language):
            yield "NARROWER", candidate.code, features


def _report(name: str, cases: list[Case]) -> None:
    features = np.array([features for features, _, _ in cases])
    right = np.array([is_right for _, is_right, _ in cases])
    weights = np.array([weight for _, _, weight in cases])
    model = LogisticRegression(C=1.0, max_iter=1000)
    held_out = cross_val_predict(
        model, features, right, cv=FOLDS, method="predict_proba", params={"sample_weight": weights}
    )[:, 1]
    model.fit(features, right, sample_weight=weights)
    brier = float(np.mean((held_out - right) ** 2))
    coefficients = ", ".join(f"{value:.3f}" for value in (*model.intercept_, *model.coef_[0]))
    print(f"{name}: ({coefficients})")
    print(
        f"  {len(cases)} candidates, {right.mean():.2f} right; Brier score {brier:.3f}, of the mean {right.var():.3f}"
    )
    for low, high in pairwise(BINS):
        inside = (held_out >= low) & (held_out < high + (high == 1.0))
        if inside.any():
            print(f"  scores {low:.1f} to {high:.1f}: {inside.sum()}, right {right[inside].mean():.2f}")


if __name__ == "__main__":
    sys.exit(main())
