"""JSON as templates and people write it: read in one pass from left to right, whatever its faults.

A page's faulty JSON may be as long and as strange as its author likes, so the time has to be linear in its length. That
excludes the repairing parsers that Python has: json-repair 0.64 takes more than three seconds for some texts of three
kilobytes, and chompjs reads beyond the end of a text that breaks off.
"""

import re
from typing import Any

MAX_DEPTH = 64
"""Maximum depth of objects and lists; what is deeper is not read. JSON-LD of real pages has less than ten levels."""

MAX_CONTAINERS = 5000
"""Maximum number of objects and lists; what follows is not read. Real pages have a hundredth of it."""

MAX_WORD = 2000
"""Maximum characters of a value without quotes."""

MAX_NUMBER = 40
"""Maximum characters of a number; longer values are text."""

_BEFORE_DATA = re.compile(r"[^{\[/<]++")
"""What precedes the data, such as `var data =`."""

_SEPARATORS = re.compile(
    r"(?:[\s\ufeff,;()]++|(?://\s{0,9})?<!\[CDATA\[|(?://\s{0,9})?\]\](?:>|&gt;)|<!--|(?://\s{0,9})?-->|//[^\n]*+)++"
)
"""What separates values: white space, commas, semicolons, line comments, and the marks that hide scripts from XML."""

_TO_QUOTE = {
    quote: re.compile(rf"(?:[^{end}\\]++|\\.)*+", re.DOTALL) for quote, end in {'"': '"', "'": "'", "“": "”"}.items()
}
"""The characters before the next quotation mark that is not escaped, by the mark that began the string."""

_VALUE_BEGINS = r"""(?:["'“{\[\-+.\d]|[tT]rue\b|[fF]alse\b|null\b|None\b|NaN\b|Infinity\b|undefined\b|https?:)"""
"""How a value begins."""

_QUOTED_NAME = "|".join(
    rf"{begin}(?:[^{end}\\\n]|\\.){{1,120}}{end}" for begin, end in (('"', '"'), ("'", "'"), ("“", "”"))
)
"""A key in quotation marks."""

_QUOTED_KEY = rf"(?:{_QUOTED_NAME})\s{{0,20}}:\s{{0,20}}(?:{_VALUE_BEGINS}|,)"
"""A key in quotation marks, with the beginning of its value, which may be missing."""

_KEY = rf"(?:{_QUOTED_KEY}|[a-zA-Z_$@][\w$@]{{0,39}}\s{{0,20}}:\s{{0,20}}{_VALUE_BEGINS})"
"""A key with or without quotation marks."""

_COMMENT = r"/[/*]"
"""The beginning of a comment."""

_CLOSED = rf"(?:\}}|\](?=\s{{0,99}}(?:[,}}\]\[{{;)<]|\Z|-->|{_COMMENT}|{_QUOTED_KEY})))"
"""The end of an object or a list."""

_AFTER_VALUE = re.compile(
    rf"\s{{0,99}}(?:[;)\s]{{0,99}}\Z|{_CLOSED}|{_COMMENT}|,[\s,]{{0,99}}(?:{_KEY}|[}}\]]|\Z|{_COMMENT})"
    rf"|(?<=\s){_QUOTED_KEY})"
)
"""What follows the quotation mark that ends a value of an object.

A quotation mark that none of this follows belongs to the value: `"The "old" pier"`.
"""

_AFTER_ITEM = re.compile(
    rf"\s{{0,99}}(?:[;)\s]{{0,99}}\Z|{_CLOSED}|{_COMMENT}|,[\s,]{{0,99}}(?:{_VALUE_BEGINS}|[}}\]]|\Z|{_COMMENT}))"
)
"""What follows the quotation mark that ends an item of a list."""

_NEXT_KEY = re.compile(_QUOTED_KEY)
"""A key, where a quotation mark has been forgotten before it."""

_FORGOTTEN = re.compile(r"(?:,\s{0,99}|\s{0,99}\n\s{0,99})\Z")
"""The end of a value whose quotation mark has been forgotten: a comma, or a line break."""

_WINDOW = 200
"""Characters before a key that are searched for the end of a value without a quotation mark."""

_BARE = re.compile(r"(?:(?!\s//|/\*)[^,}\]\n;\"])++")
"""A value without quotation marks."""

_BARE_KEY = re.compile(r"""[^\s:,{}\[\]"'/;]++""")
"""A key without quotation marks."""

_COLON = re.compile(r"\s{0,99}:")
"""What separates a key from its value."""

_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)", re.DOTALL)
"""An escaped character, of JSON or of JavaScript."""

_ESCAPED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "\n": ""}
"""Characters by the letter after the backslash; any other letter stands for itself."""

_WORDS = {
    "true": True, "True": True, "false": False, "False": False, "null": None, "None": None, "undefined": None,
    "NaN": None, "Infinity": None, "-Infinity": None,
}  # fmt: skip
"""Values without quotation marks, in JSON and in the languages of those who write it by hand."""

type Container = dict[str, Any] | list[Any]
"""An object or a list."""


def read_lenient_json(text: str) -> list[Container]:
    """Return the objects and lists of a text, in their order.

    Accepted are: comments, missing and superfluous commas, semicolons, several values after each other, single
    quotation marks and none, quotation marks and line breaks within strings, unknown escapes, half surrogates, and a
    text that breaks off. What cannot be read is left out.
    """
    return _Reader(text).read()


class _Reader:
    """Reads one text. Each step consumes at least one character, so there are at most as many steps as characters."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.values: list[Container] = []
        self.open: list[Container] = []  # the containers around the place, the outermost first
        self.opened = 0
        self.key: str | None = None  # of the innermost container, if it is an object and the key was just read

    def read(self) -> list[Container]:
        while self.place < len(self.text) and len(self.open) < MAX_DEPTH and self.opened < MAX_CONTAINERS:
            if match := _SEPARATORS.match(self.text, self.place):
                self.place = match.end()
                if "," in match[0]:
                    self.key = None  # the key has no value
            elif self.text.startswith("/*", self.place):
                end = self.text.find("*/", self.place + 2)
                self.place = end + 2 if end >= 0 else len(self.text)
            else:
                self._read_token(self.text[self.place])
        return self.values

    def _read_token(self, character: str) -> None:
        if character in "{[":
            self.place += 1
            self._add({} if character == "{" else [], is_open=True)
        elif not self.open:
            before = _BEFORE_DATA.match(self.text, self.place)
            self.place = before.end() if before else self.place + 1
        elif character in "}]":
            self.place += 1
            self._close(dict if character == "}" else list)
        elif isinstance(self.open[-1], dict) and self.key is None:
            self._read_key(character)
        elif character in _TO_QUOTE:
            self._add(self._string(character))
        else:
            self._read_bare_value()

    def _add(self, value: Any, *, is_open: bool = False) -> None:
        """Add a value to the innermost container."""
        parent = self.open[-1] if self.open else self.values
        if isinstance(parent, list):
            parent.append(value)
        elif self.key is not None:
            parent.setdefault(self.key, value)
        elif is_open:
            self.values.append(value)
        self.key = None
        if is_open:
            self.open.append(value)
            self.opened += 1

    def _close(self, kind: type) -> None:
        """Close the innermost container of a kind, and all containers in it."""
        self.key = None
        if any(isinstance(container, kind) for container in self.open):
            while not isinstance(self.open.pop(), kind):
                pass

    def _read_key(self, character: str) -> None:
        if character in _TO_QUOTE:
            start = self.place + 1
            end = self._quote(character, start)
            key, self.place = self.text[start:end], end + 1
        elif match := _BARE_KEY.match(self.text, self.place):
            key, self.place = match[0], match.end()
        else:
            self.place += 1
            return
        if match := _COLON.match(self.text, self.place):
            self.key, self.place = _unescaped(key), match.end()

    def _read_bare_value(self) -> None:
        match = _BARE.match(self.text, self.place)
        if match is None:
            self.place += 1
            return
        self.place = match.end()
        if word := match[0].strip(" \t:"):
            self._add(_word(word))

    def _string(self, character: str) -> str:
        """Read a string. It ends at the first quotation mark that something follows which follows a value."""
        start = self.place + 1
        after = _AFTER_ITEM if isinstance(self.open[-1], list) else _AFTER_VALUE
        end = self._quote(character, start)
        while end < len(self.text) and not after.match(self.text, end + 1):
            if _NEXT_KEY.match(self.text, end):
                before = _FORGOTTEN.search(self.text[max(start, end - _WINDOW) : end])
                if before:
                    self.place = end
                    return _unescaped(self.text[start : end - len(before[0])])
            end = self._quote(character, end + 1)
        self.place = end + 1
        return _unescaped(self.text[start:end])

    def _quote(self, character: str, start: int) -> int:
        """Return the place of the next quotation mark, or the end of the text."""
        match = _TO_QUOTE[character].match(self.text, start)
        return match.end() if match else start


def _word(word: str) -> Any:
    if word in _WORDS:
        return _WORDS[word]
    if len(word) <= MAX_NUMBER:
        for number in (int, float):
            try:
                return number(word)
            except ValueError:
                continue
    return word[:MAX_WORD]


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    # Two halves make one character; a half without the other is none.
    return _ESCAPE.sub(_character, text).encode("utf-16", "surrogatepass").decode("utf-16", "ignore")


def _character(match: re.Match[str]) -> str:
    escape = match[1]
    return chr(int(escape[1:], 16)) if len(escape) > 1 else _ESCAPED.get(escape, escape)
