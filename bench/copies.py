"""Measure the search for copies: recall and precision of six edits, formulaic shorts, throughput and memory.

    python bench/copies.py [--edits] [--shorts] [--speed 300000] [--articles 1000] [--data ../shared/data]

Edits: every article of the public corpora goes through the two stages as on a stream, and with them the reports of
one broadcaster: unrelated stories of the same topics and days. Then comes a copy of each article, edited in one of six
ways. A copy is found if an event lists it beside the article that it was made from. Every pair that an event claims in
the end counts for precision; it is right if the two are made from the same article, or have a quarter of their runs of
eight words in common: corpora have copies of their own.

Shorts: 200 formulaic items from templates, and copies of three in ten, half of them with a site's boilerplate.

Speed: a window is filled with articles that have as many fingerprints as public ones, of which one in four is a copy;
then articles are measured from the record's bytes to outputs and changes, applied. CPU of one core.
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

from copies_texts import BOILERPLATE, Text, corpus, edits, reports, shorts

from tests.copies import Stream
from wiredesk.runtime.settings import MIB
from wiredesk.syndication.fingerprints import MAX_FINGERPRINTS, fingerprints
from wiredesk.syndication.settings import SyndicationSettings
from wiredesk.syndication.syndicate import Syndication
from wiredesk_schemas import ArticleCopies, ArticleSignature, CopyKind, page_id

COPIES = 0.3
"""Share of formulaic items that are copied."""

MEASURED = 5000
"""Articles whose processing is measured."""


def main() -> int:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--edits", action="store_true", help="recall and precision of six edits")
    parser.add_argument("--shorts", action="store_true", help="formulaic items")
    parser.add_argument("--speed", type=int, metavar="ARTICLES", help="throughput and memory of a window of so many")
    parser.add_argument("--articles", type=int, default=1000, help="public articles at most")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the public corpora")
    args = parser.parse_args()
    if not (args.data / "web-pages").exists():
        print(f"copies: {args.data} lacks web-pages (WCXB, see docs/benchmarks.md)", file=sys.stderr)
        return 2
    every = not (args.edits or args.shorts or args.speed)
    texts = corpus(args.data, args.articles)
    if args.edits or every:
        measure_edits(texts, reports(args.data))
    if args.shorts or every:
        measure_shorts()
    if args.speed or every:
        measure_speed(texts, args.speed or 300_000)
    return 0


def pairs(stream: Stream) -> Iterator[tuple[str, str, CopyKind]]:
    """Yield every pair of articles that an event claims in the end, as URLs, and the kind."""
    for group in stream.groups.values():
        urls = {one.page_id: one.url for one in (group.original, *group.copies)}
        for copy in group.copies:
            yield urls.get(copy.compared_with, ""), copy.url, copy.kind


def measure_edits(texts: Sequence[Text], between: Sequence[Text]) -> None:
    """Print recall, precision and kinds of each edit."""
    print(f"{len(texts)} articles, {len(between)} reports of a broadcaster; copies come last\n")
    print(f"  {'edit':<30}{'recall':>8}{'precision':>11}{'pairs':>7}   kinds")
    for name, edit in edits(texts).items():
        stream = Stream(len(texts) * 2 + len(between))
        rng = random.Random(name)
        copies = [edit(number, rng) for number in range(len(texts))]
        everything = [*texts, *between, *copies]
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


def _is_right(one: Text, other: Text) -> bool:
    """Return whether two texts are made from the same article, or have a quarter of their runs of words in common."""
    if one.sources & other.sources:
        return True
    first, second = (_runs(text.body.lower().split()) for text in (one, other))
    return len(first & second) >= 0.25 * min(len(first), len(second))


def _runs(words: Sequence[str]) -> set[tuple[str, ...]]:
    return {tuple(words[start : start + 8]) for start in range(max(1, len(words) - 7))}


def measure_shorts() -> None:
    """Print recall and precision of formulaic items, in five streams."""
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


def measure_speed(texts: Sequence[Text], articles: int) -> None:
    """Print CPU time and memory of both stages."""
    fingerprints("tables are made on first use")
    began = time.process_time()
    most = MAX_FINGERPRINTS - BOILERPLATE_FINGERPRINTS
    counts = [min(len(fingerprints(text.body).hashes), most) for text in texts]
    words = sum(len(text.body.split()) for text in texts)
    signing = (time.process_time() - began) / words * 750
    print(
        f"\na signature of 750 words: {signing * 1e6:.0f} µs; {sum(counts) / len(counts):.0f} fingerprints on average"
    )
    stage = Syndication(SyndicationSettings(copies_articles=articles))
    window = stage.new_state()
    before = _resident()
    events = _signatures(counts, random.Random(1))
    times: list[float] = []
    for number in range(articles + MEASURED):
        value = next(events)
        began = time.process_time()
        groups, changes = stage(ArticleSignature.from_json(value), window)
        for group in groups:
            if isinstance(group, ArticleCopies):
                group.to_json()
        for change in changes:
            window.apply(change, number)
        if number >= articles:
            times.append(time.process_time() - began)
    mean = sum(times) / len(times)
    print(
        f"{len(window)} articles in the window: {mean * 1e6:.0f} µs an article, {1 / mean:.0f} a second on one core; "
        f"slowest {max(times) * 1e3:.0f} ms; {(_resident() - before) / 1024:.0f} MiB of memory, "
        f"{window.size / MIB:.0f} by its own count"
    )


COPIED = 0.25
"""Share of articles of the measured stream that are copies of an earlier one."""

SITES = 2000
"""Sites of that stream, each with boilerplate of its own of `BOILERPLATE_FINGERPRINTS` fingerprints."""

BOILERPLATE_FINGERPRINTS = 8


def _signatures(counts: Sequence[int], rng: random.Random) -> Iterator[bytes]:
    """Yield signatures as records have them, without end."""
    sites = [rng.randbytes(8 * BOILERPLATE_FINGERPRINTS) for _ in range(SITES)]
    recent: list[bytes] = []
    for number in itertools.count():
        own = rng.choice(recent) if recent and rng.random() < COPIED else rng.randbytes(8 * rng.choice(counts))
        if len(recent) < RECENT:
            recent.append(own)
        else:
            recent[rng.randrange(RECENT)] = own
        site = rng.randrange(SITES)
        url = f"https://site{site}.example/{number}/a-headline-of-usual-length-in-the-address"
        yield ArticleSignature(
            event_id=page_id(f"{url}#1"),
            page_id=page_id(url),
            revision="0" * 64,
            url=url,
            canonical_url=url,
            article_event_id=page_id(f"{url}#2"),
            fingerprints=base64.b64encode(own + sites[site]).decode(),
            word_count=600,
            title="A headline of the usual length, with some seventy characters in it",
            source=f"The Site {site}",
            language="en",
        ).to_json()


RECENT = 3000
"""Articles of which a copy may come."""


def _resident() -> float:
    """Return the resident memory of this process in KiB."""
    return float(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize() / 1024


if __name__ == "__main__":
    sys.exit(main())
