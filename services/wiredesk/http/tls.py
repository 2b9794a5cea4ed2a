"""What a server of ours needs to speak https."""

import ssl
from pathlib import Path

from wiredesk.runtime.errors import UsageError


def server_context(variable: str, certificate: Path, key: Path | None) -> ssl.SSLContext:
    """Return the context of a server.

    Args:
        variable: the environment variable that names the certificate's file.

    Raises:
        UsageError: the certificate or the key cannot be used.
    """
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise UsageError(f"{variable} {certificate} and its key cannot be used: {error}") from error
    return context
