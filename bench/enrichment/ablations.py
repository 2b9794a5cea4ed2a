"""Measure what each part of enrichment adds, on English: entities, clusters, topics, calibration, and CPU time.

    python -m bench.enrichment.ablations [--data ../shared/data] [--only entities|clusters|topics|speed]
        [--pictures docs/pictures]

Prints tables with intervals of 95 %, by bootstrap over articles. The figures show what each part adds: the published
tagger, our tagger, each alone and with our rules; words alone, with sentence vectors, and without one part at a time.
"""

import argparse
import random
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from wiredesk.enrichment.entities.spacy_tagger import SpacyTagger
from wiredesk.enrichment.interfaces import Tagger
from wiredesk.enrichment.settings import BASE_PIPELINE, NEWS_PIPELINE
from wiredesk.enrichment.topics import NewsClassifier

from . import clusters, conll, datasets, plots, speed, topics
from .sources import BBC, BODIES, CONLL, TOPICS, WIKINEWS, missing_source

RESAMPLES = 1000
"""Resamples of the bootstrap."""

PARTS = ("entities", "clusters", "topics", "speed")
"""The values of `--only`."""

type Counts = tuple[int, int, int]
"""Numbers of right, wrong and missing names."""


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--only", action="append", choices=PARTS)
    parser.add_argument("--pictures", type=Path, metavar="FOLDER", help="write the curves there, as SVG")
    args = parser.parse_args()
    if missing := missing_source(args.data, (CONLL, WIKINEWS, TOPICS, BODIES, BBC)):
        print(f"enrichment: {missing}", file=sys.stderr)
        return 1
    chosen = args.only or PARTS
    taggers: dict[str, Tagger] = {}
    if {"entities", "clusters"} & set(chosen):
        taggers = {"published pipeline": SpacyTagger(BASE_PIPELINE), "ours": SpacyTagger(NEWS_PIPELINE)}
    if "entities" in chosen:
        _report_entities(args.data, taggers)
    if "clusters" in chosen:
        _report_clusters(args.data, taggers)
    if "topics" in chosen:
        _report_topics(args.data, args.pictures)
    if "speed" in chosen:
        _report_speed(args.data)
    return 0


def _report_entities(data: Path, taggers: dict[str, Tagger]) -> None:
    articles = datasets.conll_articles(data)
    print(f"\nCoNLL++, {len(articles)} articles: F1 of people, organisations and places, exact spans")
    for name, tagger in taggers.items():
        tags = conll.tag_articles(articles, tagger.tag)
        for variant, predict in (("alone", conll.tagger_alone), ("with rules", conll.with_rules)):
            predicted = predict(articles, tags)
            interval = _interval(_f1, conll.counts(articles, predicted))
            by_label = (f"{k} {_f1(conll.counts(articles, predicted, k)):.3f}" for k in conll.LABELS.values())
            print(f"  {name + ', ' + variant:34} {interval}   {'  '.join(by_label)}", flush=True)


def _f1(counts: Sequence[Counts]) -> float:
    right, wrong, missing = (sum(column) for column in zip(*counts, strict=True))
    return float(2 * right / max(1, 2 * right + wrong + missing))


def _report_clusters(data: Path, taggers: dict[str, Tagger]) -> None:
    sets = (("Wikinews", list(datasets.wikinews_stories(data))), ("Our own stories", list(datasets.own_stories())))
    for title, stories in sets:
        print(f"\n{title}, {len(stories)} articles: recall of mentions, B-cubed F1 of those found")
        for name, tagger in taggers.items():
            predicted = [clusters.predict_clusters(story, tagger) for story in stories]
            alone = [clusters.recall(story, clusters.tagger_alone(story, tagger)) for story in stories]
            recalled = [clusters.recall(story, own) for story, own in zip(stories, predicted, strict=True)]
            scores = [clusters.b_cubed(story, own) for story, own in zip(stories, predicted, strict=True)]
            print(f"  {name + ', alone':34} recall {_interval(_share, alone)}")
            print(f"  {name + ', with rules':34} recall {_interval(_share, recalled)}  B3 {_interval(_b3, scores)}")


def _share(counts: Sequence[tuple[int, int]]) -> float:
    return sum(found for found, _ in counts) / max(1, sum(all_of_them for _, all_of_them in counts))


def _b3(scores: Sequence[list[tuple[float, float]]]) -> float:
    return clusters.f1([score for story in scores for score in story])


def _report_topics(data: Path, folder: Path | None) -> None:
    labelled, bbc = list(datasets.labelled_articles(data)), list(datasets.bbc_articles(data))
    rows: dict[str, list[topics.Prediction]] = {}
    for name, fast in (("hybrid", False), ("fast", True)):
        classifier = NewsClassifier(fast=fast)
        own = rows[name] = topics.predict(classifier, labelled)
        print(f"\nTopics, {name}: {len(own)} labelled articles, then {len(bbc)} of the BBC")
        for title, measure in (
            ("first = main topic", topics.first_is_main),
            ("first in gold", topics.first_in_gold),
            ("micro F1 of the sets", topics.micro_f1),
        ):
            print(f"  {title:34} {_interval(measure, own)}")
        sections = topics.predict(classifier, bbc)
        print(f"  {'BBC: first = the section topic':34} {_interval(topics.first_in_gold, sections)}")
        print(f"  {'BBC: section topic among all':34} {_interval(topics.any_in_gold, sections)}", flush=True)
        for score, right, count in topics.calibration(own):
            print(f"  of {count} topics with a score about {score:.2f}, {right:.2f} are right")
    print(f"\n{'Topics without one part':36} main   in gold  BBC")
    for name, weights in topics.ABLATIONS.items():
        classifier = NewsClassifier(weights=weights)
        own, sections = topics.predict_first(classifier, labelled), topics.predict_first(classifier, bbc)
        shares = (topics.first_is_main(own), topics.first_in_gold(own), topics.first_in_gold(sections))
        print(f"  {name:34} {'   '.join(f'{share:.3f}' for share in shares)}", flush=True)
    if folder is not None:
        _draw(folder, rows)


def _draw(folder: Path, rows: dict[str, list[topics.Prediction]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    calibrated = [
        plots.Curve(name, [(score, right) for score, right, _ in topics.calibration(own)], marks=True)
        for name, own in rows.items()
    ]
    covered = [plots.Curve(name, topics.precision_by_coverage(own)) for name, own in rows.items()]
    plots.write_plot(
        folder / "topics-calibration.svg",
        "Scores of top-level topics",
        "score",
        "share that is right",
        calibrated,
        diagonal=True,
    )
    plots.write_plot(
        folder / "topics-coverage.svg",
        "The first topic: precision by coverage",
        "share of articles with a first topic",
        "share of those where it is right",
        covered,
    )


def _report_speed(data: Path) -> None:
    articles = speed.cut_articles([article for article, _ in datasets.labelled_articles(data)])
    print(f"\nCPU, {len(articles)} articles of {speed.WORDS} words, {speed.ROUNDS} rounds: ratio to the pipeline alone")
    speed.print_table(speed.measure_cpu({"English": articles}))


def _interval[T](measure: Callable[[Sequence[T]], float], rows: Sequence[T]) -> str:
    rng = random.Random(1)
    draw = partial(rng.choices, rows, k=len(rows))
    values = sorted(measure(draw()) for _ in range(RESAMPLES))
    return f"{measure(rows):.3f} ({values[RESAMPLES // 40]:.3f} to {values[-RESAMPLES // 40]:.3f})"


if __name__ == "__main__":
    sys.exit(main())
