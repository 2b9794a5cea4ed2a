"""The chart: its files, its stages, and what Helm renders of it for each set of values."""

import functools
import json
import re
import runpy
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml

from tests.toolchains import need
from wiredesk.cli.config import groups
from wiredesk.cli.options import variable
from wiredesk.operations.notifications.rules import Rules
from wiredesk.operations.topic_manifests import object_name
from wiredesk.operations.user_manifests import declared_users
from wiredesk.pipeline import STAGES, TOPICS
from wiredesk.runtime.settings import KafkaSettings, WorkerSettings
from wiredesk.runtime.topology import changelogs_of

ROOT = Path(__file__).parents[2]
CHART = ROOT / "deploy" / "helm" / "wiredesk"
HELM = shutil.which("helm")
KUBERNETES = ("--kube-version", "1.33.0")
EXAMPLES = sorted((CHART / "examples").glob("*.yaml"))

VARIABLES = {variable(name) for group in groups().values() for name in group.model_fields}

CUSTOM = {
    "ScaledObject": ("github.com/kedacore/keda/v2@v2.17.2", "config/crd/bases/keda.sh_scaledobjects.yaml"),
    "TriggerAuthentication": (
        "github.com/kedacore/keda/v2@v2.17.2",
        "config/crd/bases/keda.sh_triggerauthentications.yaml",
    ),
    "PodMonitor": (
        "github.com/prometheus-operator/prometheus-operator@v0.84.0",
        "example/prometheus-operator-crd/monitoring.coreos.com_podmonitors.yaml",
    ),
    "PrometheusRule": (
        "github.com/prometheus-operator/prometheus-operator@v0.84.0",
        "example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml",
    ),
}
"""Where the schemas of custom resources are: Go modules of their operators."""

needs_helm = pytest.mark.skipif(HELM is None, reason="helm is not installed")


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def rendered(*values: Path, release: str = "desk", **single: str) -> list[dict[str, Any]]:
    """Return the objects that Helm renders with values."""
    assert HELM is not None
    options = [option for path in values for option in ("--values", str(path))]
    options += [option for name, value in single.items() for option in ("--set", f"{name.replace('__', '.')}={value}")]
    ran = subprocess.run(
        [HELM, "template", release, str(CHART), *KUBERNETES, *options], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return [one for one in yaml.safe_load_all(ran.stdout) if one]


def of_kind(objects: list[dict[str, Any]], kind: str) -> dict[str, dict[str, Any]]:
    return {one["metadata"]["name"]: one for one in objects if one["kind"] == kind}


def test_files_of_the_chart_are_generated() -> None:
    files = runpy.run_path(str(ROOT / "deploy" / "helm" / "chart_files.py"))["chart_files"]()
    for name, content in files.items():
        assert (CHART / "files" / name).read_text(encoding="utf-8") == content, f"{name}: run 'make generate'"


def test_every_stage_is_deployed_and_reads_its_topic() -> None:
    stages = read(CHART / "values.yaml")["stages"]
    assert {name: own["input"] for name, own in stages.items()} == {
        name: stage.consumes.name for name, stage in STAGES.items()
    }


@needs_helm
@pytest.mark.parametrize("values", EXAMPLES, ids=lambda path: path.stem)
def test_a_stage_is_a_static_member_that_drains(values: Path) -> None:
    objects = rendered(values)
    workers = of_kind(objects, "StatefulSet")
    assert set(workers) == {f"desk-wiredesk-{stage}" for stage in STAGES}
    budgets = of_kind(objects, "PodDisruptionBudget")
    for name, worker in workers.items():
        pod = worker["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        env = {one["name"]: one for one in container["env"]}
        assert env["WIREDESK_INSTANCE_ID"]["valueFrom"] == {"fieldRef": {"fieldPath": "metadata.name"}}
        assert pod["terminationGracePeriodSeconds"] > int(env["WIREDESK_DRAIN_TIMEOUT"]["value"])
        assert container["securityContext"]["readOnlyRootFilesystem"]
        assert pod["securityContext"]["runAsNonRoot"]
        assert {"startupProbe", "livenessProbe", "readinessProbe"} < set(container)
        assert name in budgets
        selector = worker["spec"]["selector"]["matchLabels"].items()
        assert selector <= worker["spec"]["template"]["metadata"]["labels"].items()


SINGLES = {"web": 8090, "canary": 9465, "audit": 9466, "archive": 9467, "notify": 9468}
"""What runs once, and its port."""


@needs_helm
@pytest.mark.parametrize("values", EXAMPLES, ids=lambda path: path.stem)
def test_what_runs_once_is_never_doubled_and_keeps_nothing_on_its_root(values: Path) -> None:
    enabled = {name for name in SINGLES if read(values).get(name, {}).get("enabled")}
    deployments = of_kind(rendered(values), "Deployment")
    assert set(deployments) - {"desk-wiredesk-intake"} == {f"desk-wiredesk-{name}" for name in enabled}
    for name in enabled:
        spec = deployments[f"desk-wiredesk-{name}"]["spec"]
        assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})
        pod = spec["template"]["spec"]
        (container,) = pod["containers"]
        assert container["ports"][0]["containerPort"] == SINGLES[name]
        assert container["args"][0] == name
        assert container["securityContext"]["readOnlyRootFilesystem"]
        assert {"startupProbe", "livenessProbe", "readinessProbe"} < set(container)
        assert {one["name"] for one in container["volumeMounts"]} == {one["name"] for one in pod["volumes"]}
        assert {one["name"] for one in container["env"]} <= VARIABLES | {"TMPDIR"}


@needs_helm
def test_alerts_follow_their_rules_and_reach_receivers() -> None:
    objects = rendered(CHART / "examples" / "production.yaml")
    rules = tomllib.loads(of_kind(objects, "ConfigMap")["desk-wiredesk-notify"]["data"]["rules.toml"])
    assert Rules.model_validate(rules).rules[0].receiver == "newsroom"
    policy = of_kind(objects, "NetworkPolicy")["desk-wiredesk-outside"]["spec"]
    (expression,) = policy["podSelector"]["matchExpressions"]
    assert expression["values"] == ["archive", "notify"]
    assert policy["egress"][0]["ports"] == [{"port": 443, "protocol": "TCP"}]


@needs_helm
def test_a_scaled_stage_leaves_its_replicas_to_keda() -> None:
    objects = rendered(CHART / "examples" / "strimzi.yaml")
    scaled = of_kind(objects, "ScaledObject")
    for name, worker in of_kind(objects, "StatefulSet").items():
        assert "replicas" not in worker["spec"]
        spec = scaled[name]["spec"]
        stage = STAGES[name.removeprefix("desk-wiredesk-")]
        assert (spec["minReplicaCount"], spec["maxReplicaCount"]) == (0, stage.consumes.partitions_of(12))
        metadata = spec["triggers"][0]["metadata"]
        assert metadata["consumerGroup"] == f"desk.{stage.group}"
        assert metadata["topic"] == f"desk.{stage.consumes.name}"


@needs_helm
def test_topics_of_strimzi_are_those_of_the_topology() -> None:
    objects = of_kind(rendered(CHART / "examples" / "strimzi.yaml"), "KafkaTopic")
    declared = {one["spec"]["topicName"]: one["spec"] for one in objects.values()}
    topics = (*TOPICS, *changelogs_of(STAGES.values()))
    assert set(declared) == {f"desk.{topic.name}" for topic in topics}
    for topic in topics:
        spec = declared[f"desk.{topic.name}"]
        assert spec["config"] == topic.settings()
        assert spec["partitions"] == topic.partitions_of(12)


@needs_helm
@pytest.mark.parametrize("prefix", ["News_1.", "-.-."])
def test_objects_of_topics_have_the_names_of_the_export(prefix: str) -> None:
    objects = rendered(CHART / "examples" / "strimzi.yaml", kafka__topicPrefix=prefix)
    for name, one in of_kind(objects, "KafkaTopic").items():
        assert name == object_name(one["spec"]["topicName"])


@needs_helm
def test_the_web_page_reaches_the_workers_of_every_stage() -> None:
    objects = rendered(CHART / "examples" / "production.yaml")
    (page,) = of_kind(objects, "Deployment")["desk-wiredesk-web"]["spec"]["template"]["spec"]["containers"]
    (urls,) = (one["value"] for one in page["env"] if one["name"] == "WIREDESK_WEB_WORKERS")
    services = of_kind(objects, "Service")
    for url in urls.split(","):
        name, port = url.removeprefix("http://").split(":")
        # A pod that is not ready has a reason to say.
        assert services[name]["spec"]["publishNotReadyAddresses"]
        assert services[name]["spec"]["ports"][0]["port"] == int(port)
    assert len(urls.split(",")) == len(STAGES)
    policies = of_kind(objects, "NetworkPolicy")
    assert policies["desk-wiredesk-web"]["spec"]["egress"][0]["ports"] == [{"port": 9464, "protocol": "TCP"}]
    allowed = json.dumps(policies["desk-wiredesk"]["spec"]["ingress"][0]["from"])
    assert '"app.kubernetes.io/component": "web"' in allowed
    own = rendered(CHART / "examples" / "production.yaml", web__env__WIREDESK_WEB_WORKERS="http://ours")
    (page,) = of_kind(own, "Deployment")["desk-wiredesk-web"]["spec"]["template"]["spec"]["containers"]
    assert [one["value"] for one in page["env"] if one["name"] == "WIREDESK_WEB_WORKERS"] == ["http://ours"]


def stage_gone(objects: list[dict[str, Any]]) -> str:
    """Return the query of the alert on a stage without workers."""
    (rules,) = of_kind(objects, "PrometheusRule").values()
    alerts = [rule for group in rules["spec"]["groups"] for rule in group["rules"]]
    return " ".join(next(rule["expr"] for rule in alerts if rule.get("alert") == "WiredeskStageGone").split())


@needs_helm
def test_nobody_is_woken_for_a_stage_that_sleeps() -> None:
    values = CHART / "examples" / "strimzi.yaml"
    assert "max_over_time(wiredesk_stage[1d])" in stage_gone(rendered(CHART / "examples" / "production.yaml"))
    some = stage_gone(rendered(values, monitoring__rules="true", stages__ingest__scaling__min="1"))
    others = "|".join(sorted(set(STAGES) - {"ingest"}))
    assert f'max_over_time(wiredesk_stage{{stage!~"{others}"}}[1d])' in some
    assert f'absent(wiredesk_stage{{stage!~"{others}"}})' in some
    assert "absent(vector(1))" in stage_gone(rendered(values, monitoring__rules="true"))


@needs_helm
def test_secrets_are_named_and_never_held() -> None:
    text = json.dumps(rendered(CHART / "examples" / "production.yaml"))
    assert '"secretRef": {"name": "wiredesk-kafka"}' in text
    assert "Secret" not in {one["kind"] for one in rendered(CHART / "examples" / "production.yaml")}


@needs_helm
def test_what_is_missing_is_named() -> None:
    assert HELM is not None
    for options, message in (
        ([], "kafka.bootstrapServers: give the addresses of the brokers"),
        (["--set", "kafka.bootstrapServers=k:9092,intake.enabled=true"], "intake.secret: name the secret"),
        (["--set", "kafka.bootstrapServers=k:9092,topics.create=maybe"], "none of job, strimzi, none"),
        (["--set", "kafka.bootstrapServers=k:9092,web.enabled=true"], "web.secret: name the secret"),
        (["--set", "kafka.bootstrapServers=k:9092,notify.enabled=true"], "notify.rules: give the rules"),
        (["--set", "kafka.bootstrapServers=k:9092,archive.enabled=true"], "archive.into: give an object store"),
        (
            ["--set", "kafka.bootstrapServers=k:9092,archive.enabled=true,archive.into=/archive"],
            "archive.volumeClaim: name the claim",
        ),
    ):
        ran = subprocess.run(
            [HELM, "template", "desk", str(CHART), *KUBERNETES, *options], capture_output=True, text=True, check=False
        )
        assert ran.returncode == 1
        assert message in ran.stderr


@needs_helm
@pytest.mark.parametrize("values", EXAMPLES, ids=lambda path: path.stem)
def test_objects_are_valid(values: Path) -> None:
    for one in rendered(values):
        if one["kind"] not in {*CUSTOM, "KafkaTopic"}:
            kubernetes_validate.validate(one, "1.33", strict=True)


@needs_helm
@pytest.mark.parametrize("kind", CUSTOM)
def test_custom_resources_fit_the_schemas_of_their_operators(kind: str) -> None:
    values = CHART / "examples" / ("strimzi.yaml" if kind == "ScaledObject" else "production.yaml")
    schema = schema_of(kind)
    objects = of_kind(rendered(values), kind)
    assert objects
    for one in objects.values():
        jsonschema.validate({key: value for key, value in one.items() if key != "metadata"}, schema)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**one, "spec": {**one["spec"], "misspelt": 1}}, schema)


@functools.cache
def schema_of(kind: str) -> dict[str, Any]:
    """Return the schema of a custom resource, which takes no unknown fields; skip where it cannot be fetched."""
    need("go")
    module, path = CUSTOM[kind]
    ran = subprocess.run(["go", "mod", "download", "-json", module], capture_output=True, text=True, check=False)
    if ran.returncode:
        pytest.skip(f"{module} cannot be fetched: {ran.stdout[-300:]}{ran.stderr[-300:]}")
    definition = read(Path(json.loads(ran.stdout)["Dir"]) / path)
    schema: dict[str, Any] = closed(definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"])
    return schema


def closed(schema: Any) -> Any:
    """Return a schema whose objects take no fields that it does not name."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    # Patterns are Go's regular expressions.
    inner = {key: closed(value) for key, value in schema.items() if key != "pattern" or not isinstance(value, str)}
    is_open = "additionalProperties" in inner or inner.get("x-kubernetes-preserve-unknown-fields")
    if isinstance(inner.get("properties"), dict) and inner.get("type") == "object" and not is_open:
        inner["additionalProperties"] = False
    return inner


@needs_helm
def test_each_pod_authenticates_as_the_user_that_the_export_declares() -> None:
    enabled = {f"{name}__enabled": "true" for name in ("canary", "audit")}
    objects = rendered(
        CHART / "examples" / "one-node.yaml", kafka__users="true", kafka__topicPrefix="News_1.", **enabled
    )
    declared = {
        user.service: user.name for user in declared_users(KafkaSettings(topic_prefix="News_1."), WorkerSettings())
    }
    seen = {}
    for one in (*of_kind(objects, "StatefulSet").values(), *of_kind(objects, "Deployment").values()):
        service = one["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/component"]
        environment = {entry["name"]: entry for entry in one["spec"]["template"]["spec"]["containers"][0]["env"]}
        secret = environment["WIREDESK_SASL_PASSWORD"]["valueFrom"]["secretKeyRef"]
        assert environment["WIREDESK_SASL_USERNAME"]["value"] == secret["name"]
        seen[service] = secret["name"]
    assert seen.keys() >= {*STAGES, "canary", "audit"}
    assert seen == {service: declared[service] for service in seen}


ODD_VALUES = """
image: {tag: 20261130, pullSecrets: [{name: registry}]}
kafka:
  bootstrapServers: k:9092
  env: {WIREDESK_WORKER_BYTES: 268435456, WIREDESK_SSL_CHECK_HOSTNAME: false}
  secrets: [4711]
  tlsSecret: 42
topics: {partitions: 3}
podLabels: {cost-centre: 4711, team: news}
podAnnotations: {prometheus.io/port: 9464, checked: true}
defaults:
  nodeSelector: {disk: ssd, generation: 7}
  tolerations: [{key: dedicated, operator: Exists}]
  scaling: {enabled: true, min: 2, max: 99, lag: 20000000}
stages:
  ingest: {replicas: 0, scaling: {enabled: false}}
  a-stage-that-others-have-written-and-named: {input: articles.enriched}
web: {enabled: true, secret: s}
intake: {enabled: true, secret: s}
audit: {enabled: true, settleSeconds: 1200000}
monitoring: {podMonitor: true, rules: true, labels: {release: 12}}
networkPolicy: {enabled: true}
serviceAccount: {create: false}
"""
"""Values of files: YAML takes some for numbers that Helm holds as floats."""

RELEASES = ("4711", "2026.11", "a-release-whose-name-is-as-long-as-helm-lets-it-be-53")


@pytest.fixture(scope="module")
def odd_values(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("values") / "odd.yaml"
    path.write_text(ODD_VALUES, encoding="utf-8")
    return path


def pods(objects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the templates of all pods."""
    return [one["spec"]["template"] for one in objects if one["kind"] in ("StatefulSet", "Deployment", "Job")]


@needs_helm
@pytest.mark.parametrize("release", RELEASES)
def test_any_name_of_a_release_gives_valid_objects(odd_values: Path, release: str) -> None:
    objects = rendered(odd_values, release=release)
    for one in objects:
        name, kind = one["metadata"]["name"], one["kind"]
        # A pod of a StatefulSet has its name, a hyphen and ten characters in a label.
        assert len(name) <= (52 if kind == "StatefulSet" else 63)
        assert re.fullmatch(r"[a-z]([a-z0-9-]*[a-z0-9])?", name)
        assert all(isinstance(value, str) for value in one["metadata"]["labels"].values())
        if kind not in CUSTOM:
            kubernetes_validate.validate(one, "1.33", strict=True)
    assert len({(one["kind"], one["metadata"]["name"]) for one in objects}) == len(objects)
    for pod in pods(objects):
        assert pod["metadata"]["labels"]["app.kubernetes.io/instance"] == release


@needs_helm
def test_numbers_of_a_file_of_values_are_written_as_they_stand(odd_values: Path) -> None:
    objects = rendered(odd_values)
    for pod in pods(objects):
        (container,) = pod["spec"]["containers"]
        env = {one["name"]: one.get("value") for one in container["env"]}
        assert container["image"].endswith(":20261130")
        assert env["WIREDESK_WORKER_BYTES"] == "268435456" or "topics" in container["args"]
        assert pod["metadata"]["labels"]["cost-centre"] == "4711"
        assert pod["metadata"]["annotations"] == {"prometheus.io/port": "9464", "checked": "true"}
        assert {"secretRef": {"name": "4711"}} in container["envFrom"]
    (audit,) = of_kind(objects, "Deployment")["desk-wiredesk-audit"]["spec"]["template"]["spec"]["containers"]
    assert "1200000" in audit["args"]
    scaled = of_kind(objects, "ScaledObject")["desk-wiredesk-enrichment"]["spec"]["triggers"][0]["metadata"]
    assert scaled["lagThreshold"] == "20000000"


@needs_helm
def test_every_pod_goes_where_the_defaults_say(odd_values: Path) -> None:
    for pod in pods(rendered(odd_values)):
        assert pod["spec"]["nodeSelector"] == {"disk": "ssd", "generation": "7"}
        assert pod["spec"]["tolerations"] == [{"key": "dedicated", "operator": "Exists"}]
        assert pod["spec"]["imagePullSecrets"] == [{"name": "registry"}]
        # None was created: that of the namespace.
        assert pod["spec"].get("serviceAccountName", "default") == "default"


@needs_helm
def test_no_stage_is_scaled_beyond_its_partitions(odd_values: Path) -> None:
    objects = rendered(odd_values)
    scaled = {name: one["spec"] for name, one in of_kind(objects, "ScaledObject").items()}
    most = {name: (spec["minReplicaCount"], spec["maxReplicaCount"]) for name, spec in scaled.items()}
    assert most.pop("desk-wiredesk-syndication") == (1, 1)
    assert set(most.values()) == {(2, 3)}
    assert of_kind(objects, "StatefulSet")["desk-wiredesk-ingest"]["spec"]["replicas"] == 0


KEDA_SECURITY = {
    "PLAINTEXT": ({}, None),
    "SSL": ({"tls": "enable"}, set()),
    "SASL_PLAINTEXT": ({"sasl": "scram_sha512"}, {"username", "password"}),
    "SASL_SSL": ({"sasl": "scram_sha512", "tls": "enable"}, {"username", "password"}),
}


@needs_helm
@pytest.mark.parametrize("protocol", KEDA_SECURITY)
def test_keda_connects_to_kafka_as_the_workers_do(odd_values: Path, protocol: str) -> None:
    ca = {"kafka__env__WIREDESK_SSL_CA_FILE": "/etc/wiredesk/tls/ca.crt"}
    objects = rendered(odd_values, kafka__env__WIREDESK_SECURITY_PROTOCOL=protocol, **ca)
    words, parameters = KEDA_SECURITY[protocol]
    made = of_kind(objects, "TriggerAuthentication")
    (trigger,) = of_kind(objects, "ScaledObject")["desk-wiredesk-enrichment"]["spec"]["triggers"]
    assert {name: value for name, value in trigger["metadata"].items() if name in ("sasl", "tls")} == words
    if parameters is None:
        assert made == {}
        assert "authenticationRef" not in trigger
        return
    spec = made[trigger["authenticationRef"]["name"]]["spec"]
    assert {one["parameter"] for one in spec.get("env", [])} == parameters
    of_files = [{"parameter": "ca", "name": "42", "key": "ca.crt"}]
    assert spec.get("secretTargetRef", []) == (of_files if "tls" in words else [])
    theirs = rendered(
        odd_values, kafka__env__WIREDESK_SECURITY_PROTOCOL=protocol, defaults__scaling__authentication="ours"
    )
    assert of_kind(theirs, "TriggerAuthentication") == {}
    (trigger,) = of_kind(theirs, "ScaledObject")["desk-wiredesk-enrichment"]["spec"]["triggers"]
    assert trigger["authenticationRef"] == {"name": "ours"}
