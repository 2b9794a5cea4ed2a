"""Public interfaces as values: to be compared with those stored in tests/stored/.

`python -m tests.promises` writes them again, after an intended change that CHANGELOG.md describes.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from prometheus_client import REGISTRY
from pydantic_core import PydanticUndefined

from wiredesk import pipeline
from wiredesk.archiving import metrics as archive_metrics
from wiredesk.cli.config import groups
from wiredesk.cli.options import is_secret, variable
from wiredesk.intake import metrics as intake_metrics
from wiredesk.operations.canary import metrics as canary_metrics
from wiredesk.operations.completeness import metrics as audit_metrics
from wiredesk.operations.notifications import metrics as notify_metrics
from wiredesk.pages import files as page_files
from wiredesk.runtime import metrics
from wiredesk.runtime.errors import RejectedError
from wiredesk.runtime.records import Output, Record
from wiredesk.web import metrics as web_metrics
from wiredesk_schemas.headers import Header

ROOT = Path(__file__).parents[1]
STORED = Path(__file__).parent / "stored"
GENERATED = ROOT / "schemas" / "wiredesk_schemas" / "generated"
SAMPLES = ROOT / "samples"
FETCHED_MS = 1_764_500_000_000
PROSE = ("title", "description", "summary")


def event_ids() -> dict[str, list[str]]:
    """Return the outcome of each sample page: for each stage a line with topic, key and id, or the reason."""
    handlers: dict[str, Callable[[Record], Sequence[Output]]] = {
        "pages.raw": pipeline.ingest(),
        "pages.accepted": pipeline.extractor(),
        "articles.cleaned": _first_revision,
        "articles.revised": pipeline.enrichment(),
    }
    fates = {}
    for path, relative in page_files.find_files([str(SAMPLES)]):
        for binary in (False, True):
            addresses = page_files.PageUrls(base_url="https://samples.wiredesk.example/")
            for number, (value, headers) in enumerate(page_files.read_pages(path, relative, addresses, binary=binary)):
                name = f"{relative}#{number}{'/binary' if binary else ''}"
                fates[name] = list(_steps(handlers, "pages.raw", value, tuple(headers)))
    return fates


def _first_revision(record: Record) -> Sequence[Output]:
    """Return what the stage of revisions makes of a page that it has never seen."""
    handler = pipeline.revisions()
    outputs, _ = handler(record, handler.new_state())
    return outputs


def _steps(
    handlers: dict[str, Callable[[Record], Sequence[Output]]],
    topic: str,
    value: bytes | None,
    headers: tuple[Header, ...],
) -> Iterator[str]:
    while topic in handlers:
        record = Record(topic, 0, 0, FETCHED_MS, None, value, headers)
        try:
            outputs: Sequence[Output] = handlers[topic](record)
        except RejectedError as error:
            yield f"{topic}.dlq {error.reason}"
            return
        (output,) = outputs
        own = {key: (content or b"").decode() for key, content in output.headers}
        yield f"{output.topic} {(output.key or b'').decode()} {own['ce_id']} {own['ce_type']}"
        topic, value, headers = output.topic, output.value, tuple(output.headers)


def contracts() -> dict[str, Any]:
    """Return the generated schemas and the AsyncAPI document, without their prose."""
    return {path.name: _bare(json.loads(path.read_bytes())) for path in sorted(GENERATED.glob("*.json"))}


def _bare(node: Any, *, named: bool = False) -> Any:
    """Leave out prose; the keys of a mapping of names, such as `properties`, are not prose."""
    if isinstance(node, dict):
        mapping = ("properties", "$defs", "channels", "operations", "messages", "schemas")
        return {k: _bare(v, named=k in mapping) for k, v in node.items() if named or k not in PROSE}
    return [_bare(item) for item in node] if isinstance(node, list) else node


def topics() -> dict[str, Any]:
    """Return every topic as it is created on a broker."""
    return {
        topic.name: {"partitions": topic.partitions, "dead_letters": topic.dead_letters, **topic.settings()}
        for topic in pipeline.TOPICS
    } | {
        f"stage {stage.name}": {
            "group": stage.group,
            "reads": stage.consumes.name,
            "writes": [t.name for t in stage.produces],
        }
        for stage in pipeline.STAGES.values()
    }


def metric_names() -> dict[str, Any]:
    """Return every metric with its type and its labels."""
    declared = [
        m
        for module in (
            metrics,
            archive_metrics,
            audit_metrics,
            canary_metrics,
            intake_metrics,
            notify_metrics,
            web_metrics,
        )
        for m in vars(module).values()
        if hasattr(m, "_labelnames")
    ]
    labels = {metric._name: list(metric._labelnames) for metric in declared}
    return {
        family.name: {"type": family.type, "labels": labels.get(family.name, [])}
        for family in REGISTRY.collect()
        if family.name.startswith("wiredesk")
    }


def settings() -> dict[str, Any]:
    """Return every variable with its default."""
    return {
        variable(name): {
            "default": None if info.default in (None, PydanticUndefined) else str(info.default),
            "secret": is_secret(info),
        }
        for group in groups().values()
        for name, info in group.model_fields.items()
    }


PROMISES = {
    "event_ids": event_ids,
    "contracts": contracts,
    "topics": topics,
    "metrics": metric_names,
    "settings": settings,
}

if __name__ == "__main__":
    for promise, value in PROMISES.items():
        content = json.dumps(value(), indent=1, ensure_ascii=False, sort_keys=True)
        (STORED / f"{promise}.json").write_text(content + "\n", encoding="utf-8")
