"""Every metric of the continuous audit, with its meaning and, if there is one, the remedy. Units are seconds."""

from prometheus_client import Counter, Gauge

DUE = Counter(
    "wiredesk_audit_due",
    "Raw pages that are older than the settle time, counted when it is known what became of them.",
    ["partition"],
)

ACCOUNTED = Counter("wiredesk_audit_accounted", "Those that have ended in a terminal topic.", ["partition"])

MISSING = Counter(
    "wiredesk_audit_missing",
    "Those that are in none, though every stage has committed them. The log names them; wiredesk trace shows the rest.",
    ["partition"],
)

DUPLICATED = Counter(
    "wiredesk_audit_duplicated", "Raw pages that have ended more than once. The log names them.", ["partition"]
)

UNSETTLED = Counter(
    "wiredesk_audit_unsettled",
    "Raw pages that were not audited: retention deleted them unread, or more were open than are remembered.",
    ["partition"],
)

LATE = Gauge("wiredesk_audit_late", "Raw pages that are due, and that a stage has not committed yet.")

OPEN = Gauge("wiredesk_audit_open", "Raw pages from the oldest that is not accounted for to the newest.")

LAG_SECONDS = Gauge(
    "wiredesk_audit_lag_seconds",
    "Age of the oldest raw page that is not accounted for. If it grows, a page stands still, or the audit does.",
)

LAST_ROUND = Gauge(
    "wiredesk_audit_last_round_timestamp_seconds", "When the last round was completed, in seconds since 1970."
)
