"""Isolation: handlers run in processes of their own, so that a page can cost only itself.

    worker (asyncio)                template (loads the handler once)          child, child, …
    ProcessPool ── control socket ─▶ fork on request, reap, report ── fork ──▶ one record after another
         └──────────── a socket for each child: records there, outcomes back ───────┘

Each child has a socket of its own and shares no lock with anyone: killing one can neither block nor corrupt another.
The template forks children after the handler is loaded: a model is in memory once, and a new child costs milliseconds.
A template that ends is started anew by its supervisor, which gives up where the handler cannot be loaded any more.
"""

from wiredesk.runtime.isolation.feeder import Job
from wiredesk.runtime.isolation.pool import ProcessPool

__all__ = ["Job", "ProcessPool"]
