"""The soak: a steady stream of pages through three brokers and many workers, while everything fails that can.

    python -m tests.faults.soak [--minutes 20] [--seed N] [--kafka 4.3.1] [--keep FOLDER]

The seed determines all faults, their times and targets, and the pages. At the end two programs count: `wiredesk audit`,
and a witness that shares no code with the product. Exit code 1 unless both find every page once.
"""

import argparse
import asyncio
import contextlib
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.faults import plan
from tests.faults.run import Run
from wiredesk.local.broker import jars
from wiredesk.runtime import logs


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 16), help="default: any")
    parser.add_argument("--kafka", default=jars.KAFKA_VERSION, help="version of Kafka; it must be pinned")
    parser.add_argument("--rate", type=float, default=43, help="pages per second; 43 are 51,600 in 20 minutes")
    parser.add_argument("--real-every", type=int, default=10, help="one page of this number is for the real stages")
    parser.add_argument("--keep", type=Path, help="folder for brokers and logs, kept; default: a temporary one")
    args = parser.parse_args()
    logs.quiet()
    with folder_for(args.keep) as folder:
        run = Run(
            folder,
            seed=args.seed,
            seconds=60 * args.minutes,
            rate=args.rate,
            version=args.kafka,
            poison_every=500,
            real_every=args.real_every,
        )
        result = asyncio.run(run.run(plan.LONG))
    print(result.summary())  # noqa: T201
    return 0 if result.clean else 1


@contextlib.contextmanager
def folder_for(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
        return
    folder = Path(tempfile.mkdtemp(prefix="wiredesk-soak-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
