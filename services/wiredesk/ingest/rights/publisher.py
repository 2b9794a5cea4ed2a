"""Statements in the raw event: those of its publisher, and files of the site that the crawler has sent along."""

import re
from collections.abc import Callable
from typing import Any

from wiredesk.ingest.rights import odrl, rsl
from wiredesk.ingest.rights.dates import read_date
from wiredesk.ingest.rights.json_ld import read_property
from wiredesk.ingest.rights.robots import MEANING, read_directives, read_robots_header
from wiredesk.ingest.rights.robots_txt import read_robots_txt
from wiredesk.ingest.rights.statements import EVERYTHING_BY_AI, Meaning, Statements
from wiredesk.ingest.rights.tdm import NOT_RESERVED, RESERVED, read_policy, read_reservation, read_well_known
from wiredesk.ingest.rights.usage import read_data_mining, read_usage
from wiredesk.json_ld.scripts import ScriptReader
from wiredesk_schemas import RightsKind
from wiredesk_schemas.raw_page_reading.repeated_names import all_items

MAX_STATED = 500
"""Fields, items and values that are read in all."""

MAX_FIELDS = 64
"""Fields of a statement that are read."""

MAX_ITEMS = 16
"""Items of a list that are read."""

MAX_DEPTH = 8
"""Depth of objects and lists that are read: `rightsinfo` of ninjs is a list of objects."""

MAX_LICENCE_CHARACTERS = 64 * 1024
"""Characters of a licence of RSL that are read."""

MAX_DIRECTIVES_CHARACTERS = 200
"""Characters of a text that may be directives."""

READERS: dict[str, Callable[[str, str, Statements], None]] = {
    "robots": read_robots_header,
    "xrobotstag": read_robots_header,
    "tdmreservation": read_reservation,
    "tdmreserved": read_reservation,
    "tdmpolicy": read_policy,
    "contentusage": read_usage,
    "contentsignal": read_usage,
    "contentsignals": read_usage,
    "datamining": read_data_mining,
    "plusdatamining": read_data_mining,
}
"""What reads a field, by its name without separators and in lower case."""

TEXTS: dict[str, tuple[RightsKind, str]] = {
    **dict.fromkeys(("license", "licence", "licenses", "licences"), (RightsKind.LICENSE, "licenses")),
    **dict.fromkeys(("acquirelicense", "acquirelicensepage"), (RightsKind.ACQUIRE_LICENSE, "acquire_license")),
    **dict.fromkeys(("copyrightholder", "copyrightholders"), (RightsKind.COPYRIGHT_HOLDER, "copyright_holders")),
    **dict.fromkeys(("copyrightnotice", "copyright"), (RightsKind.COPYRIGHT_NOTICE, "copyright_notice")),
    "copyrightyear": (RightsKind.COPYRIGHT_YEAR, "copyright_year"),
    **dict.fromkeys(("credit", "credittext", "creditline"), (RightsKind.CREDIT_TEXT, "credit_text")),
}
"""Kinds of statements, and fields of `Rights`, by such a name. ninjs has some of them. All other fields are terms."""

RESTRICTIONS: dict[str, tuple[RightsKind, Meaning]] = {
    "noai": (RightsKind.CONTENT_USAGE, EVERYTHING_BY_AI),
    "noaitraining": (RightsKind.CONTENT_USAGE, {"no_ai_training": True}),
    "noaiinput": (RightsKind.CONTENT_USAGE, {"no_ai_input": True}),
    "noimageai": (RightsKind.ROBOTS, {"no_image_ai": True}),
    "noindex": (RightsKind.ROBOTS, {"no_index": True}),
    "noarchive": (RightsKind.ROBOTS, {"no_archive": True}),
    "nosnippet": (RightsKind.ROBOTS, {"no_snippet": True}),
    "noimageindex": (RightsKind.ROBOTS, {"no_image_index": True}),
    "notranslate": (RightsKind.ROBOTS, {"no_translate": True}),
}
"""Kinds and meanings of restrictions, by such a name."""

LIMITS = {
    "maxsnippet": "max-snippet",
    "maximagepreview": "max-image-preview",
    "maxvideopreview": "max-video-preview",
}
"""Directives that have a value, by such a name."""

_WORDS = re.compile(r"[,;\s]{1,20}")
_BEGINNINGS_OF_RSL = ("<rsl", "<?xml")
_SEPARATORS = re.compile(r"[\s_.:-]+")


def read_publisher(stated: Any, url: str, statements: Statements) -> None:
    """Read the field `rights` of a raw page.

    Args:
        stated: a text, which states terms of use; an object of statements by name; or a list of these. Also as JSON.
        url: of the page.
    """
    if isinstance(stated, str) and stated.lstrip("\ufeff \t\r\n")[:1] in ("{", "["):  # of a header
        read = ScriptReader().read_json(stated)
        if read.is_whole and read.value not in (None, []):
            stated = read.value
            if read.is_mended:
                statements.add_mended("rights")
        else:
            statements.add_unreadable("publisher:rights", stated)
    _Reader(url, statements).read("rights", stated, MAX_DEPTH)


def _is_file_of_tdmrep(value: Any) -> bool:
    """Whether a list is that of the rules of a site: each has a location."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(
            isinstance(item, dict) and "location" in item and any("tdm" in str(key) for key in item) for item in value
        )
    )


def _are_directives(text: str) -> bool:
    """Whether a text is nothing but directives for robots: `noai, noimageai`."""
    words = _WORDS.split(text[:MAX_DIRECTIVES_CHARACTERS].lower())
    return len(text) < MAX_DIRECTIVES_CHARACTERS and MEANING.keys() >= {*words}


def _says_which(plain: str, key: str) -> bool:
    """Whether a member of an object is what its field states: `{"copyright_holder": {"name": "Courier"}}`."""
    _, field = TEXTS.get(plain, (None, ""))
    return (field == "copyright_holders" and key == "name") or (field == "licenses" and key in ("@id", "url"))


class _Reader:
    def __init__(self, url: str, statements: Statements) -> None:
        self._url = url
        self._remaining = MAX_STATED
        self._statements = statements

    def read(self, name: str, value: Any, depth: int) -> None:
        """Read a field."""
        self._remaining -= 1
        if self._remaining < 0:
            self._statements.add_unreadable("publisher:rights", f"more than {MAX_STATED} statements")
            return
        # A file of the site may be named by its path: `/.well-known/tdmrep.json`.
        plain, source = _SEPARATORS.sub("", name.rpartition("/")[2]).lower(), f"publisher:{name}"
        if self._read_file(plain, value, source):
            return
        if isinstance(value, list) and depth:
            for item in self._bounded(value, MAX_ITEMS, source):
                self.read(name, item, depth - 1)
        elif isinstance(value, dict) and depth:
            for key, item in self._bounded(list(all_items(value)), MAX_FIELDS, source):
                if key != "@type":
                    self.read(name if _says_which(plain, str(key)) else str(key), item, depth - 1)
        elif isinstance(value, list | dict):
            self._statements.add_unreadable(source, "objects and lists within each other")
        elif value is not None:
            number = int(value) if isinstance(value, float) and value.is_integer() else value
            self._read_value(plain, str(number), source)

    def _read_file(self, plain: str, value: Any, source: str) -> bool:
        """Read a value that is a file of the site, or a policy; return whether it is one."""
        if plain in ("tdmrep", "wellknown", "wellknowntdmrep", "tdmrepjson") or _is_file_of_tdmrep(value):
            read_well_known(value, self._url, self._statements)
        elif plain in ("robotstxt", "robotstext") and isinstance(value, str):
            read_robots_txt(value, self._url, self._statements)
        elif odrl.is_policy(value):
            odrl.read_policy(value, source, self._statements)
        else:
            return False
        return True

    def _bounded(self, items: list[Any], limit: int, source: str) -> list[Any]:
        if len(items) > limit:
            self._statements.add_unreadable(source, f"{len(items)} values, of which {limit} are read")
        return items[:limit]

    def _read_value(self, plain: str, text: str, source: str) -> None:
        if plain.startswith("rsl") or text.lstrip("\ufeff \t\r\n").startswith(_BEGINNINGS_OF_RSL):
            self._read_rsl(text, source)
        elif plain == "rights" and _are_directives(text):
            read_directives(text, source, self._statements)
        elif reader := READERS.get(plain):
            reader(text, source, self._statements)
        elif plain in RESTRICTIONS:
            self._read_restriction(*RESTRICTIONS[plain], text, source)
        elif plain in LIMITS:
            read_directives(f"{LIMITS[plain]}:{text}", source, self._statements)
        elif plain in ("unavailableafter", "expires"):
            self._read_end(text, source)
        else:
            kind, field = TEXTS.get(plain, (RightsKind.USAGE_TERMS, "usage_terms"))
            read_property(kind, field, text, source, self._statements)

    def _read_rsl(self, text: str, source: str) -> None:
        """Read a licence of RSL, or its address."""
        if "<" in text:
            rsl.read_licence(text[:MAX_LICENCE_CHARACTERS], self._url, source, self._statements)
            return
        address = self._statements.address(text)
        self._statements.add(RightsKind.RSL, text, source, {"rsl": address} if address else {})

    def _read_restriction(self, kind: RightsKind, meaning: Meaning, text: str, source: str) -> None:
        answer = text.strip().lower()
        if answer in RESERVED:
            self._statements.add(kind, text, source, meaning)
        elif answer in NOT_RESERVED:
            self._statements.add(kind, text, source, dict.fromkeys(meaning, False))
        elif answer:
            self._statements.add_unreadable(source, text)
            self._statements.add(kind, text, source)

    def _read_end(self, text: str, source: str) -> None:
        end = read_date(text)
        if end is None:
            self._statements.add_unreadable(source, text)
        meaning: Meaning = {"unavailable_after": end} if end is not None else {}
        self._statements.add(RightsKind.UNAVAILABLE_AFTER, text, source, meaning)
