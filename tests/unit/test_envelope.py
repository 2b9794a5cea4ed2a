"""The envelope: the results of a service, and the records that they become."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.plugins import TONE, TONES, Tone
from wiredesk.envelope import Envelope, Published, StatefulEnvelope
from wiredesk.pipeline import ARTICLES_ENRICHED, PAGES_SKIPPED, SYNDICATION
from wiredesk.runtime.errors import RejectedError
from wiredesk.runtime.records import Output, Record
from wiredesk.runtime.state import Change, KeyedState, StatefulRun
from wiredesk.runtime.topology import Stage, Store
from wiredesk.testing import example_event
from wiredesk_schemas import EnrichedArticle, Event, SkippedPage, SkipReason, Tombstone
from wiredesk_schemas.headers import EVENT_ID, EVENT_TYPE, SUBJECT, Header, header

ARTICLE = example_event(EnrichedArticle)
ANY = replace(TONE, one_to_one=False, produces=(TONES, PAGES_SKIPPED))


def tone() -> Tone:
    return Tone.derived_from(ARTICLE, "tone", "1", schema_version="1.0")


def skipped() -> SkippedPage:
    return SkippedPage.derived_from(ARTICLE, "tone", "1", stage="tone", reason=SkipReason.TOO_SHORT, detail="")


class Service:
    """Returns the results that it was created with, and keeps its inputs."""

    name = "tone"
    version = "1"

    def __init__(self, result: Published) -> None:
        self.result = result
        self.given: list[Event] = []

    def __call__(self, event: Event, /) -> Published:
        self.given.append(event)
        return self.result


def record(value: bytes, *headers: Header) -> Record:
    """Return a record of an enriched article, unless its headers say another type."""
    typed = headers if EVENT_TYPE in dict(headers) else ((EVENT_TYPE, EnrichedArticle.TYPE.encode()), *headers)
    return Record("articles.enriched", 0, 0, 1_700_000_000_000, None, value, typed)


def outputs(result: Published, stage: Stage = ANY) -> Sequence[Output]:
    return Envelope(Service(result), stage)(record(ARTICLE.to_json()))


def ids(results: Sequence[Output]) -> list[str | None]:
    return [header(output.headers, EVENT_ID) for output in results]


def test_no_event_is_no_record() -> None:
    assert outputs(None) == outputs(()) == outputs([]) == ()
    assert outputs(None, replace(ANY, produces=())) == ()


def test_events_of_several_types_go_each_to_its_topic() -> None:
    results = outputs([tone(), skipped()])
    assert [output.topic for output in results] == ["articles.tones", "pages.skipped"]
    assert [header(output.headers, EVENT_TYPE) for output in results] == [Tone.TYPE, SkippedPage.TYPE]


def test_each_of_several_events_has_an_id_of_its_own_and_always_the_same() -> None:
    results = outputs([tone(), tone(), tone()])
    assert len(set(ids(results))) == 3
    assert ids(results)[0] == tone().event_id
    assert ids(outputs([tone(), tone(), tone()])) == ids(results)
    for output, event_id in zip(results, ids(results), strict=True):
        assert Tone.from_json(output.value).event_id == event_id


def test_ids_that_differ_already_are_kept() -> None:
    own = tone().model_copy(update={"event_id": "11111111-1111-5111-8111-111111111111"})
    assert ids(outputs([tone(), own])) == [tone().event_id, own.event_id]


def test_a_key_of_which_nothing_is_so_any_more_gets_a_record_without_value() -> None:
    first, ended, second = outputs([tone(), Tombstone("a key", SkippedPage), tone()])
    assert (ended.topic, ended.key, ended.value) == (PAGES_SKIPPED.name, b"a key", None)
    assert ids([first, second]) == ids(outputs([tone(), tone()]))
    with pytest.raises(TypeError, match="no topic for events of the class EnrichedArticle"):
        outputs(Tombstone("a key", EnrichedArticle))


def test_an_event_may_have_a_key_of_its_own() -> None:
    class Keyed(Tone):
        @property
        def key(self) -> str:
            return "its own"

    stage = replace(ANY, produces=(replace(TONES, events=(Keyed,)),))
    (output,) = outputs(Keyed.derived_from(ARTICLE, "tone", "1", schema_version="1.0"), stage)
    assert output.key == b"its own"


@pytest.mark.parametrize("result", [None, (), [tone(), tone()]])
def test_a_stage_that_is_declared_one_to_one_is_held_to_it(result: Published) -> None:
    with pytest.raises(TypeError, match=r"returned \d events, and is declared one_to_one"):
        outputs(result, TONE)
    assert len(outputs(tone(), TONE)) == len(outputs([tone()], TONE)) == 1


def test_an_event_without_a_topic_is_an_error() -> None:
    with pytest.raises(TypeError, match="no topic for events of the class SkippedPage"):
        outputs(skipped(), TONE)


def test_a_topic_of_several_types_is_read_by_the_header_that_names_them() -> None:
    mixed = replace(ANY, consumes=replace(ARTICLES_ENRICHED, events=(EnrichedArticle, SkippedPage)))
    service = Service(None)
    handler = Envelope(service, mixed)
    handler(record(ARTICLE.to_json(), (EVENT_TYPE, EnrichedArticle.TYPE.encode())))
    handler(record(skipped().to_json(), (EVENT_TYPE, SkippedPage.TYPE.encode())))
    assert service.given == [ARTICLE, skipped()]
    for headers in (((EVENT_TYPE, b""),), ((EVENT_TYPE, b"unknown"),), ((EVENT_TYPE, None),)):
        with pytest.raises(RejectedError, match="invalid_event: ce_type"):
            handler(record(ARTICLE.to_json(), *headers))


def test_a_derived_event_is_of_the_same_page() -> None:
    derived = tone()
    for name in ("page_id", "revision", "url", "canonical_url"):
        assert getattr(derived, name) == getattr(ARTICLE, name)
    assert derived.event_id != ARTICLE.event_id
    assert Tone.derived_from(ARTICLE, "tone", "2", schema_version="1.0").event_id != derived.event_id


class Remembering:
    """Returns what it was created with, and how often it has seen the page."""

    name = "tone"
    version = "1"

    def __init__(self, result: Published) -> None:
        self.result = result
        self.last_words: Published = None
        self.times: list[datetime] = []

    def new_state(self) -> KeyedState:
        return KeyedState()

    def __call__(
        self, event: EnrichedArticle, state: KeyedState, time: datetime, /
    ) -> tuple[Published, Sequence[Change]]:
        self.times.append(time)
        seen = int(state.get(event.page_id.encode()) or b"0")
        return self.result, [Change(event.page_id.encode(), b"%d" % (seen + 1))]

    def forgotten(self, page: str, state: KeyedState, /) -> tuple[Published, Sequence[Change]]:
        known = state.get(page.encode())
        return (None, []) if known is None else (self.last_words, [Change(page.encode(), None)])


def test_a_stateful_service_is_a_stateful_handler() -> None:
    service = Remembering(tone())
    handler = StatefulEnvelope(service, replace(ANY, store=Store("seen")))
    run = StatefulRun(handler, handler.new_state())
    written = [run.process(record(ARTICLE.to_json())) for _ in range(2)]
    assert [results for results, _ in written] == [outputs(tone())] * 2
    assert [changes for _, changes in written] == [[Change(ARTICLE.page_id.encode(), b"%d" % n)] for n in (1, 2)]
    assert handler.version == "1"
    run.process(record(ARTICLE.to_json(), ("ce_time", b"2026-03-14T08:00:00Z")))
    assert service.times[-1] == datetime(2026, 3, 14, 8, tzinfo=UTC)


def test_a_service_that_writes_elsewhere_learns_which_page_to_delete() -> None:
    class Archive(Service):
        def forgotten(self, page: str) -> None:
            deleted.append(page)

    deleted: list[str] = []
    sink = Envelope(Archive(None), replace(TONE, produces=(), one_to_one=False))
    tombstone = Record("articles.enriched", 0, 1, 1_700_000_000_000, ARTICLE.page_id.encode(), None)
    assert sink(tombstone) == ()
    assert deleted == [ARTICLE.page_id]


def test_a_tombstone_is_passed_on_and_its_page_leaves_the_state() -> None:
    page = ARTICLE.page_id.encode()
    tombstone = Record("articles.enriched", 0, 1, 1_700_000_000_000, page, None, ((SUBJECT, b"https://a.example/"),))
    assert Envelope(Service(tone()), TONE)(tombstone) == (Output(TONE.produces[0].name, page, None),)
    assert Envelope(Service(tone()), replace(TONE, produces=()))(tombstone) == ()
    handler = StatefulEnvelope(Remembering(tone()), replace(ANY, store=Store("seen")))
    run = StatefulRun(handler, handler.new_state())
    run.process(record(ARTICLE.to_json()))
    passed = (Output(ANY.produces[0].name, page, None),)
    assert run.process(tombstone) == (passed, [Change(page, None)])
    assert run.process(tombstone) == (passed, [])


def test_what_named_a_forgotten_page_is_published_again_without_it() -> None:
    tombstone = Record("articles.enriched", 0, 1, 1_700_000_000_000, ARTICLE.page_id.encode(), None)
    service = Remembering(tone())
    service.last_words = tone()
    handler = StatefulEnvelope(service, replace(ANY, store=Store("seen"), one_to_one=True))
    run = StatefulRun(handler, handler.new_state())
    run.process(record(ARTICLE.to_json()))
    (passed, event), _ = run.process(tombstone)
    assert (passed.value, event.value) == (None, tone().to_json())
    assert header(event.headers, "ce_time") == "2023-11-14T22:13:20.000Z"


def test_a_tombstone_is_not_passed_on_to_events_with_keys_of_their_own() -> None:
    tombstone = Record("articles.signatures", 0, 1, 0, ARTICLE.page_id.encode(), None)
    assert Envelope(Service(None), SYNDICATION)(tombstone) == ()


def test_a_stateful_service_needs_events_and_a_store() -> None:
    with pytest.raises(TypeError, match="store"):
        StatefulEnvelope(Remembering(None), ANY)
    handler = StatefulEnvelope(Remembering(()), replace(TONE, store=Store("seen")))
    with pytest.raises(TypeError, match="one_to_one"):
        handler(record(ARTICLE.to_json()), handler.new_state())
    with pytest.raises(RejectedError, match="invalid_event"):
        handler(record(b"{"), handler.new_state())
