"""Measure the CPU time of an idle deployment, and of a command's help.

    python bench/idle.py [--seconds 60]

Three workers, one of each stage, have their partitions and no pages. It prints the CPU time of each with all its
processes and of the broker, in percent of one core; then the CPU time of commands that only show their help.
"""

import argparse
import asyncio
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil

from tests import topics
from wiredesk.local import stack
from wiredesk.local.broker.settings import BrokerSettings
from wiredesk.pipeline import STAGES, TOPICS
from wiredesk.runtime import logs
from wiredesk.runtime.errors import WiredeskError

READY_SECONDS = 300
SETTLE_SECONDS = 10
HELP = ("--help", "worker --help", "status --help", "dlq --help")
TRIES = 5


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    args = parser.parse_args()
    logs.quiet()
    try:
        with tempfile.TemporaryDirectory(prefix="wiredesk-bench-") as folder:
            asyncio.run(_run(Path(folder), args.seconds))
    except WiredeskError as error:
        print(f"idle: {error}", file=sys.stderr)
        return error.exit_code
    for command in HELP:
        print(f"wiredesk {command}: {min(_help_seconds(command) for _ in range(TRIES)):.2f} s of CPU, least of {TRIES}")
    return 0


async def _run(folder: Path, seconds: float) -> None:
    async with stack.embedded_kafka(folder / "kafka", BrokerSettings()) as broker:
        java = next(process for process in psutil.Process().children(recursive=True) if process.name() == "java")
        kafka = stack.kafka_settings(broker)
        await topics.create(kafka, TOPICS)
        crew = stack.workers(dict.fromkeys(STAGES.values(), 1), kafka.bootstrap_servers, folder / "workers.log")
        async with crew as workers:
            await stack.wait_until_ready(workers, READY_SECONDS)
            await asyncio.sleep(SETTLE_SECONDS)
            processes = {w.stage.name: psutil.Process(w.process.pid) for w in workers if w.process is not None}
            processes["broker"] = java
            before = {name: _cpu_seconds(process) for name, process in processes.items()}
            await asyncio.sleep(seconds)
            spent = {name: 100 * (_cpu_seconds(p) - before[name]) / seconds for name, p in processes.items()}
    print(f"idle for {seconds:g} s, percent of a core: " + ", ".join(f"{n} {value:.2f}" for n, value in spent.items()))
    print(f"the workers together: {sum(value for name, value in spent.items() if name != 'broker'):.2f} %", flush=True)


def _cpu_seconds(process: psutil.Process) -> float:
    """Return the CPU seconds of a process and those below it; including those that have ended."""
    return sum(sum(one.cpu_times()[:4]) for one in (process, *process.children(recursive=True)))


def _help_seconds(command: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "wiredesk.cli", *command.split()],
        env={**os.environ, "NO_COLOR": "1"},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    sys.exit(main())
