"""Every metric of the notifier, with its meaning and, if there is one, the remedy. Receivers are those of the rules."""

from prometheus_client import Counter, Gauge

ARTICLES = Counter("wiredesk_notify_articles", "Records of articles that were decided: sent to somebody, or to nobody.")

SENT = Counter("wiredesk_notify_sent", "Alerts that a receiver has taken.", ["receiver"])

FAILED = Counter(
    "wiredesk_notify_failed", "Attempts that were not taken; each is tried again. The log says why.", ["receiver"]
)

GIVEN_UP = Counter("wiredesk_notify_given_up", "Alerts that were tried for give_up_hours, and not taken.", ["receiver"])

PENDING = Gauge("wiredesk_notify_pending", "Alerts that are decided, and not taken yet.", ["receiver"])

LAST_SENT = Gauge(
    "wiredesk_notify_last_sent_timestamp_seconds", "When a receiver last took one, in seconds since 1970.", ["receiver"]
)
