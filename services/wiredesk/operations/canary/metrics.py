"""Every metric of the canary, with its meaning and, if there is one, the remedy. Units are seconds."""

from prometheus_client import Counter, Gauge, Histogram

SENT = Counter("wiredesk_canary_sent", "Probes that the brokers have acknowledged.", ["partition"])

NOT_SENT = Counter(
    "wiredesk_canary_not_sent", "Probes that could not be published. If it rises, check the brokers.", ["partition"]
)

MISSING = Counter(
    "wiredesk_canary_missing",
    "Probes that had not arrived as articles at their deadline. wiredesk trace shows where a probe is.",
    ["partition"],
)

AGE_SECONDS = Histogram(
    "wiredesk_canary_age_seconds",
    "Freshness: the time from before a probe is published until a reader has its enriched article.",
    buckets=(1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800),
)

LAST_AGE = Gauge("wiredesk_canary_last_age_seconds", "Age of the last probe that arrived.", ["partition"])

LAST_ARRIVED = Gauge(
    "wiredesk_canary_arrived_timestamp_seconds",
    "When the newest probe that has arrived was published, in seconds since 1970. What readers have is as old as that.",
    ["partition"],
)

ARTICLES = Counter(
    "wiredesk_canary_articles",
    "Articles that a reader got, by detected language. No probes, and nothing of a replay.",
    ["language"],
)

SOURCE_ARTICLES = Counter(
    "wiredesk_canary_source_articles",
    "The same articles by host, for the hosts of WIREDESK_CANARY_SOURCES; all others are `other`.",
    ["source"],
)
