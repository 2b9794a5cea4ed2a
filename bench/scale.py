"""How many machines for how many pages: a budget, a simulation, and a real run to check it against.

    python bench/scale.py budget [--pages 1e6 1e7 1e8]
    python bench/scale.py simulate [--pages 1e7]
    python bench/scale.py check [--seconds 60] [--data ../shared/data]
    python bench/scale.py measure [--measured 300] [--data ../shared/data]

`budget` computes cores, workers, partitions, transactions, traffic, disk, state and money from bench/scale.toml: what
was measured of the pipeline, and assumptions that you replace with your own (--figures FILE).

`simulate` plays a day, breaking news, a lost zone and a rolling deploy on that deployment, and says how much the stages
lag, and for how long.

`check` measures the pipeline on this machine, then sends more pages than it can take for a while, measures again, and
compares what happened with the simulation of the same arrivals.

`measure` prints the measured part of bench/scale.toml. Both take some minutes, and a machine without other work.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import psutil
from pages import pages as public_pages
from pipeline import deployed
from scaling import real
from scaling.budget import Budget, budget
from scaling.figures import FILE, Figures, measured_as_toml, read
from scaling.scenarios import SCENARIOS, play

from wiredesk.runtime import logs
from wiredesk.runtime.errors import WiredeskError

SETS = ("article-extraction-benchmark", "publisher-pages")
WARM_UP = 40
"""Pages before anything is measured."""
OVERLOAD = 1.5
"""Pages a second in the overloaded part of `check`, to what the machine can take."""


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("budget", "simulate", "check", "measure"))
    parser.add_argument("--pages", type=float, nargs="+", default=[1e6, 1e7, 1e8], help="raw pages a day")
    parser.add_argument("--figures", type=Path, default=FILE, help="measured figures and assumptions, TOML")
    parser.add_argument("--measured", type=int, default=300, help="real pages that are measured")
    parser.add_argument("--seconds", type=float, default=60, help="of overload in `check`")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the public corpora")
    args = parser.parse_args()
    logs.quiet()
    if args.command in {"check", "measure"}:
        return _on_this_machine(args)
    figures = read(args.figures)
    for number in args.pages:
        whole = budget(number, figures)
        if args.command == "budget":
            _print_budget(whole, figures)
        else:
            _print_scenarios(whole, figures)
    return 0


def _print_budget(whole: Budget, figures: Figures) -> None:
    assumed = figures.assumed
    print(f"{whole.pages:,.0f} pages a day; the busiest hour has {assumed.peak:.1f} times the mean")
    print(f"{'stage':12} {'records/s':>10} {'cores':>7} {'workers':>8} {'partitions':>11} {'transactions/s':>15}")
    for one in whole.stages:
        print(
            f"{one.stage.name:12} {one.peak:10,.0f} {one.cores:7,.1f} {one.workers:8,} {one.partitions:11,} "
            f"{one.transactions:15,.0f}{'  too many' if one.limited else ''}"
        )
    print(f"{'topic':34} {'MB/s written':>13} {'GB on disk':>11}")
    for topic in whole.topics:
        if topic.disk_gb:
            print(f"{topic.topic.name:34} {topic.kb_a_second / 1000:13,.2f} {topic.disk_gb:11,.0f}")
    print(
        f"brokers {whole.brokers} ({whole.broker_cores:,.1f} cores), producers {whole.producers:,}, "
        f"state {whole.state_gb:,.0f} GB, {whole.dollars:,.0f} dollars a month\n"
    )


def _print_scenarios(whole: Budget, figures: Figures) -> None:
    print(f"{whole.pages:,.0f} pages a day")
    print(
        f"{'what happens':16} {'slowest':12} {'most waiting':>13} {'lag, s':>8} {'recovered after, s':>19} {'cores':>7}"
    )
    for scenario in SCENARIOS:
        seen = play(scenario, whole, figures)
        print(
            f"{scenario.name:16} {seen.stage:12} {seen.waiting:13,.0f} {seen.lag_seconds:8,.0f} "
            f"{seen.recovered_seconds:19,.0f} {seen.cores:7,.0f}"
        )
    print()


def _on_this_machine(args: argparse.Namespace) -> int:
    corpus = [(url, html.encode()) for url, html in public_pages(args.data, SETS)]
    page_kb = sum(len(page) for _, page in corpus) / len(corpus) / 1000
    try:
        with tempfile.TemporaryDirectory(prefix="wiredesk-scale-") as folder:
            asyncio.run(_run(args, Path(folder), corpus, page_kb))
    except WiredeskError as error:
        print(f"scale: {error}", file=sys.stderr)
        return error.exit_code
    return 0


async def _run(args: argparse.Namespace, folder: Path, corpus: list[tuple[str, bytes]], page_kb: float) -> None:
    async with deployed(folder, corpus, WARM_UP) as deployment:
        measured = await real.measured(deployment, args.measured, page_kb)
        if args.command == "measure":
            print(measured_as_toml(measured), end="")
            return
        plans = real.on_one_machine(measured)
        cores = float(psutil.cpu_count() or 1)
        capacity = real.capacity(plans, measured, cores)
        print(f"{cores:.0f} cores; with the costs measured they take {capacity:.1f} pages/s")
        phases = _phases(capacity, args.seconds)
        seen, sent, taken = await real.observe(deployment, phases)
        print(f"sending the pages, reading the articles and other programs took {taken:.2f} cores")
        after = await real.measured(deployment, args.measured, page_kb)
        plans = real.on_one_machine(real.mean(measured, after))
        said = real.predicted(plans, sent, cores - taken)
    print(f"{'':28} {'measured':>9} {'simulated':>10} {'ratio':>6}")
    for name, one, other in (
        ("pages/s", seen.throughput, said.throughput),
        ("lag, s (19 of 20 are less)", seen.worst_lag, said.worst_lag),
        ("all done after, s", seen.drained, said.drained),
    ):
        print(f"{name:28} {one:9.1f} {other:10.1f} {other / one if one else 0:6.2f}")


def _phases(capacity: float, seconds: float) -> Sequence[real.Phase]:
    return (
        real.Phase(capacity / 2, seconds / 3),
        real.Phase(capacity * OVERLOAD, seconds),
        real.Phase(capacity / 2, seconds / 3),
    )


if __name__ == "__main__":
    sys.exit(main())
