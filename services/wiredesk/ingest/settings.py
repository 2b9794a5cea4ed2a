"""Settings of ingest."""

from pydantic import Field

from wiredesk.runtime.settings import MIB, Settings


class IngestSettings(Settings):
    """How ingest checks pages."""

    max_page_bytes: int = Field(
        8 * MIB, ge=1024, le=64 * MIB, description="Size of a page, decompressed; larger ones are dead-lettered."
    )
