"""What readers get: articles by language and by source, in a number of series that no page can make larger."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

import orjson

from wiredesk.languages.codes import canonical
from wiredesk.operations.canary import metrics
from wiredesk.runtime.lineage import replay_of
from wiredesk.runtime.records import Record
from wiredesk_schemas import EnrichedArticle
from wiredesk_schemas.headers import EVENT_TYPE, SUBJECT, header, is_synthetic

OTHER = "other"
"""The label of every source that is not counted one by one, and of languages beyond the most."""

NONE = "und"
"""The label of articles without a detected language, as BCP 47 has it."""

MAX_LANGUAGES = 100
"""The most languages that are counted one by one: the detector knows fewer that have newspapers."""

MAX_LABELS = 10
"""Labels of a host name that are compared: more have only names that were made up."""

_CODE = re.compile(r"[a-z]{2,3}")


class Readership:
    """Counts the articles that readers get.

    Args:
        sources: hosts that are counted one by one, by their name without `www.`.
    """

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._sources = sources
        self._languages: set[str] = set()
        for host in sources.values():
            metrics.SOURCE_ARTICLES.labels(host)  # a source that is silent from the start has a series, too

    def count(self, record: Record) -> None:
        """Count a record of the topic of enriched articles, if it is an article of the live stream."""
        if record.value is None or is_synthetic(record.headers) or replay_of(record) is not None:
            return
        if header(record.headers, EVENT_TYPE) != EnrichedArticle.TYPE:
            return
        metrics.ARTICLES.labels(self._language(record.value)).inc()
        metrics.SOURCE_ARTICLES.labels(self._source(header(record.headers, SUBJECT) or "")).inc()

    def _language(self, value: bytes) -> str:
        try:
            detected = orjson.loads(value)["detected_language"]["code"]
        except (ValueError, LookupError, TypeError):
            return NONE
        code = canonical(detected) if isinstance(detected, str) else ""
        if not _CODE.fullmatch(code):
            return NONE
        if code not in self._languages and len(self._languages) >= MAX_LANGUAGES:
            return OTHER
        self._languages.add(code)
        return code

    def _source(self, url: str) -> str:
        """Return the host of a page if it, or a domain above it, is counted."""
        try:
            host = urlsplit(url).hostname or ""
        except ValueError:
            return OTHER
        labels = host.removeprefix("www.").split(".")[-MAX_LABELS:]
        names = (".".join(labels[number:]) for number in range(len(labels)))
        return next((self._sources[name] for name in names if name in self._sources), OTHER)
