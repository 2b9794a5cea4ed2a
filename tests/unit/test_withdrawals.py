"""Records without a value: withdrawals."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.raw_events import URL
from wiredesk import pipeline
from wiredesk.ingest.accept import Ingest
from wiredesk.ingest.withdrawals import URN
from wiredesk.runtime.records import Record
from wiredesk_schemas import RawPage, SkipReason, WithdrawnPage


def test_withdrawals_of_two_pages_stay_two() -> None:
    keys = [b"caf\xe9", b"caf\xe8", b"caf%E9", b"caf\\xe9", URL.encode() + b"\xe9", URL.encode() + b"\xe8"]
    events = [Ingest()(RawPage.from_null(key, ())) for key in keys]
    events += [Ingest()(RawPage.from_null(None, [("ce_subject", key)])) for key in keys]
    assert len({event.page_id for event in events}) == len(keys)


@pytest.mark.parametrize(
    ("key", "subject", "url"),
    [
        (URL.encode() + b"?utm_source=x", None, URL),
        (b"11111111-1111-5111-8111-111111111111", None, "urn:uuid:11111111-1111-5111-8111-111111111111"),
        (b"a key/7", None, "urn:wiredesk:key:a%20key%2F7"),
        (b"\xff", None, "urn:wiredesk:key:%FF"),
        (b"", None, "urn:wiredesk:no-key"),
        (None, None, "urn:wiredesk:no-key"),
        (b"a key", URL.encode(), URL),
        (b"a key", f'"{URL}"'.encode(), URL),
        (f'"{URL}"'.encode(), None, URL),
        (f" <{URL}>".encode(), None, URL),
        (f"\ufeff{URL}".encode(), None, URL),
        (json.dumps({"url": URL}).encode(), None, URL),
        (json.dumps({"id": 5, "page": URL}).encode(), None, URL),
        (json.dumps({"pageUrl": f"<{URL}>", "site": "https://news.example/"}).encode(), None, URL),
        (json.dumps({"URL": URL, "link": URL, "image": "https://news.example/a.jpg"}).encode(), None, URL),
        (json.dumps({"address": URL}).encode(), None, URL),
        (json.dumps([{"uri": URL, "id": 5}]).encode(), None, URL),
        (json.dumps({"schema": {"type": "string"}, "payload": URL}).encode(), None, URL),
        (json.dumps({"schema": {"type": "struct"}, "payload": {"url": URL}}).encode(), None, URL),
        (b"\0\0\0\0\x05" + json.dumps({"url": URL}).encode(), None, URL),
        (b'{"id": 5}', None, "urn:wiredesk:key:%7B%22id%22%3A%205%7D"),
        (
            b'["https://a.example/", "https://b.example/"]',
            None,
            URN + "%5B%22https%3A%2F%2Fa.example%2F%22%2C%20%22https%3A%2F%2Fb.example%2F%22%5D",
        ),
    ],
)
def test_a_record_without_value_is_a_withdrawal(key: bytes | None, subject: bytes | None, url: str) -> None:
    headers = (("ce_subject", subject),) if subject else ()
    (output,) = pipeline.ingest()(Record("pages.raw", 0, 0, 0, key, None, headers))
    withdrawn = WithdrawnPage.from_json(output.value)
    assert (output.topic, withdrawn.reason, withdrawn.canonical_url) == ("pages.accepted", "tombstone", url)
    assert withdrawn.skip_reason is SkipReason.WITHDRAWN
    assert output.key == withdrawn.page_id.encode()
    assert dict(output.headers)["ce_subject"] == url.encode()


A, B = "https://a.example/", "https://b.example/"


@pytest.mark.parametrize(
    "key",
    [
        f'{{"homepage":"{A}","id":"story-5"}}',
        f'{{"url":"{A}","url":"{B}"}}',
        f'{{"url":"{A}","url":"story-5"}}',
        f'{{"url":"{A}","URL":"{B}"}}',
        f'{{"url":"{A}","link":"{B}"}}',
        f'{{"schema":{{}},"payload":{{"url":"{A}","u\\u0072l":"{B}"}}}}',
        f'{{"schema":{{}},"payload":{{"publisher":"{A}","id":5}}}}',
        f'["{A}","story-5"]',
        f'[{{"publisher":"{A}","id":5}}]',
        f'{{"page":{{"url":"{A}","id":5}},"id":5}}',
    ],
)
def test_a_key_whose_url_is_not_clear_stays_as_it_is(key: str) -> None:
    assert Ingest()(RawPage.from_null(key.encode(), ())).canonical_url.startswith(URN)
    headers = [("ce_subject", key.encode())]
    assert Ingest()(RawPage.from_null(URL.encode(), headers)).canonical_url.startswith(URN)


@pytest.mark.parametrize("spelling", ["ce-subject", "CE_Subject", "ce subject"])
def test_of_two_subjects_in_two_spellings_none_counts(spelling: str) -> None:
    for first, second in ((A, B), (B, A)):
        headers = [(spelling, first.encode()), ("ce_subject", second.encode())]
        assert Ingest()(RawPage.from_null(URL.encode(), headers)).canonical_url == URL
        assert Ingest()(RawPage.from_null(b"5", headers)).canonical_url == f"{URN}5"
    headers = [(spelling, f'"{A}"'.encode()), ("ce_subject", A.encode())]
    assert Ingest()(RawPage.from_null(b"5", headers)).canonical_url == A


def test_the_subject_of_a_withdrawal_may_have_another_spelling() -> None:
    (output,) = pipeline.ingest()(Record("pages.raw", 0, 0, 0, b"7", None, (("CE-Subject", URL.encode()),)))
    assert WithdrawnPage.from_json(output.value).canonical_url == URL


@given(key=st.binary(max_size=60), opening=st.sampled_from([b"", b'"', b"{", b"[", b"\0\0\0\0\1{", b'{"url": "http']))
def test_any_key_is_a_withdrawal(key: bytes, opening: bytes) -> None:
    (output,) = pipeline.ingest()(Record("pages.raw", 0, 0, 0, opening + key, None, ()))
    assert WithdrawnPage.from_json(output.value).reason == "tombstone"


@pytest.mark.parametrize("key", [b"k" * 5000, b"ftp://user:hunter2@host/", b"https:// user:hunter2@"])
def test_a_key_is_bounded_and_its_password_stays_there(key: bytes) -> None:
    (output,) = pipeline.ingest()(Record("pages.raw", 0, 0, 0, key, None, ()))
    assert b"hunter2" not in (output.value or b"")
    assert len(output.value or b"") < 1000


def test_on_later_topics_a_record_without_value_is_passed_on() -> None:
    (output,) = pipeline.extractor()(Record("pages.accepted", 0, 0, 0, b"k", None, ()))
    assert (output.topic, output.key, output.value) == ("articles.cleaned", b"k", None)
