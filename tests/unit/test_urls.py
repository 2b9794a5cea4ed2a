import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiredesk.ingest.urls import MAX_URL_CHARACTERS, canonical_url, safe_url
from wiredesk.runtime.errors import RejectedError


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTP://Example.COM:80/a/../b?utm_source=x&b=1#f", "http://example.com/b?b=1"),
        ("https://example.com:443", "https://example.com/"),
        ("https://user:secret@example.com/a", "https://example.com/a"),
        ("https://bücher.example/ü?q=ü", "https://xn--bcher-kva.example/%C3%BC?q=%C3%BC"),
        ("https://example.com/a?fbclid=1&gclid=2&utm_medium=3", "https://example.com/a"),
        ("https://example.com/a?b=2&a=1", "https://example.com/a?b=2&a=1"),
        ("https://example.com/a?&&b=2&", "https://example.com/a?b=2"),
        ("  https://example.com/a\n", "https://example.com/a"),
        ("https://example.com:8443/A", "https://example.com:8443/A"),
        ("https://例え.テスト/", "https://xn--r8jz45g.xn--zckzah/"),
    ],
)
def test_spellings_of_one_page_become_one(url: str, expected: str) -> None:
    assert canonical_url(url) == expected


@pytest.mark.parametrize(
    "url", ["", "no url", "/path", "ftp://example.com/", "javascript:alert(1)", "http://", "data:,x", "http://[::1"]
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(RejectedError) as refused:
        canonical_url(url)
    assert refused.value.reason == "invalid_url"


def test_long_urls_are_refused_with_a_short_message() -> None:
    with pytest.raises(RejectedError) as refused:
        canonical_url("https://example.com/" + "x" * 100_000)
    assert len(str(refused.value)) < 300
    assert canonical_url("https://example.com/" + "x" * (MAX_URL_CHARACTERS - 20)).endswith("x")


@given(st.text(max_size=200).map(lambda tail: "https://example.com/" + tail))
def test_canonical_is_a_fixed_point(url: str) -> None:
    once = canonical_url(url)
    assert canonical_url(once) == once


@given(st.text(max_size=300))
def test_any_text_is_canonical_or_refused(url: str) -> None:
    try:
        assert canonical_url(url).startswith(("http://", "https://"))
    except RejectedError as error:
        assert error.reason == "invalid_url"  # noqa: PT017 - either end is right, another error is not


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.com", "https://example.com"),
        ("HTTPS://Example.com/ü?b=2&utm_source=x#f", "HTTPS://Example.com/ü?b=2&utm_source=x#f"),
        ("https://user:secret@example.com/a#f", "https://example.com/a#f"),
        ("https://user@example.com/a", "https://example.com/a"),
        ("https:user:secret@example.com/a", "https://example.com/a"),
        ("https:\\\\user:secret@example.com\\a", "https://example.com/a"),
        ("https://user:se%40cret@example.com/", "https://example.com/"),
        ("https://example.com/@user:name", "https://example.com/@user:name"),
        ("https://example.com/a\x1b[31m", "https://example.com/a%1B[31m"),
        ("https://example.com/a\x9b\u202e", "https://example.com/a%C2%9B%E2%80%AE"),
        ("https://example.com/a\nb\tc", "https://example.com/abc"),
        ("https://example.com/a b", "https://example.com/a%20b"),
        (" https://example.com/ ", "https://example.com/"),
    ],
)
def test_a_url_is_passed_on_as_it_was_written_where_that_is_safe(url: str, expected: str) -> None:
    assert safe_url(url) == expected


@given(st.text(max_size=60), st.text(st.characters(exclude_characters="/\\?#"), max_size=20))
def test_nothing_harmful_is_passed_on_in_a_url(path: str, user: str) -> None:
    for url in (f"https://example.com/{path}", f"https://{user}:secret@example.com/{path}"):
        try:
            passed_on = safe_url(url)
        except RejectedError as error:
            passed_on = error.message
        assert passed_on.isprintable()
        assert "secret" not in passed_on


@pytest.mark.parametrize(
    "url",
    [
        "ftp://user:secret@example.com/",
        "https://user:secret@[bad/",
        "https://user:secret/x@example.com/",
        "https://user:sec?x=secret#y@example.com:99999/",
        "user:secret@example.com",
        "https://user:secret@" + "x" * 5000,
        "https://user:" + "secret" * 1000 + "@example.com/",
        "https://us\ner:secret@ex ample.com/",
    ],
)
def test_no_message_quotes_a_password(url: str) -> None:
    with pytest.raises(RejectedError) as refused:
        canonical_url(url)
    assert "secret" not in str(refused.value)
