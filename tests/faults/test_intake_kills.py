"""The intake and its broker are killed and frozen while clients post: every page that an answer confirms is in the topic."""

import asyncio
from pathlib import Path

import pytest

from tests.faults.posting import Deployment, Posted, in_topic, post_under_kills
from tests.waiting import until

PAGES = 3000


@pytest.mark.timeout(240)
async def test_every_confirmed_page_is_in_the_topic(tmp_path: Path) -> None:
    deployment = Deployment(tmp_path)
    try:
        await deployment.start()
        kills = [deployment.kill_intake, deployment.kill_broker, deployment.kill_intake]
        posted = await post_under_kills(deployment, PAGES, kills)
        assert posted.answers[0] > 0, "a kill must meet a request in progress"
        counts = await in_topic(deployment.kafka)
        assert posted.confirmed == set(range(PAGES))
        assert not posted.confirmed - set(counts)
    finally:
        deployment.stop()


@pytest.mark.timeout(240)
async def test_a_broker_that_does_not_answer_is_reported_and_costs_nothing(tmp_path: Path) -> None:
    deployment = Deployment(tmp_path)
    posted = Posted()
    try:
        await deployment.start()
        deployment.freeze_broker()
        posting = asyncio.create_task(post_under_kills(deployment, PAGES, []))
        await until(lambda: deployment.intake.status("/health/ready") == 503, "the intake reports its broker")
        deployment.thaw_broker()
        posted = await posting
        counts = await in_topic(deployment.kafka)
        assert not set(range(PAGES)) - set(counts)
        assert posted.answers[503] + posted.answers[202] > 0
    finally:
        deployment.thaw_broker()
        deployment.stop()
