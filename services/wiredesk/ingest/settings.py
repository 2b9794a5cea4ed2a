"""Settings of ingest."""

from pydantic import Field, field_validator

from wiredesk.ingest.rights.policy import RightsPolicy
from wiredesk.runtime.settings import MIB, Settings


class IngestSettings(Settings):
    """How ingest checks pages."""

    rights_policy: str = Field(
        "record",
        description="What happens to pages whose rights are reserved: `record` skips none; or the restrictions for "
        "which a page is skipped, comma-separated: `tdm`, `noai`, `noai-training`, `noai-input`, `noindex`, "
        "`noarchive`, `nosnippet`, `unavailable-after` (docs/rights.md).",
    )
    rights_agents: str = Field(
        "",
        pattern=r"^[A-Za-z0-9._, -]{0,500}$",
        description="Names of robots, comma-separated: statements about rights that are addressed to them count, too. "
        "Those to all robots always do.",
    )
    max_page_bytes: int = Field(
        8 * MIB, ge=1024, le=64 * MIB, description="Size of a page, decompressed; larger ones are dead-lettered."
    )

    @field_validator("rights_policy")
    @classmethod
    def _is_policy(cls, value: str) -> str:
        RightsPolicy.parse(value)
        return value

    @property
    def agents(self) -> frozenset[str]:
        """The names of robots whose statements count, in lower case."""
        return frozenset(filter(None, (name.strip().lower() for name in self.rights_agents.split(","))))
