"""Whether tracing is wanted: by the standard variables of OpenTelemetry, which every worker reads."""

import importlib
from collections.abc import Mapping

import structlog

from wiredesk.runtime.errors import UsageError

log = structlog.get_logger(__name__)

EXPORTER = "OTEL_TRACES_EXPORTER"
"""The variable that names the exporter."""

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
"""The variables that name a collector; the first one counts."""

PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
"""The variables that name the protocol; the first one counts."""

DISABLED = "OTEL_SDK_DISABLED"
"""The variable that switches everything off."""

OTLP, CONSOLE, NONE = "otlp", "console", "none"
"""The exporters that there are: to a collector, to stderr, and none."""


def is_on(environment: Mapping[str, str]) -> bool:
    """Return whether the variables ask for tracing: an exporter, or the address of a collector."""
    if environment.get(DISABLED, "").strip().lower() == "true":
        return False
    exporter = environment.get(EXPORTER, "").strip().lower()
    return exporter != NONE and bool(exporter or any(environment.get(name) for name in ENDPOINTS))


def exporter(environment: Mapping[str, str]) -> str | None:
    """Return the exporter to use; None if tracing is off.

    An address alone may be meant for other programs: where the extra is not installed, tracing stays off.

    Raises:
        UsageError: there is no such exporter or protocol, or the extra is missing.
    """
    if not is_on(environment):
        return None
    named = environment.get(EXPORTER, "").strip().lower()
    if named not in ("", OTLP, CONSOLE):
        raise UsageError(f"{EXPORTER}={named[:100]}: there are {OTLP}, {CONSOLE} and {NONE}")
    variable = next((name for name in PROTOCOLS if environment.get(name)), PROTOCOLS[0])
    if (protocol := environment.get(variable, "").strip()) not in ("", "http/protobuf"):
        raise UsageError(f"{variable}={protocol[:100]}: traces are exported by http/protobuf")
    try:
        importlib.import_module(
            "opentelemetry.sdk.version" if named == CONSOLE else "opentelemetry.exporter.otlp.proto.http.version"
        )
    except ImportError as error:
        if named:
            raise UsageError(
                f"{EXPORTER}={named} needs the extra 'tracing': pip install 'wiredesk[tracing]'"
            ) from error
        log.warning("tracing is off: the extra 'tracing' is not installed", variable=ENDPOINTS[1])
        return None
    return named or OTLP
