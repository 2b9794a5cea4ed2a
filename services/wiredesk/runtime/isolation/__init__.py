"""Isolation: the handler runs in child processes, so that a bad record can stop one child only, never the worker.

    worker (asyncio)                template (loads the handler once)          child, child, …
    ProcessPool ── control socket ─▶ fork on request, reap, report ── fork ──▶ one record after another
         └─────────── a socket pair for each child: records in, outcomes out ──────┘

A stage with a store has, for each partition, a keeper: a process that holds the state, and forks the one child that
computes the partition's records in their order:

    PartitionPool ─── socket pair ───▶ keeper: applies committed changes, holds the state ── fork ──▶ the child

pool               the worker's side: queue, one feeder for each child, deadlines, retries after a crash
partition_pool     the same for a partition with a state
template           the worker's side of the template process and its children: start, fork, supervise
keeper             the worker's side of a keeper
template_process   what runs in the template process
keeper_process     what runs in a keeper
child_process      what runs in the children
forking            forking on request, in template and keepers
frames             messages between the processes
errors             errors between the processes; none of them leaves this package

Each child has its own socket pair and shares no lock: killing one can neither block nor corrupt another. The template
forks children after it has loaded the handler, so a model is in memory once and a new child costs milliseconds. A
template process that ends is restarted. The worker stops when the handler could not be loaded for a minute.

This package exports nothing itself: the processes that are started here import none of the worker's side.
"""
