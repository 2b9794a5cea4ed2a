"""The forms in which `wiredesk acls` prints access: each says the same."""

import json
import shlex

import pytest
import yaml

from wiredesk.cli import app
from wiredesk.operations.acls import Acl, Operation, Resource, least

EVERYTHING = ("--command", "worker", "--command", "dlq", "--command", "replay", "--into", "v2", "--topic-prefix", "d.")

type Rows = set[tuple[str, str, str, str]]
"""Rows: resource, pattern, name, operation."""


def printed(capsys: pytest.CaptureFixture[str], *options: str) -> list[str]:
    assert app.run(["acls", "--principal", "ingest", *options]) == 0
    return capsys.readouterr().out.splitlines()


def rows(capsys: pytest.CaptureFixture[str], *options: str) -> Rows:
    return {(r, p, n, o) for r, p, n, o, *_ in (line.split("\t") for line in printed(capsys, *options))}


def test_every_form_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    table = rows(capsys, *EVERYTHING)
    objects = [json.loads(line) for line in printed(capsys, *EVERYTHING, "--json")]
    assert {(o["resource"], o["pattern"], o["name"], o["operation"]) for o in objects} == table
    assert {(o["principal"], o["permission"], o["host"]) for o in objects} == {("User:ingest", "ALLOW", "*")}
    assert from_commands(printed(capsys, *EVERYTHING, "--format", "kafka-acls")) == table
    assert from_yaml("\n".join(printed(capsys, *EVERYTHING, "--format", "strimzi"))) == table
    assert all(name.startswith("d.") for _, _, name, _ in table)


def from_commands(lines: list[str]) -> Rows:
    rows = set()
    for line in lines:
        words = shlex.split(line)
        assert words[:6] == [
            "kafka-acls.sh",
            "--bootstrap-server",
            "127.0.0.1:9092",
            "--add",
            "--allow-principal",
            "User:ingest",
        ]
        options = list(zip(words[6::2], words[7::2], strict=True))
        (kind, name), pattern = options[-2], options[-1][1]
        rows |= {(kind.removeprefix("--"), pattern, name, value.upper()) for _, value in options[:-2]}
    return rows


def from_yaml(text: str) -> Rows:
    authorization = yaml.safe_load(text)["authorization"]
    assert authorization["type"] == "simple"
    kinds = {"topic": "topic", "group": "group", "transactionalId": "transactional-id"}
    patterns = {"literal": "literal", "prefix": "prefixed"}
    return {
        (
            kinds[acl["resource"]["type"]],
            patterns[acl["resource"]["patternType"]],
            acl["resource"]["name"],
            operation.upper(),
        )
        for acl in authorization["acls"]
        for operation in acl["operations"]
    }


def test_the_guarantee_and_the_stage_count(capsys: pytest.CaptureFixture[str]) -> None:
    once = rows(capsys, "--stage", "ingest")
    at_least = rows(capsys, "--stage", "ingest", "--guarantee", "at_least_once")
    assert {row[0] for row in once - at_least} == {"transactional-id"}
    assert once < rows(capsys)
    assert ("group", "literal", "wiredesk.extractor", "READ") in rows(capsys) - once


def test_what_is_implied_is_left_out() -> None:
    def on(operation: Operation, *, prefixed: bool = False) -> Acl:
        return Acl(Resource.TOPIC, "t", operation, prefixed)

    assert least({on(Operation.DESCRIBE), on(Operation.WRITE)}) == [on(Operation.WRITE)]
    assert len(least({on(Operation.DESCRIBE), on(Operation.CREATE)})) == 2
    assert len(least({on(Operation.DESCRIBE), on(Operation.READ, prefixed=True)})) == 2


@pytest.mark.parametrize(
    ("options", "phrase"),
    [
        (["--principal", " "], "--principal: give a name"),
        (["--principal", "User:a\nb"], "--principal: give a name"),
        (["--principal", "ingest", "--stage", "no"], "there is no stage 'no': choose one of ingest"),
        (["--principal", "ingest", "--command", "tail", "--topic", "a b"], "--topic a b: the name of a topic has"),
        (["--principal", "ingest", "--command", "replay", "--into", ""], "--into : the name of a topic has"),
        (["--principal", "ingest", "--command", "replay", "--into", ".."], "--into ..: the name of a topic has"),
        (["--principal", "ingest", "--command", "demo"], "--command demo: there are worker"),
    ],
)
def test_a_wrong_option_is_explained_in_one_line(
    capsys: pytest.CaptureFixture[str], options: list[str], phrase: str
) -> None:
    assert app.run(["acls", *options]) == 2
    errors = capsys.readouterr().err
    assert phrase in errors
    assert len(errors.splitlines()) == 1
