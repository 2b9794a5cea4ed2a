"""Headers as programming languages print their objects, where a crawler wrote them as text.

Python prints `{'ETag': 'a'}`, `[('ETag', 'a')]`, `CaseInsensitiveDict({'ETag': 'a'})`, `<CIMultiDict('ETag': 'a')>`;
Node `Headers { etag: 'a' }`, Ruby `{"etag"=>["a"]}`, Java `{ETag=[a]}`, Go `map[ETag:[a]]`. A text is read only if it
is nothing but names and values.
"""

import re

MAX_PRINTED_CHARACTERS = 64 * 1024
"""Characters of a text that is read. Servers refuse to send more in the head of a response."""

_OPENING = re.compile(r"(?:<?[A-Za-z_][\w.@]{0,80} ?|\[Object: null prototype\] )?(?:[\[{(] ?){1,3}")
"""The name of a type, and brackets: what such a text begins with."""

_BETWEEN = re.compile(r"[\s,(){}\[\]<>]*+")
_TEXT = r"[bu]?'(?:[^'\\]|\\.)*+'|[bu]?\"(?:[^\"\\]|\\.)*+\""
_ENTRY = re.compile(
    rf"(?P<name>{_TEXT}|:?[A-Za-z][\w.-]{{0,200}})\s?(?:=>|[:=,])\s?"
    rf"(?:(?P<text>{_TEXT})|[\[(]\s?(?P<texts>(?:{_TEXT})(?:\s?,\s?(?:{_TEXT}))*+),?\s?[\])]"
    r"|\[(?P<bare>[^\[\]'\"]{0,8000})\]|(?P<word>[\w.+-]{1,40})(?=[\s,)}\]]))",
    re.DOTALL,
)
"""A name and what it has: a text, texts in a list, a list without quotation marks, or a number."""

_EACH_TEXT = re.compile(_TEXT, re.DOTALL)
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t"}
_NOTHING = frozenset({"None", "nil", "null", "undefined"})


def printed_headers(text: str) -> list[list[str | list[str]]] | None:
    """Return names and values of headers that a language has printed; None if a text is other."""
    text = text.strip()
    opening = _OPENING.match(text) if len(text) <= MAX_PRINTED_CHARACTERS else None
    if opening is None:
        return None
    pairs: list[list[str | list[str]]] = []
    at = _end_of_brackets(text, opening.end())
    while at < len(text):
        entry = _ENTRY.match(text, at)
        if entry is None:
            return None
        if entry["word"] not in _NOTHING:
            pairs.append([_unquoted(entry["name"]), _value(entry)])
        at = _end_of_brackets(text, entry.end())
    return pairs or None


def _end_of_brackets(text: str, start: int) -> int:
    between = _BETWEEN.match(text, start)
    return between.end() if between is not None else start


def _value(entry: re.Match[str]) -> str | list[str]:
    if entry["texts"] is not None:
        return [_unquoted(one) for one in _EACH_TEXT.findall(entry["texts"])]
    return _unquoted(entry["text"]) if entry["text"] is not None else entry["bare"] or entry["word"] or ""


def _unquoted(text: str) -> str:
    """Return a text without its quotation marks and escapes; as it is, if it has none."""
    bare = text.lstrip("bu") if text[:1] in "bu" and text[1:2] in "'\"" else text
    if bare[:1] not in ("'", '"'):
        return text
    unescaped = _ESCAPE.sub(_character, bare[1:-1])
    if text.startswith("b"):
        try:
            return unescaped.encode("latin-1").decode()
        except UnicodeError:
            return unescaped
    return unescaped


def _character(escape: re.Match[str]) -> str:
    digits = escape[1] or escape[2]
    return chr(int(digits, 16)) if digits else _CONTROLS.get(escape[3], escape[3])
