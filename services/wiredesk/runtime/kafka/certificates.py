"""What a TLS error says about a certificate, theirs or ours, and which setting it concerns."""

import ssl

from wiredesk.runtime.kafka.port_probe import address
from wiredesk.runtime.settings import KafkaSettings

# Of OpenSSL's X509_V_ERR_*.
_NOT_YET_VALID = 9
_EXPIRED = 10
_UNTRUSTED = (18, 19, 20, 21)
_WRONG_NAME = (62, 64)

_NO_CERTIFICATE = ("CERTIFICATE_REQUIRED", "BAD_CERTIFICATE", "HANDSHAKE_FAILURE")
"""In the names of alerts by which a server that wants a certificate of ours says that it had none."""

_REFUSED = {
    "CERTIFICATE_EXPIRED": "has expired",
    "CERTIFICATE_REVOKED": "is revoked",
    "CERTIFICATE_UNKNOWN": "is not accepted: it may have expired, or be of an authority that the broker does not trust",
    "UNKNOWN_CA": "is of an authority that the broker does not trust",
    "UNSUPPORTED_CERTIFICATE": "is of a kind that the broker does not take",
    "BAD_CERTIFICATE": "is not accepted: it may be of an authority that the broker does not trust",
    "ACCESS_DENIED": "is not accepted",
    "DECRYPT_ERROR": "does not fit its key",
}
"""By what the name of the alert ends with."""


def problem(settings: KafkaSettings, host: str, port: int, error: ssl.SSLError) -> str | None:
    """Return in a line what a TLS error means; None where it does not tell."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _theirs(settings, host, port, error)
    reason = error.reason or ""
    if "ALERT" not in reason:
        return None
    at = address(host, port)
    if settings.ssl_cert_file is None and reason.endswith((*_NO_CERTIFICATE, "CERTIFICATE_UNKNOWN")):
        return (
            f"the broker at {at} wants a certificate of the client: set WIREDESK_SSL_CERT_FILE and "
            "WIREDESK_SSL_KEY_FILE (mutual TLS)"
        )
    for name, what in _REFUSED.items():
        if reason.endswith(name):
            return f"the broker at {at} refuses WIREDESK_SSL_CERT_FILE={settings.ssl_cert_file}: the certificate {what}"
    if reason.endswith("PROTOCOL_VERSION"):
        return f"the broker at {at} speaks no version of TLS that this client takes (1.2 and later)"
    return f"the broker at {at} breaks off the TLS handshake ({reason.replace('_', ' ').lower()}): look at its log"


def _theirs(settings: KafkaSettings, host: str, port: int, error: ssl.SSLCertVerificationError) -> str:
    whose = f"the certificate of the broker at {address(host, port)}"
    if error.verify_code == _EXPIRED:
        return f"{whose} has expired: renew it, or set this machine's clock right"
    if error.verify_code == _NOT_YET_VALID:
        return f"{whose} is not valid yet: set this machine's clock right"
    if error.verify_code in _WRONG_NAME:
        return (
            f"{whose} is for another host name ({error.verify_message}): write a name that it has into "
            "WIREDESK_BOOTSTRAP_SERVERS and the broker's advertised.listeners, or issue it for this one"
        )
    if error.verify_code in _UNTRUSTED:
        trusted = (
            f"that are in WIREDESK_SSL_CA_FILE={settings.ssl_ca_file}: take the file of the authority that signed it"
            if settings.ssl_ca_file is not None
            else "that this system trusts: set WIREDESK_SSL_CA_FILE"
        )
        return f"{whose} is of none of the authorities {trusted}"
    return f"{whose} is not accepted ({error.verify_message}): see WIREDESK_SSL_CA_FILE"
