"""Which traces are recorded: the standard samplers, by the id of the trace, so that all stages decide alike."""

from collections.abc import Callable, Mapping

from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.tracing.context import TraceContext

SAMPLER, ARGUMENT = "OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG"

DEFAULT = "parentbased_always_on"
"""The sampler that the specification has as default: what a publisher decided, and every trace that begins here."""

_PARENT_BASED = "parentbased_"

_LOW = 1 << 64
"""The samplers by ratio compare the lower 64 bits of the id."""

type Sampler = Callable[[TraceContext | None, int], bool]
"""Decides about a trace, by the context that its page came with, and by its id."""


def sampler(environment: Mapping[str, str]) -> Sampler:
    """Return the sampler that the environment names.

    Raises:
        UsageError: there is none of this name, or its ratio is no number from 0 to 1.
    """
    name = environment.get(SAMPLER, "").strip().lower() or DEFAULT
    kind = name.removeprefix(_PARENT_BASED)
    bounds = {"always_on": _LOW, "always_off": 0}
    if kind == "traceidratio":
        bounds[kind] = round(_ratio(environment.get(ARGUMENT, "")) * _LOW)
    if kind not in bounds:
        names = ", ".join(
            prefix + one for prefix in ("", _PARENT_BASED) for one in ("always_on", "always_off", "traceidratio")
        )
        raise UsageError(f"{SAMPLER}={name[:100]}: there are {names}")
    bound, follows_parent = bounds[kind], name != kind

    def is_sampled(parent: TraceContext | None, trace_id: int) -> bool:
        if follows_parent and parent is not None:
            return parent.sampled
        return trace_id % _LOW < bound

    return is_sampled


def _ratio(text: str) -> float:
    try:
        ratio = float(text or 1)
    except ValueError:
        ratio = -1
    if not 0 <= ratio <= 1:
        raise UsageError(f"{ARGUMENT}={text[:100]}: a ratio is a number from 0 to 1")
    return ratio
