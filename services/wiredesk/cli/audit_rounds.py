"""`wiredesk audit --continuous`: rounds of the audit, a line for each."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from wiredesk.cli import console

if TYPE_CHECKING:
    from wiredesk.operations.completeness.continuous import Round
    from wiredesk.operations.completeness.running import ContinuousAudit
    from wiredesk.operations.completeness.settings import AuditSettings
    from wiredesk.runtime.settings import KafkaSettings

LATE_SECONDS = 120
"""From this lag on it is shown in minutes."""


async def run(
    kafka: "KafkaSettings",
    settings: "AuditSettings",
    *,
    settle: float,
    interval: float,
    since_ms: int | None,
    as_json: bool,
) -> None:
    """Audit until a signal comes."""
    import structlog

    from wiredesk.cli.signals import stop_on_signal
    from wiredesk.runtime.worker import health

    log = structlog.get_logger(__name__)
    audit = _audit(kafka, settle, since_ms, as_json=as_json)
    with stop_on_signal() as stop:
        async with health.serving(
            "audit",
            settings.audit_host,
            settings.audit_port,
            variables="WIREDESK_AUDIT",
            ready=lambda: audit.trouble,
            or_any_port="audit_port" not in settings.model_fields_set,
        ) as port:
            log.info("audit starting", metrics_port=port, settle=settle, interval=interval)
            await audit.run(stop, interval)
    log.info("audit stopped")


async def once(kafka: "KafkaSettings", *, settle: float, since_ms: int | None, as_json: bool) -> bool:
    """Do a round, and one that confirms it; return whether no page is missing, and none has ended twice."""
    return (await _audit(kafka, settle, since_ms, as_json=as_json).once()).is_balanced


def _audit(kafka: "KafkaSettings", settle: float, since_ms: int | None, *, as_json: bool) -> "ContinuousAudit":
    from wiredesk.operations.completeness.running import ContinuousAudit
    from wiredesk.registry import registry

    def on_round(done: "Round") -> None:
        if as_json or not console.out.is_terminal:
            console.json(as_object(done))
        else:
            _show(done)

    stages = registry()
    return ContinuousAudit(kafka, stages.flow, stages.side_stages, settle=settle, since_ms=since_ms, on_round=on_round)


def as_object(done: "Round") -> dict[str, object]:
    """Return a round as a JSON object."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "due": done.due.total(),
        "accounted": done.accounted.total(),
        "missing": done.missing.total(),
        "duplicated": done.duplicated.total(),
        "unsettled": done.unsettled.total(),
        "late": done.late,
        "open": done.open,
        "lag_seconds": round(done.lag, 1),
        "missing_records": done.missing_records,
        "duplicated_records": [{"origin": one.origin, "ends": list(one.ended_at)} for one in done.duplicated_records],
        "recovered_records": done.recovered,
    }


def _show(done: "Round") -> None:
    at = datetime.now(UTC).strftime("%H:%M:%SZ")
    lag = f"{done.lag:.0f} s" if done.lag < LATE_SECONDS else f"{done.lag / 60:.0f} min"
    counts = f"{done.due.total()} due, {done.missing.total()} missing, {done.duplicated.total()} duplicated"
    rare = f", {done.unsettled.total()} unsettled" if done.unsettled.total() else ""
    console.line(f"{at}  {counts}{rare}; {done.open} open, {done.late} late, lag {lag}")
    for origin in done.missing_records:
        console.line(f"missing: {origin}", style="red")
    for duplicate in done.duplicated_records:
        where = f", ended at {', '.join(duplicate.ended_at)}" if duplicate.ended_at else ""
        console.line(f"duplicated: {duplicate.origin}{where}", style="red")
    for origin in done.recovered:
        console.line(f"was missing, and has ended since: {origin}")
