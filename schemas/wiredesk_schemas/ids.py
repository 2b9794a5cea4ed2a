"""Deterministic identifiers: the same page, content and code always give the same ones.

They are UUIDv5 (RFC 9562, section 5.5) in namespaces of their own, so that any language can recompute them.
"""

import hashlib
from uuid import NAMESPACE_URL, UUID, uuid5

EVENT_NAMESPACE = uuid5(NAMESPACE_URL, "urn:wiredesk:event")
"""The namespace of event ids. It never changes: readers compare ids of different years."""

_UUID_BYTES = 16
"""Bytes of a UUID."""

GROUP_NAMESPACE = str(uuid5(NAMESPACE_URL, "urn:wiredesk:copies"))
"""The namespace of the ids of groups of copies."""


HOST_NAMESPACE = uuid5(NAMESPACE_URL, "urn:wiredesk:host")
"""The namespace of the ids of hosts. It never changes: lists of forgotten hosts are kept for years."""


def page_id(canonical_url: str) -> str:
    """Return the page's id: UUIDv5 of its canonical URL in the standard namespace for URLs."""
    return str(uuid5(NAMESPACE_URL, canonical_url))


def host_id(host: str) -> str:
    """Return a host's id: UUIDv5 of its name in lower case, as canonical URLs have it, in a namespace of its own."""
    return str(uuid5(HOST_NAMESPACE, host))


def revision(body: str | bytes) -> str:
    """Return the id of a page's content: SHA-256 over the UTF-8 of its decoded body, hexadecimal.

    Args:
        body: the text, or its UTF-8.
    """
    encoded = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    return hashlib.sha256(encoded).hexdigest()


def event_id(page: str, page_revision: str, stage: str, version: str) -> str:
    """Return the id of the first event that a stage derives from a revision of a page."""
    return str(uuid5(EVENT_NAMESPACE, f"{page}/{page_revision}/{stage}@{version}"))


def derived_event_id(parent: str, stage: str, version: str) -> str:
    """Return the id of an event that a stage derived from another: it changes with every version on the way."""
    return _named_in(parent, f"{stage}@{version}")


def sibling_event_id(first: str, number: int) -> str:
    """Return the id of a further event that a stage derived from the same one.

    Args:
        first: the id of the first of them.
        number: of this one, from 1.
    """
    return _named_in(first, f"#{number}")


def group_id(first_event: str) -> str:
    """Return the id of the group of copies that begins with the article of an event."""
    return _named_in(GROUP_NAMESPACE, first_event)


def _named_in(namespace: str, name: str) -> str:
    """Return the UUIDv5 of a name in the namespace of an id.

    Every event has one, and `uuid.uuid5` takes four times as long: it makes objects of both.
    """
    digits = namespace.replace("-", "")
    try:
        space = bytes.fromhex(digits)
    except ValueError:
        space = b""
    if not 2 * len(space) == len(digits) == 2 * _UUID_BYTES:
        return str(uuid5(UUID(namespace), name))  # another form of one, or none at all
    digest = bytearray(hashlib.sha1(space + name.encode(), usedforsecurity=False).digest()[:_UUID_BYTES])
    digest[6] = digest[6] & 0x0F | 0x50  # the version
    digest[8] = digest[8] & 0x3F | 0x80  # the variant
    text = digest.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
