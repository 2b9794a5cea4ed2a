"""Replays: a stage's work over a range of its input topic once more, exactly once.

run         a run: what it reads and writes; the topic in which runs are saved
filters     which records of the range are processed
planning    from times and offsets to a run; what it would do and how long it would take
processing  process a run until it is done, together with other processes
reconcile   what became of every record of a run, determined from the topics alone
status      how runs are, and how far they have come
rewind      move the committed offsets of the live workers

A run has a consumer group of its own. Planning it commits where each partition starts; from there its workers are
those of the stage (`runtime/worker/`), with lanes that stop at an offset. So a run is fenced, transactional, resumable
and shared like the live stream, by the same code.
"""
