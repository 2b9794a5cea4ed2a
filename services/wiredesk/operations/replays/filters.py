"""Which records of a range a run processes: by host, URL, language of the page, and type of event."""

import fnmatch
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import orjson

from wiredesk.operations.page_urls import is_on_host, urls_in
from wiredesk.runtime.dead_letters import is_for_another
from wiredesk.runtime.records import Record
from wiredesk.runtime.replay_scope import RecordFilter, accept_all
from wiredesk.runtime.topology import Stage
from wiredesk_schemas.headers import EVENT_TYPE, LANGUAGE, SUBJECT, header, url_header

if TYPE_CHECKING:
    from wiredesk.languages.detector import LanguageDetector

type Conditions = dict[str, tuple[str, ...]]
"""The conditions by name (`host`, `url`, `language`, `type`), each with values of which one must match. They are saved
with the run."""

type _Event = dict[str, Any]


def conditions(
    *,
    hosts: Sequence[str] | None = None,
    urls: Sequence[str] | None = None,
    languages: Sequence[str] | None = None,
    types: Sequence[str] | None = None,
) -> Conditions:
    """Return conditions on records.

    Args:
        hosts: hosts of pages; subdomains match, too.
        urls: patterns of URLs, with `*` and `?`.
        languages: codes, such as `en` or `en-GB`.
        types: CloudEvents types.
    """
    given = {"host": hosts, "url": urls, "language": languages, "type": types}
    return {name: tuple(values) for name, values in given.items() if values}


def record_filter(conditions: Mapping[str, Sequence[str]], stage: Stage | None = None) -> RecordFilter:
    """Return a filter for records: one value of each condition must match.

    Args:
        conditions: by name.
        stage: whose input they are; None: they are raw pages. Of other topics, records without value are left out: each
            says that its page was forgotten, and would remove what was published about the page since then. So are
            records that were redriven for another stage.
    """
    is_raw = stage is None or stage.entry

    def is_own(record: Record) -> bool:
        return record.value is not None and not (stage and is_for_another(stage, record))

    if not conditions:
        return accept_all if is_raw else is_own
    tests = [_TESTS[name](tuple(values)) for name, values in conditions.items()]

    def accepts(record: Record) -> bool:
        if not (is_raw or is_own(record)):
            return False
        view = RecordView(record)
        return all(test(view) for test in tests)

    return accepts


@dataclass(slots=True)
class RecordView:
    """A record for filters; its value is parsed once, and only if a filter needs it."""

    record: Record
    _event: _Event | None = None

    @property
    def event(self) -> _Event:
        """The event in the value; empty if the value is not a JSON object."""
        if self._event is None:
            try:
                value: Any = orjson.loads(self.record.value or b"")
            except orjson.JSONDecodeError:
                value = None
            self._event = value if isinstance(value, dict) else {}
        return self._event

    @property
    def urls(self) -> tuple[str, ...]:
        """URLs of the page: those in the event, and the subject of the CloudEvent."""
        subject = url_header(self.record.headers, SUBJECT)
        return (*urls_in(self.event), *((subject,) if subject else ()))

    @property
    def languages(self) -> tuple[str, ...]:
        """The language that the event or a header states, or else the language that is detected in the paragraphs."""
        stated = self.event.get("language") or header(self.record.headers, LANGUAGE)
        if isinstance(stated, str) and stated:
            return (stated.lower().replace("_", "-"),)
        blocks = self.event.get("paragraphs")
        texts = [b["text"] for b in blocks or () if isinstance(b, dict) and isinstance(b.get("text"), str)]
        guess = _detector().detect("\n".join(texts)) if texts else None
        return () if guess is None else (guess.code,)


type _Test = Callable[[RecordView], bool]


def _on_host(hosts: tuple[str, ...]) -> _Test:
    return lambda view: any(is_on_host(url, host) for url in view.urls for host in hosts)


def _at_url(patterns: tuple[str, ...]) -> _Test:
    matching = re.compile("|".join(fnmatch.translate(pattern) for pattern in patterns))
    return lambda view: any(matching.match(url) for url in view.urls)


def _of_type(types: tuple[str, ...]) -> _Test:
    return lambda view: header(view.record.headers, EVENT_TYPE) in types


def _in_language(codes: tuple[str, ...]) -> _Test:
    wanted = {code.lower().replace("_", "-") for code in codes}
    return lambda view: any(code in wanted or code.partition("-")[0] in wanted for code in view.languages)


@cache
def _detector() -> "LanguageDetector":
    from wiredesk.languages.detector import LanguageDetector  # noqa: PLC0415 - loads a model that few filters need

    return LanguageDetector()


_TESTS: Mapping[str, Callable[[tuple[str, ...]], _Test]] = {
    "host": _on_host,
    "url": _at_url,
    "language": _in_language,
    "type": _of_type,
}
