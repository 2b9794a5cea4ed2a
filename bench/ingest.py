"""Measure the CPU time of ingest for a page, beside another version of wiredesk if there is one.

    python bench/ingest.py [--data ../shared/data/publisher-pages] [--before FOLDER] [--rounds 5]

The pages are those of a page set, in binary mode, as a crawler publishes them. FOLDER is a checkout of the other
version. The two are measured in turn, in processes of their own, after a warm-up: what else the machine does meanwhile
meets both.
"""

import argparse
import gzip
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]


def measure(data: Path) -> float:
    """Return the milliseconds of CPU that ingest takes for a page of a set, from record to event."""
    from wiredesk.ingest.accept import Ingest  # noqa: PLC0415 - of the version on the path
    from wiredesk_schemas import RawPage  # noqa: PLC0415

    ingest = Ingest()
    records = []
    for line in (data / "gold.jsonl").read_text(encoding="utf-8").splitlines():
        gold = json.loads(line)
        headers = [("content-type", b"text/html"), ("ce_subject", gold["url"].encode())]
        records.append((gzip.decompress((data / "html" / f"{gold['id']}.html.gz").read_bytes()), headers))
    for is_warm in (False, True):
        began = time.process_time()
        for value, headers in records:
            ingest(RawPage.from_record(value, headers))
        if is_warm:
            return (time.process_time() - began) / len(records) * 1000
    raise AssertionError


def _measured(root: Path, data: Path) -> float:
    """Measure a version in a process of its own."""
    path = os.pathsep.join(map(str, (root / "services", root / "schemas")))
    command = [sys.executable, __file__, "--one", "--data", str(data)]
    done = subprocess.run(  # noqa: S603 - our own command
        command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def main() -> None:
    """Print the median and the range of each version."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=ROOT / "../shared/data/publisher-pages")
    parser.add_argument("--before", type=Path, help="a checkout of another version")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        print(measure(args.data))
        return
    versions = {"now": ROOT, **({"before": args.before.resolve()} if args.before else {})}
    times: dict[str, list[float]] = {name: [] for name in versions}
    for _ in range(args.rounds):
        for name, root in versions.items():
            times[name].append(_measured(root, args.data.resolve()))
    for name, found in times.items():
        print(f"{name:<7} median {statistics.median(found):.2f} ms a page, {min(found):.2f} to {max(found):.2f}")
    if args.before:
        ratios = [now / before for now, before in zip(times["now"], times["before"], strict=True)]
        print(f"ratio   median {statistics.median(ratios):.2f}, {min(ratios):.2f} to {max(ratios):.2f}")


if __name__ == "__main__":
    main()
