"""Which articles are found to be copies of each other, of which kind, and how groups change."""

import random
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.copies import WORDS, Stream, article, part, story, withdrawn
from wiredesk.agencies.names import OWN_NAME, credited
from wiredesk.agencies.sites import SITES, agency_of
from wiredesk.envelope import StatefulEnvelope
from wiredesk.operations.forgetting.suppressor import ForgottenPages
from wiredesk.pipeline import ARTICLES_SIGNATURES, FORGOTTEN, SYNDICATION
from wiredesk.runtime.errors import RejectedError
from wiredesk.runtime.records import Record
from wiredesk.runtime.state import StatefulRun
from wiredesk.runtime.suppression import SuppressionList, suppressed
from wiredesk.syndication.kinds import same_title
from wiredesk.syndication.settings import SyndicationSettings
from wiredesk.syndication.sign import Signer
from wiredesk.syndication.syndicate import Syndication
from wiredesk_schemas import (
    ArticleCopies,
    ArticleSignature,
    CopyKind,
    IngestNote,
    IngestNoteKind,
    OriginalEvidence,
    PageType,
    Tombstone,
    WithdrawalReason,
    page_id,
)
from wiredesk_schemas.ids import host_id

A, B, C, D = (f"https://{name}.example/story" for name in ("courier", "gazette", "herald", "post"))
TEXT = story(1)


def changed(text: str, share: float = 0.1) -> str:
    rng = random.Random(7)
    return " ".join(rng.choice(WORDS) if rng.random() < share else word for word in text.split())


def within(text: str, other: str) -> str:
    words = other.split()
    return " ".join((*words[:150], text, *words[150:]))


@pytest.mark.parametrize(
    ("body", "title", "kind"),
    [
        (TEXT, "Bridge reopens", CopyKind.WHOLE),
        (TEXT, None, CopyKind.WHOLE),
        (TEXT, "WATCH: Bridge reopens | Gazette", CopyKind.WHOLE),
        (TEXT, "Crowds cross the harbour", CopyKind.REHEADLINED),
        (f"{story(3, 20)} {TEXT} {story(4, 60)}", "Crowds cross the harbour", CopyKind.REHEADLINED),
        (changed(TEXT), "Bridge reopens", CopyKind.WHOLE),
        (part(TEXT, 1 / 2), "Bridge reopens", CopyKind.ABRIDGED),
        (part(TEXT, 1 / 3), "Bridge reopens", CopyKind.ABRIDGED),
        (within(part(TEXT, 1 / 2), story(2)), "Another story", CopyKind.QUOTED),
        (within(TEXT, story(2, 900)), "Another story", CopyKind.QUOTED),
    ],
)
def test_the_kind_of_a_copy(body: str, title: str | None, kind: CopyKind) -> None:
    stream = Stream()
    assert stream.add(article(A, TEXT, title="Bridge reopens")) == []
    (event,) = stream.add(article(B, body, title=title))
    assert isinstance(event, ArticleCopies)
    (copy,) = event.copies
    assert (event.original.url, copy.url, copy.kind, event.copy_count) == (A, B, kind, 1)
    assert copy.compared_with == event.page_id == event.original.page_id
    assert copy.shared_fingerprints >= 3
    assert max(copy.share_of_own, copy.share_of_other) >= 0.35


@pytest.mark.parametrize("body", [story(2), story(2, 30), part(TEXT, 0.02), ""])
def test_other_stories_are_no_copies(body: str) -> None:
    stream = Stream()
    stream.add(article(A, TEXT))
    assert stream.add(article(B, body or "x")) == []


def test_forty_copies_are_one_group_whose_id_stays() -> None:
    stream = Stream()
    ids = set()
    for number in range(40):
        events = stream.add(article(f"https://host{number}.example/", f"{TEXT} {story(100 + number, 30)}"))
        ids |= {event.key for event in events}
    assert len(ids) == 1
    (group,) = stream.groups.values()
    assert group.copy_count == len(group.copies) == 39
    assert {copy.kind for copy in group.copies} == {CopyKind.WHOLE}


def test_the_group_outlives_its_first_article() -> None:
    stream = Stream(hours=1)
    stream.add(article(A, TEXT))
    (first,) = stream.add(article(B, TEXT), after_ms=3_000_000)
    (second,) = stream.add(article(C, TEXT), after_ms=3_000_000)
    assert isinstance(second, ArticleCopies)
    assert first.key == second.key
    assert (second.original.url, [copy.url for copy in second.copies]) == (B, [C])


def test_groups_that_meet_become_one() -> None:
    stream = Stream()
    for url, body in ((A, part(TEXT, 0.5)), (B, part(TEXT, 0.5)), (C, " ".join(TEXT.split()[150:]))):
        stream.add(article(url, body))
    stream.add(article(D, " ".join(TEXT.split()[150:])))
    larger, smaller = sorted(stream.groups.values(), key=lambda group: group.original.url)
    kept, gone = stream.add(article("https://whole.example/", TEXT))
    assert isinstance(kept, ArticleCopies)
    assert isinstance(gone, ArticleCopies)
    assert kept.group_id == gone.merged_into == larger.group_id
    assert kept.merged_groups == (gone.group_id,) == (smaller.group_id,)
    assert (kept.copy_count, gone.copies) == (4, ())


def test_stories_that_a_round_up_quotes_are_no_copies_of_each_other() -> None:
    stream = Stream()
    stream.add(article(A, TEXT))
    stream.add(article(B, story(2)))
    events = stream.add(article(C, f"{part(TEXT, 0.5)} {story(3)} {part(story(2), 0.5)}"))
    listed = {
        event.original.url: [copy.url for copy in event.copies] for event in events if type(event) is ArticleCopies
    }
    assert listed == {A: [C], B: [C]}


def test_a_group_says_which_of_its_articles_were_withdrawn() -> None:
    """Who has a copy of what an agency withdraws must learn it."""
    stream = Stream()
    for url in (A, B, C):
        stream.add(article(url, TEXT, title="Bridge reopens"))
    (event,) = stream.add(withdrawn(A))
    assert isinstance(event, ArticleCopies)
    assert (event.original.url, [copy.url for copy in event.copies], event.copy_count) == (B, [C], 1)
    (gone,) = event.withdrawn
    assert (gone.url, gone.title, gone.reason, gone.was_original) == (A, "Bridge reopens", WithdrawalReason.GONE, True)
    (event,) = stream.add(withdrawn(C))
    assert isinstance(event, ArticleCopies)
    assert (event.original.url, event.copies, event.copy_count) == (B, (), 0)
    assert [(one.url, one.was_original) for one in event.withdrawn] == [(A, True), (C, False)]
    assert stream.add(withdrawn(C)) == []
    assert [type(one) for one in stream.add(article(D, TEXT))] == [ArticleCopies]


def test_the_group_ends_with_its_last_article() -> None:
    stream = Stream()
    for url in (A, B):
        stream.add(article(url, TEXT))
    (event,) = stream.add(withdrawn(A))
    assert stream.add(withdrawn(B)) == [Tombstone(event.key, ArticleCopies)]
    assert stream.add(withdrawn(B)) == []
    assert len(stream.window) == 0


def test_an_article_that_returns_is_a_copy_again() -> None:
    stream = Stream()
    for number, url in enumerate((A, B), 1):
        stream.add(article(url, TEXT, number))
    stream.add(withdrawn(A))
    (event,) = stream.add(article(A, TEXT, number=3))
    assert isinstance(event, ArticleCopies)
    assert ([copy.url for copy in event.copies], event.withdrawn) == ([A], ())
    stream.add(withdrawn(A, number=4))
    (event,) = stream.add(article(A, story(2), number=5))
    assert event == Tombstone(event.key, ArticleCopies)


def test_an_older_revision_that_comes_late_changes_nothing() -> None:
    stream = Stream()
    stream.add(article(A, TEXT, revision_number=1))
    stream.add(article(B, TEXT, number=2, revision_number=2))
    assert stream.add(article(B, story(2), revision_number=1)) == ()
    stream.add(withdrawn(B).model_copy(update={"revision_number": 4}))
    assert stream.add(article(B, TEXT, number=3, revision_number=3)) == ()
    assert [group.copies for group in stream.groups.values()] == [()]


def test_a_group_without_an_article_ends() -> None:
    stream = Stream()
    stream.add(article(A, TEXT))
    (event,) = stream.add(article(B, within(part(TEXT, 0.5), story(2))))
    assert stream.add(withdrawn(A)) == [Tombstone(event.key, ArticleCopies)]


def test_a_new_revision_replaces_the_earlier_one() -> None:
    stream = Stream()
    stream.add(article(A, TEXT))
    stream.add(article(B, TEXT))
    (event,) = stream.add(article(B, story(2), number=2))
    assert event == Tombstone(event.key, ArticleCopies)
    assert len(stream.window) == 2
    (again,) = stream.add(article(B, TEXT, number=3))
    assert again.key == event.key


def test_the_same_event_twice_changes_nothing() -> None:
    stream = Stream()
    stream.add(article(A, TEXT))
    first = stream.add(article(B, TEXT))
    assert stream.add(article(B, TEXT)) == first


def test_a_live_blog_that_grows_is_no_copy_of_itself_nor_of_what_it_quotes() -> None:
    stream = Stream()
    stream.add(article(A, TEXT))
    for posts in range(1, 6):
        body = "\n".join([*(story(number, 120) for number in range(20, 20 + 4 * posts)), part(TEXT, 0.4)])
        stream.add(article(B, body, number=posts, page_type=PageType.LIVE_BLOG))
    assert {copy.kind for copy in stream.copies().values()} == {CopyKind.QUOTED}
    assert len(stream.window) == 2
    for number in range(20, 24):
        stream.add(article(f"https://other.example/{number}", story(number, 120)))
    assert len(stream.groups) <= 5
    assert all(copy.kind is CopyKind.QUOTED for copy in stream.copies().values())


def formulaic(number: int) -> str:
    """Return an item of a formula of fifty words, with facts of its own."""
    facts = iter(story(1000 + number, 12).split())
    return " ".join(f"{part(story(77 + piece, 8), 1)} {next(facts)} {next(facts)}" for piece in range(6))


def test_formulas_are_no_copies_once_there_are_four() -> None:
    stream = Stream()
    boilerplate = story(50, 60)
    for number in range(12):
        stream.add(article(f"https://courier.example/{number}", f"{story(200 + number, 60)} {boilerplate}"))
        stream.add(article(f"https://weather.example/{number}", formulaic(number)))
    assert not stream.copies()
    stream.add(article(A, formulaic(5)))
    assert list(stream.copies()) == [A]


def test_groups_that_a_formula_made_are_separated_when_it_turns_out() -> None:
    stream = Stream()
    texts = [f"{story(200 + number, 60)} {story(50, 90)} {story(300 + number, 20)}" for number in range(4)]
    for number, text in enumerate(texts[:3]):
        stream.add(article(f"https://host{number}.example/", text))
    stream.add(article(A, texts[0]))
    assert len(stream.copies()) >= 3
    stream.add(article("https://host3.example/", texts[3]))
    assert [
        (group.original.url, [copy.url for copy in group.copies]) for group in stream.groups.values() if group.copies
    ] == [("https://host0.example/", [A])]


def test_evidence_of_the_likely_original() -> None:
    stream = Stream()
    early, late = datetime(2026, 3, 14, 8, tzinfo=UTC), datetime(2026, 3, 14, 9, tzinfo=UTC)
    stream.add(article(A, TEXT, published_at=late, first_seen=early))
    (event,) = stream.add(article(B, TEXT, published_at=early, first_seen=late))
    assert isinstance(event, ArticleCopies)
    assert (event.original.url, event.original_evidence) == (B, (OriginalEvidence.PUBLISHED_FIRST,))
    (event,) = stream.add(article("https://www.reuters.com/story", TEXT, published_at=late, agencies=("Reuters",)))
    assert isinstance(event, ArticleCopies)
    assert event.original.url == "https://www.reuters.com/story"
    assert event.original_evidence == (OriginalEvidence.AGENCY,)
    assert event.credited_agency == "Reuters"
    note = IngestNote.of(IngestNoteKind.CANONICAL_NOT_BELIEVED, f"another host: {A}?utm_source=x")
    (event,) = stream.add(article(C, TEXT, ingest_notes=(note,)))
    assert isinstance(event, ArticleCopies)
    assert event.original.url == "https://www.reuters.com/story"
    note = IngestNote.of(IngestNoteKind.CANONICAL_NOT_BELIEVED, f"another host: {A}")
    (event,) = stream.add(article(D, TEXT, ingest_notes=(note,)))
    assert isinstance(event, ArticleCopies)
    assert (event.original.url, event.original_evidence) == (
        A,
        (OriginalEvidence.DECLARED, OriginalEvidence.SEEN_FIRST),
    )


@pytest.mark.parametrize(
    ("day", "time", "original"),
    [("2026-03-14", "2026-03-14T23:00:00+00:00", B), ("2026-03-13", "2026-03-14T01:00:00+00:00", A)],
)
def test_a_day_alone_does_not_say_that_an_article_was_earlier(day: str, time: str, original: str) -> None:
    stream = Stream()
    stream.add(article(A, TEXT, published_at=day))
    (event,) = stream.add(article(B, TEXT, published_at=time))
    assert isinstance(event, ArticleCopies)
    assert event.original.url == original


@pytest.mark.parametrize(
    ("names", "agencies"),
    [
        (("Reuters", "ロイター", "路透社", "Рейтер", "رويترز", "로이터"), ["Reuters"]),
        (("dpa", "AFP", "Deutsche Presse-Agentur", "法新社"), ["dpa", "Agence France-Presse"]),
        (("Bote vom Lande",), ["Bote vom Lande"]),
    ],
)
def test_an_agency_is_credited_in_many_languages(names: tuple[str, ...], agencies: list[str]) -> None:
    assert credited(names) == agencies


@pytest.mark.parametrize(
    ("url", "agency"),
    [
        ("https://www.reuters.com/x", "Reuters"),
        ("https://jp.reuters.com/x", "Reuters"),
        ("https://notreuters.com/x", None),
        ("https://reuters.com.evil.example/", None),
        ("https://apnews.com/article/1", "Associated Press"),
        ("https://[::1", None),
        ("", None),
    ],
)
def test_the_site_of_an_agency(url: str, agency: str | None) -> None:
    assert agency_of(url) == agency


def test_sites_are_of_agencies_that_are_listed() -> None:
    assert {agency for agency in SITES.values() if OWN_NAME.get(agency) != agency} == set()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Bridge reopens", "BRIDGE REOPENS!", True),
        ("Bridge reopens", "Video: Bridge reopens", True),
        ("Bridge reopens", "Bridge closes", False),
        ("Café “Brücke”", 'Cafe "Brucke"', True),
        ("Bridge", None, None),
        ("?!", "Bridge", None),
    ],
)
def test_headlines_that_say_the_same(one: str | None, other: str | None, same: object) -> None:
    assert same_title(one, other) is same


def test_the_window_has_a_bound() -> None:
    stream = Stream(articles=3)
    for number in range(5):
        stream.add(article(f"https://host{number}.example/", story(number)))
    assert len(stream.window) == 3
    assert stream.add(article(A, story(0))) == []
    assert len(stream.add(article(B, story(4)))) == 1


def test_a_large_group_is_listed_in_part() -> None:
    stream = Stream()
    for number in range(120):
        events = stream.add(article(f"https://host{number}.example/", TEXT))
    (event,) = events
    assert isinstance(event, ArticleCopies)
    assert (len(event.copies), event.copy_count) == (100, 119)
    assert event.original.url == "https://host0.example/"
    assert event.copies[-1].url == "https://host119.example/"


def test_a_forgotten_page_leaves_its_group_at_once() -> None:
    stream = Stream()
    for url in (A, B, C):
        stream.add(article(url, TEXT))
    stream.add(withdrawn(C))
    (event,) = stream.forget(A)
    assert isinstance(event, ArticleCopies)
    assert (event.original.url, event.copies, [one.url for one in event.withdrawn]) == (B, (), [C])
    assert page_id(A) not in event.to_json().decode()
    assert stream.forget(C) == [Tombstone(event.key, ArticleCopies)]
    assert stream.forget(C) == ()
    assert stream.forget(B) == []
    assert len(stream.window) == 0


def test_groups_that_a_forgotten_page_quotes_lose_it() -> None:
    stream = Stream()
    stream.add(article(A, TEXT))
    stream.add(article(B, TEXT))
    stream.add(article(C, within(part(TEXT, 0.5), story(2))))
    (event,) = stream.forget(C)
    assert isinstance(event, ArticleCopies)
    assert [copy.url for copy in event.copies] == [B]


def test_no_group_that_names_a_forgotten_page_is_written() -> None:
    handler = StatefulEnvelope(Syndication(SyndicationSettings()), SYNDICATION)
    run = StatefulRun(handler, handler.new_state())
    sign = Signer()
    listed = SuppressionList()

    def written(key: str, value: bytes | None) -> list[tuple[bool, str]]:
        record = Record(ARTICLES_SIGNATURES.name, 0, 0, 0, key.encode(), value)
        outputs, _ = suppressed(ForgottenPages(), listed, SYNDICATION, record, run.process(record)[0])
        return [(output.value is not None, (output.key or b"").decode()) for output in outputs]

    for url in (A, B):
        event = sign(article(url, TEXT))
        ends = written(event.key, event.to_json())
    ((is_event, group),) = ends
    assert is_event
    listed.apply(Record(FORGOTTEN.name, 0, 0, 0, page_id(A).encode(), b"{}"))
    late = sign(article(C, TEXT))
    assert written(late.key, late.to_json()) == [(False, group)]  # the page's tombstone has not come yet
    assert written(page_id(A), None) == [(True, group)]
    listed.apply(Record(FORGOTTEN.name, 0, 0, 0, host_id("herald.example").encode(), b"{}"))
    later = sign(article(D, TEXT))
    assert written(later.key, later.to_json()) == [(False, group)]


@pytest.mark.parametrize("fields", [{"fingerprints": "AAA"}, {"fingerprints": "AAAA"}, {"page_id": "x"}])
def test_an_event_that_is_none_is_rejected(fields: dict[str, str]) -> None:
    stream = Stream()
    event = ArticleSignature.derived_from(article(A, TEXT), "signatures", "1", article_event_id="x")
    with pytest.raises(RejectedError):
        stream.stage(event.model_copy(update=fields), stream.window)


STEPS = st.lists(
    st.tuples(
        st.integers(0, 7),  # page
        st.integers(0, 5),  # what happens
        st.integers(0, 3),  # to which text
        st.integers(1, 20),  # minutes later
    ),
    min_size=5,
    max_size=40,
)


def step(page: int, what: int, text: int) -> tuple[str, str | None]:
    """Return the URL and the new text of a page; None: it is withdrawn."""
    body, other = story(text, 160), story((text + 1) % 4, 160)
    edits = (body, part(body, 0.5), changed(body), f"{other} {part(body, 0.5)}", f"{body} {story(90, 60)}")
    return f"https://host{page}.example/", edits[what] if what < len(edits) else None


@settings(max_examples=40, deadline=None)
@given(STEPS, st.data())
def test_a_window_that_is_restored_at_any_point_gives_the_same_groups(
    steps: list[tuple[int, int, int, int]], data: st.DataObject
) -> None:
    whole = Stream(articles=6, hours=1)
    restored = Stream(articles=6, hours=1)
    stops = data.draw(st.dictionaries(st.integers(0, len(steps)), st.booleans(), max_size=3))
    for number, (page, what, text, minutes) in enumerate(steps):
        if number in stops:
            restored = restored.restored(compacted=stops[number])
        url, body = step(page, what, text)
        event = withdrawn(url, number) if body is None else article(url, body, number)
        assert restored.add(event, minutes * 60_000) == whole.add(event, minutes * 60_000)
    assert restored.groups == whole.groups
    assert len(restored.window) == len(whole.window) <= 6
