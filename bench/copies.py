"""Measure the search for copies: recall and precision of six edits, formulaic shorts, throughput, restore, memory.

    PYTHONPATH=. python bench/copies.py [--edits] [--shorts] [--speed 300000] [--articles N] [--data ../shared/data]

Without options it measures all, over all public articles, and exits with code 1 if a figure misses what is required.

Edits: every article of the public corpora goes through the two stages as on a stream: unrelated stories of the same
topics and days. Then comes a copy of each, edited in one of six ways. A copy is found if an event lists it beside the
article that it was made from. Every pair that an event claims in the end counts for precision; it is right if the two
are made from the same article, or have a quarter of their runs of eight words in common: corpora have copies of their
own.

Shorts: 200 formulaic items from templates, and copies of three in ten, half of them with a site's boilerplate.

Speed: a window is restored from the changes of articles that have as many fingerprints as public ones, of which one in
four is a copy; then articles are measured from the record's bytes to outputs and changes, applied. CPU of one core, and
beside the mean the best of ten rounds: other programs share the core's units.
"""

import argparse
import base64
import itertools
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from uuid import UUID

import numpy as np
from copies_texts import BOILERPLATE, Text, corpus, edits, shorts

from tests.copies import Stream
from wiredesk.runtime.settings import MIB
from wiredesk.runtime.state import Change
from wiredesk.syndication.entry import Entry, Membership
from wiredesk.syndication.fingerprints import MAX_FINGERPRINTS, fingerprints
from wiredesk.syndication.overlap import Signature
from wiredesk.syndication.settings import SyndicationSettings
from wiredesk.syndication.syndicate import Syndication
from wiredesk.syndication.window import ARTICLE, Window
from wiredesk_schemas import ArticleCopies, ArticleSignature, CopyKind, page_id

COPIES = 0.3
"""Share of formulaic items that are copied."""

ROUNDS, MEASURED = 10, 500
"""Rounds of articles whose processing is measured, and articles of each."""

MIN_RECALL, MIN_PRECISION, MIN_PRECISION_OF_SHORTS, MIN_RATE = 0.95, 0.98, 0.95, 1000
"""What is required: of each edit, of formulaic items, and articles a second in the best round."""


def main() -> int:
    """Print what was asked for; return 1 if a figure misses what is required."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--edits", action="store_true", help="recall and precision of six edits")
    parser.add_argument("--shorts", action="store_true", help="formulaic items")
    parser.add_argument("--speed", type=int, metavar="ARTICLES", help="throughput and memory of a window of so many")
    parser.add_argument("--articles", type=int, help="public articles at most, in a fixed random order")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the public corpora")
    args = parser.parse_args()
    if not (args.data / "web-pages").exists():
        print(f"copies: {args.data} lacks web-pages (WCXB, see docs/benchmarks.md)", file=sys.stderr)
        return 2
    every = not (args.edits or args.shorts or args.speed)
    texts = corpus(args.data, args.articles)
    reached = True
    if args.edits or every:
        reached &= measure_edits(texts)
    if args.shorts or every:
        reached &= measure_shorts()
    if args.speed or every:
        reached &= measure_speed(texts, args.speed or 300_000)
    return 0 if reached else 1


def pairs(stream: Stream) -> Iterator[tuple[str, str, CopyKind]]:
    """Yield every pair of articles that an event claims in the end, as URLs, and the kind."""
    for group in stream.groups.values():
        urls = {one.page_id: one.url for one in (group.original, *group.copies)}
        for copy in group.copies:
            yield urls.get(copy.compared_with, ""), copy.url, copy.kind


def measure_edits(texts: Sequence[Text]) -> bool:
    """Print recall, precision and kinds of each edit; return whether they are as required."""
    reached = True
    print(f"{len(texts)} articles; copies come last\n")
    print(f"  {'edit':<30}{'recall':>8}{'precision':>11}{'pairs':>7}   kinds")
    for name, edit in edits(texts).items():
        stream = Stream(len(texts) * 2)
        rng = random.Random(name)
        copies = [edit(number, rng) for number in range(len(texts))]
        everything = [*texts, *copies]
        for text in everything:
            stream.add(text.event)
        by_url = {text.url: text for text in everything}
        originals = {copy.url: text.url for copy, text in zip(copies, texts, strict=True)}
        claimed = list(pairs(stream))
        kinds = {
            url: kind
            for one, other, kind in claimed
            for url, source in ((one, other), (other, one))
            if originals.get(url) == source
        }
        wrong = sum(not _is_right(by_url[one], by_url[other]) for one, other, _ in claimed)
        precision = 1 - wrong / len(claimed)
        counted = ", ".join(f"{kind} {count}" for kind, count in Counter(kinds.values()).most_common())
        print(
            f"  {name:<30}{len(kinds) / len(texts):>8.3f}{precision:>11.4f}{len(claimed):>7}   {counted}",
            flush=True,
        )
        reached &= len(kinds) >= MIN_RECALL * len(texts) and precision >= MIN_PRECISION
    return reached


def _is_right(one: Text, other: Text) -> bool:
    """Return whether two texts are made from the same article, or have a quarter of their runs of words in common."""
    if one.sources & other.sources:
        return True
    first, second = (_runs(text.body.lower().split()) for text in (one, other))
    return len(first & second) >= 0.25 * min(len(first), len(second))


def _runs(words: Sequence[str]) -> set[tuple[str, ...]]:
    return {tuple(words[start : start + 8]) for start in range(max(1, len(words) - 7))}


def measure_shorts() -> bool:
    """Print recall and precision of formulaic items, in five streams; return whether it is as required."""
    reached = True
    print(f"\n200 formulaic items, copies of {COPIES:.0%}\n\n  {'seed':<6}{'recall':>8}{'precision':>11}{'pairs':>7}")
    for seed in range(1, 6):
        rng = random.Random(seed)
        stream = Stream()
        texts: dict[str, Text] = {}
        copied = []
        for number, item in enumerate(shorts(200, seed)):
            stream.add(item.event)
            texts[item.url] = item
            if rng.random() < COPIES:
                site = rng.randrange(len(BOILERPLATE))
                body = rng.choice((item.body, f"{item.body} {BOILERPLATE[site]}"))
                copied.append(Text(f"site{site}.example/{number}", item.title, body, item.sources))
                stream.add(copied[-1].event)
                texts[copied[-1].url] = copied[-1]
        claimed = [(texts[one], texts[other]) for one, other, _ in pairs(stream)]
        right = [pair for pair in claimed if pair[0].sources & pair[1].sources]
        listed = {text.url for pair in right for text in pair}
        recall = sum(one.url in listed for one in copied) / len(copied)
        print(f"  {seed:<6}{recall:>8.3f}{len(right) / len(claimed):>11.3f}{len(claimed):>7}", flush=True)
        reached &= len(right) >= MIN_PRECISION_OF_SHORTS * len(claimed)
    return reached


def measure_speed(texts: Sequence[Text], articles: int) -> bool:
    """Print CPU time and memory of both stages; return whether they are as fast as required."""
    fingerprints("tables are made on first use")
    began = time.process_time()
    most = MAX_FINGERPRINTS - BOILERPLATE_FINGERPRINTS
    counts = [min(len(fingerprints(text.body).hashes), most) for text in texts]
    words = sum(len(text.body.split()) for text in texts)
    signing = (time.process_time() - began) / words * 750
    mean = sum(counts) / len(counts)
    print(f"\na signature of 750 words: {signing * 1e6:.0f} µs; {mean:.0f} fingerprints on average")
    stage = Syndication(SyndicationSettings(copies_articles=articles))
    window = stage.new_state()
    before = _resident()
    stories = Stories(counts, random.Random(1))
    _restore(window, stories, articles)
    rounds = [_measured(stage, window, stories, articles) for _ in range(ROUNDS)]
    best, mean = min(map(_mean, rounds)), _mean([one for times in rounds for one in times])
    print(f"an article: {mean * 1e6:.0f} µs, in the best round {best * 1e6:.0f}: {1 / best:.0f} a second on one core")
    print(f"the slowest of {ROUNDS * MEASURED}: {max(map(max, rounds)) * 1e3:.0f} ms")
    memory = (_resident() - before) / 1024
    print(f"{len(window)} articles: {memory:.0f} MiB of memory, {window.size / MIB:.0f} by the window's own count")
    return 1 / best >= MIN_RATE


def _restore(window: Window, stories: "Stories", articles: int) -> None:
    """Apply the changes of so many articles, as after a takeover."""
    seconds, size = 0.0, 0
    for chunk in itertools.batched(range(articles), TOGETHER):
        changes = [stories.change() for _ in chunk]
        size += sum(len(change.value or b"") for change in changes)
        began = time.process_time()
        for number, change in zip(chunk, changes, strict=True):
            window.apply(change, number)
        seconds += time.process_time() - began
    print(f"restored {articles} articles, {size / MIB:.0f} MiB of changes, in {seconds:.1f} s of CPU")


def _measured(stage: Syndication, window: Window, stories: "Stories", time_ms: int) -> list[float]:
    """Process articles, and return the seconds of CPU of each."""
    times = []
    for value in [stories.event().to_json() for _ in range(MEASURED)]:
        began = time.process_time()
        groups, changes = stage(ArticleSignature.from_json(value), window)
        for group in groups:
            if isinstance(group, ArticleCopies):
                group.to_json()
        for change in changes:
            window.apply(change, time_ms)
        times.append(time.process_time() - began)
    return times


def _mean(times: Sequence[float]) -> float:
    return sum(times) / len(times)


TOGETHER = 1000
"""Changes that are made before their application is measured."""

COPIED = 0.25
"""Share of articles of the measured stream that are copies of an earlier one."""

SITES = 2000
"""Sites of that stream, each with boilerplate of its own of `BOILERPLATE_FINGERPRINTS` fingerprints."""

BOILERPLATE_FINGERPRINTS = 8

RECENT = 3000
"""Articles of which a copy may come."""


class Stories:
    """A stream of signatures without end.

    Args:
        counts: of fingerprints, one of which an article has.
        rng: chooses all.
    """

    def __init__(self, counts: Sequence[int], rng: random.Random) -> None:
        self._counts, self._rng = counts, rng
        self._sites = [rng.randbytes(8 * BOILERPLATE_FINGERPRINTS) for _ in range(SITES)]
        self._recent: list[tuple[bytes, Membership]] = []
        self._number = 0

    def event(self) -> ArticleSignature:
        """Return the signature of the next article."""
        return self._next()[0]

    def change(self) -> Change:
        """Return the change that the next article makes."""
        event, membership = self._next()
        about = {name: getattr(event, name) for name in ABOUT}
        signature = Signature.of(np.frombuffer(base64.b64decode(event.fingerprints), "<u8"))
        entry = Entry(UUID(event.page_id).bytes, membership, signature, about)
        return Change(ARTICLE + entry.page, entry.value())

    def _next(self) -> tuple[ArticleSignature, Membership]:
        rng, self._number = self._rng, self._number + 1
        own, membership = rng.randbytes(8 * rng.choice(self._counts)), Membership(rng.randbytes(16), self._number)
        if self._recent and rng.random() < COPIED:
            own, membership = rng.choice(self._recent)
        elif len(self._recent) < RECENT:
            self._recent.append((own, membership))
        else:
            self._recent[rng.randrange(RECENT)] = (own, membership)
        site = rng.randrange(SITES)
        url = f"https://site{site}.example/{self._number}/a-headline-of-usual-length-in-the-address"
        event = ArticleSignature(
            event_id=page_id(f"{url}#1"),
            page_id=page_id(url),
            revision="0" * 64,
            url=url,
            canonical_url=url,
            article_event_id=page_id(f"{url}#2"),
            fingerprints=base64.b64encode(own + self._sites[site]).decode(),
            word_count=600,
            title="A headline of the usual length, with some seventy characters in it",
            source=f"The Site {site}",
            language="en",
        )
        return event, membership


ABOUT = ("article_event_id", "canonical_url", "language", "revision", "source", "title", "url")
"""Fields of a signature that the window keeps."""


def _resident() -> float:
    """Return the resident memory of this process in KiB."""
    return float(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize() / 1024


if __name__ == "__main__":
    sys.exit(main())
