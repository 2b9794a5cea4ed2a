"""Signatures of webhooks, by the rules of Standard Webhooks 1.0: libraries in many languages verify them.

`webhook-signature` is `v1,` and the base64 of an HMAC-SHA256 over `<webhook-id>.<webhook-timestamp>.<body>`.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping

from wiredesk_schemas.headers import CONTENT_TYPE, JSON

SECRET_PREFIX = "whsec_"  # noqa: S105 - it marks a secret
"""The prefix of a secret whose rest is a key in base64; another secret is the key itself, in UTF-8."""

MIN_SECRET_BYTES = 16
"""The shortest key, in bytes; Standard Webhooks recommends 24 to 64."""


def key_of(secret: str) -> bytes:
    """Return the key that a secret states."""
    if secret.startswith(SECRET_PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
        except (binascii.Error, ValueError):
            return b""
    return secret.encode()


def signed_headers(key: bytes, delivery: str, body: bytes, seconds: int) -> Mapping[str, str]:
    """Return the headers of a request.

    Args:
        key: of the receiver.
        delivery: the id of the delivery: the same in each attempt.
        body: of the request.
        seconds: since 1970: when the request is sent.
    """
    signed = f"{delivery}.{seconds}.".encode() + body
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    return {
        "webhook-id": delivery,
        "webhook-timestamp": str(seconds),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
        CONTENT_TYPE: JSON,
        "user-agent": "wiredesk-notify",
    }
