"""Codes of languages, as pages and events write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiredesk.languages.codes import canonical, canonical_stated


@pytest.mark.parametrize(
    ("stated", "code"),
    [
        ("eng", "en"), ("deu", "de"), ("ger", "de"), ("EN-us", "en"), ("en_GB", "en"), ("zh-Hant", "zh"), ("zho", "zh"),
        ("iw", "he"), ("in", "id"), ("ind", "id"), ("sr-Latn", "sr"), ("nb", "no"), ("nob", "no"), ("nno-NO", "no"),
        ("jp", "ja"), ("ua", "uk"), ("English", "en"), ("deutsch", "de"), ("de, en", "de"), (" fr ", "fr"), ("ceb", "ceb"),
    ],
)  # fmt: skip
def test_all_codes_of_a_language_are_one(stated: str, code: str) -> None:
    assert canonical_stated(stated) == code


@pytest.mark.parametrize("stated", ["mul", "und", "zxx", "mis", "x-default", "multi", "{{lang}}", "", "e", "²²", "MUL"])
def test_what_names_no_language_is_none(stated: str) -> None:
    assert canonical_stated(stated) is None


@given(st.text(max_size=12))
def test_a_code_stands_for_itself(text: str) -> None:
    code = canonical(text)
    assert canonical(code) == code
    assert (one := canonical_stated(text)) is None or canonical_stated(one) == one
