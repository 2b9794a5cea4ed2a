"""The command; see the package."""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.mutants.copies import Copy
from tests.mutants.generated import explained, generated
from tests.mutants.listed import NotApplicableError, listed
from tests.mutants.mutant import Mutant
from tests.mutants.running import FAILED, LONGEST_SECONDS, PASSED, SECONDS, TIMES, TestRun, preload

ROOT = Path(__file__).parents[2]
POLL_SECONDS = 0.02

type Begin = Callable[[Copy], TestRun | None]
"""Begins the next run in a free copy; returns None if there is none."""


@dataclass
class Report:
    """The result of a run."""

    killed: int = 0
    survived: list[Mutant] = field(default_factory=list)
    explained: int = 0
    errors: list[str] = field(default_factory=list)


def main() -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=(__package__ or "") and __doc__)
    parser.add_argument("--only", default="", help="mutants whose name holds this text")
    parser.add_argument("--fast", action="store_true", help="only those whose tests need no Kafka")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="number of parallel test runs")
    kinds = parser.add_mutually_exclusive_group()
    kinds.add_argument("--listed", action="store_true", help="only those that are listed")
    kinds.add_argument("--generated", action="store_true", help="only those that are generated")
    args = parser.parse_args()
    report = Report()
    with tempfile.TemporaryDirectory(prefix="mutants-") as temporary:
        copies = [Copy(ROOT, Path(temporary) / f"copy-{number}") for number in range(args.jobs)]
        tree = copies[0].folder
        mutants = [] if args.generated else list(_listed(tree, report))
        mutants += [] if args.listed else list(generated(tree))
        chosen = [mutant for mutant in mutants if args.only in mutant.name and not (args.fast and mutant.needs_kafka)]
        preload()
        times = _without_mutants(copies, sorted({mutant.tests for mutant in chosen}), report)
        _with_mutants(copies, [mutant for mutant in chosen if mutant.tests in times], times, report)
    return _format_report(report, mutants, whole=not (args.only or args.listed))


def _listed(tree: Path, report: Report) -> Iterator[Mutant]:
    for mutant in listed(tree):
        if isinstance(mutant, NotApplicableError):
            report.errors.append(f"does not apply any more: {mutant}")
        else:
            yield mutant


def _without_mutants(
    copies: Sequence[Copy], wanted: Sequence[tuple[str, ...]], report: Report
) -> dict[tuple[str, ...], float]:
    """Return the seconds that tests take without a mutant; tests that fail then are useless."""
    times: dict[tuple[str, ...], float] = {}
    waiting = list(wanted)

    def begin(copy: Copy) -> TestRun | None:
        return TestRun(copy, waiting.pop(0), LONGEST_SECONDS) if waiting else None

    for run in _side_by_side(copies, begin):
        if run.process.exitcode == PASSED:
            times[run.tests] = run.took
        else:
            report.errors.append(f"{' '.join(run.tests)} fail without any mutant:\n{run.output}")
    return times


def _with_mutants(
    copies: Sequence[Copy], mutants: list[Mutant], times: dict[tuple[str, ...], float], report: Report
) -> None:
    reasons = explained()
    waiting = list(mutants)
    at_work: dict[int, Mutant] = {}

    def begin(copy: Copy) -> TestRun | None:
        if not waiting:
            return None
        mutant = waiting.pop(0)
        copy.apply(mutant)
        run = TestRun(copy, mutant.tests, SECONDS + TIMES * times[mutant.tests])
        at_work[id(run)] = mutant
        return run

    for run in _side_by_side(copies, begin):
        mutant = at_work.pop(id(run))
        run.copy.restore(mutant)
        code = run.process.exitcode
        if code in FAILED or (code is not None and code < 0):
            report.killed += 1
            verdict = "killed"
        elif code != PASSED:
            report.errors.append(f"{mutant.name}: pytest ended with code {code}:\n{run.output}")
            verdict = "error"
        elif mutant.name in reasons:
            report.explained += 1
            verdict = "survived, explained"
        else:
            report.survived.append(mutant)
            verdict = "SURVIVED"
        print(f"{verdict}\t{run.took:.1f} s\t{mutant.name}", flush=True)  # noqa: T201


def _side_by_side(copies: Sequence[Copy], begin: Begin) -> Iterator[TestRun]:
    """Keep every copy busy; yield each run when it is done."""
    running: dict[int, TestRun] = {}
    while True:
        for number, copy in enumerate(copies):
            if number not in running and (run := begin(copy)) is not None:
                running[number] = run
        if not running:
            return
        for number, run in list(running.items()):
            if run.over:
                del running[number]
                yield run
        time.sleep(POLL_SECONDS)


def _format_report(report: Report, mutants: Sequence[Mutant], *, whole: bool) -> int:
    say = sys.stdout.write
    for error in report.errors:
        say(f"{error}\n")
    for mutant in report.survived:
        say(f"survived: {mutant.name}{f' ({mutant.why})' if mutant.why else ''}; tests: {' '.join(mutant.tests)}\n")
    stale = sorted(set(explained()) - {mutant.name for mutant in mutants}) if whole else []
    for name in stale:
        say(f"explained, and not generated any more: {name}\n")
    say(
        f"{report.killed} killed, {len(report.survived)} survived, {report.explained} survived and are explained, "
        f"{len(report.errors)} errors\n"
    )
    return 1 if report.survived or report.errors or stale else 0


if __name__ == "__main__":
    sys.exit(main())
