import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiredesk.enrichment.topics import taxonomy
from wiredesk.enrichment.topics.candidate import Candidate
from wiredesk.enrichment.topics.narrower_topics import NEAREST
from wiredesk.enrichment.topics.sports import DISCIPLINES, without_unnamed_sports

CODES = {term.name(): code for code, term in taxonomy().items()}


def candidate(name: str, rank: int = NEAREST, times_named: int = 0) -> Candidate:
    return Candidate(CODES[name], times_named, in_title=False, single=True, similarity=0.2, rank=rank, depth=2)


def kept(candidates: list[Candidate], text: str, language: str = "en") -> list[str]:
    return [taxonomy()[one.code].name() for one in without_unnamed_sports(candidates, text, language)]


def test_a_sport_that_is_not_named_is_left_out() -> None:
    near = [candidate("cricket", 0), candidate("football", 1), candidate("polo", 2), candidate("final game", 3)]
    assert kept(near, "La Federación Española de Fútbol estudiará el acta", "es") == ["football", "final game"]
    assert kept(near, "United won the cup final on penalties") == ["final game"]


def test_the_nearest_sport_stays_in_a_language_without_names() -> None:
    near = [candidate("cricket", 1), candidate("football", 0), candidate("tennis", 2)]
    assert kept(near, "La squadra ha vinto la coppa ai rigori", "it") == ["football"]
    assert kept(near, "Ha vinto il torneo di tennis", "it") == ["tennis"]


@pytest.mark.parametrize(
    ("name", "text", "language"),
    [
        ("football", "Der Fußballverband tagte", "de"),
        ("football", "US soccer hires a coach", "en"),
        ("golf", "The golfers walked on", "en"),
        ("football", "广州足球俱乐部", "zh"),
        ("football", "قرر الاتحاد لكرة القدم", "ar"),
        ("handball (team)", "Kiel gewann im Handball", "de"),
    ],
)
def test_a_name_may_be_within_a_word_short_or_of_another_language(name: str, text: str, language: str) -> None:
    assert kept([candidate("cricket", 0), candidate(name, 1)], text, language) == [name]


def test_what_contains_the_name_stays_where_it_is_nearer() -> None:
    text = "The quarterback threw for 300 yards of football"
    assert kept([candidate("American football", 0), candidate("football", 3, 1)], text) == [
        "American football",
        "football",
    ]
    assert kept([candidate("American football", 3), candidate("football", 0, 1)], text) == ["football"]


def test_what_is_above_or_below_stays() -> None:
    near = [candidate("athletics", 1), candidate("shot put", 0, 1), candidate("discus throw", 2)]
    assert kept(near, "She won the shot put in Rome") == ["athletics", "shot put"]


@given(st.lists(st.sampled_from(sorted(taxonomy())), unique=True, max_size=12), st.text(max_size=80))
def test_only_sports_are_left_out_and_the_order_stays(codes: list[str], text: str) -> None:
    candidates = [
        Candidate(code, 0, in_title=False, single=False, similarity=0.1, rank=rank, depth=1)
        for rank, code in enumerate(codes)
    ]
    left = without_unnamed_sports(candidates, text, "en")
    assert left == [one for one in candidates if one in left]
    assert all(one in left or DISCIPLINES in taxonomy()[one.code].path for one in candidates)
