"""Errors between the processes of a pool. The pool handles each of them: none leaves this package."""


class IsolationError(Exception):
    """A connection or a process between a worker and its handler has ended."""


class PeerClosedError(IsolationError):
    """The process at the other end of a socket has closed it, or has ended."""


class TemplateGoneError(IsolationError):
    """The template process has ended: it must be restarted before a child can be forked."""


class ForkError(IsolationError):
    """No child can be forked now, though the template is alive: processes, memory or descriptors ran out."""


class ChildEndedError(IsolationError):
    """A child process ended before it answered the records that it was given."""
