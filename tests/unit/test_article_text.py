from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.stories import article
from wiredesk.operations.article_text import blocks_of, head_of, parse_article
from wiredesk_schemas import Block, BlockKind, Caption, CleanedArticle


def printed(one: CleanedArticle) -> str:
    head = "\n".join(f"{name}: {value}" for name, value in head_of(one))
    return "\n\n".join([head, *blocks_of(one)]) + "\n"


def test_what_is_printed_of_an_article_is_read_again() -> None:
    full = article("One.", title="A headline: with a colon").model_copy(
        update={
            "subtitle": "And a deck",
            "authors": ("Anna Keller", "Bo Lee"),
            "published_at": datetime(2026, 3, 1, 8, 30, tzinfo=UTC),
            "source": "The Paper",
            "language": "en-GB",
            "paragraphs": (
                Block(text="One."),
                Block(text="Background", kind=BlockKind.HEADING),
                Block(text="a  b\nc  d", kind=BlockKind.PREFORMATTED),
                Block(text="[sic] remains text"),
            ),
            "captions": (Caption(text="The harbour (left)", credit="Anna Keller"), Caption(text="No credit")),
            "page_type_confidence": 0.91,
        }
    )
    parsed = parse_article(printed(full))
    assert parsed is not None
    for field in ("title", "subtitle", "authors", "published_at", "source", "language", "paragraphs", "captions"):
        assert getattr(parsed, field) == getattr(full, field), field


@pytest.mark.parametrize(
    ("text", "title", "paragraphs"),
    [
        ("A headline\n\nA story.", "A headline", ["A story."]),
        ("A sentence.\nAnother one.", None, ["A sentence.", "Another one."]),
        ("source: nobody knows\nA story.", "source: nobody knows", ["A story."]),
        ("title: A headline\nA story.", "title: A headline", ["A story."]),
        ("published: soon\npage type: article\n\nA story.", None, ["A story."]),
    ],
)
def test_plain_text_has_a_paragraph_on_each_line(text: str, title: str | None, paragraphs: list[str]) -> None:
    parsed = parse_article(text)
    assert parsed is not None
    assert (parsed.title, [block.text for block in parsed.paragraphs]) == (title, paragraphs)


@given(
    st.text(max_size=300), st.sampled_from(["", "page type: article\n\n", "title: x\npage type: blog\n\n[caption] "])
)
def test_any_text_is_an_article_or_none(text: str, head: str) -> None:
    parsed = parse_article(head + text)
    assert parsed is None or all(block.text for block in parsed.paragraphs)
