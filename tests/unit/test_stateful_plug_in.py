"""A stage of another package that remembers something, as `docs/extending.md` describes it."""

from collections.abc import Sequence
from datetime import datetime
from importlib.metadata import EntryPoint, entry_points
from typing import ClassVar

import pytest
from pydantic import Field

from wiredesk import Change, KeyedState, Stage, StatefulEnvelope, StatefulHandler, Store, Topic, registry
from wiredesk.operations import acls
from wiredesk.pipeline import ARTICLES_ENRICHED
from wiredesk.runtime.records import Record
from wiredesk.runtime.settings import KafkaSettings, WorkerSettings
from wiredesk.runtime.state import StatefulRun
from wiredesk.runtime.topology import DAY_MS
from wiredesk.testing import as_record, example_event, run_stateful
from wiredesk_schemas import DerivedEvent, EnrichedArticle

WEEK_MS = 7 * DAY_MS


class FirstArticle(DerivedEvent):
    """The first article of a source in a week."""

    TYPE: ClassVar[str] = "org.example.article.first.v1"

    schema_version: str = Field(default="1.0", pattern=r"^1\.\d+$")


ARTICLES_FIRST = Topic("articles.first", "The first article of each source in a week", events=(FirstArticle,))
STAGE = Stage(
    name="firsts",
    description="Publishes the first article of each source in a week",
    consumes=ARTICLES_ENRICHED,
    produces=(ARTICLES_FIRST,),
    handler=f"{__name__}:handler",
    one_to_one=False,
    store=Store("sources", retention_ms=WEEK_MS),
)


class Firsts:
    """Publishes an article if there was none of its source in the last week."""

    name = "firsts"
    version = "1.0.0"

    def new_state(self) -> KeyedState:
        return KeyedState(retention_ms=WEEK_MS)

    def __call__(
        self,
        article: EnrichedArticle,
        state: KeyedState,
        time: datetime,  # noqa: ARG002 - the protocol's
        /,
    ) -> tuple[FirstArticle | None, Sequence[Change]]:
        key = (article.source or "").encode()
        if not key or key in state:
            return None, []
        first = FirstArticle.derived_from(article, self.name, self.version)
        return first, [Change(key, article.event_id.encode())]

    def forgotten(self, page: str, state: KeyedState, /) -> tuple[None, Sequence[Change]]:  # noqa: ARG002 - it remembers no page
        return None, []


def handler() -> StatefulHandler[KeyedState]:
    return StatefulEnvelope(Firsts(), STAGE)


def article(source: str | None, day: float) -> Record:
    event = example_event(EnrichedArticle).model_copy(update={"source": source})
    return as_record(event, time_ms=int(day * DAY_MS))


@pytest.mark.parametrize(
    ("sources", "published"),
    [
        ([("A", 1), ("A", 2), ("B", 3), ("A", 7.9)], [True, False, True, False]),
        ([("A", 1), ("A", 8.1), ("A", 9)], [True, True, False]),
        ([(None, 1), ("", 2)], [False, False]),
    ],
    ids=["once", "again after a week", "without a source"],
)
def test_it_is_tested_without_kafka(sources: list[tuple[str | None, float]], published: list[bool]) -> None:
    results = run_stateful(handler(), [article(*one) for one in sources], restore_every=1)
    assert [bool(result.outputs) for result in results] == published
    assert [bool(result.changes) for result in results] == published


def test_a_record_that_is_no_event_changes_nothing() -> None:
    (result,) = run_stateful(handler(), [Record("input", 0, 0, 1, b"k", b"{")])
    assert (result.rejected, result.changes) == ("invalid_event", ())


def test_the_registry_has_its_changelog_and_its_access() -> None:
    point = EntryPoint("firsts", f"{__name__}:STAGE", registry.GROUP)
    found = registry.load([*entry_points(group=registry.GROUP), point])
    assert found.rejections == ()
    (changelog,) = (topic for topic in found.changelogs if topic.name.startswith("wiredesk.firsts."))
    assert changelog.name == "wiredesk.firsts.sources.changes"
    assert changelog not in found.topics  # readers have no business there
    needed = acls.worker(KafkaSettings(topic_prefix="eu."), WorkerSettings(), STAGE)
    assert {one.operation.name for one in needed if one.name == f"eu.{changelog.name}"} == {"READ", "WRITE"}


def test_a_topic_of_the_runtime_is_no_output_of_a_stage() -> None:
    assert STAGE.changelog is not None
    wrong = Stage("thief", "Writes a changelog", ARTICLES_ENRICHED, (STAGE.changelog,), f"{__name__}:handler")
    assert any("the runtime's own" in line for line in wrong.defects())


def test_a_state_is_restored_with_its_time() -> None:
    run = StatefulRun(handler(), Firsts().new_state())
    run.process(article("A", 1))
    run.reach(9 * DAY_MS)
    outputs, _ = run.process(article("A", 2))
    assert outputs
