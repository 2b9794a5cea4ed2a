"""`wiredesk story` as editors run it: what is there now, what changed, and who else has it."""

import json

import pytest

from tests import topics
from tests.copies import article, story
from tests.revised import Life, copies_of, write
from wiredesk.pipeline import TOPICS
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing.processes import wiredesk

URL, FETCHED = "https://paper.example/ferry", "https://m.paper.example/ferry?from=home"
THEIRS = "https://courier.example/crews"
BODY = f"The ferry strike ended on Monday after 4 days, the union said.\n{story(1)}"


@pytest.fixture
async def newsroom(kafka: KafkaSettings) -> KafkaSettings:
    await topics.create(kafka, TOPICS, partitions=3)
    life = Life(URL, FETCHED)
    life.fetch(0, BODY, title="Ferry crews to strike")
    newest = life.fetch(1, BODY.replace("4 days", "5 days"), title="Ferry crews end strike")
    life.fetch(9, BODY.replace("4 days", "5 days"), title="Ferry crews end strike")
    gone = Life("https://paper.example/gone")
    gone.fetch(0, BODY, title="A story")
    gone.gone(3)
    await write(kafka, [*life.records, *copies_of(newest, article(THEIRS, BODY)), *gone.records])
    return kafka


@pytest.mark.timeout(180)
async def test_a_story_is_shown_by_each_of_its_names(newsroom: KafkaSettings) -> None:
    by_url = wiredesk(newsroom, "story", URL)
    assert (by_url.returncode, by_url.stderr) == (0, "")
    lines = [line.strip() for line in by_url.stdout.splitlines()]
    assert lines[0] == "Ferry crews end strike"
    assert "revision 2 of 2026-03-14 08:01 UTC is there now" in lines
    assert "said the same when it was last fetched, at 2026-03-14 08:09 UTC" in lines
    assert "headline: Ferry crews [-to-] {+end+} strike" in lines
    assert "The ferry strike ended on Monday after [-4-] {+5+} days, the union said." in lines
    assert any(line.startswith("whole\t") and line.endswith(f"%\t{THEIRS}") for line in lines)
    assert f"original\t\t\t{URL} (this story)" in lines
    (found,) = [json.loads(line) for line in wiredesk(newsroom, "story", URL, "--json").stdout.splitlines()]
    assert [one["kind"] for one in found["revisions"]] == ["created", "updated"]
    assert found["copies"][0]["is_original"]
    for name in (FETCHED, f"{FETCHED}#comments", found["page_id"]):
        assert json.loads(wiredesk(newsroom, "story", name, "--json").stdout) == found, name

    traced = [json.loads(line) for line in wiredesk(newsroom, "trace", URL, "--json").stdout.splitlines()]
    (updated,) = [one for one in traced if one["revision"] and one["revision"]["kind"] == "updated"]
    assert updated["revision"] == found["revisions"][1]
    assert updated["copies"] == found["copies"]
    assert updated["where"].startswith("waits for")
    assert "headline: Ferry crews [-to-] {+end+} strike" in wiredesk(newsroom, "trace", URL).stdout

    withdrawn = wiredesk(newsroom, "story", "https://paper.example/gone")
    assert "withdrawn at 2026-03-14 08:03 UTC: it is not there any more" in withdrawn.stdout
    assert "2 withdrawn 2026-03-14 08:03 UTC: gone: the server answers with status 410" in withdrawn.stdout

    never = wiredesk(newsroom, "story", "https://paper.example/never")
    assert (never.returncode, never.stdout) == (1, "")
    assert never.stderr.startswith("no story of https://paper.example/never: nothing is known of the page")
    assert never.stderr.count("\n") == 1
    assert wiredesk(newsroom, "story", "paper").returncode == 2
