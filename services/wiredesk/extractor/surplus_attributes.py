"""Attributes that no page needs: libxml2's time grows with the square of their number on one element.

One linear scan reads the tags of a page as a browser's tokenizer does (comments, quoted values, and the elements whose
content is text), and cuts what a tag has beyond the limit. What a reader sees does not change.
"""

import re
from itertools import islice

MAX_ATTRIBUTES = 256
"""Attributes of one element that are kept. Of 1,210 public pages none has an element with more than 73."""

MAX_ROOT_TAGS = 20
"""Tags of `<html>` and `<body>` that are read. The attributes of all of them become those of one element."""

_ROOT_TAG = re.compile(rb"<(?=[hHbB][tToO])(?i:html|body)(?=[\s/])")

_VALUE = rb"""(?:=\s*+(?:"[^"]*+"?|'[^']*+'?|[^\s>"'][^\s>]*+)?+)"""
"""An equals sign and the value after it."""

_SHORT_TAG = rb"/?[a-zA-Z][^>=]{0,40}+(?:" + _VALUE + rb"[^>=]{0,40}+){0,40}+(?:>|\Z)"
"""A tag after its `<` that has fewer attributes than allowed for certain, as nearly all have."""

_RAW_TEXT = (b"script", b"style", b"title", b"textarea", b"iframe", b"xmp", b"noembed", b"noframes")
"""Elements in which a browser looks for nothing but their end tag."""

_COMMENT = rb"!--(?:-?>|(?:[^-]++|-(?!-!?>))*+)"
"""A comment after its `<`."""

_RAW_TEXTS = b"|".join(rb"(?=%b[\s/>])" % name + _SHORT_TAG + rb"(?:[^<]++|<(?!/%b))*+" % name for name in _RAW_TEXT)
"""Those elements after their `<`, up to their end tag."""

_MAY_BE_RAW_TEXT = rb"(?=[sS](?:[cC]|[tT][yY])|[tT][iIeE]|[iI][fF]|[xX][mM]|[nN][oO][eEfF])"
"""The beginnings of their names, for speed."""

_WITHIN_LIMIT = re.compile(
    rb"(?:[^<]++|<(?:"
    + _MAY_BE_RAW_TEXT
    + rb"(?i:"
    + _RAW_TEXTS
    + rb")|"
    + _SHORT_TAG
    + rb"|"
    + _COMMENT
    + rb"|[!?][^>]*+|(?!/?[a-zA-Z])))*+"
)
"""All of a page up to the first tag that may have too many attributes."""

_ATTRIBUTE = rb"[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+" + _VALUE + rb")?+"

_COUNTED_TAG = re.compile(rb"</?[^\s/>]++(?:" + _ATTRIBUTE + rb"){0,%d}+" % MAX_ATTRIBUTES)
"""A tag with as many attributes as are allowed, without its end."""

_REST_OF_TAG = re.compile(rb"(?:" + _ATTRIBUTE + rb")*+[\s/]*+")
"""The attributes of a tag that are left."""


def cut_surplus_attributes(page: bytes) -> bytes:
    """Return a page whose elements have at most `MAX_ATTRIBUTES` attributes: the page itself, if all have fewer."""
    page = _without_surplus_roots(page)
    kept: list[bytes] = []
    begin = at = 0
    while (at := _end_of(_WITHIN_LIMIT, page, at)) < len(page):
        at = _end_of(_COUNTED_TAG, page, at)
        end = _end_of(_REST_OF_TAG, page, at)
        if page[at:end].strip(b"/ \t\r\n\f"):
            kept.append(page[begin:at])
            begin = end
        at = end
    return b"".join((*kept, page[begin:])) if kept else page


def _without_surplus_roots(page: bytes) -> bytes:
    """Return a page whose surplus root tags are end tags of nothing, which are ignored."""
    surplus = next(islice(_ROOT_TAG.finditer(page), MAX_ROOT_TAGS, None), None)
    return page[: surplus.start()] + _ROOT_TAG.sub(b"</x", page[surplus.start() :]) if surplus else page


def _end_of(pattern: re.Pattern[bytes], page: bytes, at: int) -> int:
    match = pattern.match(page, at)
    return match.end() if match else at
