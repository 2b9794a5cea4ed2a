"""What Kafka does not allow: each refusal as a line that names operation, resource, principal, and remedy.

Kafka answers with an error code only. The operation follows from what was asked: a consumer reads, a producer writes,
an admin client describes, unless the caller says otherwise.
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
CLUSTER_REFUSED = ClusterAuthorizationFailedError.errno

_REFUSALS = (
    TopicAuthorizationFailedError,
    GroupAuthorizationFailedError,
    ClusterAuthorizationFailedError,
    TransactionalIdAuthorizationFailed,
)

_CAUSES = 5
"""Errors that are followed from one to its cause: aiokafka wraps what its background tasks raise."""

_NAMED = 5
"""Most topics that are named in a line."""


@dataclass(frozen=True, slots=True)
class Access:
    """The operations that a client asks for, by kind of resource."""

    topic: str
    group: str


CONSUMING = Access("READ", "READ")
PRODUCING = Access("WRITE", "READ")
DESCRIBING = Access("DESCRIBE", "DESCRIBE")
DELETING = Access("DELETE", "DELETE")


def principal(settings: KafkaSettings) -> str:
    """Return whom Kafka refuses, by the setting that says so."""
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
    """Return the error of topics that Kafka does not show: it hides whether they exist."""
    return ForbiddenError(
        f"topic {_listed(names)} is not visible to {principal(settings)}: Kafka allows no DESCRIBE on it, and hides "
        "whether it exists: grant what 'wiredesk acls' prints, and where it is missing run 'wiredesk topics create'"
    )


def refusal(error: BaseException, settings: KafkaSettings, access: Access = CONSUMING) -> str | None:
    """Return the line of an error by which Kafka does not allow something; None where it is another error.

    Args:
        error: of aiokafka; its causes are looked at, too. One of ours has been put into words already.
        access: the operations that were asked for.
    """
    found = _found(error)
    if found is None:
        return None
    argument = found.args[0] if found.args else None
    if isinstance(found, TopicAuthorizationFailedError):
        return _line(settings, access.topic, f"topic {_topic(argument)}")
    if isinstance(found, GroupAuthorizationFailedError):
        # The admin client says it in a sentence that ends with the group.
        return _line(settings, access.group, f"group {str(argument or '').rpartition(' ')[2] or '(unnamed)'}")
    if isinstance(found, TransactionalIdAuthorizationFailed):
        return _line(settings, "WRITE", f"transactional id {argument or '(unnamed)'}")
    if access is PRODUCING:
        # Without transactions a producer asks for an id, which any topic that it may write entitles it to.
        return _line(settings, "WRITE", "any topic (nor IDEMPOTENT_WRITE on the cluster)")
    return _line(settings, "what was asked for", "the cluster")


def _line(settings: KafkaSettings, operation: str, resource: str) -> str:
    return f"Kafka does not allow {operation} on {resource} to {principal(settings)}: grant what 'wiredesk acls' prints"


def _found(error: BaseException | None) -> KafkaError | None:
    for _ in range(_CAUSES):
        if error is None or isinstance(error, WiredeskError):
            return None
        if isinstance(error, _REFUSALS):
            return error
        error = error.__cause__
    return None


def _topic(argument: object) -> str:
    if isinstance(argument, TopicPartition):
        return str(argument.topic)
    if isinstance(argument, set | frozenset | list | tuple):
        return _listed(str(one) for one in argument)
    return str(argument or "(unnamed)")


def _listed(names: Iterable[str]) -> str:
    ordered = sorted(names)
    more = f" and {len(ordered) - _NAMED} more" if len(ordered) > _NAMED else ""
    return ", ".join(ordered[:_NAMED]) + more
