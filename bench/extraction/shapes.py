"""Pathological pages by shape: each piles up one thing that pages have, to any size.

A shape is made of what stands before it, a piece that is repeated, and what stands after it. `#` in a piece is replaced
with the number of the repetition. Around the shapes of HTML is a page with a story, which a reader would still see.
"""

# ruff: noqa: E501 - a shape is a line
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

HEADLINE = "Harbour town reopens its old bridge after nine years"
"""The headline of the page around a shape."""

STORY = "".join(
    f"<p>{text}</p>"
    for text in (
        "The old bridge over the harbour was opened again on Monday, nine years after a barge had struck it at night.",
        "Some four hundred people walked across in the first hour, among them children who had never seen it open.",
        "The town paid eleven million for the work, a third more than it had planned when the repair was decided on.",
        "Engineers replaced every second beam and kept the others, which were hammered by hand in the last century.",
        "Buses will cross from Thursday on, said the mayor, and the ferry that had replaced the bridge stops in May.",
    )
)
"""The story of the page around a shape."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a page piles up.

    Attributes:
        name: of the shape.
        make: returns a page of about a number of bytes.
        content_type: of the page.
        has_story: whether a reader sees the story in the page.
        headers: of the response.
    """

    name: str
    make: Callable[[int], bytes]
    content_type: str = "text/html; charset=utf-8"
    has_story: bool = True
    headers: dict[str, str] = field(default_factory=dict)


def shapes() -> Iterator[Shape]:
    """Yield all shapes."""
    for name, (before, piece, after) in _BODIES.items():
        yield Shape(name, _in_page(before, piece, after, "body"), has_story=name not in _STORY_SWALLOWED)
    for name, (before, piece, after) in _HEADS.items():
        yield Shape(name, _in_page(before, piece, after, "head"), has_story=name not in _STORY_SWALLOWED)
    for name, (opening, closing) in _NESTED.items():
        yield Shape(f"nested {name}", _nested(opening, closing), has_story=f"nested {name}" not in _STORY_SWALLOWED)
    for name, (before, piece, after) in _SCRIPTS.items():
        yield Shape(f"script: {name}", _in_page(before, piece, after, "head"))
    for name, make in _UNSEEN_STORIES.items():
        yield Shape(f"hidden: {name}", make, has_story=False)
    for name, (before, piece, after) in _TEXTS.items():
        yield Shape(f"text: {name}", _repeated(before, piece, after), "text/plain; charset=utf-8", has_story=False)
    for name, make in _BYTES.items():
        yield Shape(f"bytes: {name}", make, "text/html", has_story=False)
    yield from _headers()


def _repeated(before: str, piece: str, after: str = "") -> Callable[[int], bytes]:
    def make(size: int) -> bytes:
        return (before + _pile(piece, size) + after).encode("utf-8", "surrogatepass")

    return make


def _pile(piece: str, size: int) -> str:
    """Return a piece, repeated to a size in bytes."""
    if "#" not in piece:
        return piece * (size // max(1, len(piece.encode("utf-8", "surrogatepass"))))
    pieces: list[str] = []
    while size > 0:
        pieces.append(piece.replace("#", str(len(pieces))))
        size -= len(pieces[-1].encode("utf-8", "surrogatepass"))
    return "".join(pieces)


def _in_page(before: str, piece: str, after: str, place: str) -> Callable[[int], bytes]:
    def make(size: int) -> bytes:
        return page_around(**{place: before + _pile(piece, size) + after})

    return make


def page_around(body: str = "", head: str = "", story: str = STORY) -> bytes:
    """Return a page with a story, with more in its body or its head."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{HEADLINE}</title>{head}</head><body>'
        f"<article><h1>{HEADLINE}</h1>{story}</article>{body}</body></html>"
    ).encode("utf-8", "surrogatepass")


def _nested(opening: str, closing: str) -> Callable[[int], bytes]:
    def make(size: int) -> bytes:
        levels = size // len(opening + closing)
        return page_around(body=opening * levels + "A word at the bottom." + closing * levels)

    return make


_PROSE = (
    "The council met on Tuesday and spoke for four hours about the harbour, the bridge and the old ferry, number #. "
)

_BODIES: dict[str, tuple[str, str, str]] = {
    # Attributes.
    "distinct attributes of one element": ("<div ", "a#=1 ", ">x</div>"),
    "distinct attributes without values": ("<div ", "a# ", ">x</div>"),
    "distinct attributes without spaces": ("<div ", "a#=''", ">x</div>"),
    "distinct attributes after slashes": ("<div ", "a#/", ">x</div>"),
    "one attribute again and again": ("<div ", "class=a ", ">x</div>"),
    "distinct attributes of an end tag": ("<div>x</div ", "a#=1 ", ">"),
    "distinct attributes of a link": ("<p>x <a ", "data-a#='1' ", ">x</a>"),
    "fifty attributes on many elements": ("", "<p " + "".join(f"a{n}='#' " for n in range(50)) + ">word #</p>", ""),
    "two hundred attributes on many": ("", "<div " + "".join(f"a{n} " for n in range(200)) + ">word</div>", ""),
    "two thousand attributes on many": ("", "<div " + "".join(f"a{n} " for n in range(2000)) + ">word</div>", ""),
    "attributes of many html tags": ("", "<html a#=1>", ""),
    "attributes of many body tags": ("", "<body a#=1>", ""),
    "two hundred attributes of many html tags": ("", "<html " + " ".join(f"a{n}-#" for n in range(200)) + ">", ""),
    "two hundred attributes of many body tags": ("", "<body " + " ".join(f"a{n}-#" for n in range(200)) + ">", ""),
    "one html tag again and again": ("", "<html class=a>", ""),
    "one body tag again and again": ("", "<body class=a>", ""),
    "long class": ("<div class='", "story-", "'>x</div>"),
    "long class of capitals": ("<div class='", "Aa", "'>x</div>"),
    "classes of one element": ("<div class='", "c# ", "'>x</div>"),
    "classes of many elements": ("", "<p class='" + " ".join(f"c{n}-#" for n in range(50)) + "'>word</p>", ""),
    "distinct classes": ("", "<p class=c#>word</p>", ""),
    "long style": ("<div style='", "color:red;", "'>x</div>"),
    "style of spaces": ("<div style='display:", " ", "none'>x</div>"),
    "style of displays": ("<div style='", "display:", "'>x</div>"),
    "styles of many elements": ("", "<p style='color:red;display:block;width:#px'>word</p>", ""),
    "long data attribute": ("<div data-state='", "x", "'>x</div>"),
    "data attributes of a kilobyte": ("", f"<p data-a='{'x' * 1000}'>word</p>", ""),
    "entities in an attribute": ("<div title='", "&amp;", "'>x</div>"),
    "open references in an attribute": ("<a href='?", "&a#=1", "'>x</a>"),
    "mark-up in an attribute": ("<div title='", "<p>word</p>", "'>x</div>"),
    "an attribute that is not closed": ('<div title="', "<p>word</p>", ""),
    "quotes in a tag": ("<div ", "'\"", ">"),
    "a tag that is not closed": ("<div ", "<p ", ""),
    "equals signs in a tag": ("<div ", "=", ">x</div>"),
    "slashes in a tag": ("<div ", "/ ", ">x</div>"),
    "a long tag name": ("<", "a", ">x"),
    "long tag names": ("", "<" + "x" * 1000 + ">word", ""),
    "distinct tag names": ("", "<x-#>word</x-#>", ""),
    "a long attribute name": ("<div ", "a", ">x</div>"),
    "distinct ids": ("", "<p id='p#'>word</p>", ""),
    "named anchors": ("", "<a name='a#'></a>", ""),
    "a long srcset": ("<img srcset='", "/a#.jpg #w, ", "'>"),
    "srcsets of ten kilobytes": ("", "<img srcset='" + "/a.jpg 1w, " * 1000 + "'>", ""),
    "a long address of a link": ("<a href='https://example.org/", "a/", "'>x</a>"),
    "a long address of an image": ("<img src='https://example.org/", "a/", "'>"),
    "an image in its address": ("<img src='data:image/png;base64,", "AAAA", "'>"),
    "images in their addresses": ("", f"<img src='data:image/png;base64,{'AAAA' * 500}'>", ""),
    "a long label": ("<div aria-label='", "word ", "'>x</div>"),
    "a long path of a drawing": ("<svg><path d='", "M1 1L2 2", "'></svg>"),
    "drawings": ("", "<svg width=1><path d='M1 1L2 2'/></svg>", ""),
    # Elements.
    "empty div and span": ("", "<div><span>", ""),
    "empty div and span, closed": ("", "<div><span></span></div>", ""),
    "empty div": ("", "<div></div>", ""),
    "empty p": ("", "<p>", ""),
    "empty li": ("<ul>", "<li>", "</ul>"),
    "empty section": ("", "<section></section>", ""),
    "empty span": ("", "<span></span>", ""),
    "one-letter elements": ("", "<b>x</b>", ""),
    "one-letter links": ("", "<a>x</a>", ""),
    "br": ("", "<br>", ""),
    "br and letters": ("", "x<br>", ""),
    "br in twos": ("", "word<br><br>", ""),
    "hr": ("", "<hr>", ""),
    "wbr in a word": ("", "a<wbr>", ""),
    "img": ("", "<img>", ""),
    "input": ("", "<input>", ""),
    "short paragraphs": ("", "<p>x</p>", ""),
    "prose": ("", f"<p>{_PROSE}</p>", ""),
    "one paragraph": ("", "<p>The council met on Tuesday and spoke for four hours about the harbour.</p>", ""),
    "prose between br": ("<div>", f"{_PROSE}<br><br>", "</div>"),
    "one long paragraph": ("<p>", _PROSE, "</p>"),
    "long paragraphs": ("", f"<p>{_PROSE * 500}</p>", ""),
    "headings": ("", "<h1>Headline number #</h1>", ""),
    "one heading again and again": ("", f"<h1>{HEADLINE}</h1>", ""),
    "a long heading": ("<h1>", "word # ", "</h1>"),
    "a heading of colons": ("<h1>", "word: ", "</h1>"),
    "subheadings": ("", "<h2>Headline number #</h2><p>word</p>", ""),
    "list items": ("<ul>", "<li>Item number # of a list</li>", "</ul>"),
    "lists": ("", "<ul><li>Item number #</li></ul>", ""),
    "links": ("", "<a href='/news/#'>The story number #</a> ", ""),
    "links in a list": ("<ul>", "<li><a href='/news/#'>The story number #</a></li>", "</ul>"),
    "teasers": ("", f"<article><h2><a href='/news/#'>Story number #</a></h2><p>{_PROSE}</p></article>", ""),
    "articles": ("", f"<article><h1>Story number #</h1><p>By Ann Miller</p><p>{_PROSE}</p></article>", ""),
    "comments of readers": ("", f"<div class='comment'><b>User#</b><time>1 May 2024</time><p>{_PROSE}</p></div>", ""),
    "entries of a live blog": ("", f"<div class='live-post'><time>10:#</time><h3>Entry #</h3><p>{_PROSE}</p></div>", ""),
    "blockquotes": ("", f"<blockquote>{_PROSE}</blockquote>", ""),
    "terms and descriptions": ("<dl>", "<dt>word<dd>word", "</dl>"),
    "text between rows": ("<table>", "x<tr>", ""),
    "cells that span rows": ("<table>", "<tr><td rowspan=1000>a</td><td>b</td></tr>", "</table>"),
    "formatting in cells, not closed": ("<table>", "<tr><td><b><i><u>x", ""),
    "readings": ("<p>", "<ruby>漢<rb>字<rt>かん<rp>)</ruby>", ""),
    "mark-up in drawings": ("", "<svg><foreignObject><p>x", ""),
    "titles of drawings": ("", "<svg><title><p>x", ""),
    "details": ("", "<details><summary>x #</summary><p>word word</p></details>", ""),
    "areas of a map": ("<map>", "<area href=/#>", "</map>"),
    "plain text to the end": ("<plaintext>", "<p>word</p>", ""),
    "properties by reference": ("", "<div itemscope itemref='r1 r#'><i id=r# itemprop=license>x</i></div>", ""),
    "figures": ("", "<figure><img src='/a#.jpg'><figcaption>A bridge, # (Photo: Ann Miller)</figcaption></figure>", ""),
    "a long caption": ("<figure><img src=a.jpg><figcaption>", "A bridge (Photo: Ann) ", "</figcaption></figure>"),
    "captions by class": ("", "<div class='caption'>A bridge # / Photo: Ann Miller</div>", ""),
    "times": ("", "<time datetime='2024-05-01T10:00:00Z'>1 May 2024</time>", ""),
    "a time of digits": ("<time datetime='", "1", "'>x</time>"),
    "times of digits": ("", f"<time datetime='{'1' * 5000}'>x</time>", ""),
    "dates": ("", "<p>Published on 1 May 2024 at 10:0#</p>", ""),
    "dates in one text": ("<p>", "1 May 2024 12/05/2024 2024-05-01 ", "</p>"),
    "dates by class": ("", "<span class='date published'>May #, 2024</span>", ""),
    "dates without years": ("", "<div class='date'>Monday, 3 Mai 10.#</div>", ""),
    "relative dates": ("", "<span class='date'># hours ago</span>", ""),
    "bylines": ("", "<p class='byline'>By Ann Miller # and John Smith</p>", ""),
    "a long byline": ("<p class='byline'>By ", "Ann Miller, John Smith and ", "</p>"),
    "a byline of one word": ("<p class='byline'>By ", "by ", "</p>"),
    "authors by relation": ("", "<a rel='author' href='/a/#'>Ann Miller #</a>", ""),
    "microdata": ("", "<div itemscope itemtype='https://schema.org/NewsArticle'><b itemprop='author'>Ann #</b></div>", ""),
    "nested microdata": ("", "<div itemscope itemprop='author' itemtype='https://schema.org/Person'>", ""),
    "properties of microdata": ("<div itemscope itemtype='https://schema.org/NewsArticle'>", "<b itemprop='author'>A #</b>", "</div>"),
    "names that say everything": (
        "",
        "<div class='comment related promo byline author date caption share nav footer ad live headline'>word</div>",
        "",
    ),
    "agencies": ("", "<p>LONDON, May 1 (Reuters) - The bridge was opened, number #. (AP)</p>", ""),
    "notices": ("", "<p>Subscribe to read the full story. Sign up for our newsletter # today.</p>", ""),
    "languages": ("", "<p lang='de'>Der Rat hat am Dienstag vier Stunden lang getagt, die Nummer #.</p><p>The council.</p>", ""),
    "hidden elements": ("", f"<div hidden style='display:none' aria-hidden=true><p>{_PROSE}</p></div>", ""),
    "buttons": ("", "<button>Share #</button>", ""),
    "a button that is not closed": ("<button>", f"<p>{_PROSE}</p>", ""),
    "selects": ("", "<select><option>Word #</select>", ""),
    "options": ("<select>", "<option>Word #", "</select>"),
    "selects that are not closed": ("", "<select><option>x", ""),
    "labels": ("", "<label>Word #<input></label>", ""),
    "forms": ("", "<form><input name=a#></form>", ""),
    "a text area that is not closed": ("<textarea>", "<p>word</p>", ""),
    "frames": ("", "<iframe src='/a#'></iframe>", ""),
    "frame sets": ("", "<frameset><frame src=a#></frameset>", ""),
    "a document in a frame": ("<iframe srcdoc='", "<p>word</p>", "'></iframe>"),
    "ends of pages": ("", "</body></html>", ""),
    "pages in a page": ("", "<html><head><title>x</title></head><body><p>word #</p></body></html>", ""),
    # Formatting that is not closed, and wrong order.
    "open b": ("", "<b>x", ""),
    "open links": ("", "<a href=#>x", ""),
    "open b and p": ("", "<p><b>x", ""),
    "open font": ("", "<font color=a#>x", ""),
    "open b in blocks": ("<b><i><u><em><strong>", "<div>x</div>", ""),
    "formatting in the wrong order": ("", "<b><i>x</b>y</i>", ""),
    "blocks in formatting": ("", "<b><div>x</b></div>", ""),
    "links around blocks": ("", "<a href=#><div><a>x</div></a>", ""),
    "end tags of b": ("<b>", "</b>", ""),
    "end tags of p": ("", "</p>", ""),
    "end tags of div": ("", "</div>", ""),
    "end tags of what is not open": ("<div><p>", "</section>", ""),
    "end tags in a deep page": ("<div>" * 200, "</section>x", ""),
    "nobr": ("", "<nobr>x", ""),
    # Depth.
    "a saw of depth 200": ("", "<div>" * 200 + "x" + "</div>" * 200, ""),
    "a saw of depth 200 with texts": ("", "<div>word" * 200 + "</div>" * 200, ""),
    "leaves at depth 200": ("<div>" * 200, "<p>word #</p>", ""),
    "leaves at depth 2000": ("<div>" * 2000, "<p>word #</p>", ""),
    "prose at depth 200": ("<div class='a b c'>" * 200, f"<p>{_PROSE}</p>", ""),
    "times at depth 200": ("<div class='a b c'>" * 200, "<time>1 May 2024</time>", ""),
    "headings at depth 200": ("<div class='a b c'>" * 200, "<h1>Headline number #</h1>", ""),
    "bylines at depth 200": ("<div class='a b c'>" * 200, "<p class='author'>By Ann Miller</p>", ""),
    "captions at depth 200": ("<div class='a b c'>" * 200, "<figure><figcaption>A bridge #</figcaption></figure>", ""),
    "links at depth 200": ("<div class='a b c'>" * 200, "<a href='/a#'>word #</a>", ""),
    "links in links": ("", "<a><div><p>", ""),
    # Tables.
    "rows": ("<table>", "<tr><td>word #", "</table>"),
    "cells of one row": ("<table><tr>", "<td>x", "</table>"),
    "rows of a hundred cells": ("<table>", "<tr>" + "<td>x" * 100, "</table>"),
    "tables": ("", "<table><tr><td>word #</table>", ""),
    "tables that are not closed": ("", "<table>", ""),
    "tables in rows": ("", "<table><tr>", ""),
    "text in a table": ("<table>", "word #<tr>", "</table>"),
    "blocks in a table": ("<table>", "<div>word #</div>", "</table>"),
    "links in a table": ("<table>", "<a href=#>x", "</table>"),
    "columns": ("<table>", "<col>", "</table>"),
    "captions of a table": ("<table>", "<caption>word #</caption>", "</table>"),
    "a wide cell": ("<table><tr>", "<td colspan=999999 rowspan=999999>x", "</table>"),
    # Characters.
    "a long word": ("<p>", "a", "</p>"),
    "long words": ("<p>", "a" * 100_000 + " ", "</p>"),
    "a long line": ("<p>", "word ", "</p>"),
    "digits": ("<p>", "1", "</p>"),
    "spaces": ("<p>", " ", "x</p>"),
    "line breaks": ("<p>x", "\n", "x</p>"),
    "carriage returns": ("<p>x", "\r", "x</p>"),
    "tabs": ("<p>x", "\t", "x</p>"),
    "no-break spaces": ("<p>x", "\u00a0", "x</p>"),
    "wide spaces": ("<p>x", "\u3000", "x</p>"),
    "quotation marks": ("<p>", '"', "</p>"),
    "curved quotation marks": ("<p>", "“’", "</p>"),
    "brackets": ("<p>", "(", "</p>"),
    "dots": ("<p>", ".", "</p>"),
    "dots and spaces": ("<p>", ". ", "</p>"),
    "dashes": ("<p>", "-", "</p>"),
    "letters and dashes": ("<p>", "a-", "</p>"),
    "letters and dots": ("<p>", "a.", "</p>"),
    "letters and apostrophes": ("<p>", "a'", "</p>"),
    "initials": ("<p>By ", "A. ", "</p>"),
    "capitals": ("<p>", "A B", "</p>"),
    "names": ("<p>", "Ann Miller ", "</p>"),
    "slashes": ("<p>", "a / ", "</p>"),
    "bars": ("<p>", "a | ", "</p>"),
    "colons": ("<p>", "a: ", "</p>"),
    "at signs": ("<p>", "a@", "</p>"),
    "addresses": ("<p>", "https://example.org/# ", "</p>"),
    "Chinese": ("<p>", "新闻报道说", "</p>"),
    "Chinese sentences": ("", "<p>新闻报道说，大桥周一重新开放，第#号。</p>", ""),
    "Thai": ("<p>", "ข่าววันนี้", "</p>"),
    "Arabic": ("<p>", "خبر ", "</p>"),
    "two scripts": ("<p>", "aа", "</p>"),
    "emoji": ("<p>", "👩\u200d🚒", "</p>"),
    "combining marks": ("<p>a", "\u0301", "</p>"),
    "combining marks of all letters": ("<p>", "a\u0301", "</p>"),
    "marks of direction": ("<p>a", "\u202e", "</p>"),
    "marks of direction in Arabic": ("<p>خ", "\u200f", "</p>"),
    "joiners": ("<p>a", "\u200d", "</p>"),
    "non-joiners": ("<p>a", "\u200c", "</p>"),
    "zero-width spaces": ("<p>a", "\u200b", "</p>"),
    "soft hyphens": ("<p>a", "\u00ad", "</p>"),
    "byte order marks": ("<p>a", "\ufeff", "</p>"),
    "replacement characters": ("<p>a", "\ufffd", "</p>"),
    "line separators": ("<p>a", "\u2028", "</p>"),
    "surrogates": ("<p>a", "\ud800", "</p>"),
    "private characters": ("<p>a", "\ue000", "</p>"),
    "characters that are none": ("<p>a", "\uffff", "</p>"),
    "controls": ("<p>a", "x" * 120 + "\x01", "</p>"),
    "NULs": ("<p>a", "x" * 120 + "\x00", "</p>"),
    "NULs in tags": ("", "<p\x00 class='" + "a" * 120 + "'>x", ""),
    # References.
    "references": ("<p>", "&amp;", "</p>"),
    "references without end": ("<p>", "&amp", "</p>"),
    "unknown references": ("<p>", "&abcdefgh;", "</p>"),
    "a long reference": ("<p>&", "a", ";</p>"),
    "a reference of digits": ("<p>&#", "9", ";</p>"),
    "references of digits": ("<p>", "&\x23" + "9" * 50 + ";", "</p>"),
    "a reference of zeros": ("<p>&\x23x", "0", "41;</p>"),
    "ampersands": ("<p>", "&", "</p>"),
    "escaped mark-up": ("<p>", "&lt;p&gt;word&lt;/p&gt;", "</p>"),
    "escaped escapes": ("<p>&", "amp;", "lt;</p>"),
    # Mark-up that is none.
    "less-than signs": ("<p>", "<", "</p>"),
    "less-than signs and spaces": ("<p>", "< ", "</p>"),
    "greater-than signs": ("<p>", ">", "</p>"),
    "beginnings of end tags": ("<p>", "</", "</p>"),
    "beginnings of declarations": ("<p>", "<!", "</p>"),
    "beginnings of instructions": ("<p>", "<?", "</p>"),
    "beginnings of comments": ("<p>", "<!--", "</p>"),
    "ends of comments": ("<p>", "-->", "</p>"),
    "comments": ("<p>", "<!---->", "</p>"),
    "comments between letters": ("<p>", "x<!-- # -->", "</p>"),
    "a long comment": ("<!--", "word ", "-->"),
    "a comment that is not closed": ("<!--", "<p>word</p>", ""),
    "a comment of dashes": ("<!--", "-", "-->"),
    "CDATA": ("<p>", "<![CDATA[x]]>", "</p>"),
    "conditions": ("<p>", "<!--[if IE]>x<![endif]-->", "</p>"),
    "declarations": ("", "<!doctype html>", ""),
    "instructions": ("<p>", "<?php x ?>", "</p>"),
    "end tags with spaces": ("", "</body" + " " * 1000, ""),
    # Scripts and styles.
    "scripts": ("", "<script>var a# = 1;</script>", ""),
    "a long script": ("<script>", "var a# = 1;\n", "</script>"),
    "a script that is not closed": ("<script>", "var a# = 1;\n", ""),
    "escaped scripts": ("<script>", "<!--<script>", "</script>"),
    "a long style sheet": ("<style>", ".a# { color: red }\n", "</style>"),
    "style sheets": ("", "<style>.a# { color: red }</style>", ""),
    "noscript": ("", f"<noscript><p>{_PROSE}</p></noscript>", ""),
    "noscript that is not closed": ("", "<noscript>x", ""),
    "templates": ("", f"<template><p>{_PROSE}</p></template>", ""),
}  # fmt: skip
"""Shapes in the body of a page, after its story."""

_STORY_SWALLOWED: frozenset[str] = frozenset()
"""Shapes in whose pages a reader does not see the story."""

_HEADS: dict[str, tuple[str, str, str]] = {
    "meta": ("", "<meta name='a#' content='word #'>", ""),
    "meta of one name": ("", "<meta name='description' content='word #'>", ""),
    "meta: attributes": ("<meta ", "a#=1 ", ">"),
    "meta: a long value": ("<meta name='description' content='", "word ", "'>"),
    "meta: a long name": ("<meta name='", "word ", "' content='x'>"),
    "meta: titles": ("", "<meta property='og:title' content='Story number # of the day'>", ""),
    "meta: images": ("", "<meta property='og:image' content='https://example.org/#.jpg'>", ""),
    "meta: authors": ("", "<meta name='author' content='Ann Miller #'>", ""),
    "meta: a long author": ("<meta name='author' content='", "Ann Miller, ", "'>"),
    "meta: a long author of ands": ("<meta name='author' content='", "Ann and ", "'>"),
    "meta: tags": ("", "<meta property='article:tag' content='word #'>", ""),
    "meta: keywords": ("<meta name='keywords' content='", "word #, ", "'>"),
    "meta: dates": ("", "<meta property='article:published_time' content='2024-05-01T10:00:#Z'>", ""),
    "meta: a date of digits": ("<meta property='article:published_time' content='", "2", "'>"),
    "meta: dates of digits": ("", f"<meta property='article:published_time' content='{'2' * 5000}'>", ""),
    "meta: a date of words": ("<meta name='date' content='", "1 May 2024 ", "'>"),
    "meta: locales": ("", "<meta property='og:locale' content='de_DE'>", ""),
    "meta: charsets": ("", "<meta charset='latin1'>", ""),
    "link": ("", "<link rel='stylesheet' href='/a#.css'>", ""),
    "link: canonical": ("", "<link rel='canonical' href='https://example.org/#'>", ""),
    "link: languages": ("", "<link rel='alternate' hreflang='de' href='https://example.org/#'>", ""),
    "link: licences": ("", "<link rel='license' href='https://example.org/#'>", ""),
    "link: a long relation": ("<link rel='", "alternate ", "' href='/'>"),
    "base": ("", "<base href='https://example.org/#'>", ""),
    "titles": ("", "<title>Story number #</title>", ""),
    "a long title": ("<title>", "word # ", "</title>"),
    "a title of bars": ("<title>", "word | ", "</title>"),
    "a title of dashes": ("<title>", "word - ", "</title>"),
    "a title that is not closed": ("<title>", "<p>word</p>", ""),
    "refreshes": ("", "<meta http-equiv='refresh' content='0; url=/a#'>", ""),
}
"""Shapes in the head of a page."""

_NESTED: dict[str, tuple[str, str]] = {
    **{name: (f"<{name}>", f"</{name}>") for name in (
        "div", "span", "b", "i", "font", "a", "p", "button", "blockquote", "section", "article", "ul", "li", "dl", "dd",
        "details", "form", "fieldset", "label", "select", "optgroup", "svg", "math", "object", "iframe", "template",
        "noscript", "h1", "h2", "figure", "center", "nobr", "x-card", "main", "header", "pre", "table",
    )},
    "table, row, cell": ("<table><tr><td>", "</td></tr></table>"),
    "ul, li": ("<ul><li>", "</li></ul>"),
    "b, i": ("<b><i>", "</i></b>"),
    "a, div": ("<a><div>", "</div></a>"),
    "p, b": ("<p><b>", "</b></p>"),
    "div, text": ("<div>word ", "</div>"),
    "div, not closed": ("<div>", ""),
    "span, not closed": ("<span>", ""),
    "li, not closed": ("<ul><li>", ""),
    "table, not closed": ("<table><tr><td>", ""),
    "b, not closed": ("<b>", ""),
    "a, not closed": ("<a>", ""),
    "font with attributes": ("<font color='red' size='2' face='Arial'>", "</font>"),
    "classes": ("<div class='article body story-text main'>", "</div>"),
}  # fmt: skip
"""Elements in themselves: their opening and closing tags."""

_LD = "<script type='application/ld+json'>"
_ARTICLE = '{"@context":"https://schema.org","@type":"NewsArticle","headline":"' + HEADLINE + '",'

_SCRIPTS: dict[str, tuple[str, str, str]] = {
    "JSON-LD": ("", f'{_LD}{{"@type":"NewsArticle","headline":"Story number #"}}</script>', ""),
    "JSON-LD: a list": (f"{_LD}[", '{"@type":"NewsArticle","headline":"Story number #"},', "{}]</script>"),
    "JSON-LD: a graph": (
        f'{_LD}{{"@graph":[',
        '{"@type":"NewsArticle","@id":"#","author":{"@id":"#"}},',
        "{}]}</script>",
    ),
    "JSON-LD: depth of lists": (_LD, "[", "</script>"),
    "JSON-LD: depth of objects": (_LD, '{"a":', "</script>"),
    "JSON-LD: authors": (f'{_LD}{_ARTICLE}"author":[', '{"@type":"Person","name":"Ann Miller #"},', "{}]}</script>"),
    "JSON-LD: a long author": (f'{_LD}{_ARTICLE}"author":"', "Ann Miller, ", '"}</script>'),
    "JSON-LD: a long headline": (f'{_LD}{{"@type":"NewsArticle","headline":"', "word # ", '"}</script>'),
    "JSON-LD: a long body": (f'{_LD}{_ARTICLE}"articleBody":"', "word # ", '"}</script>'),
    "JSON-LD: a body of tags": (f'{_LD}{_ARTICLE}"articleBody":"', "<p>", '"}</script>'),
    "JSON-LD: a body of less-than signs": (f'{_LD}{_ARTICLE}"articleBody":"', "<", '"}</script>'),
    "JSON-LD: keywords": (f'{_LD}{_ARTICLE}"keywords":"', "word #, ", '"}</script>'),
    "JSON-LD: a date of digits": (f'{_LD}{_ARTICLE}"datePublished":"', "2", '"}</script>'),
    "JSON-LD: a number": (f'{_LD}{_ARTICLE}"datePublished":', "2", "}</script>"),
    "JSON-LD: a number of words": (f'{_LD}{_ARTICLE}"wordCount":', "2", "}</script>"),
    "JSON-LD: a number, faulty": (f'{_LD}{_ARTICLE}"datePublished":', "2", ",}</script>"),
    "JSON-LD: numbers, faulty": (f'{_LD}{_ARTICLE}"datePublished":[', "2" * 5000 + ",", "],}</script>"),
    "JSON-LD: faulty": (f"{_LD}{_ARTICLE}", '"a#":"b",,', "</script>"),
    "JSON-LD: open quotes": (f"{_LD}{_ARTICLE}", '"', "</script>"),
    "JSON-LD: backslashes": (f'{_LD}{_ARTICLE}"headline":"', "\\", "</script>"),
    "JSON-LD: faulty ones": ("", f'{_LD}{_ARTICLE}"a#":"b",,"c":"unclosed</script>', ""),
    "JSON-LD: line breaks": (_LD, "\n", '{"@type":"NewsArticle"}</script>'),
    "JSON-LD: keys": (f"{_LD}{_ARTICLE}", '"a#":1,', '"b":1}</script>'),
    "JSON-LD: prefixes": (f'{_LD}{{"@context":{{', '"p#":"http://schema.org/",', '"b":1},"p1:name":"x"}</script>'),
    "JSON-LD: prefixes in use": (
        f'{_LD}{{"@context":{{',
        '"p#":"http://schema.org/","p#:name":"x",',
        '"b":1}}</script>',
    ),
    "JSON-LD: types": (f'{_LD}{{"@type":[', '"NewsArticle",', '"x"],"headline":"x"}</script>'),
    "JSON-LD: NULs": (f'{_LD}{_ARTICLE}"description":"', "\\u0000", '"}</script>'),
    "JSON-LD: surrogates": (f'{_LD}{_ARTICLE}"description":"', "\\ud800", '"}</script>'),
    "JSON-LD: escaped quotes": (_LD, "&quot;a&quot;:", "</script>"),
    "JSON-LD: escaped escapes": (_LD, "&amp;quot;a&amp;amp;quot;:", "</script>"),
    "JSON-LD: text in texts": (_LD, '"\\', "</script>"),
    "JSON-LD: a list of images": (f'{_LD}{_ARTICLE}"image":[', '"https://example.org/a#.jpg",', '"x"]}</script>'),
    "JSON-LD: live entries": (
        f'{_LD}{{"@type":"LiveBlogPosting","liveBlogUpdate":[',
        '{"@type":"BlogPosting","headline":"Entry #","datePublished":"2024-05-01T10:00:00Z"},',
        "{}]}</script>",
    ),
    "JSON-LD: trails": (
        f'{_LD}{{"@type":"BreadcrumbList","itemListElement":[',
        '{"@type":"ListItem","position":#,"name":"Section #"},',
        "{}]}</script>",
    ),
    "a long name of a type": ("<script type='", "ld json ", "'>{}</script>"),
}
"""Shapes in scripts of a page that shows its story."""


def _unseen(before: str, piece: str, after: str) -> Callable[[int], bytes]:
    """Return a shape in a page that shows no story, so that hidden ones are looked for."""

    def make(size: int) -> bytes:
        return page_around(body=before + _pile(piece, size) + after, story="<p>Loading.</p>")

    return make


def _json_in_json(size: int) -> bytes:
    value = "x" * 50
    while len(value) < size:
        value = json.dumps({"body": value})
    return page_around(
        body=f"<script id='__NEXT_DATA__' type='application/json'>{value}</script>", story="<p>Loading.</p>"
    )


_NEXT = "<script id='__NEXT_DATA__' type='application/json'>"
_HIDDEN = "The council met on Tuesday and spoke for four hours about the harbour and the old ferry, number #."

_UNSEEN_STORIES: dict[str, Callable[[int], bytes]] = {
    "state: texts": _unseen(f'{_NEXT}{{"props":{{"body":[', f'"{_HIDDEN}",', '""]}}</script>'),
    "state: mark-up": _unseen(f'{_NEXT}{{"props":{{"body":"', f"<p>{_HIDDEN}</p>", '"}}</script>'),
    "state: texts of mark-up": _unseen(f'{_NEXT}{{"props":{{"body":[', f'"<p>{_HIDDEN}</p>",', '""]}}</script>'),
    "state: pieces of a paragraph": _unseen(f'{_NEXT}{{"props":{{"body":[', '"word ",', '""]}}</script>'),
    "state: depth of lists": _unseen(_NEXT, "[", "</script>"),
    "state: depth of objects": _unseen(_NEXT, '{"a":', "</script>"),
    "state: names": _unseen(f"{_NEXT}{{", f'"a#":"{_HIDDEN}",', '"b":1}</script>'),
    "state: long names": _unseen(f'{_NEXT}{{"', "a", '":1}</script>'),
    "state: a number": _unseen(f'{_NEXT}{{"body":', "1", "}</script>"),
    "state: numbers": _unseen(f"{_NEXT}[", "1,", "1]</script>"),
    "state: JSON in JSON": _json_in_json,
    "state: texts of brackets": _unseen(f"{_NEXT}[", '"' + "[" * 100 + '",', "1]</script>"),
    "state: React elements": _unseen(f"{_NEXT}[", f'["$","p",null,"{_HIDDEN}"],', "1]</script>"),
    "state: less-than signs": _unseen(f'{_NEXT}{{"body":"', "&lt;p&gt;", '</p>"}</script>'),
    "state: mark-up, deep": _unseen(f'{_NEXT}{{"body":"', "<div>", '</div>"}</script>'),
    "state: mark-up of attributes": _unseen(f'{_NEXT}{{"body":"<div ', "a# ", '></div>"}</script>'),
    "rows of React": _unseen("", '<script>self.__next_f.push([1,"a:T5,word word"])</script>', ""),
    "one row of React": _unseen('<script>self.__next_f.push([1,"', "a:b\\n", '"])</script>'),
    "assignments": _unseen("<script>", 'a#={"a":1};', "</script>"),
    "assignments without end": _unseen("<script>", 'a={"a":', "</script>"),
    "assignments of texts": _unseen("<script>", 'a="', "</script>"),
    "assignments of spaces": _unseen("<script>", "=" + " " * 20, "</script>"),
    "commas": _unseen("<script>", ",", "</script>"),
    "commas and brackets": _unseen("<script>", ",[", "</script>"),
    "scripts": _unseen("", f'<script>a={{"body":"{_HIDDEN}"}}</script>', ""),
    "noscript": _unseen("", f"<noscript><p>{_HIDDEN}</p></noscript>", ""),
    "noscript, nested": _unseen("", f"<noscript>{_HIDDEN}", ""),
    "template, nested": _unseen("", f"<template>{_HIDDEN}", ""),
    "templates": _unseen("", f"<script type='text/template'><p>{_HIDDEN}</p></script>", ""),
    "documents in frames": _unseen("", f"<iframe srcdoc='<p>{_HIDDEN}</p>'></iframe>", ""),
    "text areas": _unseen("", f"<textarea><p>{_HIDDEN}</p></textarea>", ""),
    "an article body": _unseen(f'{_LD}{_ARTICLE}"articleBody":"', f"{_HIDDEN} ", '"}</script>'),
    "an article body of mark-up": _unseen(f'{_LD}{_ARTICLE}"articleBody":"', f"<p>{_HIDDEN}</p> ", '"}</script>'),
    "article bodies": _unseen(f'{_LD}{_ARTICLE}"articleBody":[', f'"<p>{_HIDDEN}</p>",', '""]}</script>'),
}
"""Shapes in what a page does not show, if it shows no story."""

_TEXTS: dict[str, tuple[str, str, str]] = {
    "short lines": ("", "line #\n", ""),
    "empty lines": ("x", "\n", "x"),
    "one-letter lines": ("", "x\n", ""),
    "prose": ("", f"{_PROSE}\n", ""),
    "one line": ("", _PROSE, ""),
    "one paragraph": ("", "The council met on Tuesday and spoke for four hours about the harbour.\n", ""),
    "one word": ("", "a", ""),
    "spaces": ("x", " ", "x"),
    "tabs": ("x", "\t", "x"),
    "line separators": ("x", "\u2028word", "x"),
    "form feeds": ("x", "\fword", "x"),
    "dates": ("", "1 May 2024\n", ""),
    "dates in one line": ("", "1 May 2024 ", ""),
    "bylines": ("", "By Ann Miller and John Smith\n", ""),
    "a long byline": ("By ", "Ann Miller, ", ""),
    "captions": ("", "A bridge, number # (Photo: Ann Miller)\n", ""),
    "brackets": ("", "(", ""),
    "tables": ("", "a ||| b ||| c\n", ""),
    "a table of one line": ("", "a ||| ", ""),
    "list items": ("", "- Item number #\n", ""),
    "capitals": ("", "SECTION NUMBER #\n", ""),
    "datelines": ("", "LONDON, May 1 (Reuters) - The bridge was opened.\n", ""),
    "digits": ("", "1", ""),
    "Chinese": ("", "新闻报道说", ""),
    "Chinese lines": ("", "新闻报道说，大桥周一重新开放，第#号。\n", ""),
    "Thai": ("", "ข่าววันนี้", ""),
    "combining marks": ("a", "\u0301", ""),
    "mark-up": ("", "<div><p>word\n", ""),
    "headers of mails": ("", "From: ann@example.org\nSubject: Story #\n", ""),
    "questions": ("", "Why was number # opened?\n", ""),
    "titles": ("", f"{HEADLINE}\n", ""),
    "notices": ("", "Subscribe to read the full story #.\n", ""),
    "bars": ("", "Home | News | Sport #\n", ""),
    "separators": ("", "* * *\n-----\n", ""),
    "ends of sentences": ("", "a. ", ""),
    "two languages": ("", "Der Rat hat am Dienstag vier Stunden lang getagt.\nThe council met on Tuesday.\n", ""),
}
"""Shapes of pages of plain text."""


def _bytes(before: bytes, piece: bytes, after: bytes = b"") -> Callable[[int], bytes]:
    def make(size: int) -> bytes:
        return before + piece * (size // len(piece)) + after

    return make


_HTML = b"<html><head><title>x</title></head><body><p>"

_BYTES: dict[str, Callable[[int], bytes]] = {
    "high bytes": _bytes(_HTML, bytes(range(0x80, 0x100))),
    "one high byte": _bytes(_HTML, b"\xe9"),
    "words with one high byte": _bytes(_HTML, b"caf\xe9 "),
    "bytes that UTF-8 never has": _bytes(_HTML, b"\xff"),
    "continuations": _bytes(_HTML, b"\x80"),
    "beginnings of characters": _bytes(_HTML, b"\xe4"),
    "long characters": _bytes(_HTML, b"\xf8\x88\x80\x80\x80"),
    "cut characters": _bytes(_HTML, "新".encode()[:2] + b" "),
    "valid and invalid": _bytes(_HTML, "新闻".encode() + b"\xff"),
    "GBK": _bytes(_HTML, "新闻报道说，大桥周一重新开放。".encode("gb18030")),
    "GBK, shifted": _bytes(_HTML + b"\xff", "新闻报道说，大桥周一重新开放。".encode("gb18030")),
    "GB 18030 of four bytes": _bytes(_HTML, "\u0e01\U0001f600".encode("gb18030")),
    "Big5": _bytes(_HTML, "新聞報道說，大橋週一重新開放。".encode("big5")),
    "EUC-KR": _bytes(_HTML, "뉴스는 다리가 다시 열렸다고 전했다. ".encode("euc_kr")),
    "Shift_JIS": _bytes(_HTML, "新聞は橋が再び開いたと伝えた。".encode("shift_jis")),
    "EUC-JP": _bytes(_HTML, "新聞は橋が再び開いたと伝えた。".encode("euc_jp")),
    "ISO-2022-JP": _bytes(_HTML, "新聞は橋が再び開いた。".encode("iso2022_jp")),
    "shifts": _bytes(_HTML, b"\x1b$B\x1b(B"),
    "shifts without end": _bytes(_HTML, b"\x1b$B"),
    "KOI8-R": _bytes(_HTML, "Новости сообщают об открытии моста. ".encode("koi8_r")),
    "windows-1251": _bytes(_HTML, "Новости сообщают об открытии моста. ".encode("cp1251")),
    "windows-1256": _bytes(_HTML, "خبر عن الجسر القديم في المدينة. ".encode("cp1256")),
    "UTF-16": _bytes(b"\xff\xfe", "<p>word</p>".encode("utf-16-le")),
    "UTF-16, lone surrogates": _bytes(b"\xff\xfe", b"\x00\xd8"),
    "UTF-16 without mark": _bytes(b"", "<p>word</p>".encode("utf-16-le")),
    "UTF-32": _bytes(b"\xff\xfe\x00\x00", "<p>word</p>".encode("utf-32-le")),
    "byte order marks": _bytes(b"", b"\xef\xbb\xbf", b"<p>word</p>"),
    "charsets": _bytes(b"<html><head>", b"<meta charset=x>"),
    "a charset that is not closed": _bytes(b"<html><head><meta charset='", b"x"),
    "a charset of spaces": _bytes(b"<html><head><meta charset", b" ", b"=utf-8>"),
    "beginnings of meta": _bytes(b"<html><head>", b"<meta "),
    "content types": _bytes(b"<html><head>", b"<meta http-equiv=content-type content='text/html; charset="),
    "XML declarations": _bytes(b"", b"<?xml version='1.0' encoding='"),
    "beginnings of tags": _bytes(b"", b"<"),
    "beginnings of comments": _bytes(b"", b"<!--"),
    "controls": _bytes(_HTML, b"\x01"),
    "NULs": _bytes(_HTML, b"\x00"),
    "escapes": _bytes(_HTML, b"\x1b"),
    "spaces": _bytes(b"", b" "),
    "spaces, and a page": _bytes(b"", b" ", b"<html><p>word</p></html>"),
}
"""Shapes of bytes whose charset is not stated by a header."""


def _headers() -> Iterator[Shape]:
    """Yield shapes whose page is small, and its headers are not."""
    text = "text/html; charset=utf-8"

    def page(_size: int) -> bytes:
        return page_around()

    for name, before, piece in (
        ("content type", "text/html; ", "a=b; "),
        ("content type of spaces", "text/html", " "),
        ("charset", "text/html; charset=", "x"),
        ("charsets", "text/html", "; charset=x"),
    ):
        yield Shape(f"header: {name}", page, before + piece * (1_000_000 // len(piece)))
    for header, piece in (
        ("content-encoding", "gzip, "),
        ("content-encoding", "x"),
        ("transfer-encoding", "chunked, "),
        ("content-language", "en-"),
        ("content-language", " "),
        ("x-robots-tag", "noai, "),
        ("x-robots-tag", "a: "),
        ("link", "<https://example.org/>; rel=canonical, "),
        ("link", "<"),
        ("tdm-policy", "https://"),
    ):
        headers = {header: piece * (1_000_000 // len(piece))}
        yield Shape(f"header: {header} of {piece.strip() or 'spaces'}", page, text, headers=headers)
    yield Shape("header: names", page, text, headers={f"x-{number}": "x" for number in range(100_000)})
