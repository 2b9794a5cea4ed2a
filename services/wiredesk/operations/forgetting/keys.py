"""The keys of `wiredesk.forgotten`: ids of pages and of hosts, from which no URL can be read."""

from functools import lru_cache
from urllib.parse import urlsplit

from wiredesk.runtime.topology import Topic
from wiredesk_schemas import DerivedEvent
from wiredesk_schemas.ids import host_id

KNOWN_HOSTS = 65_536
"""Hosts whose keys are remembered: a deployment sees some thousands."""


def is_keyed_by_page(topic: Topic) -> bool:
    """Return whether the records of a topic are events about pages, whose keys are page ids."""
    has_page_ids = any(issubclass(event, DerivedEvent) and event.key is DerivedEvent.key for event in topic.events)
    return has_page_ids and not topic.dead_letters


@lru_cache(maxsize=KNOWN_HOSTS)
def host_keys(host: str) -> tuple[bytes, ...]:
    """Return the keys under each of which a host is forgotten: its own, and those of the domains that it belongs to."""
    labels = host.lower().strip(".").split(".")
    return tuple(host_id(".".join(labels[start:])).encode() for start in range(len(labels)))


def host_of_url(url: str) -> str:
    """Return the host of a URL in lower case; empty if it has none."""
    try:
        return (urlsplit(url).hostname or "").lower().strip(".")
    except ValueError:
        return ""
