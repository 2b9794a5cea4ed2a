"""Texts that are nearly the same and say other things; and copies that look like other texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.copies import Stream, article, part
from tests.unit.test_fingerprints import CHINESE, JAPANESE, THAI
from wiredesk.syndication.facts import FACT_BYTES, MAX_FACTS, are_of_one_formula, facts
from wiredesk_schemas import ArticleCopies, CopyKind

ONE_SITE = ("https://paper.example/1", "https://paper.example/2")
TWO_SITES = ("https://paper.example/1", "https://gazette.example/2")

LOTTERY = (
    "The winning numbers of the {} draw have been drawn. They are {}. The jackpot stands at an estimated {} million "
    "dollars, with a cash option of {} million. Prizes must be claimed within 180 days of the draw at any retailer, at a "
    "regional office or by post. Winners of more than 600 dollars must bring identification and the signed ticket to "
    "one of the offices, which are open from nine to five on working days. Players have to be eighteen years old. The "
    "odds of winning the jackpot depend on the number of balls, and unclaimed prizes go to schools in the state. Tickets "
    "are sold until half past ten on the evening of the draw. Help is there at any hour of the day, free of charge."
)
WEATHER = (
    "{} will be mostly cloudy in {} with a chance of showers in the afternoon. The temperature will reach {} degrees in "
    "the afternoon and fall to {} degrees at night. The wind will blow from the west at {} kilometres an hour, with gusts "
    "near the coast. The probability of rain is {} percent. The air quality is good, and the pollen count is low to "
    "moderate. Drivers should expect fog patches in the valleys in the early morning. The next update of this forecast "
    "will be published at six in the evening. The forecast is produced by the national weather service."
)
STOCKS = (
    "Stocks closed {} on the Nordal exchange. The benchmark index ended the session at {} points, a change of {} percent "
    "from the previous close. Volume was {} million shares, below the average of the last thirty sessions. Advancing "
    "issues outnumbered declining ones by {} to {}. Bond yields were little changed, and the currency was steady against "
    "the dollar. Analysts said that investors were waiting for the decision of the central bank on interest rates. All "
    "prices are delayed by at least fifteen minutes and are provided for information only."
)
OBITUARY = (
    "{}, {}, of {}, passed away peacefully at home, surrounded by a loving family. Born and raised in {}, {} worked as a "
    "{} for many years and was known to all for kindness and patience. Left to cherish the memory are {}. Friends and "
    "relatives are invited to attend the service in the chapel of the funeral home, followed by a burial in the "
    "cemetery. Visiting hours are from four to seven in the afternoon. In lieu of flowers, donations may be made to the "
    "hospice. Condolences may be left on the website. The family thanks the nurses and doctors for their care."
)
MATCH = (
    "{} beat {} {} at home on Saturday and moved up to {} place in the table. {} opened the scoring in the {} minute with "
    "a header after a corner. The visitors pressed for an equaliser before the break, but their best chance went over "
    "the bar. After the interval {} doubled the lead in the {} minute from the penalty spot. The coach praised the "
    "commitment of the players and said that hard work had paid off. The teams meet again in the spring."
)
QUAKE = (
    "気象庁によると、{}午前{}時{}分ごろ、{}で地震がありました。震源の深さは約{}キロ、地震の規模を示すマグニチュードは{}と推定されています。"
    "この地震による津波の心配はありません。震度{}を観測したのは{}です。今のところ被害の情報は入っていません。気象庁は今後の地震活動に注意するよう"
    "呼びかけています。揺れの強かった地域では、家屋の倒壊や土砂災害の危険性が高まっているおそれがあるとして、十分に注意するよう求めています。"
)
FORMULAS = {
    "earthquakes in Japan": (
        QUAKE.format("14日", 8, 12, "福島県沖", 40, "4.5", 3, "いわき市、相馬市"),
        QUAKE.format("16日", 10, 47, "千葉県東方沖", 20, "5.1", 4, "銚子市、旭市"),
    ),
    "lottery": (
        LOTTERY.format("Monday", "4, 18, 22, 31, 47 and the bonus ball 9", 120, 60),
        LOTTERY.format("Wednesday", "7, 11, 25, 39, 52 and the bonus ball 3", 138, 69),
    ),
    "the weather of two days": (
        WEATHER.format("Tuesday", "Aldham", 14, 6, 22, 40),
        WEATHER.format("Wednesday", "Aldham", 11, 3, 35, 70),
    ),
    "the weather of two places": (
        WEATHER.format("Tuesday", "Aldham", 14, 6, 22, 40),
        WEATHER.format("Tuesday", "Garrow", 17, 9, 12, 20),
    ),
    "stock table": (
        STOCKS.format("higher", "7,412.5", "0.42", 312, 611, 402),
        STOCKS.format("lower", "7,377.1", "-0.48", 287, 388, 640),
    ),
    "obituary": (
        OBITUARY.format("Anna Barlow", 81, "Aldham", "Aldham", "Anna Barlow", "teacher", "three children"),
        OBITUARY.format("Edgar Lomax", 77, "Garrow", "Garrow", "Edgar Lomax", "joiner", "his wife Clara and Ralph"),
    ),
    "match report": (
        MATCH.format("Aldham", "Garrow", "2-0", "fifth", "Lomax", "14th", "Keane", "63rd"),
        MATCH.format("Holt", "Otley", "3-0", "ninth", "Dawson", "31st", "Yates", "77th"),
    ),
}
"""Two items of one formula. Within 72 hours, a daily report has no more than three: no fourth one tells the formula."""

STORY = (
    "The ferry Saint Brendan ran aground on Tuesday night off the Skerry islands with 212 people aboard. Captain Maeve "
    "Doran said that the steering had failed in a swell of three metres. Two lifeboats from Kilmore and a navy "
    "helicopter took off the passengers within four hours; 14 of them were treated for cold in the hospital of Wexford.\n"
    "The operator, Celtic Lines, bought the ship in 1998 and had it inspected in March. Inspectors noted worn valves in "
    "the hydraulic system, and asked for their replacement by October. A spokesman said that the parts had been ordered "
    "and had not arrived. The union of seafarers said that it had warned of the valves twice, in letters of May and July.\n"
    "Salvage crews will try to pull the ferry free at high water on Thursday. The coastguard laid a boom of 400 metres "
    "round the hull, since there are 90 tonnes of fuel in its tanks. Minister Ciara Walsh promised an inquiry, and "
    "said that ferries of the same class would be inspected before they sail again."
)
QUOTING = (
    "Three ships of the fleet have been out of service since the summer, and islanders ask who pays for the delay. In "
    "Rosslare, the owner of a fish market counted the crates that nobody would take across. {} A committee of the "
    "parliament will hear the operator next week. Its chairman wants to know why spare parts for a whole class of ships "
    "are made by one works abroad, and what the state, which subsidises the route with 11 million a year, can ask for "
    "in return. The mayor of the largest island has begun to collect signatures for a bridge, as her predecessor did "
    "in 1974 and his in 1951. Nobody expects one before the end of the decade, and the hauliers have written to Brussels."
)
TRANSLATION = (
    "Die Fähre Saint Brendan ist am Dienstagabend mit 212 Menschen an Bord vor den Skerry-Inseln auf Grund gelaufen. "
    "Kapitänin Maeve Doran sagte, die Steuerung sei bei drei Metern Dünung ausgefallen. Zwei Rettungsboote aus Kilmore "
    "und ein Hubschrauber der Marine holten die Fahrgäste binnen vier Stunden von Bord; 14 von ihnen wurden in Wexford "
    "wegen Unterkühlung behandelt. Die Reederei Celtic Lines kaufte das Schiff 1998 und ließ es im März prüfen."
)


WIDE = str.maketrans("0123456789.", "０１２３４５６７８９．")
"""Digits as Japanese newspapers have them."""


def test_numbers_within_a_run_of_letters_are_facts_in_whatever_digits() -> None:
    text = QUAKE.format("14日", 8, 12, "福島県沖", 40, "45", 3, "Sagaの相馬市")
    assert len(facts(text)) == 7 * FACT_BYTES, "six numbers and a name"
    assert facts(text.translate(WIDE)) == facts(text)
    assert facts("วันที่๑๔มีนาคม") == facts("วันที่14มีนาคม")
    assert group(text, text.translate(WIDE)) == [CopyKind.WHOLE]


def group(*bodies: str, urls: tuple[str, ...] = TWO_SITES) -> list[CopyKind]:
    """Return the kinds of copies that a stream of articles has in the end."""
    stream = Stream()
    for url, body in zip(urls, bodies, strict=True):
        stream.add(article(url, body))
    return [copy.kind for copy in stream.copies().values()]


@pytest.mark.parametrize("urls", [ONE_SITE, TWO_SITES], ids=["one site", "two sites"])
@pytest.mark.parametrize("name", FORMULAS)
def test_two_items_of_a_formula_are_no_copies(name: str, urls: tuple[str, str]) -> None:
    assert group(*FORMULAS[name], urls=urls) == []


@pytest.mark.parametrize("name", FORMULAS)
def test_an_item_of_a_formula_has_copies_like_any_other(name: str) -> None:
    item, _ = FORMULAS[name]
    assert group(item, f"{item} More at the office of the Gazette in Garrow, 14 Mill Street.") == [CopyKind.WHOLE]


@pytest.mark.parametrize(
    ("body", "kinds"),
    [
        (part(STORY, 0.5), [CopyKind.ABRIDGED]),
        (f"WEXFORD (Agency) - {part(STORY, 0.4)} More follows.", [CopyKind.ABRIDGED]),
        (STORY.replace("Tuesday night", "Tuesday").replace("212", "214").replace("14 of", "16 of"), [CopyKind.WHOLE]),
        (STORY.upper(), [CopyKind.WHOLE]),
        (STORY.replace("\n", " "), [CopyKind.WHOLE]),
        (QUOTING.format(part(STORY, 0.4)), [CopyKind.QUOTED]),
        (QUOTING.format(" ".join(STORY.split(". ")[1:2])), []),
        (TRANSLATION, []),
    ],
    ids=[
        "half",
        "cut by an editor",
        "figures are updated",
        "capitals",
        "one paragraph",
        "quoted",
        "a sentence",
        "translated",
    ],
)
def test_what_is_a_copy_of_a_story(body: str, kinds: list[CopyKind]) -> None:
    assert group(STORY, body) == kinds


def test_a_story_that_one_site_has_under_two_addresses_is_one_group() -> None:
    stream = Stream()
    for url in ("https://paper.example/1", "https://paper.example/amp/1", "https://gazette.example/x"):
        stream.add(article(url, STORY))
    (event,) = stream.groups.values()
    assert isinstance(event, ArticleCopies)
    assert event.copy_count == 2


@pytest.mark.parametrize("text", [CHINESE, JAPANESE, THAI], ids=["Chinese", "Japanese", "Thai"])
def test_scripts_without_spaces_have_copies(text: str) -> None:
    others = {CHINESE, JAPANESE, THAI} - {text}
    assert group(text, text) == [CopyKind.WHOLE]
    assert group(text, text[: len(text) * 2 // 3]) == [CopyKind.ABRIDGED]
    assert all(group(text, other) == [] for other in others)


def test_a_short_article_with_many_changed_words_is_known_by_its_facts() -> None:
    words = part(STORY, 0.7).split(" ")
    changed = [word if number % 9 or not word.islower() else word[::-1] for number, word in enumerate(words)]
    assert group(part(STORY, 0.7), " ".join(changed)) == [CopyKind.WHOLE]
    others = " ".join(changed).casefold().translate(str.maketrans("124", "759"))
    assert group(part(STORY, 0.7), others) == []


def test_facts_are_numbers_and_names() -> None:
    assert facts("The mayor of Aldham spent 1,200 euros.") == facts("In Aldham: 1.200, 1\u202f200 und 1200")
    assert facts("Nothing happened. Nobody came. “Well,” she said.") == b""
    assert not are_of_one_formula(b"", facts("A 1 2 3 4 5"), 1, 1)


@given(st.text(max_size=400))
def test_facts_of_any_text_are_few_and_agree_with_themselves(text: str) -> None:
    found = facts(text * 20)
    assert len(found) <= MAX_FACTS * FACT_BYTES
    assert not are_of_one_formula(found, found, 1, 1)
