"""Records without a value: withdrawals."""

import pytest

from tests.raw_events import URL
from wiredesk import pipeline
from wiredesk.ingest.accept import Ingest
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


@pytest.mark.parametrize("key", [b"k" * 5000, b"ftp://user:hunter2@host/", b"https:// user:hunter2@"])
def test_a_key_is_bounded_and_its_password_stays_there(key: bytes) -> None:
    (output,) = pipeline.ingest()(Record("pages.raw", 0, 0, 0, key, None, ()))
    assert b"hunter2" not in (output.value or b"")
    assert len(output.value or b"") < 1000


def test_on_later_topics_a_record_without_value_is_passed_on() -> None:
    (output,) = pipeline.extractor()(Record("pages.accepted", 0, 0, 0, b"k", None, ()))
    assert (output.topic, output.key, output.value) == ("articles.cleaned", b"k", None)
