"""Replays: process a range of a stage's input topic again, exactly once.

run         a run: what it reads and writes; the topic in which runs are saved
filters     which records of the range are processed
planning    makes a run from times and offsets; estimates what it would do and how long it would take
processing  process a run until it is done, together with other processes
reconcile   what became of every record of a run, determined from the topics alone
status      the state and the progress of runs
rewind      move the committed offsets of the live workers

A run has a consumer group of its own. Planning commits the start offset of each partition for this group. Then the
usual workers of the stage (`runtime/worker/`) process it, with lanes that stop at an offset. So fencing, transactions,
resuming and sharing work as in the live stream, by the same code.
"""
