"""The headline of a text page: which of its lines is taken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiredesk.extractor.body.lines import Line
from wiredesk.extractor.metadata.text_sources import TextSources
from wiredesk.extractor.metadata.text_titles import MAX_TITLE, title_in_text

BODY = (
    "The council of Selby voted on Tuesday to reopen the ferry pier, eleven years after a storm closed it.",
    "Engineers said that most of the piles can stay, and that the pier may open in two summers.",
    "Opponents of the ferry fear that visitors will bring more cars to the town.",
)
HEADLINE = "Selby votes to reopen its ferry pier"
STANDFIRST = "After eleven years and two petitions, the council has found the money for the storm-damaged pier"


def title(*header: str, url: str = "https://courier.example/", body: tuple[str, ...] = BODY) -> str | None:
    """Return the title of lines; a blank line is before those that begin with a newline."""
    above, opening = ([Line(text.strip("\n"), text.count("\n")) for text in texts] for texts in (header, body))
    return title_in_text(TextSources(above, opening, opening, opening, page=[*above, *opening]), url)


@pytest.mark.parametrize(
    "below",
    [
        (STANDFIRST,),
        (STANDFIRST + ".", "By Jane Doe", "2 March 2024"),
        ("By Jane Doe", "2 March 2024, 11:26 • 5 min read"),
        ("By Jane Doe", "2 March 2024", "The old pier of Selby seen from the bakery last spring"),
        ("Share", "Facebook", "WhatsApp", "2 March 2024"),
        ("2 March 2024", "Photo: Jane Doe/AP"),
    ],
)
def test_what_stands_below_the_headline_is_not_the_headline(below: tuple[str, ...]) -> None:
    assert title("Home", "News Sport Life Jobs", HEADLINE, *below) == HEADLINE


@pytest.mark.parametrize(
    "above",
    [
        ("Subscribe to our newsletter and never miss a story again", "Politics"),
        ("- Home", "- News", "- Local news from the towns of the coast"),
        ("Live: the storm of Sunday, hour by hour", "Opinion: what the island needs now", "Local"),
    ],
)
def test_navigation_is_not_the_headline(above: tuple[str, ...]) -> None:
    assert title(*above, HEADLINE, "By Jane Doe", "2 March 2024") == HEADLINE


def test_the_address_repeats_the_headline() -> None:
    other = "Selby council and the ferry pier: all you need to know today"
    assert title(HEADLINE, other, url="https://courier.example/2024/selby-votes-reopen-ferry-pier-123") == HEADLINE


def test_a_headline_that_the_body_begins_with_is_found() -> None:
    assert title("2 March 2024", body=(HEADLINE, *BODY)) == HEADLINE


@pytest.mark.parametrize("header", [(), ("Home", "News"), ("- Facebook", "- X")])
def test_a_page_may_have_no_headline(header: tuple[str, ...]) -> None:
    assert title(*header) is None


def test_a_kicker_on_the_same_line_is_left_out() -> None:
    assert title(f"Storm of Sunday - {HEADLINE}", "By Jane Doe") == HEADLINE
    assert title("Selby - Hull: the ferry that nobody wanted to lose", "By Jane Doe", "2 March 2024") == (
        "Selby - Hull: the ferry that nobody wanted to lose"
    )


def test_another_kicker_is_left_out_if_address_and_another_line_lack_it() -> None:
    url = "https://courier.example/2024/selby-votes-to-reopen-its-ferry-pier"
    path = ("1. Home", f"2. {HEADLINE}")
    assert title(*path, f"Culture : {HEADLINE}", "By Jane Doe", url=url) == HEADLINE
    with_kicker = f"Ferries: {HEADLINE}"
    assert title(with_kicker, "By Jane Doe", url=url) == with_kicker
    assert title(*path, with_kicker, "By Jane Doe", url=url.replace("selby", "ferries-selby")) == with_kicker


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Selby ferryThe council votes to reopen the pier", "Selby ferry The council votes to reopen the pier"),
        ("SelbyTube shows the council at the ferry pier", "SelbyTube shows the council at the ferry pier"),
        ("How iPhones changed the ferry pier of Selby", "How iPhones changed the ferry pier of Selby"),
    ],
)
def test_a_kicker_that_is_joined_to_the_headline_gets_a_space(line: str, expected: str) -> None:
    body = (*BODY, "The old ferry was loud. Selby, they say, has seen worse.")
    assert title(line, "By Jane Doe", "2 March 2024", body=body) == expected


def test_a_headline_over_two_lines_is_joined_at_its_colon() -> None:
    assert title("Home", "\nA pier for Selby", ": the council votes for the ferry", "By Jane Doe", "2 March 2024") == (
        "A pier for Selby: the council votes for the ferry"
    )


def test_a_headline_with_a_word_for_a_picture_is_no_caption_if_the_address_repeats_it() -> None:
    headline = "A first picture: so may the pier of Selby look"
    url = "https://courier.example/2024/a-first-picture-so-may-the-pier-of-selby-look"
    assert title("Home", headline, "By Jane Doe", "2 March 2024", url=url) == headline
    assert title("Home", HEADLINE, "The old pier of Selby Photo: Jane Doe", "2 March 2024", url=url) == HEADLINE


def test_a_headline_in_a_list_of_its_own_loses_its_bullet() -> None:
    lines = ("Home", "\n• Front Page", "\nWed, Oct 16, 2024", f"\n• {HEADLINE}", f"\n{STANDFIRST}", "• AFP, SELBY")
    assert title(*lines) == HEADLINE


def test_the_subject_of_a_headline_in_hindi_is_that_of_the_body() -> None:
    body = (
        "समस्तीपुर के गांव में चोरी मामले का पुलिस ने खुलासा किया और बदमाशों को पकड़ा।",
        "गिरफ्तार बदमाशों की पहचान पुलिस ने की और गहना बरामद किया।",
    )
    headline = "समस्तीपुर पुलिस ने दो बदमाशों को पकड़ा: चोरी का खुलासा, गहना बरामद"
    assert title("खेल", "समस्तीपुर", headline, "कॉपी लिंक", "थाना अध्यक्ष मनीषा कुमारी और संजय पांडे", body=body) == headline


def test_the_headline_at_the_end_of_a_numbered_path_has_no_number() -> None:
    path = ("1. Home", "2. Transport", f"3. {HEADLINE}")
    assert title(*path, "2 March 2024") == HEADLINE
    assert title("Home", "News", "10. Selby rebuilds its storm-damaged ferry pier", "2 March 2024") == (
        "10. Selby rebuilds its storm-damaged ferry pier"
    )


@given(st.lists(st.text(max_size=300), max_size=12), st.text(max_size=60))
def test_any_lines_give_a_line_of_bounded_length_or_none(header: list[str], url: str) -> None:
    found = title(
        *(text for line in header for text in line.split("\n") if text.strip()), url=f"https://courier.example/{url}"
    )
    assert found is None or 0 < len(found) <= MAX_TITLE


@pytest.mark.parametrize("mark", ["# ", "### ", "Subject: ", "Betreff: "])
def test_the_mark_of_a_heading_or_a_subject_is_no_part_of_it(mark: str) -> None:
    assert title(mark + HEADLINE, "2 March 2024") == HEADLINE


def test_a_line_of_date_and_byline_is_no_headline() -> None:
    assert title(HEADLINE, "Publié le vendredi 14 mars 2025 · Ida Lund, envoyée spéciale à Selby pier") == HEADLINE
