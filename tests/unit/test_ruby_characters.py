"""Ruby characters: small letters above a word, which say how it is read. They are not in the sentence."""

import pytest

from wiredesk.extractor.body.segments import segment_page
from wiredesk.extractor.document import parse_html

SENTENCE = "北沢線の旧駅舎を改装したパン工房が十五日に開業した。"


@pytest.mark.parametrize(
    "ruby",
    [
        "<ruby>北沢線<rt>きたざわせん</rt></ruby>",
        "<ruby>北沢線<rt>きたざわせん</ruby>",
        "<ruby>北<rt>きた</rt>沢<rt>ざわ</rt>線<rt>せん</rt></ruby>",
    ],
)
def test_the_reading_of_a_word_is_not_in_the_sentence(ruby: str) -> None:
    root = parse_html(f"<p>{ruby}{SENTENCE[3:]}</p>")
    assert root is not None
    assert [segment.text for segment in segment_page(root).segments] == [SENTENCE]


def test_a_reading_with_brackets_stays() -> None:
    root = parse_html(f"<p><ruby>北沢線<rp>（</rp><rt>きたざわせん</rt><rp>）</rp></ruby>{SENTENCE[3:]}</p>")
    assert root is not None
    assert [segment.text for segment in segment_page(root).segments] == [f"北沢線（きたざわせん）{SENTENCE[3:]}"]
