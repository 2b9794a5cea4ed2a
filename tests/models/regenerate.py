"""Write the golden outputs again: `python -m tests.models.regenerate [NAME ...]`, after an intended change."""

import sys
from collections.abc import Callable
from typing import Any

from tests.models import enrichment, extraction
from tests.models.stored import save

OUTPUTS: dict[str, Callable[[], dict[str, Any]]] = {
    "language": enrichment.language,
    "tagger": enrichment.tagger,
    "multilingual_tagger": enrichment.multilingual_tagger,
    "meaning_model": enrichment.meaning_model,
    "words_model": enrichment.words_model,
    "sentence_model": enrichment.sentence_model,
    "topics": enrichment.topics,
    "html_model": extraction.html_model,
    "text_model": extraction.text_model,
    "page_model": extraction.page_model,
}
"""Functions that compute outputs, by the name of their file in golden/."""

if __name__ == "__main__":
    for name in sys.argv[1:] or OUTPUTS:
        save(f"golden/{name}", OUTPUTS[name]())
