"""The runtime: what all stages share. It knows Kafka and processes, but nothing about news.

topology       stages and topics
records        records, outputs, failures, and the handler that a stage consists of
state          what a stateful handler remembers, and how it changes
errors         the hierarchy of errors
settings       the settings of Kafka clients and workers, read from the environment
kafka          clients, transactions, and reading of topics
isolation      handlers in child processes
limits         limits that the kernel enforces on a process
replay_scope   what a worker does differently when it replays a range of offsets
worker         one worker process of a stage: assignment, lanes, liveness and readiness
dead_letters   the dead letter of a record
suppression    what a stage must not write, because its key is in a list
lineage        the headers that name the raw page from which a record was made
tracing        one trace of a page over all stages, by OpenTelemetry
metrics        every metric of a worker
trouble        why a worker is not ready
logs           JSON lines on stderr
printable      text that is safe to print
backoff        exponential backoff between retries

A stage provides a handler, a pure function from a record to its outputs; the runtime does everything else.
"""
