"""Alerts: a receiver that fails half of the time gets each story once, whenever the notifier is killed."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

from tests import topics
from tests.newsfeed import Sent, publish, revision
from tests.webhooks import Receiver, receiving
from wiredesk.pipeline import ARTICLES_COPIES, ARTICLES_ENRICHED
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing import example_event
from wiredesk.testing.processes import environment, wait_until, wiredesk
from wiredesk_schemas import ArticleCopies, RevisionKind
from wiredesk_schemas.article_copies import CopyKind
from wiredesk_schemas.ids import page_id

STORIES = 12
GROUP = example_event(ArticleCopies)


def _urls(number: int) -> list[str]:
    """Every third story is on three sites."""
    return [f"https://{site}.example/{number}" for site in ("a", "b", "c")[: 3 if number % 3 == 0 else 1]]


def _group(urls: list[str]) -> Sent:
    copies = tuple(
        GROUP.copies[0].model_copy(update={"page_id": page_id(url), "kind": CopyKind.WHOLE}) for url in urls[1:]
    )
    original = GROUP.original.model_copy(update={"page_id": page_id(urls[0])})
    event = GROUP.model_copy(update={"group_id": page_id(urls[0] + "#"), "original": original, "copies": copies})
    return Sent(event.group_id.encode(), event.to_json())


async def _publish(kafka: KafkaSettings) -> None:
    await topics.create(kafka, (ARTICLES_ENRICHED, ARTICLES_COPIES), partitions=2)
    stories = [_urls(number) for number in range(STORIES)]
    await publish(kafka, [_group(urls) for urls in stories if len(urls) > 1], ARTICLES_COPIES.name)
    pages = [url for urls in stories for url in urls]
    await publish(kafka, [revision(url, 1) for url in pages])
    await publish(kafka, [revision(url, 2, RevisionKind.UPDATED) for url in pages])


def test_a_receiver_that_fails_half_of_the_time_gets_each_story_once(kafka: KafkaSettings, tmp_path: Path) -> None:
    asyncio.run(_publish(kafka))
    with receiving(0.5) as receiver:
        command = ("notify", str(receiver.rules(tmp_path)), "--since", "1d")
        _kill_twice(kafka, command, receiver)
        finished = wiredesk(kafka, *command, "--until-end")
        assert finished.returncode == 0, finished.stderr
        assert receiver.refused > 0
        expected = {frozenset(map(page_id, _urls(number))) for number in range(STORIES)}
        received = list(receiver.pages.values())
        assert len(received) == STORIES
        assert {pages for pages in expected if pages & set(received)} == expected
        # What was taken when the notifier was killed comes again under its id.
        assert receiver.taken.total() <= STORIES + 2
        before = receiver.taken.total()
        assert wiredesk(kafka, *command, "--until-end").returncode == 0
        assert receiver.taken.total() == before


def _kill_twice(kafka: KafkaSettings, command: tuple[str, ...], receiver: Receiver) -> None:
    for _ in range(2):
        with subprocess.Popen(
            [sys.executable, "-m", "wiredesk.cli", *command], env=environment(kafka), stderr=subprocess.DEVNULL
        ) as process:
            try:
                before = len(receiver.taken)
                wait_until(lambda: len(receiver.taken) > before or process.poll() is not None, "a delivery")  # noqa: B023
            finally:
                process.send_signal(signal.SIGKILL)


def test_the_first_run_begins_with_the_next_article(kafka: KafkaSettings, tmp_path: Path) -> None:
    asyncio.run(_publish(kafka))
    with receiving(0) as receiver:
        command = ("notify", str(receiver.rules(tmp_path)), "--until-end")
        assert wiredesk(kafka, *command).returncode == 0
        assert not receiver.taken
        asyncio.run(publish(kafka, [revision("https://new.example/1", 1)]))
        assert wiredesk(kafka, *command).returncode == 0
        assert list(receiver.pages.values()) == [page_id("https://new.example/1")]
