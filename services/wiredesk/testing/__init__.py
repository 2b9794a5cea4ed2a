"""Tests of stages, on a real Kafka. The pytest plug-in is installed with wiredesk, and does nothing until it is used.

plugin         the fixtures `wiredesk_cluster`, `wiredesk_kafka` and `wiredesk_stage`
running_stage  a stage with a worker: publish to it, and get what it publishes
processes      the broker and workers, as processes, like in production
commands       commands as their users run them, without the cost of importing libraries each time
stateful       a stateful handler over records, without Kafka
event_records  events as records, as the stage before would have written them
patience       deadlines that scale with the machine

    def test_a_cheerful_story(wiredesk_stage: StartStage) -> None:
        stage = wiredesk_stage("sentiment")
        stage.publish(article)
        (published,) = stage.published()
"""

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wiredesk.testing.event_records import as_record
    from wiredesk.testing.patience import scaled
    from wiredesk.testing.processes import KafkaProcess, WorkerProcess, wait_until
    from wiredesk.testing.running_stage import Published, RunningStage, StartStage, example_event
    from wiredesk.testing.stateful import Processed, run_stateful

__all__ = [
    "KafkaProcess",
    "Processed",
    "Published",
    "RunningStage",
    "StartStage",
    "WorkerProcess",
    "as_record",
    "example_event",
    "run_stateful",
    "scaled",
    "wait_until",
]

_MODULES = MappingProxyType(
    {
        "KafkaProcess": "wiredesk.testing.processes",
        "Processed": "wiredesk.testing.stateful",
        "Published": "wiredesk.testing.running_stage",
        "RunningStage": "wiredesk.testing.running_stage",
        "StartStage": "wiredesk.testing.running_stage",
        "WorkerProcess": "wiredesk.testing.processes",
        "as_record": "wiredesk.testing.event_records",
        "example_event": "wiredesk.testing.running_stage",
        "run_stateful": "wiredesk.testing.stateful",
        "scaled": "wiredesk.testing.patience",
        "wait_until": "wiredesk.testing.processes",
    }
)
"""The module that defines each exported name."""


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
