"""The policy: which pages are skipped for their rights."""

import pytest
from pydantic import ValidationError

from tests.stated_rights import TDM, ingest
from wiredesk.ingest.settings import IngestSettings
from wiredesk_schemas import AcceptedPage, SkippedPage, SkipReason


@pytest.mark.parametrize(
    ("policy", "head", "detail"),
    [
        ("tdm", TDM, "tdm: meta:tdm-reservation states '1'"),
        ("noindex, TDM", TDM, "tdm: meta:tdm-reservation states '1'"),
        ("noai", '<meta name="robots" content="noai">', "noai: meta:robots states 'noai'"),
        ("noai-training", '<meta name="robots" content="noai">', "noai-training: meta:robots states 'noai'"),
        ("no_ai", '<meta name="robots" content="noai">', "noai: meta:robots states 'noai'"),
        ("tdm_reserved,NO-INDEX", TDM, "tdm: meta:tdm-reservation states '1'"),
        ("noarchive", '<meta name="robots" content="noarchive">', "noarchive: meta:robots states 'noarchive'"),
        (
            "unavailable-after",
            '<meta name="robots" content="unavailable_after: 2026-04-30">',
            "unavailable-after: meta:robots states 'unavailable_after: 2026-04-30'",
        ),
    ],
)
def test_a_policy_skips_what_is_reserved(policy: str, head: str, detail: str) -> None:
    page = ingest(head, "<p>The secret of the harbour</p>", policy=policy)
    assert isinstance(page, SkippedPage)
    assert (page.reason, page.detail, page.stage) == (SkipReason.RIGHTS_RESERVED, detail, "ingest")
    assert page.rights is not None
    assert "harbour" not in page.model_dump_json()
    assert isinstance(ingest(head), AcceptedPage) is (policy != "unavailable-after")  # that ends an article in any case


@pytest.mark.parametrize(
    ("policy", "head"),
    [
        ("noai,noindex,noarchive,nosnippet,noai-input,noai-training,unavailable-after", TDM),
        ("tdm", '<meta name="tdm-reservation" content="0">'),
        ("noindex", '<meta name="googlebot" content="noindex">'),
        ("unavailable-after", '<meta name="robots" content="unavailable_after: 2026-05-02">'),
        ("tdm,noai", ""),
    ],
)
def test_a_policy_skips_nothing_else(policy: str, head: str) -> None:
    assert isinstance(ingest(head, policy=policy), AcceptedPage)


def test_without_a_time_of_the_fetch_no_page_is_skipped_by_its_end() -> None:
    head = '<meta name="robots" content="unavailable_after: 2001-01-01">'
    assert isinstance(ingest(head, policy="unavailable-after", fetched_at=None), AcceptedPage)


@pytest.mark.parametrize("policy", ["tmd", "record,tdm", "tdm;noai", "noai,,tdm", "skip"])
def test_a_mistyped_policy_is_refused(policy: str) -> None:
    with pytest.raises(ValidationError, match="is no restriction: expected record alone, or some of tdm, noai"):
        IngestSettings(rights_policy=policy)


def test_the_same_event_and_settings_give_the_same_output() -> None:
    assert ingest(TDM, policy="tdm") == ingest(TDM, policy="tdm")
    ids = {ingest(TDM, policy=policy).event_id for policy in ("record", "tdm", "tdm,noai")}
    assert len(ids) == 3  # other settings, other outcome, other id
    assert ingest(policy="tdm").event_id == ingest().event_id
    assert ingest(agents="a").event_id != ingest().event_id
