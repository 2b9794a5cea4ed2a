"""Every metric of the intake, with its meaning and, if there is one, the remedy. Units are seconds and bytes."""

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Counter("wiredesk_intake_requests", "Requests with pages, by the status of the answer.", ["status"])

PAGES = Counter(
    "wiredesk_intake_pages",
    "Pages received, by outcome: acknowledged by the brokers, refused, or unacknowledged, which their client sends "
    "again.",
    ["outcome"],
)

IN_FLIGHT_BYTES = Gauge(
    "wiredesk_intake_in_flight_bytes",
    "Bytes received and not acknowledged. At WIREDESK_INTAKE_BYTES, clients get 429: check the brokers, then add "
    "intakes.",
)

CONNECTIONS = Gauge("wiredesk_intake_connections", "Open connections, at most WIREDESK_INTAKE_CONNECTIONS.")

REQUEST_SECONDS = Histogram(
    "wiredesk_intake_request_seconds",
    "Time from the headers of a request with pages to its answer.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)

PRODUCERS = Counter(
    "wiredesk_intake_producers",
    "Producers that were opened: one at the start, and one after each failure of a delivery. If it rises, check the "
    "brokers.",
)
