"""Control characters, halves of characters and noncharacters: out of every text that is published."""

import base64
import itertools
import json
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wiredesk.extractor.extract import Extractor
from wiredesk.extractor.words import clean
from wiredesk.ingest.accept import Ingest
from wiredesk.ingest.content import remove_control_characters
from wiredesk.runtime.errors import RejectedError
from wiredesk_schemas import AcceptedPage, RawPage
from wiredesk_schemas.ingest_note import Notes
from wiredesk_schemas.storable_text import is_storable, storable, well_formed


def is_unstorable(character: str) -> bool:
    code, kind = ord(character), unicodedata.category(character)
    is_control = kind == "Cc" and character not in "\t\n\r"
    return is_control or kind == "Cs" or code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


@cache
def unstorable() -> list[str]:
    return [character for character in map(chr, range(0x110000)) if is_unstorable(character)]


UNSTORABLE = st.deferred(lambda: st.sampled_from(unstorable()))
"""Found when the first test draws one: every process collects this module, and one runs it."""


def test_each_character_that_is_not_storable_goes_and_all_others_stay() -> None:
    stay = []
    for character in map(chr, range(0x110000)):
        if not is_unstorable(character):
            stay.append(character)
            continue
        text = f"a{character}b"
        assert not is_storable(text), hex(ord(character))
        assert storable(text) != text, hex(ord(character))
    for characters in itertools.batched(stay, 1000):
        text = f"a{'ba'.join(characters)}b"
        assert is_storable(text), hex(ord(characters[0]))
        assert storable(text) == text, hex(ord(characters[0]))


@given(st.text(UNSTORABLE | st.sampled_from("aé中😀俾\u200d"), max_size=20))
def test_storable_text_is_storable(text: str) -> None:
    assert is_storable(storable(text))
    assert not any(map(is_unstorable, storable(text)))
    well_formed(text).encode()


def test_controls_are_what_browsers_show() -> None:
    assert storable("The town\x92s \x93pier\x94 \x96 \x8010") == "The town’s “pier” – €10"
    assert clean("The town\x92s \x93pier\x94 \x96 \x8010") == "The town’s “pier” – €10"
    assert storable("a\x9b31m") == "a31m"
    assert storable("one\vtwo\x1ethree\x1ffour\ffive\x85") == "one\ntwo\nthree four\nfive…"
    assert storable("\ud83d\ude00 \ud83d") == "😀 \ufffd"


@pytest.mark.parametrize("frequent", ["\xa0", "ﬁ", "😀", "\xa0ﬁ😀"])
def test_controls_are_found_among_many_characters_that_begin_with_the_same_byte(frequent: str) -> None:
    usual = frequent * 1000
    for unstorable_character, shown in (("\x92", "’"), ("\ufffe", ""), ("\U0001ffff", "")):
        assert storable(f"{usual}{unstorable_character}{usual}") == f"{usual}{shown}{usual}"
    assert storable(usual) is usual


PARAGRAPH = "The council of Port Selby voted on Tuesday to reopen the old ferry pier, eleven years after a storm. "
PAGE = """<!doctype html><html lang="en%(x)s"><head><title>Pier%(x)s opens at last in Selby</title>
<meta name="author" content="Anna%(x)s Roe"><meta name="description" content="About%(x)s it"><meta name="keywords"
content="pier%(x)s, ferry%(x)s x"><meta property="og:title" content="Pier%(x)s opens at last in Selby"><meta
property="og:site_name" content="The%(x)s Courier"><meta property="og:image" content="https://a.example/i%(x)s.jpg">
<meta property="article:section" content="Tra%(x)svel"><link rel="canonical" href="https://news.example/p%(x)sier">
<link rel="license" href="https://news.example/l%(x)s"><meta name="robots" content="noai%(x)s, max-snippet:%(x)s5">
<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Pier%(json)s opens at last in Selby",
"author": {"name": "Anna%(json)s Roe"}, "keywords": ["a%(json)sb"], "articleSection": "Tra%(json)svel", "publisher":
{"name": "The%(json)s Courier"}, "image": "https://a.example/j%(json)s.jpg", "license": "https://a.example/%(json)s",
"copyrightHolder": {"name": "C%(json)so"}, "datePublished": "2026-03-14T08:00:00Z%(json)s"}</script></head><body>
<article><h1>Pier%(x)s opens at last in Selby</h1><p class="byline">By Anna%(x)s Roe, Reu%(x)sters</p><figure><img
src="https://a.example/k%(x)s.jpg"><figcaption>The pier%(x)s on Monday. Photo: Ida%(x)s Lund/AP</figcaption></figure>
<p>%(p)s x%(x)sy %(p)s</p><h2>Head%(x)sing here</h2><ul><li>It%(x)sem one of the list is long enough</li></ul>
<blockquote>Quo%(x)ste %(p)s</blockquote><p>%(p)s%(p)s</p></article>%(padding)s</body></html>"""
PADDING = f"<!--{' ' * 6000}-->"


def texts(event: Any) -> Iterator[str]:
    if isinstance(event, str):
        yield event
    for inner in event.values() if isinstance(event, dict) else event if isinstance(event, list) else ():
        yield from texts(inner)


@cache
def extractor() -> Extractor:
    return Extractor()


def check(fields: dict[str, Any]) -> None:
    """Fail where an event that is made of a raw page has an unstorable character."""
    try:
        accepted = Ingest()(RawPage.from_object(fields))
    except RejectedError:
        return
    events = [accepted, *([extractor()(accepted)] if isinstance(accepted, AcceptedPage) else [])]
    for event in events:
        for text in texts(json.loads(event.to_json())):
            assert not any(map(is_unstorable, text)), ascii(text[:200])


FORMS = ["raw", "decimal", "hexadecimal"]


@settings(max_examples=60, deadline=None)
@given(
    character=UNSTORABLE,
    form=st.sampled_from(FORMS),
    is_escaped=st.booleans(),
    is_text=st.booleans(),
    status=st.sampled_from([200, 404]),
)
def test_no_published_text_has_one(character: str, form: str, status: int, *, is_escaped: bool, is_text: bool) -> None:
    code = ord(character)
    written = {"raw": character, "decimal": f"&#{code};", "hexadecimal": f"&#x{code:x};"}[form]
    in_json = json.dumps(character)[1:-1] if is_escaped else character
    page = PAGE % {"x": written, "json": in_json, "p": PARAGRAPH, "padding": PADDING}
    body = (
        {"body": page} if is_text else {"body_base64": base64.b64encode(page.encode("utf-8", "surrogatepass")).decode()}
    )
    check(
        {
            "url": f"https://news.example/a{well_formed(character)}",  # half a character is refused there
            "source": f"The{character} Courier",
            "language": f"en{character}",
            "content_type": f"text/html{character}",
            "http_headers": {"Content-Language": f"en{character}", "X-Robots-Tag": f"noai{character}"},
            "http_status": status,
            **body,
        }
    )


@settings(max_examples=30, deadline=None)
@given(character=UNSTORABLE)
def test_no_text_of_a_text_page_has_one(character: str) -> None:
    page = f"Pier{character} opens\n\nBy Anna{character} Roe\n\n" + f"{PARAGRAPH * 2}x{character}y {PARAGRAPH}\n\n" * 9
    check({"url": "https://news.example/a", "body": page, "content_type": "text/plain"})


@pytest.mark.parametrize(
    "text",
    [
        "می\u200cخواهم",
        "হ\u200cওয়া",
        "ന\u200dമ",
        "ශ්\u200dරී",
        "क्\u200dष",
        "👨\u200d👩\u200d👧",
        "🏳\ufe0f\u200d🌈",
        "❤\ufe0f\u200d🔥",
        "🧑🏽\u200d🚀",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "שלום\u200f!",
    ],
)
def test_what_a_reader_needs_stays(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("news.example/\u200bpier", "news.example/pier"),
        ("soft\u00adhyphen", "softhyphen"),
        ("a\ufeffb", "ab"),
        ("Auf\u200clage", "Auflage"),
        ("pay\u200dpal", "paypal"),
        ("left\u200f to right\u202e", "left to right"),
        ("hidden\U000e0041\U000e0042", "hidden"),
        ("a\ufdd0b\U0001fffec", "abc"),
    ],
)
def test_what_a_reader_does_not_see_goes(text: str, seen: str) -> None:
    assert clean(text) == seen


@pytest.mark.parametrize("written", ["&#133;", "&#x85;", "\x85"])
def test_the_byte_of_an_ellipsis_is_one(written: str) -> None:
    page = f"<h1>Wait{written} what?</h1>" + f"<p>Wait{written} {PARAGRAPH * 2}</p>" * 4
    accepted = Ingest()(RawPage.from_object({"url": "https://a.example/", "body": page, "content_type": "text/html"}))
    assert isinstance(accepted, AcceptedPage)
    assert "Wait… The council" in extractor().extract(accepted).body


@pytest.mark.parametrize(
    ("controls", "done"),
    [
        ("\v", "1 read as line ends or spaces"),
        ("\f\x1c\x1f", "3 read as line ends or spaces"),
        ("\v\x01", "1 removed, 1 read as line ends or spaces"),
        ("\x92", "1 read as windows-1252"),
        ("\x01\x7f\x93\x94\x85", "2 removed, 3 read as windows-1252"),
        ("\x9b\x81\ufffe", "3 removed"),
        ("\v\x01\x92", "1 removed, 1 read as line ends or spaces, 1 read as windows-1252"),
    ],
)
def test_the_note_says_what_was_done_with_each_kind_of_control(controls: str, done: str) -> None:
    page = Ingest()(RawPage.from_object({"url": "https://a.example/", "body": f"<p>{controls} {PARAGRAPH * 9} é"}))
    assert isinstance(page, AcceptedPage)
    notes = [note.detail for note in page.ingest_notes if note.kind == "controls_removed"]
    assert notes == [f"body: control characters, {done}"]


def test_a_replaced_half_of_a_character_is_no_control() -> None:
    notes = Notes()
    assert remove_control_characters("a \ud800 \ud83d\ude00", notes)[0] == "a \ufffd 😀"
    assert notes.collected() == ()
