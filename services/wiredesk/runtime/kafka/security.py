"""How a connection is secured: the settings as the options of aiokafka."""

from typing import Any

from aiokafka.errors import KafkaError

from wiredesk.runtime.kafka import tls
from wiredesk.runtime.settings import KafkaSettings


class TokenError(KafkaError):
    """No token is to be had at the moment; it is one of Kafka's errors for aiokafka, which tries again."""

    retriable = True


def options(settings: KafkaSettings) -> dict[str, Any]:
    """Return what aiokafka's clients, and its bare connections, are told about TLS and SASL.

    Raises:
        UsageError: a certificate or key file cannot be read, or there is no such token provider.
    """
    found: dict[str, Any] = {"security_protocol": settings.security_protocol}
    if settings.security_protocol.endswith("SSL"):
        found["ssl_context"] = tls.ssl_context(settings)
    if not settings.security_protocol.startswith("SASL"):
        return found
    found["sasl_mechanism"] = settings.sasl_mechanism
    if settings.sasl_mechanism == "OAUTHBEARER":
        from wiredesk.runtime.kafka import tokens  # noqa: PLC0415 - aiohttp takes a while, and most do without

        found["sasl_oauth_token_provider"] = tokens.provider(settings)
    elif settings.sasl_password is not None:
        found["sasl_plain_username"] = settings.sasl_username
        found["sasl_plain_password"] = settings.sasl_password.get_secret_value()
    return found
