"""Measure enrichment against public gold: entities, clusters, topics, calibration, and CPU time.

    PYTHONPATH=. python bench/enrichment [--data ../shared/data] [--only entities|clusters|topics|speed]
        [--pictures docs/pictures]

Prints a table; intervals are of 95 %, by bootstrap over articles. Each set is told with what each part adds: the
published tagger alone, ours alone, and with the rules behind it; words alone, with sentence vectors, and with one part
after the other taken away.
"""

import argparse
import random
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import clusters
import conll
import pictures
import sets
import speed
import topics

from wiredesk.enrichment.entities.spacy_tagger import SpacyTagger
from wiredesk.enrichment.interfaces import Tagger
from wiredesk.enrichment.settings import BASE_PIPELINE, NEWS_PIPELINE
from wiredesk.enrichment.topics import NewsClassifier

RESAMPLES = 1000
PARTS = ("entities", "clusters", "topics", "speed")

type Counts = tuple[int, int, int]


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--only", action="append", choices=PARTS)
    parser.add_argument("--pictures", type=Path, metavar="FOLDER", help="write the curves there, as SVG")
    args = parser.parse_args()
    if missing := sets.missing(args.data):
        print(f"enrichment: no {missing[0]}; see docs/enrichment.md for its source", file=sys.stderr)
        return 1
    chosen = args.only or PARTS
    taggers: dict[str, Tagger] = {}
    if {"entities", "clusters"} & set(chosen):
        taggers = {"published pipeline": SpacyTagger(BASE_PIPELINE), "ours": SpacyTagger(NEWS_PIPELINE)}
    if "entities" in chosen:
        _entities(args.data, taggers)
    if "clusters" in chosen:
        _clusters(args.data, taggers)
    if "topics" in chosen:
        _topics(args.data, args.pictures)
    if "speed" in chosen:
        _speed(args.data)
    return 0


def _entities(data: Path, taggers: dict[str, Tagger]) -> None:
    articles = sets.conll(data)
    print(f"\nCoNLL++, {len(articles)} articles: F1 of people, organisations and places, exact spans")
    for name, tagger in taggers.items():
        tags = conll.tagged(articles, tagger.tag)
        for told, names in (("alone", conll.alone(articles, tags)), ("with rules", conll.with_rules(articles, tags))):
            whole = conll.counts(articles, names)
            kinds = (f"{k} {_f1(conll.counts(articles, names, k)):.3f}" for k in conll.LABELS.values())
            print(f"  {name + ', ' + told:34} {_interval(_f1, whole)}   {'  '.join(kinds)}", flush=True)


def _f1(counts: Sequence[Counts]) -> float:
    right, wrong, missing = (sum(column) for column in zip(*counts, strict=True))
    return float(2 * right / max(1, 2 * right + wrong + missing))


def _clusters(data: Path, taggers: dict[str, Tagger]) -> None:
    for title, stories in (("Wikinews", list(sets.wikinews(data))), ("Our own stories", list(sets.own()))):
        print(f"\n{title}, {len(stories)} articles: recall of mentions, B-cubed F1 of those found")
        for name, tagger in taggers.items():
            found = [clusters.found(story, tagger) for story in stories]
            alone = [clusters.recall(s, clusters.tagged_alone(s, tagger)) for s in stories]
            recalled = [clusters.recall(story, own) for story, own in zip(stories, found, strict=True)]
            scores = [clusters.b_cubed(story, own) for story, own in zip(stories, found, strict=True)]
            print(f"  {name + ', alone':34} recall {_interval(_share, alone)}")
            print(f"  {name + ', with rules':34} recall {_interval(_share, recalled)}  B3 {_interval(_b3, scores)}")


def _share(counts: Sequence[tuple[int, int]]) -> float:
    return sum(found for found, _ in counts) / max(1, sum(there for _, there in counts))


def _b3(scores: Sequence[list[tuple[float, float]]]) -> float:
    return clusters.f1([score for story in scores for score in story])


def _topics(data: Path, folder: Path | None) -> None:
    labelled, bbc = list(sets.labelled(data)), list(sets.bbc(data))
    rows: dict[str, list[topics.Judged]] = {}
    for name, fast in (("hybrid", False), ("fast", True)):
        classifier = NewsClassifier(fast=fast)
        own = rows[name] = topics.judged(classifier, labelled)
        print(f"\nTopics, {name}: {len(own)} labelled articles, then {len(bbc)} of the BBC")
        for told, measure in (
            ("first = main topic", topics.first_is_main),
            ("first in gold", topics.first_in_gold),
            ("micro F1 of the sets", topics.micro_f1),
        ):
            print(f"  {told:34} {_interval(measure, own)}")
        sections = topics.judged(classifier, bbc)
        print(f"  {'BBC: first = the section topic':34} {_interval(topics.first_in_gold, sections)}")
        print(f"  {'BBC: section topic among those told':34} {_interval(topics.any_in_gold, sections)}", flush=True)
        for score, right, count in topics.calibration(own):
            print(f"  of {count} topics with a score about {score:.2f}, {right:.2f} are right")
    print(f"\n{'What each part of topics adds':36} main   in gold  BBC")
    for name, weights in topics.PARTS.items():
        classifier = NewsClassifier(weights=weights)
        own, sections = topics.firsts(classifier, labelled), topics.firsts(classifier, bbc)
        shares = (topics.first_is_main(own), topics.first_in_gold(own), topics.first_in_gold(sections))
        print(f"  {name:34} {'   '.join(f'{share:.3f}' for share in shares)}", flush=True)
    if folder is not None:
        _draw(folder, rows)


def _draw(folder: Path, rows: dict[str, list[topics.Judged]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    calibrated = [
        pictures.Curve(name, [(s, r) for s, r, _ in topics.calibration(own)], marks=True) for name, own in rows.items()
    ]
    covered = [pictures.Curve(name, topics.precision_against_coverage(own)) for name, own in rows.items()]
    pictures.write(
        folder / "topics-calibration.svg",
        "Scores of top-level topics",
        "score",
        "share that is right",
        calibrated,
        diagonal=True,
    )
    pictures.write(
        folder / "topics-coverage.svg",
        "The first topic: precision against coverage",
        "share of articles whose first topic is told",
        "share of those where it is right",
        covered,
    )


def _speed(data: Path) -> None:
    cases = speed.articles(
        ["\n".join(block.text for block in article.paragraphs) for article, _ in sets.labelled(data)], sets.article
    )
    spent = speed.measure(cases)
    print(f"\nCPU, {len(cases)} articles of {speed.WORDS} words, {speed.ROUNDS} rounds: ratio to the bare loop")
    print(f"  {'bare loop':34} {sorted(spent['bare'])[speed.ROUNDS // 2]:.1f} ms")
    for name in ("hybrid", "fast"):
        middle, least, most = speed.ratio(spent, name)
        print(f"  {'all of enrichment, ' + name:34} {middle:.2f} ({least:.2f} to {most:.2f})")


def _interval[T](measure: Callable[[Sequence[T]], float], rows: Sequence[T]) -> str:
    rng = random.Random(1)
    draw = partial(rng.choices, rows, k=len(rows))
    values = sorted(measure(draw()) for _ in range(RESAMPLES))
    return f"{measure(rows):.3f} ({values[RESAMPLES // 40]:.3f} to {values[-RESAMPLES // 40]:.3f})"


if __name__ == "__main__":
    sys.exit(main())
