"""Feed ingest mutated headers, labels, bytes, events and archives: nothing raises, is lost, or garbled silently.

    python -m bench.intake_mutations [--pages 10000] [--seed 1] [--show 20]

Prints what became of the pages, by outcome and by mutation. Exits with 1 when there is a fault. The seed and the number
of a page reproduce it.
"""

import argparse
import sys
from collections import Counter

from tests.faults.mutated_pages import outcomes


def main() -> int:
    """Print the table of all pages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=20, help="faults to print")
    args = parser.parse_args()
    results: Counter[str] = Counter()
    applied: Counter[str] = Counter()
    at_fault: Counter[str] = Counter()
    faults = 0
    for outcome in outcomes(args.pages, args.seed):
        results[outcome.result] += 1
        applied.update(outcome.mutations)
        if outcome.fault:
            faults += 1
            at_fault.update(set(outcome.mutations))
            if faults <= args.show:
                print(f"{outcome.number}: {outcome.fault} [{', '.join(outcome.mutations)}]", flush=True)
    print(f"\n{args.pages} pages, seed {args.seed}: {faults} at fault\n")
    for result, number in results.most_common():
        print(f"  {result:<44}{number:7d}")
    print(f"\n  {'mutation':<36}{'applied':>8}{'at fault':>10}")
    for name, number in sorted(applied.items()):
        print(f"  {name:<36}{number:8d}{at_fault[name]:10d}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
