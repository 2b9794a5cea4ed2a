import math
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wiredesk.extractor.body import features, hint_features, html_features, lines, story
from wiredesk.extractor.body.characters import Characters
from wiredesk.extractor.body.lexicon_odds import LexiconOdds
from wiredesk.extractor.body.lines import split_lines
from wiredesk.extractor.body.network import DILATIONS, Network, gelu
from wiredesk.extractor.body.page_words import PageWords
from wiredesk.extractor.body.segments import SegmentedPage, segment_page
from wiredesk.extractor.body.story import LINE_THRESHOLD, ScoredText
from wiredesk.extractor.body.trees import Trees, probabilities
from wiredesk.extractor.body.vocabulary import (
    GROUPS_OF_WORD,
    OPENING_GROUPS,
    TEXT_GROUPS,
    count_without_spaces,
    openings,
)
from wiredesk.extractor.document import parse_html
from wiredesk.extractor.models import IS_ENGLISH, BodyModel, PageModel
from wiredesk_schemas import BlockKind

BODY = "The council voted on Tuesday to keep the old library open, and to repair its roof before winter."


def cut(body: str) -> SegmentedPage:
    root = parse_html(body)
    assert root is not None
    return segment_page(root)


def texts(body: str) -> list[tuple[str, str]]:
    return [(segment.tag, segment.text) for segment in cut(body).segments]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>One <b>bold</b> word</p><p>Two</p>", [("p", "One bold word"), ("p", "Two")]),
        ("<div>Loose<p>inner</p>tail</div>", [("div", "Loose"), ("p", "inner"), ("div", "tail")]),
        ("<p>line<br>goes on</p>", [("p", "line goes on")]),
        ("<p>one<br><br>two</p>", [("p", "one"), ("p", "two")]),
        ("<p>seen<script>not()</script> too</p>", [("p", "seen too")]),
        ("<p>a <button>Share</button>b</p>", [("p", "a b")]),
        ("<ul><li>x</ul><table><tr><td>1<td>2</table>", [("li", "x"), ("td", "1"), ("td", "2")]),
        ("<p>soft\u00adhyphen and\u200b zero</p>", [("p", "softhyphen and zero")]),
        ("<p>  </p><div>&nbsp;</div>", []),
    ],
)
def test_a_page_is_cut_where_its_mark_up_does(body: str, expected: list[tuple[str, str]]) -> None:
    assert texts(body) == expected


def test_a_button_that_was_never_closed_hides_nothing() -> None:
    body = "<button><svg/>" + "".join(f"<p>Paragraph {n}</p>" for n in range(20))
    assert ("p", "Paragraph 19") in texts(body)


def test_containers_know_what_is_in_them() -> None:
    prose = "A sentence that is long enough to be prose, and hardly linked, as such sentences go. " * 2
    page = cut(f'<div class="story-body mainText"><p>{prose}</p><p><a href="/">link</a></p></div>')
    outer = next(c for c in page.containers if c.tag == "div")
    assert outer.tokens == ("story", "body", "main", "text")
    assert (outer.segments, outer.prose) == (2, len(prose.strip()))
    assert outer.linked == pytest.approx(4)
    assert [round(s.linked, 2) for s in page.segments] == [0.0, 1.0]


def test_what_is_hidden_is_known_as_such() -> None:
    page = cut('<div style="display: none"><p>a</p></div><div hidden>b</div><p>c</p>')
    assert [page.containers[s.container].hidden for s in page.segments] == [True, True, False]


def test_wrapped_lines_become_paragraphs_again() -> None:
    first = "The council voted on Tuesday to keep the old library open, and to repair its roof before winter comes."
    second = "Nobody spoke against it. The work begins in May, when the rains are over and the school has closed."
    wrapped = "The council voted on Tuesday to keep the old library open, and to\nrepair its roof before winter comes.\nNobody spoke against it. The work begins in May, when the rains are\nover and the school has closed."
    assert [line.text for line in split_lines(wrapped)] == [first, second]
    assert [line.text for line in split_lines(f"{first}\n{second}")] == [first, second]


def test_blank_lines_are_counted() -> None:
    assert [(line.text, line.blank) for line in split_lines("a\n\n\nb\nc")] == [("a", 0), ("b", 2), ("c", 0)]


@settings(deadline=None)
@given(st.lists(st.text(max_size=120), min_size=1, max_size=40))
def test_any_texts_can_be_described(texts: list[str]) -> None:
    described = features.text_features(texts, Characters.of_texts(texts), PageWords.of_texts(texts))
    described |= features.position_features(described)
    described |= features.neighbour_features(described, described, (-2, 1))
    for name, column in described.items():
        assert column.shape == (len(texts),), name
        assert np.isfinite(column).all(), name


def test_neighbours_are_those_of_the_page() -> None:
    shifted = features.neighbour_features({"x": np.array([1.0, 2.0, 3.0])}, ["x"], (-1, 1))
    assert shifted["x-1"].tolist() == [features.NO_VALUE, 1.0, 2.0]
    assert shifted["x+1"].tolist() == [2.0, 3.0, features.NO_VALUE]


@given(st.lists(st.floats(-100, 100), max_size=30))
def test_no_span_is_heavier_than_the_heaviest(weights: list[float]) -> None:
    begin, end = features.heaviest_span(np.array(weights))
    best = max((sum(weights[i:j]) for i in range(len(weights)) for j in range(i, len(weights) + 1)), default=0.0)
    assert sum(weights[begin:end]) == pytest.approx(max(0.0, best), abs=1e-6)


def test_the_vocabulary_knows_words_of_several_languages() -> None:
    for word, group in (
        ("newsletter", "subscribe"),
        ("anzeige", "advertisement"),
        ("août", "month"),
        ("også", "related"),
    ):
        assert TEXT_GROUPS.index(group) in GROUPS_OF_WORD[word]


def trees() -> Trees:
    return Trees(
        version="7",
        names=("length", "linked"),
        questions=np.array([[0, 1], [1, 0]]),
        borders=np.array([[10.0, 0.5], [0.2, np.inf]], np.float32),
        leaves=np.array([[0.0, 1.0, 2.0, 4.0], [8.0, 16.0, 0.0, 0.0]], np.float32),
        bias=-10.0,
    )


@pytest.mark.parametrize(
    ("length", "linked", "odds"),
    [
        (5.0, 0.0, 0.0 + 8.0),
        (50.0, 0.0, 1.0 + 8.0),
        (5.0, 1.0, 2.0 + 16.0),
        (50.0, 1.0, 4.0 + 16.0),
        (10.0, 0.3, 0.0 + 16.0),
    ],
)
def test_trees_add_up_the_leaves_that_their_questions_lead_to(length: float, linked: float, odds: float) -> None:
    log_odds = trees().log_odds({"length": np.array([length]), "linked": np.array([linked])})
    assert log_odds[0] == pytest.approx(odds - 10)
    assert probabilities(log_odds)[0] == pytest.approx(1 / (1 + np.exp(10 - odds)))


UNITS = 3


def network() -> Network:
    generator = np.random.default_rng(5)
    sizes: dict[str, tuple[int, ...]] = {"enter": (4, UNITS), "enter_bias": (UNITS,)}
    for layer in range(len(DILATIONS)):
        sizes |= {
            f"near{layer}": (3 * UNITS, UNITS),
            f"near_bias{layer}": (UNITS,),
            f"whole{layer}": (2 * UNITS, UNITS),
        }
    sizes |= {"leave": (2 * UNITS, 1), "leave_bias": (1,), "trees": (1,)}
    weights = {name: generator.normal(size=size).astype(np.float32) for name, size in sizes.items()}
    return Network(("length", "linked"), np.zeros(2, np.float32), np.ones(2, np.float32), weights)


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(-1e9, 1e9), st.floats(0, 1), st.floats(-700, 700)), min_size=1, max_size=40))
def test_the_network_accepts_any_page(rows: list[tuple[float, float, float]]) -> None:
    length, linked, odds = (np.array(column) for column in zip(*rows, strict=True))
    log_odds = network().log_odds({"length": length, "linked": linked}, odds)
    assert log_odds.shape == (len(rows),)
    assert np.isfinite(log_odds).all()


def test_the_network_sees_the_texts_around_and_the_page_as_a_whole() -> None:
    columns = {"length": np.arange(60.0), "linked": np.zeros(60)}
    odds = np.linspace(-3, 3, 60)
    before = network().log_odds(columns, odds)
    columns["linked"] = np.where(np.arange(60) == 30, 1.0, 0.0)
    moved = np.abs(network().log_odds(columns, odds) - before)
    assert moved[30] > 0
    assert (moved[15:46] > 0).all()
    assert moved[0] > 0, "by what the page has in common"


def test_an_untrained_network_leaves_the_verdict_to_the_trees() -> None:
    silent = {name: np.zeros_like(weight) for name, weight in network().weights.items()}
    silent |= {"trees": np.ones(1, np.float32), "enter": np.zeros((3, UNITS), np.float32)}
    silent_network = Network(("length",), np.zeros(1, np.float32), np.ones(1, np.float32), silent)
    assert silent_network.log_odds({"length": np.array([5.0, 9.0])}, np.array([2.0, -2.0])).tolist() == [2.0, -2.0]


def test_a_model_survives_its_file(tmp_path: Path) -> None:
    model = BodyModel(LexiconOdds({"story": 1.5}, {"sign up": -2.0}), trees(), network())
    model.save(tmp_path / "model.npz")
    restored = BodyModel.load(tmp_path / "model.npz")
    assert restored.lexicon == model.lexicon
    assert (restored.trees.version, restored.trees.names, restored.trees.bias) == ("7", model.trees.names, -10.0)
    given_columns = {"length": np.array([5.0, 50.0]), "linked": np.array([0.0, 0.7])}
    assert restored.probabilities(given_columns).tolist() == model.probabilities(given_columns).tolist()


def test_the_model_of_pages_survives_its_file(tmp_path: Path) -> None:
    model = PageModel({"c:cart": -1.5}, trees(), replace(trees(), bias=2.0))
    model.save(tmp_path / "model.npz")
    restored = PageModel.load(tmp_path / "model.npz")
    assert restored.terms == model.terms
    signals = {"length": 50.0, "linked": 1.0}
    of_english, of_others = (restored.probability({**signals, IS_ENGLISH: english}) for english in (1.0, 0.0))
    assert of_english == model.probability({**signals, IS_ENGLISH: 1.0})
    assert of_others == model.probability(signals)
    assert of_english != of_others


def test_phrases_say_what_they_were_learnt_to_say() -> None:
    lexicon = LexiconOdds(phrases={"^photo": -3.0, "sign up": -2.0, "photo": 1.0})
    scores = lexicon.score(PageWords.of_words([["photo", "by"], ["please", "sign", "up"], ["unbekannt"], []]))
    assert scores.tolist() == pytest.approx([-2.0 / 2**0.5, -2.0, 0.0, 0.0])


def test_a_text_of_another_subject_shares_no_stems() -> None:
    page_words = PageWords.of_texts((BODY, BODY.replace("The", "One"), "Subscribe today: newsletters every morning"))
    prose = np.array([True, True, False])
    cohesion = features.cohesion_features(page_words, prose, prose)
    assert cohesion["shared_stems"].tolist() == [1.0, 1.0, 0.0]
    assert cohesion["stems_alone"][2] == 1.0


def test_texts_that_begin_like_boilerplate_are_known() -> None:
    assert [OPENING_GROUPS[n] for n in openings(["les", "også", "tone"])] == ["related"]
    assert not list(openings(["les", "gens"]))
    assert TEXT_GROUPS.index("subscribe") in dict(count_without_spaces("この記事は会員限定です。"))


def test_cells_of_a_row_are_one_block() -> None:
    scored = (
        ScoredText("Team", BlockKind.TABLE_ROW, 0.9, row=3),
        ScoredText("Points", BlockKind.TABLE_ROW, 0.9, row=3),
        ScoredText("Harbour", BlockKind.TABLE_ROW, 0.9, row=4),
        ScoredText("dropped", BlockKind.PARAGRAPH, 0.1),
    )
    assert [block.text for block in story.to_blocks(scored)] == ["Team | Points", "Harbour"]


def test_fields_of_the_article_are_not_repeated_in_its_story() -> None:
    scored = tuple(ScoredText(text, BlockKind.PARAGRAPH, 0.9) for text in ("Headline!", BODY, "A caption", "Headline!"))
    excluded = story.exclude_duplicated_fields(scored, {"headline": "title"}, {"a caption": "captions"})
    assert [one.excluded_because for one in excluded] == ["already in title", None, "already in captions", None]
    assert [block.text for block in story.to_blocks(excluded)] == [BODY, "Headline!"]


def test_texts_outside_of_the_story_are_excluded() -> None:
    kinds = {
        "Menu": BlockKind.PARAGRAPH,
        "Headline": BlockKind.HEADING,
        BODY: BlockKind.PARAGRAPH,
        "Related": BlockKind.HEADING,
    }
    scored = tuple(ScoredText(text, kind, 0.9) for text, kind in kinds.items())
    excluded = story.exclude_unannounced_tail(story.exclude_duplicated_fields(scored, {"headline": "title"}, {}))
    assert [one.excluded_because for one in excluded] == [
        "above the headline",
        "already in title",
        None,
        "at the end, and nothing announces it",
    ]


def test_a_list_at_the_end_stays_if_it_is_known_to_have_no_links() -> None:
    prose, items = f"<p>{BODY}</p>", "<ul><li>Sheds</li><li>Signs and awnings</li></ul>"
    links = items.replace("<li>", "<li><a href=/>").replace("</li>", "</a></li>")
    for page, last in (
        (cut(prose + items), "Signs and awnings"),
        (cut(prose + links), BODY),
        (cut(prose + items + f"<h2>Related</h2>{links}"), "Signs and awnings"),
    ):
        scored = story.score_segments(page, np.full(len(page.segments), 0.9))
        assert story.to_blocks(story.exclude_unannounced_tail(scored, page))[-1].text == last
        assert story.to_blocks(story.exclude_unannounced_tail(scored))[-1].text == BODY


def test_a_line_loses_its_bullet_and_keeps_its_number() -> None:
    page_lines = split_lines("1. FC Köln wins again\n\n- Rain\n\n2) Wind")
    assert [line.without_bullet for line in page_lines] == ["1. FC Köln wins again", "Rain", "2) Wind"]


def test_confidence_falls_with_what_may_be_lost_or_wrong() -> None:
    sure = (ScoredText("x" * 100, BlockKind.PARAGRAPH, 0.99), ScoredText("y" * 100, BlockKind.PARAGRAPH, 0.01))
    unsure = (ScoredText("x" * 100, BlockKind.PARAGRAPH, 0.6), ScoredText("y" * 100, BlockKind.PARAGRAPH, 0.4))
    assert story.confidence(sure) > 0.95
    assert story.confidence(unsure) < 0.5
    assert story.confidence(()) == 0.0


def test_lines_need_a_higher_probability_than_segments() -> None:
    """The model is less certain about text without tags: see docs/extraction.md."""
    likely = np.array([0.4, 0.55, 0.65])
    scored = story.score_lines(split_lines("\n\n".join(f"{BODY} {n}." for n in range(3))), likely)
    assert [text.kept for text in scored] == [False, False, True]
    assert {text.threshold for text in scored} == {LINE_THRESHOLD}
    scored = story.score_segments(cut(f"<p>{BODY}</p>" * 3), likely)
    assert [text.kept for text in scored] == [False, True, True]


def test_the_network_computes_the_function_that_it_was_trained_with() -> None:
    """The Gaussian error linear unit: x times the normal distribution's share below x."""
    values = np.linspace(-5, 5, 101)
    exact = [x * (1 + math.erf(x / math.sqrt(2))) / 2 for x in values]
    assert gelu(values.astype(np.float32)) == pytest.approx(exact, abs=1e-3)


def test_features_do_not_depend_on_the_order_of_hashes() -> None:
    """A set's order changes from process to process: ties among a page's most common words must not depend on it."""
    script = (
        "from wiredesk.extractor.body.characters import Characters\n"
        "from wiredesk.extractor.body.features import text_features\n"
        "from wiredesk.extractor.body.page_words import PageWords\n"
        "texts = [' '.join(f'word{n}' for n in range(60) for _ in range(n + 1))]\n"
        "described = text_features(texts, Characters.of_texts(texts), PageWords.of_texts(texts))\n"
        "print(described['common_words'].tolist())"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", script], env=os.environ | {"PYTHONHASHSEED": seed}, check=True, capture_output=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


def described(count: int) -> tuple[features.FeatureMatrix, features.FeatureMatrix]:
    """Return the features of a story of this many paragraphs, as HTML and as lines."""
    story_html = "".join(f"<p>{BODY} Round {n % 7}.</p>" for n in range(count))
    page = cut(f"<h1>A roof before winter</h1><div class='story'>{story_html}</div>")
    text = "\n\n".join(f"{BODY} Round {n % 7}." for n in range(count))
    hints = hint_features.StoryHints(titles=("A roof before winter",))
    return html_features.features(page, hints, LexiconOdds()), lines.features(split_lines(text), LexiconOdds())


def test_the_middle_of_a_long_story_looks_like_that_of_a_longer_one() -> None:
    """A feature that grows with the page has values there that no page to learn from has."""
    for long, longer in zip(described(700), described(2800), strict=True):
        assert long
        for name, column in long.items():
            assert longer[name][1400] == pytest.approx(column[350], rel=0.01, abs=0.01), name
