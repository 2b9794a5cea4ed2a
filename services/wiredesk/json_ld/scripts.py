"""JSON-LD as pages have it: scripts parsed and, if faulty, mended; names of schema.org without prefixes."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import orjson

from wiredesk.json_ld.lenient_json import read_lenient_json

MAX_MENDED = 1 << 17
"""Maximum characters of faulty JSON-LD, of all scripts of a page, that are read. This takes 0.1 seconds at most."""

MAX_DEPTH = 64
"""Maximum depth of JSON-LD whose names have prefixes; what is deeper keeps them."""

MAX_PREFIXES = 20
"""Maximum number of prefixes for names of schema.org in a script. Real ones have one."""

_SCRIPT_TYPE = re.compile(r"ld\W?json|json\W?ld", re.IGNORECASE)
"""The type of a JSON-LD script, in the spellings that occur."""

_PLAIN_JSON = ("application/json", "text/json")
"""Types of scripts that hold JSON-LD if they begin with its context."""

_CONTEXT = re.compile(r'[\s\[{]{0,100}"@(?:context|type|graph)"')
"""The beginning of JSON-LD in a script that does not declare it."""

_ESCAPED_WHOLE = re.compile(r"[\s\[{]{0,100}&(?:amp;)?(?:quot|#34|#x22);", re.IGNORECASE)
"""The beginning of JSON-LD whose quotation marks are character references."""

_ESCAPED_QUOTES = re.compile(r'[\s\[{]{0,100}\\"')
"""The beginning of JSON-LD whose quotation marks have backslashes."""

_PREFIXES = re.compile(r'"(\w{1,20})"\s{0,20}:\s{0,20}"https?:(?:\\?/){2}schema\.org(?:\\?/)?#?"')
"""A prefix that the context gives to names of schema.org."""

_PLAIN_CONTEXT = re.compile(r'"@context"\s{0,20}:\s{0,20}"')
"""A context that gives no prefixes: that of most pages."""

_SCHEMA = re.compile(r"https?://(?:www\.)?schema\.org/?#?|schema:", re.IGNORECASE)
"""What stands before a name of schema.org."""

_PREFIXED_KEY = re.compile(r'"(?:schema:|https?:(?:\\?/){2}(?:www\.)?schema\.org)[^"]{1,100}"\s{0,20}:', re.IGNORECASE)
"""A key with a prefix."""

_ALIASES = {"type": "@type", "id": "@id"}
"""Names for JSON-LD's keywords in pages whose JSON-LD has no `@type`."""


@dataclass(frozen=True, slots=True)
class Script:
    """The content of a script.

    Attributes:
        value: parsed. A faulty script is a list of its objects, perhaps empty.
        is_whole: the script was read to its end, as far as there was one.
        is_mended: it was faulty.
    """

    value: Any
    is_whole: bool = True
    is_mended: bool = False


class ScriptReader:
    """Reads the scripts of one page. Faulty ones are mended as far as possible, within `MAX_MENDED`."""

    def __init__(self) -> None:
        self._mendable = MAX_MENDED

    def read(self, text: str) -> Script:
        """Return the content of a script, with the names of schema.org alone."""
        script = self.read_json(text)
        return Script(_plain(script.value, text), script.is_whole, script.is_mended)

    def read_json(self, text: str) -> Script:
        """Return the content of a text that is JSON, or nearly."""
        text = text.strip().lstrip("\ufeff")
        value = _parsed(text)
        if value is not None:
            return Script(value)
        mendable = self._mendable
        self._mendable -= min(mendable, len(text))
        return Script(_mended(text[:mendable]), len(text) <= mendable, is_mended=True)


def is_json_ld(kind: str, text: str) -> bool:
    """Return whether a script holds JSON-LD.

    Args:
        kind: the type that it declares.
        text: its content.
    """
    if _SCRIPT_TYPE.search(kind):
        return not text.isspace()
    return (
        kind.partition(";")[0].strip().lower() in _PLAIN_JSON
        and _CONTEXT.match(text.lstrip("\ufeff \t\r\n")) is not None
    )


def plain_name(name: str) -> str:
    """Return a name of schema.org without its prefix."""
    return _SCHEMA.sub("", name, count=1).strip() if ":" in name else name


def _parsed(text: str) -> Any:
    """Parse JSON. Return None if it is faulty, except for line breaks in strings, the commonest fault."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        try:
            value = orjson.loads(text.replace("\r", " ").replace("\n", " ").replace("\t", " "))
        except orjson.JSONDecodeError:
            return None
    # Some templates encode their JSON twice.
    return _parsed(value) if isinstance(value, str) and value.lstrip()[:1] in ("{", "[") else value


def _mended(text: str) -> Any:
    if _ESCAPED_WHOLE.match(text):
        text = html.unescape(html.unescape(text) if "&amp;quot;" in text else text)
    elif _ESCAPED_QUOTES.match(text):
        text = text.replace('\\"', '"').replace("\\\\", "\\")
    return read_lenient_json(text)


def _plain(value: Any, text: str) -> Any:
    """Return a parsed script with the names of schema.org alone, if it has others."""
    aliases = _ALIASES if '"@type"' not in text and '"type"' in text else {}
    contexts = len(_PLAIN_CONTEXT.findall(text))
    may_have_prefixes = text.count("schema.org") > contexts or "chema:" in text or "CHEMA:" in text
    stated = {match[1] for match in islice(_PREFIXES.finditer(text), MAX_PREFIXES)} if may_have_prefixes else set()
    prefixes = {prefix for prefix in stated if f'"{prefix}:' in text}
    if not (prefixes or aliases or (may_have_prefixes and _PREFIXED_KEY.search(text))):
        return value
    pattern = re.compile(
        "|".join((_SCHEMA.pattern, *(f"{re.escape(prefix)}:" for prefix in sorted(prefixes)))), re.IGNORECASE
    )
    return _renamed(value, pattern, aliases, MAX_DEPTH)


def _renamed(value: Any, prefix: re.Pattern[str], aliases: Mapping[str, str], depth: int) -> Any:
    if depth == 0:
        return value
    if isinstance(value, list):
        return [_renamed(item, prefix, aliases, depth - 1) for item in value]
    if not isinstance(value, dict):
        return value
    renamed: dict[str, Any] = {}
    for key, item in value.items():
        name = key[match.end() :] if (match := prefix.match(key)) else aliases.get(key, key)
        if name == "@type":
            kinds = item if isinstance(item, list) else [item]
            renamed[name] = [prefix.sub("", kind, count=1) if isinstance(kind, str) else kind for kind in kinds]
        else:
            renamed.setdefault(name, _renamed(item, prefix, aliases, depth - 1))
    return renamed
