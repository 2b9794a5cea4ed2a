"""`wiredesk`, with handlers of stages replaced: python -m tests.replaced STAGE=module:function... -- ARGUMENTS.

With it a test can have a bug in production and fix it, or have a stage that costs almost nothing.
"""

import sys
from dataclasses import replace
from unittest.mock import patch

from wiredesk import pipeline, registry
from wiredesk.cli.app import run
from wiredesk.envelope import Envelope
from wiredesk.runtime.records import Handler
from wiredesk_schemas import AcceptedPage, CleanedArticle, SkippedPage, WithdrawnPage


def buggy() -> Handler:
    """Load an extractor with a bug: it uses only the first words of a headline."""
    from wiredesk.extractor.extract import Extractor  # noqa: PLC0415 - not needed if another stage is replaced

    class Buggy(Extractor):
        version = f"{Extractor.version}-bug"

        def __call__(self, page: AcceptedPage | WithdrawnPage) -> CleanedArticle | SkippedPage | WithdrawnPage:
            result = super().__call__(page)
            if isinstance(result, CleanedArticle) and result.title:
                return result.model_copy(update={"title": " ".join(result.title.split()[:2])})
            return result

    return Envelope(Buggy(), pipeline.EXTRACTOR)


def main() -> int:
    at = sys.argv.index("--")
    stages = registry.registry()
    for one in sys.argv[1:at]:
        name, _, handler = one.partition("=")
        changed = replace(stages.stage(name), handler=handler)
        stages = replace(stages, stages={**stages.stages, name: changed})
    with patch.object(registry, "registry", return_value=stages):
        return run(sys.argv[at + 1 :])


if __name__ == "__main__":
    sys.exit(main())
