"""Preferences about use: AIPREF, content signals, Data Mining, and Really Simple Licensing."""

import pytest

from tests.stated_rights import EVERYTHING_BY_AI, ingest, restrictions, rights_of


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("train-ai=n", {"no_ai_training": True}),
        ("train-ai=n, search=y", {"no_ai_training": True, "no_index": False}),
        ("train-ai=n, ai-use=n", EVERYTHING_BY_AI),
        ("ai-train=no, search=yes, ai-input=yes", {"no_ai_training": True, "no_index": False, "no_ai_input": False}),
        ("bots=n", {"tdm_reserved": True, **EVERYTHING_BY_AI}),
        ("bots=n, ai-use=y", {"tdm_reserved": True, "no_ai_training": True, "no_ai_input": False}),
        ("genai=n", {"no_ai_training": True}),
        ("train-ai=?0", {"no_ai_training": True}),
        ("search=n", {"no_index": True}),
        ("train-ai=maybe", {}),
        ("train-ai=y;exact, train-ai=n", {"no_ai_training": True}),
        ("use=reference", {}),
    ],
)
@pytest.mark.parametrize("header", ["Content-Usage", "Content-Signal"])
def test_preferences(value: str, expected: dict[str, bool], header: str) -> None:
    rights = rights_of(headers={header: value})
    assert restrictions(rights) == expected
    assert rights.statements[0].source == f"header:{header.lower()}"


ROBOTS_TXT = """
License: https://news.example/license.xml   # RSL
User-agent: otherbot
User-agent: courierbot
Content-Usage: search=n
User-agent: *
Allow: /
Content-Signal: search=yes, ai-train=no
Content-Usage: /2026/ ai-use=n
Content-Usage: /2025/ search=n
"""


def test_rules_of_a_robots_txt_that_state_rights() -> None:
    rights = rights_of(rights={"robots_txt": ROBOTS_TXT})
    assert rights.rsl == ("https://news.example/license.xml",)
    assert restrictions(rights) == {**EVERYTHING_BY_AI, "no_index": False}
    assert rights_of(rights={"robots.txt": ROBOTS_TXT}, agents="courierbot").no_index is True


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED", {"tdm_reserved": True, **EVERYTHING_BY_AI}),
        ("DMI-PROHIBITED-GENAIMLTRAINING", {"no_ai_training": True}),
        ("DMI-UNSPECIFIED", {}),
    ],
)
def test_the_data_mining_property(code: str, expected: dict[str, bool]) -> None:
    assert restrictions(rights_of(f'<meta name="plus:DataMining" content="{code}">')) == expected


RSL = """<rsl xmlns="https://rslstandard.org/rsl"><content url="/"><license><prohibits type="usage">ai-train</prohibits>
<permits type="usage">search</permits><prohibits type="geo">all</prohibits></license></content></rsl>"""


def test_really_simple_licensing() -> None:
    link = '<link rel="license" type="application/rsl+xml" href="/license.xml">'
    rights = rights_of(f'{link}<script type="application/rsl+xml">{RSL}</script>')
    assert (rights.rsl, rights.licenses) == (("https://news.example/license.xml",), ())
    assert restrictions(rights) == {"no_ai_training": True}
    assert [one.value for one in rights.statements] == ["/license.xml", "prohibits: ai-train", "permits: search"]
    header = {"link": '<https://news.example/l.xml>; rel="license"; type="application/rsl+xml"'}
    assert rights_of(headers=header).rsl == ("https://news.example/l.xml",)


NO_TRAINING = '<license><prohibits type="usage">ai-train</prohibits></license>'
NO_SEARCH = '<license><prohibits type="usage">search</prohibits></license>'


@pytest.mark.parametrize(
    ("licence", "expected"),
    [
        (f'<content url="/other/">{NO_TRAINING}</content>', {}),
        (f'<content url="https://other.example/2026/">{NO_TRAINING}</content>', {}),
        (f'<content url="/2026/*">{NO_TRAINING}</content>', {"no_ai_training": True}),
        (f"<content url='https://news.example/2026/'>{NO_TRAINING}</content>", {"no_ai_training": True}),
        (f"<content>{NO_TRAINING}</content>", {"no_ai_training": True}),
        (f'<rsl:content url="/">{NO_TRAINING}</rsl:content>', {"no_ai_training": True}),
        (
            f'<content url="/">{NO_TRAINING}</content><content url="/2026/">{NO_SEARCH}</content>',
            {"no_index": True},
        ),
        (f'<!-- <content url="/">{NO_TRAINING}</content> -->', {}),
        ('<content url="/"><prohibits>ai-<!-- x -->train</prohibits></content>', {"no_ai_training": True}),
    ],
)
def test_a_licence_of_other_pages_is_not_that_of_the_page(licence: str, expected: dict[str, bool]) -> None:
    rights = ingest(f'<script type="application/rsl+xml"><rsl>{licence}</rsl></script>').rights
    assert (restrictions(rights) if rights else {}) == expected
