"""Text that is safe to print: characters that control a terminal or mislead a reader are written as escapes.

Pages, headers and keys may be hostile. They may contain escape sequences (C0 and C1 controls), characters that reorder
a line (bidirectional overrides and isolates) or break it (U+2028), and invisible characters.
"""

import json
import math
import re
import unicodedata
from collections.abc import Callable
from typing import Any

import orjson

_HARMFUL = (
    r"\x00-\x1f\x7f-\x9f"  # controls
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # direction
    r"\u2028\u2029"  # line and paragraph separators
    r"\ud800-\udfff"  # unpaired surrogates: no encoding can write them
    r"\xad\u034f\u070f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb"
    r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"  # invisible, tags and selectors among them
)
_JOINER = (
    r"(?<![\u0600-\u061b\u061d-\u070e\u0710-\u109f\u1780-\u17b3\u17b6-\u180d\u180f-\u18af"
    r"\u2600-\u27bf\ufe0f\U0001f300-\U0001faff])[\u200c\u200d]"
)
"""Joiners, where they are not part of the spelling of Persian, Indic scripts or emoji: there they would be invisible
characters within a word. The same holds after a character that is escaped itself."""

_UNSAFE = re.compile(f"[{_HARMFUL}]|{_JOINER}")
_NOT_ASCII = re.compile(r"[^\x20-\x7e\n]")
_LAYOUT = "\n\t"


def printable(text: str) -> str:
    """Return text of several lines that is safe to print; line feeds and tabs stay."""
    return _UNSAFE.sub(lambda match: match[0] if match[0] in _LAYOUT else _escape(match[0]), text)


def one_line(text: str) -> str:
    """Return text as one line and one cell that is safe to print: line feeds and tabs are escaped, too."""
    return _UNSAFE.sub(lambda match: _escape(match[0]), text)


def json_text(
    value: object, *, indent: bool = False, ascii_only: bool = False, default: Callable[[Any], Any] | None = None
) -> str:
    r"""Return a value as JSON that is safe to print, on one line unless it is indented.

    Unsafe characters can only occur within strings, where `\uXXXX` means the same: to a parser, there is no difference.

    Args:
        ascii_only: escape everything that is not ASCII, for an output in another encoding than UTF-8.
        default: as in `orjson.dumps`.
    """
    try:
        text = orjson.dumps(value, default=default, option=orjson.OPT_INDENT_2 if indent else None).decode()
    except TypeError:  # unpaired surrogates, from the command line; integers of more than 64 bits
        text = json.dumps(_finite(value), default=default or str, indent=2 if indent else None)
    return (_NOT_ASCII if ascii_only else _UNSAFE).sub(_json_escape, text)


def _finite(value: Any) -> Any:
    """Return a value with null for the numbers that JSON does not have, as orjson writes them."""
    if isinstance(value, dict):
        return {name: _finite(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def html_text(html: str) -> str:
    """Return an HTML page that is safe to print: character references for unsafe characters; controls are replaced."""
    return _UNSAFE.sub(_html_reference, html)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def _json_escape(match: re.Match[str]) -> str:
    if match[0] == "\n":  # of the indentation: within strings, it is already escaped
        return "\n"
    units = match[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def _html_reference(match: re.Match[str]) -> str:
    if match[0] in _LAYOUT:
        return match[0]
    if unicodedata.category(match[0]) in ("Cc", "Cs"):  # HTML has no character references for these
        return "\N{REPLACEMENT CHARACTER}"
    return f"&#x{ord(match[0]):x};"
