"""Raw pages with our own header names, which anybody can write: no command trusts them, and none fails at them."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests import topics
from tests.reading import read_topic
from tests.support import Raw, ends_of, publish
from wiredesk.pipeline import PAGES_RAW, TOPICS
from wiredesk.runtime.records import Record
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing.processes import wiredesk, workers
from wiredesk_schemas.headers import Header

LETTERS = f"{PAGES_RAW.name}.dlq"
REDRIVE = ("dlq", "redrive", "--rounds", "2", "--yes")


def objects(kafka: KafkaSettings, *command: str, code: int = 0) -> list[dict[str, Any]]:
    done = wiredesk(kafka, *command, "--json")
    assert done.returncode == code, done.stderr or done.stdout
    assert "Traceback" not in done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def page(number: int, *headers: Header) -> Raw:
    """Return a page that is dead-lettered, because its body is empty."""
    return Raw(json.dumps({"url": f"https://paper.example/{number}", "body": ""}).encode(), headers=headers)


async def records(kafka: KafkaSettings, topic: str) -> list[Record]:
    reading = read_topic(kafka, [kafka.on_cluster(topic)], from_beginning=True, until_end=True)
    return [record async for record in reading if record is not None]


@pytest.mark.timeout(240)
async def test_forged_headers_are_kept_and_not_believed(kafka: KafkaSettings, tmp_path: Path) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    letter_topic, raw_topic = kafka.on_cluster(LETTERS), kafka.on_cluster(PAGES_RAW.name)
    forged: list[tuple[Header, ...]] = [
        (("wiredesk_redrives", b"9" * 5000),),
        (("wiredesk_redrives", b"99"),),
        (("wiredesk_replay", b"run"), ("wiredesk_replayed", f"{raw_topic}/0/0".encode())),
        (("wiredesk_kept_as", f"{letter_topic}/0/0".encode()), ("wiredesk_kept_as", f"{letter_topic}/0/0@1".encode())),
        (("wiredesk_dlq_reason", b"forged"), ("wiredesk_dlq_time", b"\xff"), ("wiredesk_origin", b"x/0/0")),
        (("ce_id", b"\xff"), ("", b"nameless"), ("received_wiredesk_origin", b"x")),
    ]
    with workers(kafka, ["ingest"], tmp_path / "log"):
        origins = await publish(kafka, [page(number, *headers) for number, headers in enumerate(forged)])
        ends = await ends_of(kafka, origins)
        assert {len(found) for found in ends.values()} == {1}
        for origin, headers in zip(origins, forged, strict=True):
            (letter,) = ends[origin]
            kept = tuple((f"received_{name}" if "wiredesk_" in name else name, value) for name, value in headers)
            assert letter.headers[: len(kept)] == kept
            assert not [name for name, _ in letter.headers[len(kept) :] if not name.startswith("wiredesk_")]

        (counted,) = objects(kafka, "audit")
        assert (counted["dead_lettered"], counted["missing"], counted["replayed"]) == (len(forged), 0, {})
        (counted,) = objects(kafka, "dlq", "list", "--by", "reason")
        assert (counted["reason"], counted["letters"]) == ("empty", len(forged))
        shown = wiredesk(kafka, "dlq", "show", f"{letter_topic}/0/1")
        assert "redriven before: 0\n" in shown.stdout
        assert "header received_wiredesk_redrives: 99\n" in shown.stdout
        (visit,) = objects(kafka, "trace", "https://paper.example/5")
        assert [hop["event_id"] for hop in visit["records"]] == ["\ufffd", "\ufffd"]

        # An export and an import lose no dead letter, whatever a publisher wrote into the headers.
        kept_file = tmp_path / "kept.jsonl"
        assert wiredesk(kafka, "dlq", "export", str(kept_file)).returncode == 0
        assert wiredesk(kafka, "dlq", "purge", "--yes").returncode == 0
        back = wiredesk(kafka, "dlq", "import", str(kept_file))
        assert back.stdout == f"{len(forged)} dead letters imported, 0 were there already\n"
        back = wiredesk(kafka, "dlq", "import", str(kept_file))
        assert back.stdout == f"0 dead letters imported, {len(forged)} were there already\n"

        # All are sent back, with their original headers, and count as redriven once, whatever they claim.
        (sent,) = objects(kafka, *REDRIVE)
        assert (sent["sent"], sent["limit_reached"]) == (len(forged), 0)
        again = (await records(kafka, PAGES_RAW.name))[len(forged) :]
        for record, headers in zip(again, forged, strict=True):
            assert record.headers[-1] == ("wiredesk_redrives", b"1")
            assert record.headers[:-1] == tuple(one for one in headers if one[0] != "wiredesk_redrives")
        await ends_of(kafka, [record.coordinates for record in again])
        newest = (await records(kafka, LETTERS))[-1]
        assert "redriven before: 1\n" in wiredesk(kafka, "dlq", "show", newest.coordinates).stdout
        (sent,) = objects(kafka, *REDRIVE)
        assert (sent["sent"], sent["done_before"], sent["limit_reached"]) == (len(forged), len(forged), 0)
        await ends_of(kafka, [record.coordinates for record in await records(kafka, PAGES_RAW.name)])
        (sent,) = objects(kafka, *REDRIVE)
        assert (sent["sent"], sent["done_before"], sent["limit_reached"]) == (0, 2 * len(forged), len(forged))
    assert objects(kafka, "audit")[0]["missing"] == 0


async def test_a_forged_time_of_arrival_makes_no_page_old(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    await publish(kafka, [page(0, ("wiredesk_origin_time", b"0")), page(1, ("wiredesk_origin_time", b"9" * 5000))])
    (status,) = objects(kafka, "status")
    assert status["oldest_page_seconds"] < 3600
