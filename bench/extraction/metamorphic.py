"""Rewrite pages in other scripts, at other addresses and without their language, and compare what is read.

    python -m bench.extraction.metamorphic [--data ../shared/data] [--folds FOLDER] [--set publisher-pages] [--every N]

For each set and each rewriting it prints the share of articles that are set aside and that are published as something
else, the share of all pages whose type is another one than that of the page itself, and the overlap of the kept texts
with those of the page itself: its mean, and the share of articles where it is below 0.9. A tenth of the pages, with
`--every 10`, gives the same picture sooner.
"""

import argparse
import statistics
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tests.rewritten_pages import ADDRESSES, REWRITINGS, Rewriting, agreement, rewritten
from training.extraction import pages
from training.extraction.folds import FOLDS, fold_of
from training.extraction.pages import GoldPage, accepted
from wiredesk.extractor.extract import Extractor
from wiredesk.extractor.extracted_page import ExtractedPage
from wiredesk.extractor.models import Models
from wiredesk.extractor.page_type import classify_page
from wiredesk_schemas import PageType

SETS = ("publisher-pages", "web-pages")
"""Sets that are rewritten."""

ARTICLES = (PageType.ARTICLE, PageType.LIVE_BLOG)
"""Types of pages that are articles."""

AGREED = 0.9
"""Overlap of bodies below which they differ."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read from a page.

    Attributes:
        extracted: the page.
        page_type: of it.
        is_skipped: whether it is set aside.
    """

    extracted: ExtractedPage
    page_type: PageType
    is_skipped: bool


def main() -> int:
    """Print a line for each set and rewriting."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--folds", type=Path, metavar="FOLDER", help="models of `training.extraction.train --folds`")
    parser.add_argument("--set", action="append", choices=SETS)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="one page of N")
    args = parser.parse_args()
    of_folds = [args.folds / f"fold-{number}" for number in range(FOLDS)] if args.folds else []
    extractors = [Extractor(Models.load(folder)) for folder in of_folds] or [Extractor()]
    for name in args.set or SETS:
        if not (args.data / name / "gold.jsonl").exists():
            print(f"{name}: no {args.data / name}/gold.jsonl; see docs/benchmarks.md for its source", file=sys.stderr)
            return 1
        gold = list(pages.read(args.data / name))[:: args.every]
        print(f"\n{name}: {len(gold)} pages{'' if args.folds else '; the models have seen these sites'}", flush=True)
        own = [_read(extractors, page) for page in gold]
        print(f"  {'as it is':<32}{_types(gold, own)}", flush=True)
        for title, rewriting in REWRITINGS.items():
            again = [_read(extractors, _rewritten(page, rewriting)) for page in gold]
            print(f"  {title:<32}{_types(gold, again)}  {_changes(gold, own, again)}", flush=True)
    return 0


def _rewritten(page: GoldPage, rewriting: Rewriting) -> GoldPage:
    url = ADDRESSES[rewriting.address] if rewriting.address else page.url
    return replace(page, html=rewritten(page.html, rewriting), fields={**page.fields, "url": url})


def _read(extractors: Sequence[Extractor], page: GoldPage) -> Reading:
    """Read a page by a model that has not seen its site, at the address that its fields have."""
    extractor = extractors[fold_of(page.site) % len(extractors)]
    url = page.fields["url"] or page.url
    extracted = extractor.extract(accepted(replace(page, url=url)))
    verdict = classify_page(extracted, extractor.models.page)
    return Reading(extracted, verdict.page_type, verdict.reason is not None)


def _types(gold: Sequence[GoldPage], readings: Sequence[Reading]) -> str:
    articles = [reading for page, reading in zip(gold, readings, strict=True) if page.kind == "article"]
    others = [reading for page, reading in zip(gold, readings, strict=True) if page.kind != "article"]
    recognised = f", {_share(r.page_type not in ARTICLES for r in others)} of others recognised" if others else ""
    aside = _share(r.is_skipped for r in articles)
    doubted = _share(not r.is_skipped and r.page_type not in ARTICLES for r in articles)
    return f"articles {aside} set aside, {doubted} typed otherwise{recognised}"


def _changes(gold: Sequence[GoldPage], own: Sequence[Reading], again: Sequence[Reading]) -> str:
    changed = _share((a.page_type in ARTICLES) != (b.page_type in ARTICLES) for a, b in zip(own, again, strict=True))
    overlaps = [
        agreement(a.extracted, b.extracted)
        for page, a, b in zip(gold, own, again, strict=True)
        if page.kind == "article"
    ]
    differ = _share(overlap < AGREED for overlap in overlaps)
    return f"type changed {changed}  body {statistics.mean(overlaps):.3f}, {differ} differ"


def _share(checks: Iterator[bool]) -> str:
    return f"{statistics.mean(checks):.3f}"


if __name__ == "__main__":
    sys.exit(main())
