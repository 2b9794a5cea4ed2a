"""Headers as programming languages print their objects, where a crawler wrote them as text.

Python prints `{'ETag': 'a'}`, `[('ETag', 'a')]`, `CaseInsensitiveDict({'ETag': 'a'})`, `<CIMultiDict('ETag': 'a')>`;
Node `Headers { etag: 'a' }`, Ruby `{"etag"=>["a"]}`, Java `{ETag=[a]}`, Go `map[ETag:[a]]`, Spring `[ETag:"a"]`. A text
is read only if it is nothing but names and values. Java, Go and Spring escape nothing: a value ends where a name
follows, or the end of the text.
"""

import re

MAX_PRINTED_CHARACTERS = 64 * 1024
"""Characters of a text that is read. Servers refuse to send more in the head of a response."""

_OPENING = re.compile(r"(?:<?[A-Za-z_][\w.@]{0,80} ?|\[Object: null prototype\] )?(?:[\[{(] ?){1,3}")
"""The name of a type, and brackets: what such a text begins with."""

_BETWEEN = re.compile(r"[\s,(){}\[\]<>]*+")
_TEXT = r"[bu]?'(?:[^'\\]|\\.)*+'|[bu]?\"(?:[^\"\\]|\\.)*+\""
_TEXTS = rf"\s?(?P<texts>(?:{_TEXT})(?:\s?,\s?(?:{_TEXT}))*+),?\s?"
_NAME = r":?[A-Za-z][\w.-]{0,200}"
_ENTRY = re.compile(
    rf"(?P<name>{_TEXT}|{_NAME})\s?(?:=>|[:=,])\s?"
    rf"(?:(?P<text>{_TEXT})|[\[(]{_TEXTS}[\])]"
    r"|\[(?P<bare>[^\[\]'\"]{0,8000})\]|(?P<word>[\w.+-]{1,40})(?=[\s,)}\]]))",
    re.DOTALL,
)
"""A name and what it has: a text, texts in a list, a list without quotation marks, or a number."""

_AFTER_LIST = rf"(?:(?:,? ?|\}}, ?\{{){_NAME}[:=](?:\[|[\w.+-]{{1,40}}[\s,)}}\]])|[\s\])}}>]{{0,8}}\Z)"
_LISTED = re.compile(
    rf"(?P<name>{_NAME})[:=]\[(?:{_TEXTS}|(?P<bare>(?:[^\]]|\](?!{_AFTER_LIST}))*+))\](?={_AFTER_LIST})", re.DOTALL
)
"""A name and a list in which anything may be, also brackets and quotation marks."""

_AFTER_QUOTED = rf"(?:, {_NAME}:\"|[\])}}]{{1,8}}\Z)"
_QUOTED = re.compile(rf'(?P<name>{_NAME}):"(?P<quoted>(?:[^"]|"(?!{_AFTER_QUOTED}))*+)"(?={_AFTER_QUOTED})', re.DOTALL)
"""A name and values in quotation marks, in which anything may be, as Spring prints them."""

_UNESCAPED = (
    (re.compile(rf'\[{_NAME}:".*"[\])}}]{{1,8}}\Z', re.DOTALL), _QUOTED),
    (re.compile(r".*\][\s\])}>]{0,8}\Z", re.DOTALL), _LISTED),
)
"""Texts in which values end only where something follows, and their entries. As they end so, too, each entry that
begins has an end, and is searched for it once."""

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
    unescaped = next((entries for form, entries in _UNESCAPED if form.match(text)), _ENTRY)
    at = _end_of_brackets(text, opening.end())
    while at < len(text):
        entry = unescaped.match(text, at) or _ENTRY.match(text, at)
        if entry is None:
            return None
        groups = entry.groupdict()
        if groups.get("word") not in _NOTHING and groups["name"] not in _NOTHING:  # Java has a status line without name
            pairs.append([_unquoted(groups["name"]), _value(groups)])
        at = _end_of_brackets(text, entry.end())
    return pairs or None


def _end_of_brackets(text: str, start: int) -> int:
    between = _BETWEEN.match(text, start)
    return between.end() if between is not None else start


def _value(groups: dict[str, str | None]) -> str | list[str]:
    if texts := groups.get("texts"):
        return [_unquoted(one) for one in _EACH_TEXT.findall(texts)]
    if "quoted" in groups:
        return (groups["quoted"] or "").split('", "')
    text = groups.get("text")
    return _unquoted(text) if text else groups["bare"] or groups.get("word") or ""


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
