"""Records as the official CloudEvents SDK reads them."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

from cloudevents.core.base import BaseCloudEvent
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event

from wiredesk_schemas.headers import Header

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def cloud_event(key: bytes | None, value: bytes | None, headers: tuple[Header, ...]) -> BaseCloudEvent:
    """Return a derived event, checked by the SDK and by further rules of the specification."""
    named = [name for name, _ in headers]
    assert len(named) == len(set(named)), "a header is written once"
    texts = {name: text for name, text in headers if text is not None}
    assert [name for name, text in headers if text is None and name.startswith("ce_")] == []
    event = from_binary_event(KafkaMessage(texts, key, value or b""))
    for name, attribute in event.get_attributes().items():
        assert re.fullmatch("[a-z0-9]+", name), name
        assert not isinstance(attribute, str) or not CONTROL.search(attribute), name
    assert event.get_specversion() == "1.0"
    assert event.get_datacontenttype() == "application/json"
    assert isinstance(event.get_data(), dict)
    assert urlsplit(event.get_source()).path.startswith("/wiredesk/")
    subject, time = event.get_subject(), event.get_time()
    assert subject is not None
    assert urlsplit(subject).scheme in ("http", "https", "urn"), "a URN is that of a withdrawn page without a URL"
    assert subject.isascii()
    assert time is not None
    assert time.utcoffset() == timedelta(0)
    assert texts["ce_time"].endswith(b"Z")
    return event
