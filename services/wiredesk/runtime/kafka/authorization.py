"""One line for each authorization error: operation, resource, principal, and remedy.

Kafka answers with an error code only. The operation follows from the client: a consumer reads, a producer writes, an
admin client describes, unless the caller says otherwise.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from aiokafka import TopicPartition
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    KafkaError,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailed,
)

from wiredesk.runtime.errors import ForbiddenError, WiredeskError
from wiredesk.runtime.settings import KafkaSettings

TOPIC_REFUSED = TopicAuthorizationFailedError.errno
"""The error code for an operation on a topic that is not allowed."""

CLUSTER_REFUSED = ClusterAuthorizationFailedError.errno
"""The error code for an operation on the cluster that is not allowed."""

_REFUSALS = (
    TopicAuthorizationFailedError,
    GroupAuthorizationFailedError,
    ClusterAuthorizationFailedError,
    TransactionalIdAuthorizationFailed,
)

_MAX_CAUSES = 5
"""How many levels of causes are searched: aiokafka wraps what its background tasks raise."""

_MAX_TOPICS = 5
"""The most topics that are named in a line."""


@dataclass(frozen=True, slots=True)
class Access:
    """The operations that a client needs, by kind of resource."""

    topic: str
    group: str


CONSUMING = Access("READ", "READ")
"""The operations of a consumer, and of any client that commits offsets."""

PRODUCING = Access("WRITE", "READ")
"""The operations of a producer; it commits offsets of a group within a transaction."""

DESCRIBING = Access("DESCRIBE", "DESCRIBE")
"""The operations of an admin client."""

DELETING = Access("DELETE", "DELETE")
"""The operations of a client that deletes topics or groups."""


def principal(settings: KafkaSettings) -> str:
    """Return the principal of this client, as the settings name it."""
    if settings.security_protocol.startswith("SASL"):
        if settings.sasl_mechanism == "OAUTHBEARER":
            return f"the subject of the token (client {settings.sasl_oauth_client_id or 'of the token provider'})"
        return f"user {settings.sasl_username} (WIREDESK_SASL_USERNAME)"
    if settings.security_protocol == "SSL" and settings.ssl_cert_file is not None:
        return f"the subject of {settings.ssl_cert_file} (WIREDESK_SSL_CERT_FILE)"
    return f"anonymous clients (WIREDESK_SECURITY_PROTOCOL={settings.security_protocol})"


def forbidden(settings: KafkaSettings, operation: str, resource: str) -> ForbiddenError:
    """Return the error of an operation that is not allowed.

    Args:
        resource: its kind and its name: `topic pages.raw`.
    """
    return ForbiddenError(_line(settings, operation, resource))


def invisible(settings: KafkaSettings, names: Iterable[str]) -> ForbiddenError:
    """Return the error of topics that are hidden from this client: Kafka does not say whether they exist."""
    return ForbiddenError(
        f"topic {_join(names)} is not visible to {principal(settings)}: Kafka does not allow DESCRIBE on it, "
        "so it may not exist either: grant what 'wiredesk acls' prints, then run 'wiredesk topics create' if needed"
    )


def refusal(error: BaseException, settings: KafkaSettings, access: Access = CONSUMING) -> str | None:
    """Return the message for an authorization error; None for other errors.

    Args:
        error: of aiokafka; its causes are followed. One of ours has its own line already.
        access: the operations that the client needs.
    """
    refused = _authorization_error(error)
    if refused is None:
        return None
    argument = refused.args[0] if refused.args else None
    if isinstance(refused, TopicAuthorizationFailedError):
        return _line(settings, access.topic, f"topic {_topic_names(argument)}")
    if isinstance(refused, GroupAuthorizationFailedError):
        # The admin client's message ends with the group.
        return _line(settings, access.group, f"group {str(argument or '').rpartition(' ')[2] or '(unnamed)'}")
    if isinstance(refused, TransactionalIdAuthorizationFailed):
        return _line(settings, "WRITE", f"transactional id {argument or '(unnamed)'}")
    if access is PRODUCING:
        # Without transactions a producer requests an id; WRITE on any topic is enough for that.
        return _line(settings, "WRITE", "any topic (nor IDEMPOTENT_WRITE on the cluster)")
    return _line(settings, "what was asked for", "the cluster")


def _line(settings: KafkaSettings, operation: str, resource: str) -> str:
    return f"Kafka does not allow {operation} on {resource} to {principal(settings)}: grant what 'wiredesk acls' prints"


def _authorization_error(error: BaseException | None) -> KafkaError | None:
    for _ in range(_MAX_CAUSES):
        if error is None or isinstance(error, WiredeskError):
            return None
        if isinstance(error, _REFUSALS):
            return error
        error = error.__cause__
    return None


def _topic_names(argument: object) -> str:
    if isinstance(argument, TopicPartition):
        return str(argument.topic)
    if isinstance(argument, set | frozenset | list | tuple):
        return _join(str(one) for one in argument)
    return str(argument or "(unnamed)")


def _join(names: Iterable[str]) -> str:
    ordered = sorted(names)
    more = f" and {len(ordered) - _MAX_TOPICS} more" if len(ordered) > _MAX_TOPICS else ""
    return ", ".join(ordered[:_MAX_TOPICS]) + more
