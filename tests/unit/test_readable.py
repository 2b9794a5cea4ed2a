import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiredesk.enrichment.article_fields import ArticleField
from wiredesk.enrichment.entities import has_ordinary_case, readable_fields


def read(headline: str, *paragraphs: str) -> list[str]:
    texts = {"/title": headline, **{f"/paragraphs/{n}/text": text for n, text in enumerate(paragraphs)}}
    return [field.text for field in readable_fields([ArticleField(at, text, 1.0) for at, text in texts.items()])]


@pytest.mark.parametrize(
    ("headline", "ordinary"),
    [
        ("Biden Signs Bill", "Biden signs bill"),
        ("Former Mayor Of London Charged With Fraud After Police Raid",
         "Former mayor of London charged with fraud after police raid"),
        ("Apple And Google Face New Fines In Europe Over App Store Rules",
         "Apple and Google face new fines in Europe over app store rules"),
        ("NATO Warns Of Long War In Ukraine", "NATO warns of long war in Ukraine"),
        ("Storm Closes Schools, Roads And Ports Across Scotland", "Storm closes schools, roads and ports across Scotland"),
        ("Thousands Of Cars Recalled By Toyota Over Faulty Brakes", "Thousands of cars recalled by Toyota over faulty brakes"),
        ("How To Save Money On Your Next Holiday", "How to save money on your next holiday"),
        ("Police Arrest Two Men After Shooting In Chicago", "Police arrest two men after shooting in Chicago"),
        ("Why Germany Is Worried About Its Gas Supply", "Why Germany is worried about its gas supply"),
        ("BBC Journalist Killed In Syria, Says Family", "BBC journalist killed in Syria, says family"),
        ("Hospital Staff Strike Over Pay As Winter Begins", "Hospital staff strike over pay as winter begins"),
        ("Senate Passes Bill As Biden Vows To Sign It", "Senate passes bill as Biden vows to sign it"),
        ("Senate Rejects Plan To Raise Taxes On Fuel", "Senate rejects plan to raise taxes on fuel"),
        ("Tesla Sales Plunge In Europe, Musk Blames Tariffs", "Tesla sales plunge in Europe, Musk blames tariffs"),
        ("Germany Votes: Merz Wins, Scholz Concedes", "Germany votes: Merz wins, Scholz concedes"),
        ("Why Does Nobody Trust The Bank Of England?", "Why does nobody trust the Bank of England?"),
    ],
)  # fmt: skip
def test_a_headline_in_title_case_is_read_in_ordinary_case(headline: str, ordinary: str) -> None:
    assert read(headline)[0].lower() == headline.lower()
    assert read(headline)[0] == ordinary


@pytest.mark.parametrize(
    "headline",
    [
        "Police arrest two men after shooting in Chicago",
        "Ann Lee, Bob Fry, Carl Moss",
        "Loretta Lynch and Jeh Johnson meet Guo Shengkun",
        "Cardiff",
        "United States Department of Homeland Security",
    ],
)
def test_a_headline_in_ordinary_case_and_a_list_of_names_are_left_alone(headline: str) -> None:
    assert read(headline) == [headline]


@pytest.mark.parametrize(
    ("text", "ordinary"),
    [
        ("THE PRESIDENT SAID ON MONDAY THAT RUSSIA AND UKRAINE WOULD MEET.",
         "The president said on Monday that Russia and Ukraine would meet."),
        ("the president said on monday that russia and ukraine would meet.",
         "The president said on Monday that Russia and Ukraine would meet."),
        ("nato and the u.s. agreed at 5 p.m. in paris", "NATO and the U.S. agreed at 5 p.m. in Paris"),
        ("microsoft's profit rose. google's fell.", "Microsoft's profit rose. Google's fell."),
        ("RESCUERS IN TURKEY FOUND A BOY ALIVE", "Rescuers in Turkey found a boy alive"),
        ("police in london and new york arrested four men on tuesday",
         "Police in London and New York arrested four men on Tuesday"),
        ("OIL PRICES FALL AS IRAN AND THE EU MEET IN VIENNA", "Oil prices fall as Iran and the EU meet in Vienna"),
        ("barack obama met angela merkel in berlin", "Barack Obama met Angela Merkel in Berlin"),
        ('"WE WILL WIN," SAID DONALD TRUMP IN FLORIDA', '"We will win," said Donald Trump in Florida'),
        ("WORLD HEALTH ORGANIZATION ENDS ITS WORK IN UGANDA", "World Health Organization ends its work in Uganda"),
        ("it was the best buy of all in our test", "It was the best buy of all in our test"),
        ("the european union sued apple in brussels", "The European Union sued Apple in Brussels"),
        ("five people died in bangkok. the owner fled to laos. he is rich.",
         "Five people died in Bangkok. The owner fled to Laos. He is rich."),
    ],
)  # fmt: skip
def test_a_text_without_case_is_read_in_ordinary_case(text: str, ordinary: str) -> None:
    assert read("Nothing", text)[1] == ordinary
    assert not has_ordinary_case(ArticleField("/title", text, 1.0))


def test_the_article_itself_tells_which_words_are_names() -> None:
    assert read("Moss Rows To Victory As Crowds Watch")[0].startswith("Moss rows")
    body = "Crowds watched as the young Reed Glass won. They cheered Reed Glass, and then Glass cried."
    assert read("Crowds Cheer As Glass Wins", body)[0].startswith("Crowds cheer as Glass ")
    assert read("Crowds Cheer As Glass Wins", "They broke glass, and more glass.")[0] == "Crowds cheer as glass wins"


@pytest.mark.parametrize(
    ("text", "separated"),
    [
        ("The Macron/Scholz talks were short", "The Macron,Scholz talks were short"),
        ("the Biden-Xi summit in Bali", "the Biden,Xi summit in Bali"),
        ("the Israel-Hamas war", "the Israel,Hamas war"),
        ("the Russia-Ukraine war", "the Russia,Ukraine war"),
        ("a US-China trade deal", "a US,China trade deal"),
        ("the India–Pakistan border", "the India,Pakistan border"),
        ("Harris/Walz signs stood there", "Harris,Walz signs stood there"),
        ("Renault/Nissan sold shares", "Renault,Nissan sold shares"),
        ("the Trump-Putin meeting", "the Trump,Putin meeting"),
        ("flights on the London-Paris route", "flights on the London,Paris route"),
        ("AFP/Getty Images", "AFP,Getty Images"),
        ("the Turkey-Syria border", "the Turkey,Syria border"),
    ],
)
def test_the_names_of_a_pair_are_separated(text: str, separated: str) -> None:
    assert read("Nothing", text)[1] == separated


@pytest.mark.parametrize(
    "text",
    [
        "Rolls-Royce deal with Airbus",
        "Jean-Claude Juncker left",
        "Kristin Scott-Thomas talks about films",
        "Yesterday Kristin Scott-Thomas talks went on",
        "AC/DC played on",
        "Guinea-Bissau and Guinea",
        "Moon Jae-in and Ban Ki-moon met",
        "a Coca-Cola deal",
        "Winston-Salem, North Carolina",
        "The and/or of it",
        "a Boeing 737-800 and/or 24/7",
        "Bosnia-Herzegovina talks",
    ],
)
def test_names_with_a_hyphen_or_slash_stay_whole(text: str) -> None:
    assert read("Nothing", text)[1] == text


@pytest.mark.parametrize("emoji", ["🇪🇺", "✨", "❤️", "👩‍🚀", "👍🏽", "1️⃣"[1:], "⭐️", "☀", "⭐", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🫶"])  # fmt: skip
def test_emoji_are_blank(emoji: str) -> None:
    (_, text) = read("Nothing", f"Ann Lee {emoji} met Bob{emoji}Fry")
    assert text.split() == ["Ann", "Lee", "met", "Bob", "Fry"]


@given(st.text(max_size=80), st.text(max_size=200))
def test_every_character_stays_where_it_was(headline: str, paragraph: str) -> None:
    for text in (headline, headline.upper(), headline.lower(), headline.title()):
        for one, other in zip(read(text, paragraph.upper()), (text, paragraph.upper()), strict=True):
            assert len(one) == len(other)
            for mine, published in zip(one, other, strict=True):
                assert mine.casefold() == published.casefold() or mine in " ,"
