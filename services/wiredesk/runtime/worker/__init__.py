"""One worker of a stage: reads its partitions, has their records computed, and commits the outputs.

    Worker ── poll ─▶ Lane (one for each assigned partition) ── submit ─▶ ProcessPool
                        └── outcomes, in order ─▶ TransactionalProducer: outputs, dead letters and offset at once

A record's way reads in `lane` (open, feed, commit) and `in_flight` (submit, batch).

worker         joins the consumer group, polls, reports liveness and readiness
assignment     opens and drains lanes as the group assigns and revokes partitions
lane           one assigned partition: from its committed offset to the next commit
lane_deps      what the lanes of a worker share
batch_outputs  what is written for a batch: outputs, dead letters, changes of the state
lane_store     the state of a lane's partition: restored from its changelog, changed by what the lane commits
in_flight      the records of a lane that are received, and not committed yet, and the limits on them
position       where a lane starts reading, and whether the partition is still the same one
monitor        whether a lane makes progress: lag, stalls, silent brokers, open transactions
brake          stops a worker that dead-letters most of its records
list_reader    the list of suppressed keys, read before records and followed
throttle       a limit on the records of a second
descriptors    file descriptors: how many are needed, and how many there are
health         HTTP endpoints for liveness, readiness and metrics
"""

from wiredesk.runtime.worker.worker import Worker

__all__ = ["Worker"]
