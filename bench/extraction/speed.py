"""Measure what the extractor costs, beside trafilatura in the same run: CPU time per page, by step, and its growth.

    python -m bench.extraction.speed [--data ../shared/data] [--pages 60] [--rounds 3]
        [--growth]

Each page is read by all methods in turn, so that a change of the machine's load meets all of them. A page's time is the
least of its rounds; the spread is between the rounds' means. `--growth` doubles one dimension of an invented page after
the other: twice the page may take at most about twice the time.
"""

import argparse
import gc
import random
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from training.extraction import pages
from training.extraction.pages import GoldPage, accepted
from wiredesk.extractor import extract, html, signals
from wiredesk.extractor.body import html_features
from wiredesk.extractor.extract import Extractor
from wiredesk.runtime.isolation.child_process import GARBAGE_THRESHOLDS

SETS = ("publisher-pages", "web-pages", "article-extraction-benchmark")
"""Sets of pages in HTML."""

WARM_UP = 10
"""Pages that are read before the clock runs."""

STEPS: tuple[tuple[Any, str], ...] = (
    (html, "parse_html"), (html, "read_metadata"), (html, "read_captions"), (html, "segment_page"),
    (html_features, "features"), (html, "score_segments"), (html, "exclude_duplicated_fields"),
    (html, "page_language"), (signals, "own_signals"), (signals, "page_terms"), (extract, "classify_page"),
)  # fmt: skip
"""Steps whose time is printed: modules, and the names of functions in them."""

GROWN = ("segments", "depth", "attributes", "words", "json_ld", "links")
"""Dimensions of an invented page."""

type Times = Mapping[str, Mapping[str, Sequence[float]]]
"""For each method and page, the seconds of each round."""


def main() -> int:
    """Print the times of each set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--pages", type=int, default=60, help="pages of each set")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--growth", action="store_true")
    args = parser.parse_args()
    extractor = Extractor()
    # As in a worker's child processes, for all methods.
    gc.freeze()
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    if args.growth:
        _print_growth(extractor)
        return 0
    spent: dict[str, float] = defaultdict(float)
    for module, name in STEPS:
        _time_step(module, name, spent)
    methods = _methods(extractor)
    for name in SETS:
        if not (args.data / name / "gold.jsonl").exists():
            print(f"{name}: no {args.data / name}/gold.jsonl; see docs/benchmarks.md for its source", file=sys.stderr)
            return 1
        sample = list(pages.read(args.data / name))
        random.Random(1).shuffle(sample)
        sample = sample[: args.pages]
        for page in sample[:WARM_UP]:
            list(_each(methods, page))
        spent.clear()
        times = _measure(methods, sample, args.rounds)
        print(f"\n{name}: {len(sample)} pages, {args.rounds} rounds")
        _print_times(times)
        for step, seconds in sorted(spent.items(), key=lambda item: -item[1]):
            print(f"    {step:<28} {1000 * seconds / len(sample) / args.rounds:6.2f} ms")
    return 0


def _methods(extractor: Extractor) -> dict[str, Callable[[GoldPage], object]]:
    from trafilatura import bare_extraction  # noqa: PLC0415 - of another environment

    def trafilatura(page: GoldPage, *, fast: bool) -> object:
        return bare_extraction(page.html, url=page.url, with_metadata=True, include_comments=False, fast=fast)

    return {
        "wiredesk": lambda page: extractor(accepted(page)),
        "trafilatura": lambda page: trafilatura(page, fast=False),
        "trafilatura fast": lambda page: trafilatura(page, fast=True),
    }


def _time_step(module: Any, name: str, spent: dict[str, float]) -> None:
    step = getattr(module, name)

    def timed(*args: Any, **options: Any) -> Any:
        began = time.process_time()
        try:
            return step(*args, **options)
        finally:
            spent[name] += time.process_time() - began

    setattr(module, name, timed)


def _each(methods: Mapping[str, Callable[[GoldPage], object]], page: GoldPage) -> Iterator[tuple[str, float]]:
    for name, method in methods.items():
        began = time.process_time()
        method(page)
        yield name, time.process_time() - began


def _measure(methods: Mapping[str, Callable[[GoldPage], object]], sample: Sequence[GoldPage], rounds: int) -> Times:
    times: dict[str, dict[str, list[float]]] = {name: defaultdict(list) for name in methods}
    for _ in range(rounds):
        for page in sample:
            for name, seconds in _each(methods, page):
                times[name][page.id].append(1000 * seconds)
    return times


def _print_times(times: Times) -> None:
    least = {name: sorted(min(rounds) for rounds in of_pages.values()) for name, of_pages in times.items()}
    for name, of_pages in times.items():
        means = [statistics.mean(rounds) for rounds in zip(*of_pages.values(), strict=True)]
        p99 = least[name][int(0.99 * (len(least[name]) - 1))]
        print(
            f"  {name:<18} mean {statistics.mean(least[name]):6.1f} ms, of rounds {min(means):.1f} to {max(means):.1f}"
            f"  median {statistics.median(least[name]):6.1f}  p99 {p99:.0f}"
        )
    for name in list(least)[1:]:
        mean = statistics.mean(least["wiredesk"]) / statistics.mean(least[name])
        median = statistics.median(least["wiredesk"]) / statistics.median(least[name])
        print(f"  of {name}: mean {mean:.2f}, median {median:.2f}")


def _print_growth(extractor: Extractor) -> None:
    """Print for each dimension of an invented page by what the time grows when it is doubled twice."""
    for name in GROWN:
        seconds = []
        for factor in (1, 2, 4):
            page = GoldPage("growth", name, "https://bench.example/a", _invented(name, factor), "", "article", {})
            seconds.append(min(took for _ in range(3) for _, took in _each(_ours(extractor), page)))
        print(
            f"  {name:<12} {1000 * seconds[0]:6.1f} ms, doubled {seconds[1] / seconds[0]:.2f} times as long, ", end=""
        )
        print(f"doubled again {seconds[2] / seconds[1]:.2f}")


def _ours(extractor: Extractor) -> dict[str, Callable[[GoldPage], object]]:
    return {"wiredesk": lambda page: extractor(accepted(page))}


def _invented(grown: str, factor: int) -> str:
    """Return a page of which one dimension is larger by a factor."""
    size = {"segments": 400, "depth": 50, "attributes": 20, "words": 40, "json_ld": 200, "links": 3}
    size[grown] *= factor
    attributes = " ".join(f'data-a{n}="value {n}"' for n in range(size["attributes"]))
    sentence = " ".join(f"word{n % 97}" for n in range(size["words"]))
    links = " ".join('<a href="/news/story-4711">more</a>' for _ in range(size["links"]))
    body = "".join(f'<p class="text" {attributes}>{sentence} {n}. {links}</p>' for n in range(size["segments"]))
    nodes = ",".join('{"@type":"Thing","name":"a thing"}' for _ in range(size["json_ld"]))
    return (
        f'<html><head><title>A page</title><script type="application/ld+json">[{nodes}]</script></head><body>'
        f"{'<div>' * size['depth']}<h1>A headline of a page</h1>{body}{'</div>' * size['depth']}</body></html>"
    )


if __name__ == "__main__":
    sys.exit(main())
