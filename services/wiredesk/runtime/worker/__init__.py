"""One worker of a stage: reads its partitions, has their records computed, and commits what came of them.

Worker ── getmany ─▶ Lane (one for each assigned partition) ── submit ─▶ ProcessPool
                        └── outcomes, in order ─▶ TransactionalProducer: outputs, dead letters and offset at once
"""

from wiredesk.runtime.worker.worker import Worker

__all__ = ["Worker"]
