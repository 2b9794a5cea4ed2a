"""Replay: a stage's work over a range of its input topic, beside the live stream, exactly once.

run        a run: what is read, by whom, and where it goes; noted in a topic
planning   from times and offsets to a run; what it would come to
working    work for a run until it is done, together with whoever else does
account    what became of every record of a run, told by the topics alone

A run has a consumer group of its own. Planning it commits where each partition begins; from there its workers are those
of the stage (`runtime/worker/`), with lanes that end. So it is fenced, transactional, resumed and shared like
the live stream, by the same code.
"""

from wiredesk.runtime.replay.account import RunAccount, account
from wiredesk.runtime.replay.planning import begin, survey, trial
from wiredesk.runtime.replay.run import NotedRun, Run, note_account, noted_runs
from wiredesk.runtime.replay.working import Advance, progress, work

__all__ = [
    "Advance",
    "NotedRun",
    "Run",
    "RunAccount",
    "account",
    "begin",
    "note_account",
    "noted_runs",
    "progress",
    "survey",
    "trial",
    "work",
]
