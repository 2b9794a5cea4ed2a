"""The settings of topics on the brokers: reading them, and setting some of them."""

from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from aiokafka.errors import for_code
from aiokafka.protocol.admin import DescribeConfigsRequest
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Array, Boolean, Int8, Int16, Int32, Schema, String

from wiredesk.runtime.errors import UnavailableError
from wiredesk.runtime.kafka import authorization
from wiredesk.runtime.kafka.cluster_client import ClusterClient

log = structlog.get_logger(__name__)

TOPIC = 2
"""The type of a resource that is a topic."""

SET = 0
"""The operation that sets one setting, and leaves the others as they are."""

NO_SUCH_TOPIC = 3
"""The error code for a topic that does not exist."""


class IncrementalAlterConfigsResponse_v0(Response):  # noqa: N801 - named as in the library
    """The response, with an error for each topic."""

    API_KEY = 44
    API_VERSION = 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "responses",
            Array(
                ("error_code", Int16),
                ("error_message", String("utf-8")),
                ("resource_type", Int8),
                ("resource_name", String("utf-8")),
            ),
        ),
    )


class IncrementalAlterConfigsRequest_v0(RequestStruct):  # noqa: N801 - named as in the library
    """The request (KIP-339): settings that it does not name keep their values."""

    API_KEY = 44
    API_VERSION = 0
    RESPONSE_TYPE = IncrementalAlterConfigsResponse_v0
    SCHEMA = Schema(
        (
            "resources",
            Array(
                ("resource_type", Int8),
                ("resource_name", String("utf-8")),
                (
                    "configs",
                    Array(("name", String("utf-8")), ("config_operation", Int8), ("value", String("utf-8"))),
                ),
            ),
        ),
        ("validate_only", Boolean),
    )


class IncrementalAlterConfigs(Request[IncrementalAlterConfigsRequest_v0]):
    """Builds the request for topics."""

    API_KEY = 44

    def __init__(self, topics: Mapping[str, Mapping[str, str]]) -> None:
        self._topics = topics

    def build(self, request_struct_class: type[IncrementalAlterConfigsRequest_v0]) -> IncrementalAlterConfigsRequest_v0:
        """Return the message."""
        resources: list[Any] = [
            (TOPIC, name, [(setting, SET, value) for setting, value in settings.items()])
            for name, settings in self._topics.items()
        ]
        return request_struct_class(resources, False)  # noqa: FBT003 - positional, as the protocol has it


class TopicSettingsClient(ClusterClient):
    """The methods of `Cluster` for settings of topics."""

    async def topic_settings(self, names: Sequence[str]) -> dict[str, dict[str, str]]:
        """Return the settings of those topics that exist, by name; those of the broker where a topic has none.

        Raises:
            ForbiddenError: this client may not read the settings of one of them.
        """
        if not names:
            return {}
        request = DescribeConfigsRequest([(TOPIC, name, None) for name in names])
        async with self._explained():
            answer = await self._ask_any(request)
        settings = {}
        for code, message, _, name, entries in answer.resources:
            if code == authorization.TOPIC_REFUSED:
                raise authorization.forbidden(self.settings, "DESCRIBE_CONFIGS", f"topic {name}")
            if code == NO_SUCH_TOPIC:
                continue
            if code:
                raise UnavailableError(f"settings of {name} cannot be read: {message or for_code(code).__name__}")
            settings[name] = {entry[0]: entry[1] or "" for entry in entries}
        return settings

    async def set_topic_settings(self, topics: Mapping[str, Mapping[str, str]]) -> None:
        """Set settings of topics, by the topics' names; the other settings keep their values.

        When it returns, every broker that answers has them.

        Raises:
            ForbiddenError: this client may not set those of one of them; those before it are set.
            UnavailableError: the cluster refuses.
        """
        async with self._explained():
            answer = await self._ask_any(IncrementalAlterConfigs(topics))
        for code, message, _, name in answer.responses:
            if code == authorization.TOPIC_REFUSED:
                raise authorization.forbidden(self.settings, "ALTER_CONFIGS", f"topic {name}")
            if code:
                raise UnavailableError(f"settings of {name} cannot be set: {message or for_code(code).__name__}")

        def of_before(answer: Any) -> list[str]:
            return [
                name
                for code, _, _, name, entries in answer.resources
                if not code and not topics[name].items() <= {entry[0]: entry[1] or "" for entry in entries}.items()
            ]

        async with self._explained():
            late = await self._late_broker(DescribeConfigsRequest([(TOPIC, name, None) for name in topics]), of_before)
        if late is not None:
            log.warning("settings are set, and a broker still has those of before", topic=late[1], broker=late[0])
