"""A run: a stream of pages, planned faults, and the counts at the end."""

import asyncio
import collections
import contextlib
import itertools
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Collection, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError, KafkaTimeoutError

from tests import topics
from tests.faults import crew, plan
from tests.faults.plan import Fault, Kind
from tests.faults.proxy import Proxy
from tests.faults.result import Result
from tests.support import ROOT
from tests.waiting import until
from wiredesk.local.broker.cluster import EmbeddedKafka
from wiredesk.local.broker.node import Node
from wiredesk.local.broker.settings import BrokerSettings
from wiredesk.pipeline import ENRICHMENT, PAGES_RAW, STAGES, TERMINAL_TOPICS, TOPICS
from wiredesk.runtime.isolation.pool import MAX_CRASHES
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing.patience import scaled, setting
from wiredesk.testing.processes import wiredesk

NODES = 3
PARTITIONS = 6
WORKERS = 2
SESSION_SECONDS = setting(6)
SETTINGS = {
    "WIREDESK_SESSION_TIMEOUT": str(SESSION_SECONDS),
    "WIREDESK_DRAIN_TIMEOUT": str(setting(3)),
    "WIREDESK_TRANSACTION_TIMEOUT": str(setting(15)),
    "WIREDESK_REQUEST_TIMEOUT": str(setting(10)),
    "WIREDESK_PAGE_DEADLINE": str(setting(5)),  # wall-clock time: two cores do all of this
    "WIREDESK_PAGE_MEMORY_BYTES": str(512 << 20),
    "WIREDESK_WORKER_RECORDS": "100",
    "WIREDESK_TRANSACTION_RECORDS": "20",
    "WIREDESK_LOG_LEVEL": "info",
}
BURST_PAGES = 600
TEMPLATE_GONE = -1
"""The wait status of a child whose template ended first: no process was left that could wait for it."""

START_SECONDS = 90
SETTLE_SECONDS = 300


class Run:
    """Three brokers, some workers of each stage, and faults.

    Args:
        folder: for the brokers' data and the logs.
        rate: pages per second.
        real_every: one page of this number is a real one, for the real stages; 0: none is.
        stages: those that have workers.
    """

    def __init__(
        self,
        folder: Path,
        *,
        seed: int,
        seconds: float,
        rate: float,
        version: str,
        poison_every: int,
        real_every: int = 0,
        stages: Collection[str] = tuple(STAGES),
    ) -> None:
        self.result = Result(seed, version)
        self.kafka = KafkaSettings()
        self._folder = folder
        self._seconds = seconds
        self._rate = rate
        self._stages = stages
        self._pages = plan.pages(seed, poison_every=poison_every, real_every=real_every)
        self._killed: set[int] = set()
        self._environment = {**SETTINGS, "FAULTS_REAL": "1" if real_every else "0"}
        self._proxies: list[Proxy] = []
        self._one_broker_at_a_time = asyncio.Lock()
        self._turns: Iterator[Node] | None = None

    async def run(self, a_minute: Mapping[Kind, float]) -> Result:
        """Do the whole run."""
        async with contextlib.AsyncExitStack() as stack:
            self._proxies = [await stack.enter_async_context(Proxy(partial(self._port, n))) for n in range(NODES)]
            fronts = [proxy.port for proxy in self._proxies]
            self._broker = EmbeddedKafka(
                self._folder / "kafka",
                BrokerSettings().cache_dir,
                nodes=NODES,
                version=self.result.kafka,
                fronts=fronts,
            )
            await stack.enter_async_context(self._broker)
            self.kafka = KafkaSettings(bootstrap_servers=self._broker.bootstrap_servers)
            await topics.create(self.kafka, TOPICS, partitions=PARTITIONS, replication=NODES)
            self._environment["WIREDESK_BOOTSTRAP_SERVERS"] = self.kafka.bootstrap_servers
            self._crew = crew.light(self._environment, self._folder / "workers.log")
            stack.push_async_callback(self._crew.disband)
            for number in range(WORKERS):
                for stage in self._stages:
                    # One of each stage is a static member, the others come and go as dynamic ones.
                    self._crew.join(stage, static=number == 0)
            await self._until_at_work()
            await self._stream(plan.schedule(self.result.seed, self._seconds, a_minute))
            for proxy in self._proxies:
                proxy.heal()
            await self._settle()
            self.result.starts = sum(member.starts for member in self._crew.members)
            self.result.killed_at_work = self._killed_at_work()
            self.result.witness = await self._count()
        return self.result

    async def _until_at_work(self) -> None:
        """Wait until every partition of every stage is being processed, so that faults can disturb it."""
        log = self._folder / "workers.log"
        lanes = sum(STAGES[name].consumes.partitions_of(PARTITIONS) for name in self._stages)
        await until(
            lambda: log.exists() and log.read_bytes().count(b"lane running") >= lanes, "all lanes run", START_SECONDS
        )

    async def _stream(self, faults: list[Fault]) -> None:
        self._producer = AIOKafkaProducer(
            bootstrap_servers=self.kafka.bootstrap_servers,
            enable_idempotence=True,
            request_timeout_ms=int(setting(10) * 1000),
        )
        await self._producer.start()
        began = time.monotonic()
        async with asyncio.TaskGroup() as running:
            for fault in faults:
                running.create_task(self._befall(fault))
            while (passed := time.monotonic() - began) < self._seconds:
                if self.result.sent < passed * self._rate:
                    await self._send()
                else:
                    await asyncio.sleep(0.01)
        await self._producer.flush()
        await self._producer.stop()

    async def _send(self) -> None:
        value = next(self._pages)
        await self._publish(value, partition=self.result.sent % PARTITIONS)
        self.result.ordered[plan.order(value)] += 1

    async def _publish(self, value: bytes, *, key: bytes | None = None, partition: int | None = None) -> None:
        async with asyncio.timeout(scaled(SETTLE_SECONDS)):
            while True:
                # Raised if the buffer of the partition stays full because its broker is down: nothing was queued.
                with contextlib.suppress(KafkaTimeoutError):
                    await self._producer.send(self.kafka.on_cluster(PAGES_RAW.name), value, key, partition)
                    break
        self.result.sent += 1

    async def _befall(self, fault: Fault) -> None:
        """Let a fault happen at its time, and wait for as long as it lasts."""
        await asyncio.sleep(fault.at)
        proxy = self._proxies[fault.pick % NODES]
        pid = 0
        match fault.kind:
            case Kind.KILL_WORKER:
                pid = await self._crew.kill(fault.pick)
            case Kind.KILL_CHILD:
                pid = await self._crew.kill_child(fault.pick)
                self._killed.add(pid)
            case Kind.ZOMBIE:
                await self._crew.freeze(fault.pick, SESSION_SECONDS + 2 + 4 * fault.draw)
            case Kind.KILL_BROKER:
                await self._restart_broker(fault)
            case Kind.CUT:
                proxy.cut()
            case Kind.DELAY:
                proxy.delay = 0.05 + 0.2 * fault.draw
                await asyncio.sleep(2 + 4 * fault.draw)
                proxy.delay = 0
            case Kind.HALF_OPEN:
                proxy.half_open()
                await asyncio.sleep(2 + 8 * fault.draw)
                proxy.heal()
            case Kind.STORM:
                await self._storm(fault)
            case Kind.BURST:
                for _ in range(BURST_PAGES):
                    await self._send()
        self.result.done[fault.kind] += 1
        with (self._folder / "faults.log").open("a") as log:
            log.write(f"{time.strftime('%H:%M:%S')} {fault.kind}{f' {pid}' if pid else ''}\n")

    async def _storm(self, fault: Fault) -> None:
        for _ in range(2):
            guests = [self._crew.join(stage, guest=True) for stage in self._stages]
            await asyncio.sleep(2 + 3 * fault.draw)
            await asyncio.gather(*(self._crew.leave(guest) for guest in guests))

    async def _restart_broker(self, fault: Fault) -> None:
        """Kill a broker, as a power failure would: each in turn, the coordinator of the last stage's group first."""
        async with self._one_broker_at_a_time:
            if not self._turns:
                first = await self._coordinator() - 1
                self._turns = itertools.cycle([*self._broker.nodes[first:], *self._broker.nodes[:first]])
            node = next(self._turns)
            node.kill()
            await self._broker.ended()
            await asyncio.sleep(1 + 3 * fault.draw)
            await node.start()
            await self._until_in_sync()

    async def _coordinator(self) -> int:
        async with self._admin() as admin:
            return int(await admin.find_coordinator(self.kafka.on_cluster(ENRICHMENT.group)))

    async def _until_in_sync(self) -> None:
        """Wait until every partition has all its replicas: with two brokers down nothing could be written."""
        await until(self._in_sync, "every partition has all its replicas", 90)

    async def _in_sync(self) -> bool:
        with contextlib.suppress(KafkaError, OSError, TimeoutError):
            async with asyncio.timeout(scaled(15)), self._admin() as admin:
                described = await admin.describe_topics([self.kafka.on_cluster(t.name) for t in TOPICS])
                return all(len(p["isr"]) == NODES for topic in described for p in topic["partitions"])
        return False

    @contextlib.asynccontextmanager
    async def _admin(self) -> AsyncIterator[AIOKafkaAdminClient]:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.kafka.bootstrap_servers)
        await admin.start()
        try:
            yield admin
        finally:
            await admin.close()

    def _killed_at_work(self) -> frozenset[str]:
        """Return the records during whose processing two processes died because we killed them, or their template."""
        deaths = collections.Counter[str]()
        for line in (self._folder / "workers.log").read_text(encoding="utf-8", errors="replace").splitlines():
            if '"child process died"' in line:
                entry = last_object(line)
                if entry["unanswered"] > 1:  # retried one by one: no record is identified yet
                    continue
                deaths[entry["record"]] += entry["pid"] in self._killed or entry["wait_status"] == TEMPLATE_GONE
        return frozenset(record for record, times in deaths.items() if times >= MAX_CRASHES)

    async def _settle(self) -> None:
        """Audit by the command that a user would type, until nothing is in flight."""
        began = time.monotonic()
        while True:
            done = await asyncio.to_thread(wiredesk, self.kafka, "audit", "--json")
            if done.returncode in (0, 1) and done.stdout:
                self.result.audit = json.loads(done.stdout)
                if not self.result.audit["in_flight"]:
                    return
            assert time.monotonic() < began + scaled(SETTLE_SECONDS), f"pages are still in flight: {done.stdout}"
            await asyncio.sleep(1)

    async def _count(self) -> dict[str, Any]:
        names = [self.kafka.on_cluster(topic.name) for topic in (PAGES_RAW, *TERMINAL_TOPICS)]
        code, output = await self._python("-m", "tests.faults.witness", self.kafka.bootstrap_servers, *names)
        assert code == 0, output
        return dict(json.loads(output))

    async def _python(self, *command: str) -> tuple[int, str]:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *command,
            cwd=ROOT,
            env={**os.environ, "WIREDESK_BOOTSTRAP_SERVERS": self.kafka.bootstrap_servers},
            stdout=asyncio.subprocess.PIPE,
        )
        output, _ = await process.communicate()
        assert process.returncode is not None
        return process.returncode, output.decode()

    def _port(self, number: int) -> int:
        return self._broker.nodes[number].address.port


def last_object(line: str) -> dict[str, Any]:
    """Return the JSON object at the end of a line of the log.

    A worker that is killed while it writes leaves an incomplete line, which the next writer continues.
    """
    begin = line.find("{")
    while begin >= 0:
        with contextlib.suppress(json.JSONDecodeError):
            entry: dict[str, Any] = json.loads(line[begin:])
            if "record" in entry:
                return entry
        begin = line.find("{", begin + 1)
    return {"unanswered": 0, "record": "", "pid": 0, "wait_status": 0}  # incomplete itself: no information
