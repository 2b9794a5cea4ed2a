"""What only screen readers get is no part of a story; a text that a script shows later is."""

import pytest

from wiredesk.extractor.body.segments import segment_page
from wiredesk.extractor.body.story import ScoredText
from wiredesk.extractor.body.unseen_labels import exclude_unseen_labels
from wiredesk.extractor.document import parse_html
from wiredesk_schemas import BlockKind

PROSE = "<p>The ferry to Port Selby sails again from Monday, said the harbour master on Friday evening.</p>"


def kept(body: str) -> list[str]:
    root = parse_html(f"<article>{body}</article>")
    assert root is not None
    page = segment_page(root)
    texts = exclude_unseen_labels(
        page, [ScoredText(segment.text, BlockKind.PARAGRAPH, 1.0) for segment in page.segments]
    )
    return [text.text for text in texts if text.kept]


@pytest.mark.parametrize(
    "name",
    [
        "visually-hidden",
        "VisuallyHidden_root__x1",
        "sr-only",
        "is-sr-only",
        "screen-reader-text",
        "govuk-visually-hidden",
    ],
)
@pytest.mark.parametrize("tag", ["div", "h2", "p"])
def test_a_label_for_screen_readers_is_left_out(name: str, tag: str) -> None:
    assert kept(f"<{tag} class='{name}'>Article content</{tag}>{PROSE}") == kept(PROSE)


def test_labels_inside_one_are_left_out_too() -> None:
    assert kept(f"<div class='sr-only'><div><span>Breaks</span></div></div>{PROSE}") == kept(PROSE)


def test_other_names_and_whole_texts_stay() -> None:
    assert len(kept(f"<h2 class='hidden-story'>The hidden pier</h2>{PROSE}")) == 2
    assert len(kept(f"<div class='visually-hidden'>{PROSE * 4}</div>")) == 4


def test_what_a_builder_shows_once_a_reader_comes_to_it_stays() -> None:
    name = "elementor-element elementor-element-1179763b elementor-invisible elementor-widget"
    assert len(kept(f"<div class='{name}'>{PROSE}</div>")) == 1
    assert not kept(f"<div class='{name} sr-only'>{PROSE}</div>")
    assert not kept("<div class='element-invisible'>Article content</div>")
