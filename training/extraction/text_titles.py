"""Fit the weights of the lines that may be the headline of a text page, and print them.

    python -m training.extraction.text_titles [--data ../shared/data] [--every N]

A page is a choice among its lines; the weights are those under which the lines that the gold has as headline are most
likely (a softmax over the lines of a page, with a small L2 penalty). The figures are of sites that the weights have not
seen, by five folds. The printed weights go to `WEIGHTS` in `wiredesk/extractor/metadata/text_titles.py`.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from resiliparse.extract.html2text import extract_plain_text

from training.extraction import pages
from training.extraction.folds import FOLDS, fold_of
from training.extraction.pages import GoldPage, accepted
from wiredesk.extractor.body.lines import features, split_lines
from wiredesk.extractor.body.repeated_texts import exclude_repeated
from wiredesk.extractor.body.story import score_lines
from wiredesk.extractor.flattened import text_sources
from wiredesk.extractor.metadata.text_titles import MAX_KICKER_WORDS, WEIGHTS, candidates
from wiredesk.extractor.models import shipped_models
from wiredesk.extractor.words import fold

STEPS, RATE, PENALTY = 300, 0.05, 0.01
"""Steps and rate of Adam, and the L2 penalty."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The lines of a page that may be its headline.

    Attributes:
        page: the page.
        rows: features of each line.
        is_gold: whether each line is the gold's headline.
    """

    page: GoldPage
    rows: NDArray[np.float64]
    is_gold: NDArray[np.bool_]


def main() -> None:
    """Print the figures of unseen sites, and the weights of all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--every", type=int, default=1, metavar="N", help="of web-pages, every Nth page is read")
    args = parser.parse_args()
    choices = list(_choices(args.data, args.every))
    of_fold = [_fit([choice for choice in choices if fold_of(choice.page.site) != fold]) for fold in range(FOLDS)]
    for name in ("publisher-pages", "web-pages"):
        of_set = [choice for choice in choices if choice.page.set == name]
        right = sum(_is_right(choice, of_fold[fold_of(choice.page.site)]) for choice in of_set)
        shown = sum(bool(choice.is_gold.any()) for choice in of_set)
        print(f"{name}: right {right} of {len(of_set)}; {shown} of these have the gold's headline as a line")
    for feature, weight in zip(WEIGHTS, _fit(choices), strict=True):
        print(f'    "{feature}": {weight:.2f},')


def _choices(data: Path, every: int) -> Iterator[Choice]:
    for name, step in (("publisher-pages", 1), ("web-pages", every)):
        articles = [page for page in pages.read(data / name) if page.kind == "article" and page.fields.get("title")]
        yield from (choice for page in articles[::step] if (choice := _choice(page)) is not None)


def _choice(page: GoldPage) -> Choice | None:
    text = extract_plain_text(
        page.html, main_content=False, alt_texts=False, links=False, form_fields=False, noscript=False
    )
    lines = split_lines(accepted(replace(page, html=text, is_text=True)).body)
    model = shipped_models().text
    texts = exclude_repeated(score_lines(lines, model.probabilities(features(lines, model.lexicon))))
    found = candidates(text_sources(lines, texts), page.url)
    if not found:
        return None
    rows = np.array([[candidate.features[name] for name in WEIGHTS] for candidate in found])
    gold = fold(page.fields["title"])
    return Choice(page, rows, np.array([_is_headline(fold(candidate.text), gold) for candidate in found]))


def _is_headline(line: str, gold: str) -> bool:
    """Return whether a line is the gold's headline, alone or after a kicker."""
    return line == gold or (line.endswith(f" {gold}") and len(line.split()) - len(gold.split()) <= MAX_KICKER_WORDS)


def _fit(choices: Sequence[Choice]) -> NDArray[np.float64]:
    """Return the weights under which the gold's headlines are most likely, by Adam."""
    shown = [choice for choice in choices if choice.is_gold.any()]
    weights = np.zeros(len(WEIGHTS))
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, STEPS + 1):
        slope = PENALTY * weights
        for choice in shown:
            scores = choice.rows @ weights
            likely = np.exp(scores - scores.max())
            likely /= likely.sum()
            wanted = likely * choice.is_gold
            slope = slope + choice.rows.T @ (likely - wanted / wanted.sum()) / len(shown)
        mean, square = 0.9 * mean + 0.1 * slope, 0.999 * square + 0.001 * slope**2
        weights = weights - RATE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    return weights


def _is_right(choice: Choice, weights: NDArray[np.float64]) -> bool:
    return bool(choice.is_gold[int(np.argmax(choice.rows @ weights))])


if __name__ == "__main__":
    main()
