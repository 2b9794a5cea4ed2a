"""What a TLS error means, and which setting is affected: the broker's certificate, or the client's."""

import ssl

from wiredesk.runtime.kafka.port_probe import address
from wiredesk.runtime.settings import KafkaSettings

# Codes of OpenSSL's X509_V_ERR_*.

_NOT_YET_VALID = 9
"""The certificate is not valid yet."""

_EXPIRED = 10
"""The certificate has expired."""

_UNTRUSTED = (18, 19, 20, 21)
"""The certificate is self-signed, or its issuer is not known."""

_WRONG_NAME = (62, 64)
"""The certificate is for another host name or IP address."""

_NO_CERTIFICATE = ("CERTIFICATE_REQUIRED", "BAD_CERTIFICATE", "HANDSHAKE_FAILURE")
"""Endings of the names of the alerts that a server sends when it got no client certificate."""

_UNTRUSTED_ISSUER = "was issued by an authority that the broker does not trust"

_REFUSED = {
    "CERTIFICATE_EXPIRED": "has expired",
    "CERTIFICATE_REVOKED": "is revoked",
    "CERTIFICATE_UNKNOWN": f"is not accepted: it may have expired, or it {_UNTRUSTED_ISSUER}",
    "UNKNOWN_CA": _UNTRUSTED_ISSUER,
    "UNSUPPORTED_CERTIFICATE": "is of a type that the broker does not support",
    "BAD_CERTIFICATE": "is not accepted: its issuer may not be trusted by the broker",
    "ACCESS_DENIED": "is not accepted",
    "DECRYPT_ERROR": "does not match its key",
}
"""What is wrong with the client's certificate, by the ending of the alert's name."""


def problem(settings: KafkaSettings, host: str, port: int, error: ssl.SSLError) -> str | None:
    """Return in a line what a TLS error means; None if it does not say."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _theirs(settings, host, port, error)
    reason = error.reason or ""
    if "ALERT" not in reason:
        return None
    at = address(host, port)
    if settings.ssl_cert_file is None and reason.endswith((*_NO_CERTIFICATE, "CERTIFICATE_UNKNOWN")):
        return (
            f"the broker at {at} requires a client certificate: set WIREDESK_SSL_CERT_FILE and "
            "WIREDESK_SSL_KEY_FILE (mutual TLS)"
        )
    for name, what in _REFUSED.items():
        if reason.endswith(name):
            return f"the broker at {at} refuses WIREDESK_SSL_CERT_FILE={settings.ssl_cert_file}: the certificate {what}"
    if reason.endswith("PROTOCOL_VERSION"):
        return f"the broker at {at} supports no TLS version of this client (1.2 and later)"
    return f"the broker at {at} aborts the TLS handshake ({reason.replace('_', ' ').lower()}): look at its log"


def _theirs(settings: KafkaSettings, host: str, port: int, error: ssl.SSLCertVerificationError) -> str:
    whose = f"the certificate of the broker at {address(host, port)}"
    if error.verify_code == _EXPIRED:
        return f"{whose} has expired: renew it, or correct this machine's clock"
    if error.verify_code == _NOT_YET_VALID:
        return f"{whose} is not valid yet: correct this machine's clock"
    if error.verify_code in _WRONG_NAME:
        return (
            f"{whose} is for another host name ({error.verify_message}): use a name that it has in "
            "WIREDESK_BOOTSTRAP_SERVERS and the broker's advertised.listeners, or issue it for this one"
        )
    if error.verify_code in _UNTRUSTED:
        if settings.ssl_ca_file is None:
            return f"{whose} was not issued by an authority that this system trusts: set WIREDESK_SSL_CA_FILE"
        return (
            f"{whose} was not issued by an authority in WIREDESK_SSL_CA_FILE={settings.ssl_ca_file}: use the file of "
            "the authority that issued it"
        )
    return f"{whose} is not accepted ({error.verify_message}): see WIREDESK_SSL_CA_FILE"
