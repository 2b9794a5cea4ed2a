"""Which records of a range are meant: by host, address, language and type of event."""

import fnmatch
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer

from wiredesk.operations.page_urls import is_on_host, urls_in
from wiredesk.runtime.records import Record
from wiredesk.runtime.worker.replay_scope import RecordFilter, accept_all
from wiredesk_schemas.headers import EVENT_TYPE, LANGUAGE, SUBJECT, header

if TYPE_CHECKING:
    from wiredesk.enrichment.language import LanguageDetector

Hosts = Annotated[
    list[str] | None, typer.Option("--host", metavar="H", help="Pages of this host, subdomains too. Repeatable.")
]
Urls = Annotated[
    list[str] | None,
    typer.Option("--url", metavar="PATTERN", help="Pages at such addresses: 'https://a.example/sport/*'. Repeatable."),
]
Languages = Annotated[
    list[str] | None,
    typer.Option(
        "--language", metavar="CODE", help="As the page states it, or else as its text is detected: en. Repeatable."
    ),
]
Types = Annotated[
    list[str] | None,
    typer.Option("--type", metavar="TYPE", help="Events of this type: wiredesk.article.cleaned.v1. Repeatable."),
]

type Filters = dict[str, tuple[str, ...]]
"""What was asked for, by the name of the option; it is kept with the run."""

type _Event = dict[str, Any]


def filters(
    hosts: list[str] | None, urls: list[str] | None, languages: list[str] | None, types: list[str] | None
) -> Filters:
    """Return what the options ask for."""
    asked = {"host": hosts, "url": urls, "language": languages, "type": types}
    return {name: tuple(values) for name, values in asked.items() if values}


def wanted(asked: Mapping[str, tuple[str, ...]]) -> RecordFilter:
    """Return a test for records: one value of each filter that was given must fit."""
    if not asked:
        return accept_all
    tests = [_TESTS[name](values) for name, values in asked.items()]

    def fits(record: Record) -> bool:
        looked_at = _Looked(record)
        return all(test(looked_at) for test in tests)

    return fits


@dataclass(slots=True)
class _Looked:
    """A record that is looked at; its value is parsed once, if at all."""

    record: Record
    _event: _Event | None = None

    @property
    def event(self) -> _Event:
        if self._event is None:
            try:
                parsed: Any = orjson.loads(self.record.value or b"")
            except orjson.JSONDecodeError:
                parsed = None
            self._event = parsed if isinstance(parsed, dict) else {}
        return self._event

    @property
    def addresses(self) -> tuple[str, ...]:
        """Of the page: as its publisher wrote it, and as it is called here."""
        subject = header(self.record.headers, SUBJECT)
        return (*urls_in(self.event), *((subject,) if subject else ()))


type _Test = Callable[[_Looked], bool]


def _of_host(hosts: tuple[str, ...]) -> _Test:
    return lambda looked_at: any(is_on_host(address, host) for address in looked_at.addresses for host in hosts)


def _at_url(patterns: tuple[str, ...]) -> _Test:
    fitting = re.compile("|".join(fnmatch.translate(pattern) for pattern in patterns))
    return lambda looked_at: any(fitting.match(address) for address in looked_at.addresses)


def _of_type(types: tuple[str, ...]) -> _Test:
    return lambda looked_at: header(looked_at.record.headers, EVENT_TYPE) in types


def _in_language(codes: tuple[str, ...]) -> _Test:
    asked = {code.lower().replace("_", "-") for code in codes}
    return lambda looked_at: any(code in asked or code.partition("-")[0] in asked for code in _languages(looked_at))


def _languages(looked_at: _Looked) -> tuple[str, ...]:
    event = looked_at.event
    stated = event.get("language") or header(looked_at.record.headers, LANGUAGE)
    if isinstance(stated, str) and stated:
        return (stated.lower().replace("_", "-"),)
    blocks = event.get("paragraphs")
    texts = [b["text"] for b in blocks or () if isinstance(b, dict) and isinstance(b.get("text"), str)]
    guess = _detector().detect("\n".join(texts)) if texts else None
    return () if guess is None else (guess.code,)


@cache
def _detector() -> "LanguageDetector":
    from wiredesk.enrichment.language import LanguageDetector

    return LanguageDetector()


_TESTS: dict[str, Callable[[tuple[str, ...]], _Test]] = {
    "host": _of_host,
    "url": _at_url,
    "language": _in_language,
    "type": _of_type,
}
