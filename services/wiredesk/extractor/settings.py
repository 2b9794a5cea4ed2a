"""Settings of the extractor."""

from pathlib import Path

from pydantic import Field, field_validator

from wiredesk.runtime.settings import Settings


class ExtractorSettings(Settings):
    """Settings of the extractor beside its models."""

    site_rules: Path | None = Field(
        None,
        description="A TOML file of selectors for the pages of given hosts (docs/extraction.md, Rules for sites).",
    )

    @field_validator("site_rules")
    @classmethod
    def _is_valid(cls, path: Path | None) -> Path | None:
        """Read the file, so that a command exits with one clear line if it is invalid."""
        if path is not None:
            from wiredesk.extractor.site_rules import load_site_rules  # noqa: PLC0415 - lxml only where there are rules

            load_site_rules(path)
        return path
