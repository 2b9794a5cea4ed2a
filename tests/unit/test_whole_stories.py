"""Stories are whole: long ones, those in tables and lists, below a drop cap, and beside other stories."""

import numpy as np
import pytest

from wiredesk.extractor import words
from wiredesk.extractor.body.completeness import omitted_words, omitted_words_of_lines
from wiredesk.extractor.body.lines import split_lines
from wiredesk.extractor.body.segments import MAX_SEGMENTS, SegmentedPage, segment_page
from wiredesk.extractor.body.story import score_lines, score_segments, to_blocks
from wiredesk.extractor.document import parse_html
from wiredesk.extractor.extract import Extractor
from wiredesk.ingest.accept import Ingest
from wiredesk_schemas import AcceptedPage, BlockKind, CleanedArticle, RawPage

HEADLINE = "The old mill of Harrow opens again"
PARAGRAPHS = (
    "The old mill of Harrow opened its doors on Sunday, nine years after a flood had torn away its wheel.",
    "Volunteers have rebuilt the wheel from oak that was felled in the forest above the village, the trust said.",
    "“I carried flour out of this house as a boy,” said Edmund Vale, who will show visitors around in summer.",
    "The repair has cost about 640,000, half of it from a lottery, according to the accounts of the trust.",
    "Neighbours had asked for a limit on cars. Visitors are to park at the school, and to walk along the stream.",
)
MARKED_UP = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
OTHER = "".join(
    f"<p>Potters from the coast showed {n} pots at the market, and the rain kept nobody away.</p>" for n in range(4)
)
WHO = ("The miller", "A neighbour", "The trust", "One of the masons", "The mayor", "An auditor", "The old keeper")
WHAT = ("said on Monday", "wrote in a letter", "denied in court", "had warned in spring", "confirmed to this paper")
THAT = ("the wheel was never inspected", "the money had come from a lottery", "the oak was felled too late")


def cut(body: str) -> SegmentedPage:
    root = parse_html(body)
    assert root is not None
    return segment_page(root)


def story(body: str, **fields: str) -> CleanedArticle:
    url = "https://courier.example/2026/03/the-mill-reopens"
    accepted = Ingest()(RawPage.from_object({"url": url, "body": body, **fields}))
    assert isinstance(accepted, AcceptedPage)
    article = Extractor()(accepted)
    assert isinstance(article, CleanedArticle), article
    return article


def page(body: str) -> str:
    navigation = '<nav><a href="/news">News</a> <a href="/sport">Sport</a></nav>'
    footer = "<footer><p>© The Harrow Courier. All rights reserved.</p></footer>"
    return f"<html lang=en><head><title>{HEADLINE}</title></head><body>{navigation}{body}{footer}</body></html>"


def long_story(count: int) -> list[str]:
    """Return paragraphs that differ, as those of a long report do."""
    return [
        f"{WHO[n % 7]} {WHAT[n % 5]} that {THAT[n % 3]}, {n} days after the flood had reached the gate of the yard."
        for n in range(count)
    ]


@pytest.mark.parametrize("count", [100, 300, 500])
@pytest.mark.parametrize("between", ["</p><p>", "<br><br>"])
def test_a_long_story_is_kept(count: int, between: str) -> None:
    paragraphs = long_story(count)
    body = between.join(paragraphs)
    extracted = story(
        page(f"<article><h1>{HEADLINE}</h1><div>{f'<p>{body}</p>' if 'p' in between else body}</div></article>")
    )
    kept = {block.text for block in extracted.paragraphs}
    assert sum(text in kept for text in paragraphs) >= 0.99 * count
    assert extracted.omitted_words == 0


@pytest.mark.parametrize("count", [100, 500])
def test_a_long_story_of_lines_is_kept(count: int) -> None:
    paragraphs = long_story(count)
    text = "\n\n".join(["News", "Sport", HEADLINE, *paragraphs, "© The Harrow Courier. All rights reserved."])
    kept = {block.text for block in story(text, content_type="text/plain").paragraphs}
    assert sum(text in kept for text in paragraphs) >= 0.99 * count


@pytest.mark.parametrize(
    "body",
    [
        f"<table><tr><td>{MARKED_UP}</td></tr></table><ul><li>Print</li><li>{HEADLINE}</li></ul>",
        f"<table><tr><td>{'<br><br>'.join(PARAGRAPHS)}</td><td><a href=/a>Other</a></td></tr></table>",
        f"<table><tr><td>{'</td></tr><tr><td>'.join(PARAGRAPHS)}</td></tr></table>",
        f"<ul><li><h3>{HEADLINE}</h3>{MARKED_UP}</li><li><h4>{HEADLINE}</h4><p>12 comments</p></li></ul>",
        f"<div>{MARKED_UP.replace('<p>', '<div>').replace('</p>', '</div>')}</div><div><h4>{HEADLINE}</h4></div>",
    ],
    ids=["cell", "breaks", "rows", "list", "divisions"],
)
def test_a_story_in_a_layout_is_paragraphs(body: str) -> None:
    blocks = story(page(body)).paragraphs
    assert tuple(block.text for block in blocks) == PARAGRAPHS
    assert {block.kind for block in blocks} == {BlockKind.PARAGRAPH}


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        ("<tr><th>Team<th>Points<tr><td>Harbour<td>12", ["Team | Points", "Harbour | 12"]),
        (f"<tr><td>Wheel<td>{PARAGRAPHS[0]}<tr><td>Roof<td>Slate", [f"Wheel | {PARAGRAPHS[0]}", "Roof | Slate"]),
        ("<tr><td>One<tr><td>Two", ["One", "Two"]),
        ("<tr><td><table><tr><td>a<td>b</table><td>c", ["a | b", "c"]),
    ],
)
def test_a_table_of_data_is_rows(table: str, rows: list[str]) -> None:
    segments = cut(f"<table>{table}</table>")
    blocks = to_blocks(score_segments(segments, np.ones(len(segments.segments))))
    assert [block.text for block in blocks] == rows


@pytest.mark.parametrize(
    "beginning",
    [
        '<div class="dropcap">T</div>he old',
        "<div>T</div>\n he old",
        '<span class="drop-cap">T</span> he old',
        '<span class="first-letter"><b>T</b></span> he old',
        '<span style="float: left">T</span> he old',
        '<img src="t.gif" alt="T">he old',
    ],
)
def test_a_drop_cap_belongs_to_its_word(beginning: str) -> None:
    texts = [s.text for s in cut(f"<p>{PARAGRAPHS[0].replace('The old', beginning)}</p>").segments]
    assert texts == [PARAGRAPHS[0]]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('<p><span class="dropcap">A</span> mill that nobody had seen turn for nine years</p>', "A mill"),
        ("<p>T cells are what the body sends when it is attacked, said the doctor</p>", "T cells"),
        ("<h2>T</h2><p>turbine, the part of a mill that was not there before the war</p>", "T"),
    ],
)
def test_words_and_headings_of_one_letter_stay(body: str, expected: str) -> None:
    assert cut(body).segments[0].text.startswith(expected)


@pytest.mark.parametrize(
    "body",
    [
        f"<article><h1>{HEADLINE}</h1>{MARKED_UP}</article><article><h2>Pots at the market</h2>{OTHER}</article>",
        f'<div class="post"><h2>{HEADLINE}</h2>{MARKED_UP}</div><div class="post"><h2>Pots</h2>{OTHER}</div>',
        f"<section><h1>{HEADLINE}</h1>{MARKED_UP}</section><section><h1>Pots</h1>{OTHER}</section>",
    ],
)
def test_a_second_story_below_is_another_one(body: str) -> None:
    assert tuple(block.text for block in story(page(body)).paragraphs) == PARAGRAPHS


def test_a_part_of_a_story_is_not_another_story() -> None:
    parts = f"<section><h1>{HEADLINE}</h1>{MARKED_UP}</section><section><h2>At the market</h2>{OTHER}</section>"
    assert "Potters" in " ".join(block.text for block in story(page(f"<main>{parts}</main>")).paragraphs)


def test_an_article_element_headed_by_a_label_is_a_part_of_the_story() -> None:
    parts = f"<article><h1>{HEADLINE}</h1>{MARKED_UP}</article><article><h2>Instructions</h2>{OTHER}</article>"
    assert "Potters" in " ".join(block.text for block in story(page(f"<main>{parts}</main>")).paragraphs)
    other = parts.replace("Instructions", "Potters sell out at the market")
    assert "Potters" not in " ".join(block.text for block in story(page(f"<main>{other}</main>")).paragraphs)


@pytest.mark.parametrize(
    "line",
    [
        '<strong>FUNDA OLUNYE UDABA | <a href="/a">Imvula ibambezela ukuvuna esigodini</a></strong>',
        '<b>Xem thêm: <a href="/a">Mưa làm chậm vụ thu hoạch ở thung lũng</a></b>',
        'BONUS LECTIO » <a href="/a">Pluvia messem in valle iterum moratur</a>',
    ],
)
def test_lines_that_point_to_other_stories_need_no_words(line: str) -> None:
    parts = MARKED_UP.split("</p>", 2)
    body = f"<article><h1>{HEADLINE}</h1>{parts[0]}</p>{parts[1]}</p><p>{line}</p>{parts[2]}</article>"
    assert tuple(block.text for block in story(page(body)).paragraphs) == PARAGRAPHS


def test_sources_in_a_story_stay() -> None:
    source = 'The accounts are public: <a href="/a">accounts of the Harrow trust for last year</a>'
    body = f"<article><h1>{HEADLINE}</h1>{MARKED_UP}<p>{source}</p><p>{PARAGRAPHS[0]}</p></article>"
    assert "accounts of the Harrow trust" in " ".join(block.text for block in story(page(body)).paragraphs)


def test_elements_of_a_publishers_own_may_be_paragraphs() -> None:
    marked_up = "".join(f"<site-p>{text}</site-p>" for text in PARAGRAPHS)
    body = f"<article><h1>{HEADLINE}</h1><site-text>{marked_up}</site-text></article>"
    assert tuple(block.text for block in story(page(body)).paragraphs) == PARAGRAPHS
    within = f"<p>{PARAGRAPHS[0]} <site-link>the accounts of the trust</site-link> {PARAGRAPHS[1]}</p>"
    assert len(cut(within).segments) == 1


@pytest.mark.parametrize(
    "day", ["2 March 2026", "Published 2 Mar 2026, 8:05 pm GMT", "Publié le 2 mars 2026 à 14h05", "2026年3月2日 14:05"]
)
def test_the_day_of_a_story_is_no_paragraph_of_it(day: str) -> None:
    extracted = story(page(f"<article><h1>{HEADLINE}</h1><p>{day}</p>{MARKED_UP}</article>"))
    assert tuple(block.text for block in extracted.paragraphs) == PARAGRAPHS
    assert str(extracted.published_at).startswith("2026-03-02")


def test_other_days_are_paragraphs_of_a_chronology() -> None:
    body = f"<article><h1>{HEADLINE}</h1><time>2026-03-02</time><p>4 May 2017</p>{MARKED_UP}</article>"
    published = '<meta property="article:published_time" content="2026-03-02">'
    extracted = story(page(body).replace("</head>", published + "</head>"))
    assert [block.text for block in extracted.paragraphs] == ["4 May 2017", *PARAGRAPHS]


def test_prose_that_is_dropped_among_the_storys_own_is_counted() -> None:
    segments = cut(f"<div>{MARKED_UP * 4}</div><div><p>{PARAGRAPHS[0]}</p></div><ul><li>{PARAGRAPHS[0]}</li></ul>")
    likely = np.where(np.arange(len(segments.segments)) < 10, 0.9, 0.1)
    omitted = omitted_words(segments, score_segments(segments, likely))
    assert omitted == sum(map(words.count, PARAGRAPHS)) * 2
    assert omitted_words(segments, score_segments(segments, np.full(len(likely), 0.9))) == 0


def test_lines_that_are_dropped_after_the_story_are_counted_until_it_is_interrupted() -> None:
    lines = split_lines("\n".join([*PARAGRAPHS, *PARAGRAPHS, "Comments", *PARAGRAPHS]))
    texts = score_lines(lines, np.where(np.arange(len(lines)) < 5, 0.9, 0.1))
    assert omitted_words_of_lines(lines, texts, "") == sum(map(words.count, PARAGRAPHS))


def test_what_is_not_read_of_an_endless_story_is_counted() -> None:
    segments = cut("".join(f"<p>{PARAGRAPHS[1]}</p>" for _ in range(MAX_SEGMENTS + 500)))
    assert len(segments.segments) == MAX_SEGMENTS
    texts = score_segments(segments, np.ones(MAX_SEGMENTS))
    assert omitted_words(segments, texts) == 500 * words.count(PARAGRAPHS[1])


def test_a_page_may_be_deep() -> None:
    root = parse_html("<div>" * 400 + MARKED_UP + "</div>" * 400)
    assert root is not None
    assert [s.text for s in segment_page(root).segments] == list(PARAGRAPHS)
