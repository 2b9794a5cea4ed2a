"""Users as manifests: what `wiredesk topics export --format strimzi` prints beside the topics."""

from typing import Any

import pytest
import yaml

from wiredesk.cli import app
from wiredesk.cli.acls import COMMAND_NAMES
from wiredesk.operations import acls
from wiredesk.operations.acls import Acl, Operation, Resource
from wiredesk.operations.command_acls import COMMANDS, Request
from wiredesk.operations.user_manifests import COMMANDS_OF
from wiredesk.registry import stages
from wiredesk.runtime.settings import KafkaSettings, WorkerSettings

KINDS = {"topic": Resource.TOPIC, "group": Resource.GROUP, "transactionalId": Resource.TRANSACTIONAL_ID}
PREFIXED = {"literal": False, "prefix": True}


def exported(capsys: pytest.CaptureFixture[str], *options: str) -> list[dict[str, Any]]:
    assert app.run(["topics", "export", *options]) == 0
    return list(yaml.safe_load_all(capsys.readouterr().out))


def allowed(user: dict[str, Any]) -> set[Acl]:
    """Return the ACLs of a KafkaUser."""
    authorization = user["spec"]["authorization"]
    assert authorization["type"] == "simple"
    operations = {operation.camel_case: operation for operation in Operation}
    return {
        Acl(
            KINDS[rule["resource"]["type"]],
            rule["resource"]["name"],
            operations[name],
            PREFIXED[rule["resource"]["patternType"]],
        )
        for rule in authorization["acls"]
        for name in rule["operations"]
        if rule["host"] == "*"
    }


def test_every_service_has_a_user_that_may_do_what_it_needs_and_nothing_else(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WIREDESK_TOPIC_PREFIX", "D_1.")
    objects = exported(capsys, "--cluster", "news", "--authentication", "tls")
    users = {one["metadata"]["name"]: one for one in objects if one["kind"] == "KafkaUser"}
    assert set(users) == {f"d-1.wiredesk-{name}" for name in (*stages(), *COMMANDS_OF)}
    kafka = KafkaSettings(topic_prefix="D_1.")
    for name, user in users.items():
        service = name.removeprefix("d-1.wiredesk-")
        of_stages = (stages()[service],) if service in stages() else tuple(stages().values())
        request = Request(kafka, WorkerSettings(), of_stages)
        wanted = [acl for command in COMMANDS_OF.get(service, ("worker",)) for acl in COMMANDS[command](request)]
        assert allowed(user) == set(acls.least(wanted))
        assert user["metadata"]["labels"] == {"strimzi.io/cluster": "news"}
        assert user["spec"]["authentication"] == {"type": "tls"}


def test_a_worker_that_writes_at_least_once_needs_no_transactions(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def transactional() -> bool:
        users = [one for one in exported(capsys) if one["metadata"]["name"] == "wiredesk-ingest"]
        return any(acl.resource is Resource.TRANSACTIONAL_ID for user in users for acl in allowed(user))

    assert transactional()
    monkeypatch.setenv("WIREDESK_GUARANTEE", "at_least_once")
    assert not transactional()


def test_topics_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert {one["kind"] for one in exported(capsys, "--no-users")} == {"KafkaTopic"}
    assert {one["kind"] for one in exported(capsys)} == {"KafkaTopic", "KafkaUser"}
    assert app.run(["topics", "export", "--format", "terraform"]) == 0
    assert "KafkaUser" not in capsys.readouterr().out


def test_every_command_of_a_service_is_one_that_the_help_names() -> None:
    assert {command for commands in COMMANDS_OF.values() for command in commands} <= set(COMMANDS)
    assert set(COMMAND_NAMES) == set(COMMANDS)
