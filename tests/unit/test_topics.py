from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.stories import article
from wiredesk.enrichment.topics import NewsClassifier, taxonomy
from wiredesk.enrichment.topics.calibration import ENGLISH_NEWS, FAST_ENGLISH, OTHER_LANGUAGES, logistic
from wiredesk.enrichment.topics.meaning_encoder import BRIEF_PIECES, MeaningEncoder
from wiredesk.enrichment.topics.news_model import has_words
from wiredesk.enrichment.topics.words_model import text_terms


@pytest.fixture(scope="module", params=["hybrid", "fast"])
def classifier(request: pytest.FixtureRequest) -> NewsClassifier:
    return NewsClassifier(fast=request.param == "fast")


@pytest.fixture(scope="module")
def standard() -> NewsClassifier:
    return NewsClassifier()


def test_the_taxonomy_is_a_tree_of_seventeen_roots() -> None:
    topics = taxonomy()
    assert len({topic.root for topic in topics.values()}) == 17
    assert all(topic.path[-1] == code and set(topic.path) <= set(topics) for code, topic in topics.items())
    assert topics["medtop:20000086"].name("de") == "Computerkriminalität"
    assert topics["medtop:20000086"].name("xx") == "cyber crime"


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("The striker scored twice as the team won the cup final on penalties in front of a full stadium", "medtop:15000000"),
        ("Parliament passed the election law after the prime minister won a vote of confidence", "medtop:11000000"),
        ("Shares fell and the central bank raised interest rates as inflation hit companies and markets", "medtop:04000000"),
        ("Police arrested a man suspected of murder, the prosecutor told the court", "medtop:02000000"),
        ("The new phone has a faster chip and its software updates itself", "medtop:13000000"),
        ("The bishop blessed the pilgrims at the shrine on Easter Sunday", "medtop:12000000"),
        ("Snow and freezing rain are forecast for the weekend", "medtop:17000000"),
    ],
)  # fmt: skip
def test_plain_stories_have_plain_topics(classifier: NewsClassifier, text: str, root: str) -> None:
    topics = classifier.topics(article(text), "en")
    assert topics[0].path == (root,)
    assert topics[0].score == max(t.score for t in topics if len(t.path) == 1)


@pytest.mark.parametrize(
    ("language", "text", "root"),
    [
        ("de", "Der Torhüter hielt zwei Elfmeter, und die Mannschaft gewann im vollen Stadion das Pokalfinale", "medtop:15000000"),
        ("fr", "Le parlement a voté la loi électorale après un vote de confiance au premier ministre", "medtop:11000000"),
        ("es", "La bolsa cayó y el banco central subió los tipos de interés por la inflación", "medtop:04000000"),
        ("it", "La polizia ha arrestato un uomo sospettato di omicidio, ha detto la procura al tribunale", "medtop:02000000"),
        ("ru", "В выходные ожидаются снег, метель и сильный мороз", "medtop:17000000"),
        ("sv", "Målvakten räddade två straffar och laget vann cupfinalen på en fullsatt arena", "medtop:15000000"),
        ("hu", "A parlament elfogadta a választási törvényt, miután a kormányfő bizalmi szavazást nyert", "medtop:11000000"),
        ("uk", "Поліція затримала підозрюваного у вбивстві, повідомили в суді", "medtop:02000000"),
        ("hi", "शेयर बाजार गिरा, केंद्रीय बैंक ने ब्याज दरें बढ़ाईं", "medtop:04000000"),
        ("ja", "決勝でゴールキーパーがPKを二本止め、チームが優勝した", "medtop:15000000"),
    ],
)  # fmt: skip
def test_plain_stories_of_other_languages_have_the_same_topics(
    classifier: NewsClassifier, language: str, text: str, root: str
) -> None:
    topics = classifier.topics(article(text), language)
    assert topics[0].path == (root,)
    assert topics[0].name == taxonomy()[root].name(language)


NO_NEWS = [
    ("en", "We value your privacy. This site stores cookies to remember you and to show adverts. Accept or decline cookies."),
    ("en", "Capricorn: a new job is near. Aquarius: avoid quarrels. Pisces: call your mother."),
    ("en", "Lorem ipsum dolor sit amet, sed diam nonumy eirmod tempor invidunt ut labore et dolore magna aliquyam erat."),
    ("en", "Home About us Products Support Careers Press Contact Log in"),
    ("en", "Error 404. Sorry, this page does not exist. Go back to the home page."),
    ("de", "Diese Website nutzt Cookies für Statistik und Werbung. Alle annehmen oder ablehnen. Mehr in der Datenschutzerklärung."),
    ("de", "Steinbock: Im Beruf läuft es gut. Wassermann: Ein Streit löst sich. Fische: Achten Sie auf Ihre Gesundheit."),
    ("fr", "Ce site dépose des cookies pour mesurer la fréquentation. Accepter ou refuser les cookies. Gérer mes choix."),
    ("es", "Capricornio: buenas noticias en el trabajo. Acuario: evita discusiones. Piscis: descansa."),
    ("ru", "Сайт использует файлы cookie. Продолжая пользоваться сайтом, вы соглашаетесь с их использованием."),
    ("cs", "Tento web používá cookies k měření návštěvnosti. Souhlasím. Odmítnout. Nastavení cookies."),
    ("fi", "Kauris: töissä sujuu hyvin. Vesimies: vältä riitoja. Kalat: lepää ja soita ystävälle."),
    ("zh", "本站使用Cookie改善服务。继续浏览即表示您同意我们使用Cookie。"),
    ("en", "Carrot soup. Serves 4. Ingredients: 1 kg carrots, 1 onion, 1 litre stock. Chop, fry, simmer and blend."),
    ("en", "Winning numbers: 5, 9, 14, 28, 33, 40. Bonus 12. Match 5: 12 winners. No jackpot winner."),
    ("en", "Wanted: part-time cleaner, ten hours a week, 12 an hour. Please send your CV by Friday."),
    ("de", "Heute 12°/4° bewölkt, morgen 14°/6° sonnig, Freitag 9°/3° Regen. Wind 20 km/h. Luftdruck 1020 hPa."),
    ("fr", "Entrées : soupe 6 €, salade 8 €. Plats : steak frites 16 €, truite 18 €. Desserts : tarte 7 €."),
    ("es", "Programación: 15:00 Noticias. 16:00 Serie. 18:00 Concurso. 20:30 Cine: El faro. 22:30 Deportes."),
    ("uk", "Сирники. Інгредієнти: 500 г сиру, 2 яйця, 3 ложки борошна. Змішайте, сформуйте і обсмажте на олії."),
    ("sv", "Vi söker en kock på heltid. Du har erfarenhet och gillar högt tempo. Skicka ansökan och cv senast 1 maj."),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text"), NO_NEWS)
def test_what_is_no_news_has_no_topic(standard: NewsClassifier, language: str, text: str) -> None:
    assert standard.topics(article(text), language) == ()


@pytest.mark.parametrize(
    ("language", "text", "root"),
    [
        ("en", "Snow warning for Scotland: forecasters expect 20 centimetres and gales by Tuesday", "medtop:17000000"),
        ("en", "The carmaker will cut 900 jobs at its plant as orders fall, the company said", "medtop:09000000"),
        ("en", "Rovers 3, Albion 1. Town 0, Vale 2. Goals: Holt 2, Pym. Rovers stay top of the league", "medtop:15000000"),
        ("de", "Das Gericht verurteilte drei Männer, die falsche Lottoscheine verkauft hatten, zu Haft", "medtop:02000000"),
        ("uk", "Збірна перемогла 3:1, воротар відбив пенальті у першому таймі", "medtop:15000000"),
    ],
)  # fmt: skip
def test_news_that_resembles_what_is_none_has_topics(
    standard: NewsClassifier, language: str, text: str, root: str
) -> None:
    assert root in {topic.code for topic in standard.topics(article(text), language)}


@pytest.mark.parametrize(
    "text", ["", "...", "?!? --- *** 2024 12:30", "😀😀😀😀😀😀", "aaa aaa aaa aaa aaa", "1 2 3 4 5 6 7 8 9"]
)
def test_what_has_no_words_has_no_topic(classifier: NewsClassifier, text: str) -> None:
    assert not has_words(text)
    assert classifier.topics(article(text or "-"), "en") == ()


@pytest.mark.parametrize(
    "text", ["Snow in Wales, ferries stay in port", "大雨で電車が止まる", "Снег и метель в Сибири"]
)
def test_a_headline_has_words(text: str) -> None:
    assert has_words(text)


def test_narrower_topics_are_in_the_tree_and_unique(classifier: NewsClassifier) -> None:
    text = "The climate summit agreed on a fund for climate change. Climate change raises the seas, climate scientists said."
    topics = classifier.topics(article(text, title="Climate change: a fund for islands"), "en")
    codes = [topic.code for topic in topics]
    assert "medtop:20000418" in codes, "climate change"
    assert len(codes) == len(set(codes))
    assert all(topic.path[-1] == topic.code and topic.code in taxonomy() for topic in topics)


def test_names_are_in_the_language_of_the_article(classifier: NewsClassifier) -> None:
    (first, *_) = classifier.topics(article("The team won the cup final in the stadium"), "de")
    assert first.name == "Sport"


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=400), st.text(max_size=60))
def test_any_text_has_topics_or_none(classifier: NewsClassifier, body: str, title: str) -> None:
    shown = SimpleNamespace(title=title, paragraphs=[SimpleNamespace(text=body)], captions=(), language=None)
    for topic in classifier.topics(shown, "en"):  # type: ignore[arg-type] # text of any kind, which no event may hold
        assert 0 <= topic.score <= 1


def test_terms_are_words_and_pairs_without_accents_and_small_words() -> None:
    assert list(text_terms("The Café of São Paulo")) == ["cafe", "sao", "paulo", "cafe sao", "sao paulo"]


@given(st.lists(st.floats(-50, 50), min_size=3, max_size=3))
def test_a_score_is_a_probability(features: list[float]) -> None:
    for scores in (ENGLISH_NEWS, OTHER_LANGUAGES, FAST_ENGLISH):
        assert 0 < logistic(scores.top, features) < 1


def test_a_brief_encoder_reads_one_window_of_rarer_words() -> None:
    encoder = MeaningEncoder(brief=True)
    text = "Уряд ухвалив бюджет на наступний рік, і опозиція його критикує. " * 10
    (vector,) = encoder.vectors(text)
    assert vector.pieces == BRIEF_PIECES - 2
    (same,) = encoder.vectors(f", . {text}")
    assert vector.values @ same.values == pytest.approx(1, abs=1e-5), "signs are among the most frequent pieces"
    (empty,) = encoder.vectors("")
    assert empty.pieces == 0
