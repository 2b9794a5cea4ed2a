"""The hostile run: anything that can be written to the entry topic goes through real workers and all commands.

    python -m tests.faults.hostile [--seed N] [--records 5000] [--keep FOLDER]

The seed determines the records. A witness that shares no code with the product counts the outcomes. Exit code 1 unless
every record has exactly one outcome, and the output of every command is as expected.
"""

import argparse
import asyncio
import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from tests import topics
from tests.faults import command_checks as checks
from tests.faults.batches import RawBatch, RawProducer
from tests.faults.command_checks import Outcome
from tests.faults.hostile_records import Hostile
from tests.faults.soak import folder_for
from tests.support import ROOT
from wiredesk.pipeline import PAGES_RAW, STAGES, TERMINAL_TOPICS, TOPICS
from wiredesk.runtime import logs
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing.patience import scaled
from wiredesk.testing.processes import environment, run_broker, wait_until, wiredesk, workers

PARTITIONS = 2
SETTLE_SECONDS = 600
COMMANDS_SECONDS = 900
SHOWN_LETTERS = 6
REDRIVEN = 40
REDRIVE = ("dlq", "redrive", "--topic", "ingest", "--rounds", "1", "--json")
INTO = "hostile.replayed"
SETTINGS = {"WIREDESK_BRAKE_SHARE": "1", "WIREDESK_LOG_LEVEL": "info"}  # most of these pages must be dead-lettered
ANY_TIMES = {
    # CreateTime, with any timestamps; and no record expires while this runs.
    "message.timestamp.type": "CreateTime",
    "message.timestamp.after.max.ms": str(2**63 - 1),
    "message.timestamp.before.max.ms": str(2**63 - 1),
    "retention.ms": "-1",
}


@dataclass
class HostileResult:
    """The result of a run.

    Attributes:
        sent: records that the broker accepted, including redriven ones.
        refused: batches that it rejected, by their fault.
        problems: wrong output of commands, and wrong log messages of workers.
    """

    seed: int
    sent: int = 0
    refused: list[str] = field(default_factory=list)
    commands: int = 0
    witness: dict[str, Any] = field(default_factory=dict)
    audit: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether every record has exactly one outcome, and there are no problems."""
        counts = (self.witness, self.audit)
        return not self.problems and all(
            one["pages"] == self.sent and not one["missing"] and not one["duplicated"] for one in counts
        )

    def report(self) -> str:
        """Return the result as text."""
        reasons = Counter(reason for _, _, reason in self.witness["letters"])
        lines = [
            f"hostile: seed {self.seed}, {self.sent} records, {len(self.refused)} kinds of batches refused by the broker",
            *(
                f"{name}: {one['pages']} pages, {one['missing']} missing, {one['duplicated']} duplicated"
                for name, one in (("audit", self.audit), ("witness", self.witness))
            ),
            "dead letters: " + ", ".join(f"{reason} {reasons[reason]}" for reason in sorted(reasons)),
            f"commands: {self.commands}, {len(self.problems)} problems",
            *self.problems[:20],
            "clean" if self.clean else "NOT CLEAN",
        ]
        return "\n".join(lines)


class HostileRun:
    """Publishes hostile records to a broker, lets real workers process them, and runs every command on the result.

    Args:
        folder: for logs and files.
        records: number of hostile records, in addition to the few that every run has.
    """

    def __init__(self, kafka: KafkaSettings, folder: Path, *, seed: int, records: int) -> None:
        self.result = HostileResult(seed)
        self._kafka = kafka
        self._folder = folder
        self._records = records
        self._log = folder / "workers.log"
        self._raw = kafka.on_cluster(PAGES_RAW.name)
        self._chance = random.Random(seed)

    def run(self) -> HostileResult:
        """Do the whole run."""
        asyncio.run(self._prepare())
        with workers(self._kafka, list(STAGES), self._log, SETTINGS):
            self._publish([RawBatch([Hostile(0, self._raw).good_record() for _ in range(8)])])
            self._settle()
            run = self._replay()
            hostile = Hostile(self.result.seed, self._raw, [run])
            self._publish([*hostile.batches(self._records), *hostile.unreadable()], hostile.refused())
            self._settle()
            letters = self._look(run)
            redriven = self._repair(letters)
            self._settle()
            self._look_at_rounds(redriven)
        self.result.witness = self._count()
        self.result.problems += checks.of_log(self._log.read_text(encoding="utf-8", errors="replace"))
        return self.result

    async def _prepare(self) -> None:
        await topics.create(self._kafka, TOPICS, partitions=PARTITIONS)
        admin = AIOKafkaAdminClient(bootstrap_servers=self._kafka.bootstrap_servers)
        await admin.start()
        try:
            configs = PAGES_RAW.settings() | ANY_TIMES  # settings that are left out return to the broker's default
            await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, self._raw, configs=configs)])
        finally:
            await admin.close()

    def _publish(self, batches: Sequence[RawBatch], refused: Iterable[tuple[str, RawBatch]] = ()) -> None:
        async def publish() -> None:
            async with RawProducer(self._kafka.bootstrap_servers) as producer:
                for number, batch in enumerate(batches):
                    error, _ = await producer.send(self._raw, number % PARTITIONS, batch)
                    assert not error, f"batch {number} is refused with error {error}"
                    self.result.sent += len(batch.records)
                for what, batch in refused:
                    error, _ = await producer.send(self._raw, 0, batch)
                    if error:
                        self.result.refused.append(what)
                    else:  # then it must have an outcome like any other record
                        self.result.sent += len(batch.records)

        asyncio.run(publish())

    def _settle(self) -> None:
        """Wait until the audit reports nothing in flight."""

        def settled() -> bool:
            done = wiredesk(self._kafka, "audit", "--json")
            if done.returncode not in (0, 1) or not done.stdout:
                self.result.problems.append(f"audit: {done.returncode}: {done.stderr[-500:]}")
                return True
            self.result.audit = json.loads(done.stdout)
            return not self.result.audit["in_flight"]

        wait_until(settled, "nothing is in flight", SETTLE_SECONDS)

    def _replay(self) -> str:
        """Make a replay run, whose id records can forge; return the id."""
        done = wiredesk(self._kafka, "replay", "ingest", "--offset", "0:0-4", "--into", INTO, "--yes", "--json")
        assert done.returncode == 0, done.stderr
        return str(json.loads(done.stdout)["run"])

    def _look(self, run: str) -> list[str]:
        """Run every command that changes nothing, in each of its forms; return the ids of the dead letters."""
        names = [*(topic.name for topic in TOPICS), INTO]
        tails = [["tail", name, "--from-beginning", "--until-end"] for name in names]
        outcomes = self._run([[*one, "--json"] for one in tails], form=checks.JSON)
        self.result.problems += checks.of_records(outcomes)
        letters = [one["id"] for one in checks.letters(outcomes)]
        shown = [["dlq", "show", one] for one in self._chance.sample(letters, min(SHOWN_LETTERS, len(letters)))]
        lines = {one.arguments[1]: len(one.out.splitlines()) for one in outcomes}
        commands = [
            ["audit"],
            ["audit", "--since", "1960-01-01"],
            ["status"],
            ["topics", "list"],
            ["topics", "compare", "articles.cleaned", "articles.enriched"],
            ["topics", "compare", PAGES_RAW.name, "articles.enriched"],
            ["dlq", "list", "--by", "host", "--by", "reason", "--by", "hour"],
            ["dlq", "list", "--since", "1h"],
            ["dlq", "redrive", "--dry-run"],
            ["replay", "list"],
            ["replay", "show", run],
            *([name, address] for name in ("trace", "story") for address in checks.ADDRESSES),
            *shown,
        ]
        # These load the stages with their models: once is enough.
        tried = [["replay", name, "--from", "1960-01-01", "--host", "good.example", "--dry-run"] for name in STAGES]
        self._run([[*one, "--json"] for one in (*commands, *tried)], form=checks.JSON)
        for form in (checks.PLAIN, checks.TERMINAL):
            plain = self._run([*commands, *tails, *([*one, "--whole"] for one in shown)], form=form)
            if form is checks.PLAIN:
                self.result.problems += checks.of_lines(plain, lines)
        return letters

    def _repair(self, letters: Sequence[str]) -> int:
        """Run every command that changes something, without losses or duplicates; return how many were redriven."""
        kept = self._folder / "kept.jsonl"
        importing = ["dlq", "import", str(kept)]
        exported, _, back, again = self._run(
            [["dlq", "export", str(kept)], ["dlq", "purge", "--yes"], importing, importing], form=checks.PLAIN
        )
        count = len(letters)
        for outcome, expected in (
            (exported, f"{count} dead letters in {kept}"),
            (back, f"{count} dead letters imported, 0 were there already"),
            (again, f"0 dead letters imported, {count} were there already"),
        ):
            if outcome.out.strip() != expected:
                self.result.problems.append(f"{outcome.name}: {outcome.out!r}, not {expected!r}")
        (redriven,) = self._run([[*REDRIVE, "--limit", str(REDRIVEN)]], form=checks.JSON)
        report = json.loads(redriven.out)
        if report["limit_reached"] or report["done_before"]:
            self.result.problems.append(f"a dead letter that was never redriven counts as one: {redriven.out}")
        self.result.sent += int(report["sent"])
        return int(report["sent"])

    def _look_at_rounds(self, redriven: int) -> None:
        """Check that redriven records that were dead-lettered again count as redriven."""
        (planned,) = self._run([[*REDRIVE, "--dry-run"]], form=checks.JSON)
        report = json.loads(planned.out)
        if (report["done_before"], report["limit_reached"]) != (redriven, redriven):
            self.result.problems.append(f"{redriven} dead letters were redriven and dead-lettered again: {planned.out}")

    def _run(self, commands: Sequence[Sequence[str]], *, form: checks.Form) -> list[Outcome]:
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.commands"],
            cwd=ROOT,
            env={**environment(self._kafka), **form.environment},
            input=json.dumps(commands),
            capture_output=True,
            text=True,
            check=False,
            timeout=scaled(COMMANDS_SECONDS),
        )
        assert done.returncode == 0, done.stderr[-2000:]
        outcomes = [Outcome(**one) for one in json.loads(done.stdout)]
        self.result.commands += len(outcomes)
        for outcome in outcomes:
            self.result.problems += checks.of_command(outcome, form)
        return outcomes

    def _count(self) -> dict[str, Any]:
        names = [self._kafka.on_cluster(topic.name) for topic in (PAGES_RAW, *TERMINAL_TOPICS)]
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.witness", self._kafka.bootstrap_servers, *names],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        return dict(json.loads(done.stdout))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 16), help="default: any")
    parser.add_argument("--records", type=int, default=5000)
    parser.add_argument("--keep", type=Path, help="folder for the broker and logs, kept; default: a temporary one")
    args = parser.parse_args()
    logs.quiet()
    with folder_for(args.keep) as folder, run_broker(folder / "kafka") as broker:
        kafka = KafkaSettings(bootstrap_servers=broker.bootstrap_servers)
        result = HostileRun(kafka, folder, seed=args.seed, records=args.records).run()
    print(result.report())  # noqa: T201
    return 0 if result.clean else 1


if __name__ == "__main__":
    sys.exit(main())
