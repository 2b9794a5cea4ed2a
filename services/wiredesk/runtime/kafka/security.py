"""Security of connections: our settings as options of aiokafka."""

from typing import Any

from wiredesk.runtime.kafka import tls, tokens
from wiredesk.runtime.settings import KafkaSettings


def options(settings: KafkaSettings) -> dict[str, Any]:
    """Return the options for TLS and SASL of aiokafka's clients and connections.

    Raises:
        UsageError: a certificate or key file cannot be read, or the token provider is not installed.
    """
    options: dict[str, Any] = {"security_protocol": settings.security_protocol}
    if settings.security_protocol.endswith("SSL"):
        options["ssl_context"] = tls.ssl_context(settings)
    if not settings.security_protocol.startswith("SASL"):
        return options
    options["sasl_mechanism"] = settings.sasl_mechanism
    if settings.sasl_mechanism == "OAUTHBEARER":
        options["sasl_oauth_token_provider"] = tokens.provider(settings)
    elif settings.sasl_password is not None:
        options["sasl_plain_username"] = settings.sasl_username
        options["sasl_plain_password"] = settings.sasl_password.get_secret_value()
    return options
