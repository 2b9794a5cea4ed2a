"""The first raw page of the project, as it came and as it might have come."""

import json
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import SAMPLES
from wiredesk.extractor.extract import Extractor
from wiredesk.ingest.accept import Ingest
from wiredesk_schemas import AcceptedPage, CleanedArticle, RawPage

SEED = (SAMPLES / "pages" / "china-daily-2015-12-03.txt").read_text(encoding="utf-8")
EXPECTED = json.loads((Path(__file__).parents[1] / "seed.json").read_text(encoding="utf-8"))
TITLE, DATE = EXPECTED["title"], "Updated: 2015-12-03 08:35"
MENU = "Home\nChina\nWorld\nBusiness\nLifestyle\nCulture\nTravel\nSports\nOpinion\nRegional\nForum\nMobile"


def read(text: str) -> CleanedArticle:
    page = Ingest()(
        RawPage(
            url="https://www.chinadaily.com.cn/opinion/2015-12/03/content.htm", body=text, content_type="text/plain"
        )
    )
    assert isinstance(page, AcceptedPage)
    article = Extractor()(page)
    assert isinstance(article, CleanedArticle), article
    return article


def body(article: CleanedArticle) -> str:
    return " ".join(block.text for block in article.paragraphs)


def wrapped(text: str) -> str:
    return "\n".join(textwrap.fill(line, 72, break_on_hyphens=False) for line in text.splitlines())


VARIANTS: dict[str, Callable[[str], str]] = {
    "as it came": lambda text: text,
    "wrapped at 72": wrapped,
    "no blank lines": lambda text: "\n".join(line for line in text.splitlines() if line.strip()),
    "a blank line between all": lambda text: "\n\n".join(text.splitlines()),
    "Windows line ends": lambda text: text.replace("\n", "\r\n"),
    "residue elsewhere": lambda text: text.replace("\nCyber issues", "\n| |\n||||\nCyber issues") + "\n||\n|",
    "no residue": lambda text: "\n".join(line for line in text.splitlines() if line.strip(" |")),
    "lists before the body": lambda text: f"{MENU}\n{text}",
    "no date": lambda text: text.replace(f"{DATE}\n", ""),
    "upper-case headline": lambda text: text.replace(TITLE, TITLE.upper()),
    "indented": lambda text: "\n".join(f"    {line}" for line in text.splitlines()),
    "a rule below the headline": lambda text: text.replace(TITLE, f"{TITLE}\n-----"),
}


@pytest.mark.parametrize("name", VARIANTS)
def test_the_seed_page_in_any_shape(name: str) -> None:
    article = read(VARIANTS[name](SEED))
    assert (article.title or "").casefold() == TITLE.casefold()
    if name != "no date":
        assert article.published_at is not None
        assert article.published_at.isoformat().startswith(EXPECTED["published_at"])
    assert article.source == EXPECTED["source"]
    assert [caption.text for caption in article.captions] == EXPECTED["captions"]
    assert article.captions[0].credit == EXPECTED["image_credit"]
    # Where a paragraph fills its last line to the end, wrapping it has lost the break after it.
    assert EXPECTED["paragraphs"] - len(article.paragraphs) == (1 if name == "wrapped at 72" else 0)
    assert body(article) == body(read(SEED))
    assert body(article).startswith(EXPECTED["first_words"])
    assert body(article).endswith(EXPECTED["last_words"])
    for foreign in EXPECTED["not_in_body"]:
        assert foreign not in body(article)
