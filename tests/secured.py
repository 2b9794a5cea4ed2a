"""A secured Kafka: one node, an open listener for the tests, and secured listeners."""

import asyncio
import contextlib
import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import trustme
from confluent_kafka.admin import (  # type: ignore[attr-defined] # what it says is its interface
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from tests.reading import count_partitions
from wiredesk.local.broker import jars
from wiredesk.local.broker.node import Address, Node
from wiredesk.local.broker.settings import BrokerSettings
from wiredesk.local.ports import free_port
from wiredesk.operations.acls import Acl, Operation, Resource
from wiredesk.runtime.errors import WiredeskError
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing import commands
from wiredesk.testing.patience import scaled
from wiredesk.testing.processes import wait_until

AUTHORIZER = {
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "super.users": "User:ANONYMOUS;User:desk",
}
LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule required"


@dataclass(frozen=True)
class SecuredKafka:
    """A running node: the port of each listener, and the address of the open one."""

    ports: Mapping[str, int]
    door: str

    def settings(self, listener: str, protocol: str, **others: object) -> KafkaSettings:
        """Return the settings of a client of a listener."""
        servers = f"127.0.0.1:{self.ports[listener]}"
        return KafkaSettings.model_validate(
            {"bootstrap_servers": servers, "security_protocol": protocol, "request_timeout": 10, **others}
        )

    @property
    def open(self) -> KafkaSettings:
        """Settings of a superuser."""
        return KafkaSettings(bootstrap_servers=self.door)


@contextlib.contextmanager
def running(
    folder: Path,
    listeners: Mapping[str, str],
    settings: Mapping[str, str],
    ports: Mapping[str, int] | None = None,
    advertised: Mapping[str, int] | None = None,
) -> Iterator[SecuredKafka]:
    """Run a node for the duration of a block.

    Args:
        listeners: protocol by the name of the listener.
        settings: of Kafka.
        ports: of the listeners, with `PLAINTEXT` and `CONTROLLER`; None: any free ones.
        advertised: ports that brokers advertise to clients instead.
    """
    ports = ports or {name: free_port() for name in ("PLAINTEXT", "CONTROLLER", *listeners)}
    addresses = {**ports, **(advertised or {})}
    address = Address(1, ports["PLAINTEXT"], ports["CONTROLLER"])
    protocols = {"PLAINTEXT": "PLAINTEXT", "CONTROLLER": "PLAINTEXT", **listeners}
    own = {
        "listeners": ",".join(f"{name}://127.0.0.1:{port}" for name, port in ports.items()),
        "advertised.listeners": ",".join(
            f"{name}://127.0.0.1:{port}" for name, port in addresses.items() if name != "CONTROLLER"
        ),
        "listener.security.protocol.map": ",".join(f"{name}:{protocol}" for name, protocol in protocols.items()),
        **settings,
    }
    cache = BrokerSettings().cache_dir
    node = Node(address, [address], folder / "node", jars.classpath(cache), own, cache=cache)
    kafka = SecuredKafka(ports, f"127.0.0.1:{address.port}")
    with asyncio.Runner() as runner:
        runner.run(node.format("wiredeskwiredesktest0A"))
        runner.run(node.start())
        try:
            wait_until(lambda: answers(kafka.open), "the node answers")
            yield kafka
        finally:
            runner.run(node.stop())


def answers(settings: KafkaSettings) -> bool:
    try:
        asyncio.run(count_partitions(settings, ["any"]))
    except WiredeskError:
        return False
    return True


def certificates(folder: Path) -> dict[str, Path]:
    """Issue certificates for the broker and for clients, each in the format that it reads."""
    authority = trustme.CA()
    files = {name: folder / f"{name}.pem" for name in ("ca", "broker", "client", "key")}
    authority.cert_pem.write_to_path(files["ca"])
    client = authority.issue_cert("desk")
    files["broker"].write_bytes(keystore(authority.issue_cert("127.0.0.1")))
    files["client"].write_bytes(b"".join(blob.bytes() for blob in client.cert_chain_pems))
    client.private_key_pem.write_to_path(files["key"])
    return files


def keystore(issued: trustme.LeafCert) -> bytes:
    """Return a certificate with its key, as Kafka reads them."""
    key = load_pem_private_key(issued.private_key_pem.bytes(), None)
    pkcs8 = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pkcs8 + b"".join(blob.bytes() for blob in issued.cert_chain_pems)


_RESOURCES = {
    Resource.TOPIC: ResourceType.TOPIC,
    Resource.GROUP: ResourceType.GROUP,
    Resource.TRANSACTIONAL_ID: ResourceType.TRANSACTIONAL_ID,
}


class Guest:
    """A user who may do only what is granted."""

    def __init__(self, door: str, principal: str = "User:guest") -> None:
        # It outlives the node, and would report that to the stderr of other tests.
        self._admin = AdminClient({"bootstrap.servers": door, "log_level": 0})
        self._principal = principal
        self._granted: frozenset[AclBinding] = frozenset()

    def may(self, *acls: Acl) -> None:
        """Grant ACLs, and remove all others: what stays as it is is not touched."""
        wanted = frozenset(map(self._binding, acls))
        taken, given = [*map(_only, self._granted - wanted)], [*(wanted - self._granted)]
        for deleted in self._admin.delete_acls(taken).values() if taken else ():
            deleted.result(scaled(30))
        for created in self._admin.create_acls(given).values() if given else ():
            created.result(scaled(30))
        self._granted = wanted
        # The controller has it; the broker reads it from the controller's log, in milliseconds.
        began = time.monotonic()
        while self._in_force() != wanted:
            assert time.monotonic() < began + scaled(30), "the access is not in force"
            time.sleep(0.002)

    def _in_force(self) -> frozenset[AclBinding]:
        anything: Any = None  # as a name and as a host, which its stubs do not know
        mine = AclBindingFilter(
            ResourceType.ANY,
            anything,
            ResourcePatternType.ANY,
            self._principal,
            anything,
            AclOperation.ANY,
            AclPermissionType.ANY,
        )
        return frozenset(self._admin.describe_acls(mine).result(scaled(30)))

    def _binding(self, acl: Acl) -> AclBinding:
        pattern = ResourcePatternType.PREFIXED if acl.prefixed else ResourcePatternType.LITERAL
        operation = AclOperation[Operation(acl.operation).name]
        return AclBinding(
            _RESOURCES[acl.resource], acl.name, pattern, self._principal, "*", operation, AclPermissionType.ALLOW
        )


def _only(binding: AclBinding) -> AclBindingFilter:
    """Return the filter that a single binding passes."""
    return AclBindingFilter(
        binding.restype,
        binding.name,
        binding.resource_pattern_type,
        binding.principal,
        binding.host,
        binding.operation,
        binding.permission_type,
    )


def command(kafka: KafkaSettings, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command with all settings of a client."""
    return commands.run(arguments, {**os.environ, **environment(kafka)}, timeout=scaled(60))


def environment(kafka: KafkaSettings) -> dict[str, str]:
    """Return the environment of a client, secrets included."""
    variables = {}
    for name in kafka.model_fields_set:
        value = getattr(kafka, name)
        secret = getattr(value, "get_secret_value", None)
        if value is not None:
            variables[f"WIREDESK_{name.upper()}"] = str(secret() if secret is not None else value)
    return variables
