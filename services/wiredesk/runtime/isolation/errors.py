"""What can end between the processes of a pool. None of these leaves this package: the pool handles each."""


class IsolationError(Exception):
    """Something between a worker and its processes has ended."""


class PeerClosedError(IsolationError):
    """The process at the other end of a socket has closed it, or is gone."""


class TemplateGoneError(IsolationError):
    """The template process has ended: another one must be started before a child can be forked."""


class ForkError(IsolationError):
    """No child can be forked at present, though the template is alive: processes, memory or descriptors are short."""


class ChildEndedError(IsolationError):
    """A child process ended before it answered what it was given."""
