"""TLS contexts from the files of the settings, and messages that name the setting of a file that is wrong."""

import ssl
from pathlib import Path

from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.settings import KafkaSettings


def ssl_context(settings: KafkaSettings) -> ssl.SSLContext:
    """Return the context of TLS connections to brokers.

    Raises:
        UsageError: a file cannot be read, or has the wrong content; the message names its setting.
    """
    context = trusting(settings.ssl_ca_file, "WIREDESK_SSL_CA_FILE")
    context.check_hostname = settings.ssl_check_hostname
    if settings.ssl_cert_file is not None and settings.ssl_key_file is not None:
        _load_certificate(context, settings, settings.ssl_cert_file, settings.ssl_key_file)
    return context


def trusting(authorities: Path | None, variable: str) -> ssl.SSLContext:
    """Return a context that trusts the certificate authorities of a PEM file; None: those of the system.

    Raises:
        UsageError: the file cannot be read, or has no certificate.
    """
    try:
        return ssl.create_default_context(cafile=authorities)
    except ssl.SSLError as error:
        raise UsageError(f"{variable}={authorities} is not a PEM file of certificates") from error
    except OSError as error:
        raise UsageError(f"{variable}={authorities} cannot be read: {error.strerror or error}") from error


def _load_certificate(context: ssl.SSLContext, settings: KafkaSettings, certificate: Path, key: Path) -> None:
    for variable, path in (("WIREDESK_SSL_CERT_FILE", certificate), ("WIREDESK_SSL_KEY_FILE", key)):
        try:
            path.read_bytes()
        except OSError as error:
            raise UsageError(f"{variable}={path} cannot be read: {error.strerror or error}") from error
    password = settings.ssl_key_password

    def give_password() -> str:  # without it OpenSSL asks on the terminal
        if password is None:
            raise UsageError(f"the key in WIREDESK_SSL_KEY_FILE={key} is encrypted: set WIREDESK_SSL_KEY_PASSWORD")
        return password.get_secret_value()

    try:
        context.load_cert_chain(certificate, key, give_password)
    except ssl.SSLError as error:
        raise UsageError(_certificate_problem(error, certificate, key, encrypted=password is not None)) from error


def _certificate_problem(error: ssl.SSLError, certificate: Path, key: Path, *, encrypted: bool) -> str:
    if error.reason == "KEY_VALUES_MISMATCH":
        return f"the key in WIREDESK_SSL_KEY_FILE={key} does not belong to WIREDESK_SSL_CERT_FILE={certificate}"
    if encrypted and b"ENCRYPTED" in key.read_bytes():
        return f"WIREDESK_SSL_KEY_PASSWORD does not decrypt WIREDESK_SSL_KEY_FILE={key}"
    if b"-----BEGIN CERTIFICATE-----" not in certificate.read_bytes():
        return f"WIREDESK_SSL_CERT_FILE={certificate} is not a PEM file of a certificate"
    if b"PRIVATE KEY-----" not in key.read_bytes():
        return f"WIREDESK_SSL_KEY_FILE={key} is not a PEM file of a private key"
    return (
        f"WIREDESK_SSL_CERT_FILE={certificate} and WIREDESK_SSL_KEY_FILE={key} cannot be loaded: "
        f"{error.reason or error}"
    )
