"""Measure enrichment: every figure that the project requires, with its interval and whether it holds.

    python -m bench.enrichment [--only GROUP]... [--quick] [--json] [--store] [--data ../shared/data]

Intervals are of 95 %, by bootstrap over articles (sentences, for a tagger alone). Progress goes to standard error. The
whole takes some minutes on one core; `--quick` measures samples. The exit code is 1 where a set is missing, or else 0.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from .figures import write_figures, write_rows
from .groups import GROUPS, QUICK, Sizes
from .rows import Row, table_lines
from .sources import missing_source


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the rows."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.enrichment", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the public corpora")
    parser.add_argument("--only", action="append", choices=GROUPS, help="one group of rows; may be repeated")
    parser.add_argument("--quick", action="store_true", help="measure a sample of each set")
    parser.add_argument("--all-sets", action="store_true", help="also the sets of sentences that are not counted")
    parser.add_argument("--store", action="store_true", help="store the figures for docs/enrichment.md")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON Lines")
    args = parser.parse_args(arguments)
    sizes = QUICK if args.quick else Sizes(all_sets=args.all_sets)
    if args.store and args.quick:
        parser.error("--store needs whole sets, not --quick")
    incomplete = False
    for name in args.only or GROUPS:
        if missing := missing_source(args.data, GROUPS[name].needs):
            print(f"enrichment: {name}: {missing}", file=sys.stderr)
            incomplete = True
            continue
        rows = _print_group(name, args.data, sizes, as_json=args.json)
        if args.store:
            write_figures(rows)
            write_rows(name, GROUPS[name].title, rows)
    return int(incomplete)


def _print_group(name: str, data: Path, sizes: Sizes, *, as_json: bool) -> list[Row]:
    group = GROUPS[name]
    began = time.perf_counter()
    if not as_json:
        print(f"{group.title} ({name})")
    rows = list(group.measure(data, sizes))
    for text in (json.dumps(line.as_object()) for line in rows) if as_json else table_lines(rows):
        print(text, flush=True)
    print(f"  {name}: {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    return rows
