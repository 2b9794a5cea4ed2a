"""The TDM Reservation Protocol: headers, `<meta>`, and the file of a site."""

import json
from typing import Any

import pytest

from tests.stated_rights import ingest, rights_of
from wiredesk.ingest.rights.locations import matches
from wiredesk_schemas import IngestNoteKind


@pytest.mark.parametrize(
    ("value", "expected"),
    [("1", True), ("0", False), ("true", True), ("1, 1", True), ("0, 1", True), (" 1 ", True), ("2", None), ("", None)],
)
def test_a_reservation_of_text_and_data_mining(value: str, expected: bool | None) -> None:  # noqa: FBT001 - a value of the table
    for page in (
        ingest(f'<meta name="tdm-reservation" content="{value}">'),
        ingest(f'<meta property="TDM-Reservation" content="{value}">'),
        ingest(headers={"TDM-Reservation": value}),
        ingest(rights={"tdm_reservation": value}),
        ingest(rights={"tdmReservation": value}),
    ):
        assert (page.rights.tdm_reserved if page.rights else None) is expected
        assert bool(page.ingest_notes) is (value == "2")


def test_a_policy_has_an_absolute_address_without_credentials() -> None:
    rights = rights_of('<meta name="tdm-reservation" content="1"><meta name="tdm-policy" content="/tdm.json">')
    assert (rights.tdm_policy, rights.statements[1].value) == ("https://news.example/tdm.json", "/tdm.json")
    assert rights_of(headers={"tdm-policy": "https://me:secret@a.example/p"}).tdm_policy == "https://a.example/p"
    assert rights_of(headers={"tdm-policy": "javascript:alert(1)"}).tdm_policy is None


RULES = [
    {"location": "/open/*", "tdm-reservation": 0},
    {"location": "/2026/", "tdm-reservation": 1, "tdm-policy": "https://news.example/p"},
    {"location": "/", "tdm-reservation": 0},
]


@pytest.mark.parametrize("stated", [RULES, json.dumps(RULES)])
@pytest.mark.parametrize(
    "name",
    ["tdmrep", "well_known", "tdmrep.json", "/.well-known/tdmrep.json", "https://news.example/.well-known/tdmrep.json"],
)
def test_the_file_of_a_site(stated: Any, name: str) -> None:
    rights = rights_of(rights={name: stated})
    assert (rights.tdm_reserved, rights.tdm_policy) == (True, "https://news.example/p")
    assert {one.source for one in rights.statements} == {"well_known:tdmrep.json"}


@pytest.mark.parametrize("content", ["<html>Not found</html>", "{", ["/"]])
def test_a_file_that_is_none_is_noted(content: Any) -> None:
    page = ingest(rights={"tdmrep": content})
    assert page.rights is None
    assert [note.kind for note in page.ingest_notes] == [IngestNoteKind.RIGHTS_NOT_READ]


@pytest.mark.parametrize(
    ("pattern", "path", "is_match"),
    [
        ("/", "/a", True),
        ("*", "/a", True),
        ("/a", "/a/b", True),
        ("/a", "/b", False),
        ("a/", "/a/b", True),
        ("/*.pdf", "/a/b.pdf?x", True),
        ("/*.pdf$", "/a/b.pdf?x", False),
        ("/*.pdf$", "/a/b.pdf", True),
        ("/a*b*c", "/a1b2c3", True),
        ("/a*b*c", "/a1c2b3", False),
        ("/a$", "/a", True),
        ("/a$", "/ab", False),
        ("/ab*b$", "/ab", False),
        ("*" * 2000, "/a", True),
        ("/" + "a*" * 900, "/" + "a" * 400, True),
    ],
)
def test_locations(pattern: str, path: str, is_match: bool) -> None:  # noqa: FBT001 - a value of the table
    assert matches(pattern, path) is is_match


RESERVED = {"tdm-reservation": 1, "tdm-policy": "https://news.example/p"}


@pytest.mark.parametrize(
    ("rules", "reserved"),
    [
        ([{"location": "https://news.example/2026/*", **RESERVED}], True),
        ([{"location": "//www.news.example/2026/", **RESERVED}], True),
        ([{"location": "https://other.example/2026/*", **RESERVED}], None),
        ([{"location": "/2026/%61", **RESERVED}], True),
        ([{"location": "/2026/a?page=2$", **RESERVED}], True),
        ([{"location": "/2026/a$", **RESERVED}], None),
        ([{"location": "/*/a", **RESERVED}], True),
        ([{"location": ["/x/", "/2026/"], **RESERVED}], True),
        ([{"location": "/", "tdm-reservation": 0}, {"location": "/2026/*", **RESERVED}], True),
        ([{"location": "/", **RESERVED}, {"location": "/2026/", "tdm-reservation": 0}], False),
        ([{"location": "/", **RESERVED}, {"location": "/2026/", "tdm-reservation": "maybe"}], True),
        ([{"location": "/2026/*", "tdm-reservation": 0}, {"location": "/*2026/", **RESERVED}], True),
        ({"rules": [{"location": "/", **RESERVED}]}, True),
        ({"tdmReservation": True, "tdmPolicy": "https://news.example/p"}, True),
    ],
)
def test_of_several_locations_the_most_specific_counts(rules: Any, reserved: bool | None) -> None:  # noqa: FBT001 - a column
    rights = ingest(rights={"tdmrep": rules}).rights
    assert (rights.tdm_reserved if rights else None) is reserved
    assert not reserved or (rights is not None and rights.tdm_policy == "https://news.example/p")


@pytest.mark.parametrize("location", ["/caf%c3%a9/", "/caf%C3%A9", "/café/*"])
def test_a_location_in_other_escapes(location: str) -> None:
    rules = [{"location": location, "tdm-reservation": 1}]
    assert rights_of(rights={"tdmrep": rules}, url="https://news.example/café/x").tdm_reserved is True


def test_a_policy_of_the_file_starts_from_the_file() -> None:
    rules = [{"location": "/", "tdm-reservation": 1, "tdm-policy": "policy.json"}]
    assert rights_of(rights={"tdmrep": rules}).tdm_policy == "https://news.example/.well-known/policy.json"


def test_a_file_with_faults_is_mended_and_noted() -> None:
    page = ingest(rights={"tdmrep": '\ufeff[{"location": "/", "tdm-reservation": 1,},] // ours'})
    assert page.rights is not None
    assert page.rights.tdm_reserved is True
    assert [note.kind for note in page.ingest_notes] == [IngestNoteKind.FIELD_REPAIRED]


def test_several_headers_of_a_reservation_and_of_a_policy() -> None:
    headers = {"TDM-Reservation": ["0", "1"], "TDM-Policy": ["/a,b", "https://news.example/c"]}
    rights = rights_of(headers=headers)
    assert (rights.tdm_reserved, rights.tdm_policy) == (True, "https://news.example/a,b")
    assert [one.value for one in rights.statements] == ["0", "1", "/a,b", "https://news.example/c"]
    joined = rights_of(headers={"tdm-reservation": "0, " * 100 + "1", "tdm-policy": "https://a.example/1, /2"})
    assert (joined.tdm_reserved, joined.tdm_policy) == (True, "https://a.example/1")


ODRL = {"@context": "http://www.w3.org/ns/odrl.jsonld", "@type": "Policy"}


@pytest.mark.parametrize(
    ("policy", "reserved"),
    [
        ({"prohibition": [{"action": "tdm:mine"}]}, True),
        ({"prohibition": {"action": {"@id": "https://www.w3.org/ns/tdmrep#mine"}}}, True),
        ({"odrl:prohibition": [{"odrl:action": ["use"]}]}, True),
        ({"prohibition": [{"action": [{"rdf:value": {"@id": "tdm:mine"}}]}]}, True),
        ({"permission": [{"action": "tdm:mine"}]}, False),
        ({"permission": [{"action": "tdm:mine", "duty": [{"action": "compensate"}]}]}, None),
        ({"prohibition": [{"action": "print"}]}, None),
        ({"permission": [{"action": "tdm:mine"}], "prohibition": [{"action": "tdm:mine"}]}, True),
    ],
)
@pytest.mark.parametrize("wrap", [lambda policy: policy, lambda policy: {"odrl": policy}, lambda policy: [policy]])
def test_policies_in_odrl(policy: dict[str, Any], reserved: bool | None, wrap: Any) -> None:  # noqa: FBT001 - a column
    rights = rights_of(rights=wrap({**ODRL, **policy}))
    assert rights.tdm_reserved is reserved
    assert not rights.usage_terms


def test_the_rules_of_a_site_count_where_they_stand() -> None:
    assert ingest(rights=[{"location": "/elsewhere", "tdm-reservation": 1}]).rights is None
    assert rights_of(rights=[{"location": "/", "tdm-reservation": 1}]).tdm_reserved is True


RSL = """<rsl xmlns="https://rslstandard.org/rsl"><content url="/"><license>
<prohibits type="usage">ai-train</prohibits></license></content></rsl>"""


@pytest.mark.parametrize("stated", [RSL, {"rsl": RSL}, {"rsl_license": f"<?xml version='1.0'?>{RSL}"}])
def test_a_licence_of_rsl_in_the_event(stated: Any) -> None:
    rights = rights_of(rights=stated)
    assert rights.no_ai_training is True
    assert not rights.usage_terms
    assert rights_of(rights={"rsl": "/rsl.xml"}).rsl == ("https://news.example/rsl.xml",)


def test_a_text_of_directives_has_their_meaning() -> None:
    assert rights_of(rights="noai, noimageai").no_ai is True
    assert rights_of(rights="No AI, please").usage_terms == ("No AI, please",)
