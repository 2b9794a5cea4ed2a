"""Bylines: from texts and pages to people and agencies."""

from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiredesk.extractor.body.lines import split_lines
from wiredesk.extractor.document import parse_html
from wiredesk.extractor.metadata.authors import byline_in_text, credits_in, parse_byline
from wiredesk.extractor.metadata.authors.grammar import is_byline
from wiredesk.extractor.metadata.authors.names import Trust, is_name
from wiredesk.extractor.metadata.authors.shown import shown_byline
from wiredesk.extractor.metadata.text_sources import TextSources
from wiredesk.extractor.page_elements import PageElements

PIECES = st.sampled_from(
    ["By", "by", "Von ", "BY:", "작성자", "記者", "Ida Lund", "Bo", " ", "\n", "\xad", "\u200b", "¦", "(", ")", "&nbsp;", "<b>", "@x ",
     "www.a.b", "ida@selby.com", "12 May 2024", "4", "、", "–", "=", "ſ", "pier", "Pier"]
)  # fmt: skip
"""Pieces of bylines and of other texts."""

PROSE = "<p>The council voted on Thursday night to reopen the old landing, eleven years after it was closed to all boats.</p>"
"""A paragraph of a story."""


@pytest.mark.parametrize(
    ("byline", "people", "agencies"),
    [
        ("By Ida Lund, Bo Lee and Mia Ash", ("Ida Lund", "Bo Lee", "Mia Ash"), ()),
        ("By Ida Lund, political editor", ("Ida Lund",), ()),
        ("Ida Lund Political Correspondent", ("Ida Lund",), ()),
        ("Von Ida Lund, Korrespondentin in Wien", ("Ida Lund",), ()),
        ("Von Ida Lund, Zürich", ("Ida Lund",), ()),
        ("By Ida Lund in London", ("Ida Lund",), ()),
        ("By Ida Lund for the Selby Courier", ("Ida Lund",), ()),
        ("By Ida Lund of Reuters", ("Ida Lund",), ("Reuters",)),
        ("By Ida Lund with AP", ("Ida Lund",), ("AP",)),
        ("Von Ida Lund mit dpa", ("Ida Lund",), ("dpa",)),
        ("Ida Lund (AFP)", ("Ida Lund",), ("AFP",)),
        ("AFP, MANILA", (), ("AFP",)),
        ("Reuters, Ida Lund", ("Ida Lund",), ("Reuters",)),
        ("Ida Lund/Bo Lee", ("Ida Lund", "Bo Lee"), ()),
        ("Par José Ortega y Gasset et Ida Lund", ("José Ortega y Gasset", "Ida Lund"), ()),
        ("Por Ida Lund y Bo Lee", ("Ida Lund", "Bo Lee"), ()),
        ("Di Ida Lund e Bo Lee", ("Ida Lund", "Bo Lee"), ()),
        ("Av Ida Lund og Bo Lee", ("Ida Lund", "Bo Lee"), ()),
        ("Автор: Андрей Колесников", ("Андрей Колесников",), ()),
        ("Tekst: Ida Lund Foto: Bo Lee", ("Ida Lund",), ()),
        ("By Ida Lund Photos by Bo Lee", ("Ida Lund",), ()),
        ("Words by Ida Lund | Edited by Bo Lee", ("Ida Lund",), ()),
        ("By Ida Lund Updated 3 May 2024", ("Ida Lund",), ()),
        ("Ida LundPublished Jul 17, 2024", ("Ida Lund",), ()),
        ("Von Ida LundKorrespondentin", ("Ida Lund",), ()),
        ("3 May 2024, 14:26 | Ida Lund | 4 min read", ("Ida Lund",), ()),
        ("By Ida Lund @idalund", ("Ida Lund",), ()),
        ("Ida Lund, ida.lund@paper.example", ("Ida Lund",), ()),
        ("By bell hooks", ("bell hooks",), ()),
        ("文＝山田太郎", ("山田太郎",), ()),
        ("记者 张小明 李文", ("张小明", "李文"), ()),
        ("文/张小明 图/李文", ("张小明",), ()),
        ("作者：张小明", ("张小明",), ()),
        ("홍길동 기자", ("홍길동",), ()),
        ("بقلم: أحمد علي", ("أحمد علي",), ()),
        ("מאת: דנה לוי", ("דנה לוי",), ()),
        ("The Associated Press", (), ("The Associated Press",)),
        ("Ida Lund and Reuters", ("Ida Lund",), ("Reuters",)),
        ("AFP and Agence France-Presse", (), ("AFP",)),
        ("Von Ida Lund/dpa", ("Ida Lund",), ("dpa",)),
        ("Transport correspondent Ida Lund", ("Ida Lund",), ()),
        ("Chief political editor Ida Lund", ("Ida Lund",), ()),
        ("سارة خليل - القاهرة", ("سارة خليل",), ()),
        ("سارة خليل - أحمد علي", ("سارة خليل", "أحمد علي"), ()),
        ("राजेश कुमार, नई दिल्ली", ("राजेश कुमार",), ()),
        ("기자명 김민수 기자", ("김민수",), ()),
        ("Ein Bericht von Ida Lund", ("Ida Lund",), ()),
        ("Ida Lund reports from London", ("Ida Lund",), ()),
        ("Opracowanie: Ida Lund", ("Ida Lund",), ()),
        ("Ni Ida dela Cruz", ("Ida dela Cruz",), ()),
        ("Nina Lund", ("Nina Lund",), ()),
        ("Հեղինակ՝ Արամ Սարգսյան", ("Արամ Սարգսյան",), ()),
        ("By Bo Lee Jr., Staff Writer", ("Bo Lee Jr.",), ()),
        ("By Bo Lee Jr and Ida Lund.", ("Bo Lee Jr", "Ida Lund"), ()),
        ("Posted by Ida Lund on May 3, 2024", ("Ida Lund",), ()),
        ("By April Lund on May 5, 2024", ("April Lund",), ()),
        ("Door Jan de Vries op 5 mei 2024", ("Jan de Vries",), ()),
        ("Af Ida Lund d. 5. maj", ("Ida Lund",), ()),
        ("By Our Correspondent, Lahore", (), ()),
        ("विशेष संवाददाता, नई दिल्ली", (), ()),
        ("Political Editor, Ida Lund", ("Ida Lund",), ()),
        ("राहुल शर्मा, सुरेश और दिनेश", ("राहुल शर्मा", "सुरेश", "दिनेश"), ()),
        ("By Ida Lund with additional reporting by Bo Lee", ("Ida Lund",), ()),
        ("Von unserem Korrespondenten Ida Lund", ("Ida Lund",), ()),
        ("Door onze verslaggever Ida Lund", ("Ida Lund",), ()),
        ("القاهرة - أحمد علي", ("أحمد علي",), ()),
        ("דנה לוי, כתבת הארץ", ("דנה לוי",), ()),
        ("Oleh: Siti binti Ahmad", ("Siti binti Ahmad",), ()),
        ("文・山田太郎", ("山田太郎",), ()),
        ("執筆者：山田太郎", ("山田太郎",), ()),
        ("【記者張小明／台北報導】", ("張小明",), ()),
        ("[本報記者張小明台北報導]", ("張小明",), ()),
        ("홍길동·김철수 기자", ("홍길동", "김철수"), ()),
        ("Aus Rom berichtet Ida Lund", ("Ida Lund",), ()),
        ("Aus Bad Selb berichten Ida Lund und Bo Lee", ("Ida Lund", "Bo Lee"), ()),
        ("Von Aus Keller", ("Aus Keller",), ()),
        ("Tekst Jan van der Meer", ("Jan van der Meer",), ()),
        ("Беседовала Дарья Иванова", ("Дарья Иванова",), ()),
        ("Story Musgrave", ("Story Musgrave",), ()),
        ("Ida Lund (avec AFP)", ("Ida Lund",), ("AFP",)),
        ("Ida Lund. Corresponsal en Londres", ("Ida Lund",), ()),
        ("By the Rev. Ida Lund", ("Rev. Ida Lund",), ()),
        ("By Ida Lund, Rural Affairs", ("Ida Lund",), ()),
        ("By Ida Lund, CNN Business", ("Ida Lund",), ("CNN",)),
        ("Reuters Staff", (), ("Reuters",)),
        ("Tribune par Ida Lund", ("Ida Lund",), ()),
        ("Protokoll: Ida Lund", ("Ida Lund",), ()),
        ("Röportaj: Ayşe Yılmaz", ("Ayşe Yılmaz",), ()),
        ("Na Amina Juma", ("Amina Juma",), ()),
        ("Gan Carys Ifan", ("Carys Ifan",), ()),
        ("Сурвалжлагч Б.Болормаа", ("Б.Болормаа",), ()),
        ("โดย สมหญิง ใจดี", ("สมหญิง ใจดี",), ()),
        ("דנה לוי ויוסי כהן", ("דנה לוי", "יוסי כהן"), ()),
        ("런던=김하늘 특파원", ("김하늘",), ()),
        ("[셀비일보 = 김하늘 기자]", ("김하늘",), ()),
        ("(서울=연합뉴스) 김하늘 기자 =", ("김하늘",), ("연합뉴스",)),
        ("글=김하늘", ("김하늘",), ()),
        ("ロンドン＝佐藤花子", ("佐藤花子",), ()),
        ("本报驻英国特派记者 林晓燕", ("林晓燕",), ()),
        ("red.", (), ()),
        ("Our Correspondent", (), ()),
        ("নিজস্ব প্রতিবেদক", (), ()),
        ("Rui Ma, MD", ("Rui Ma",), ()),
        ("admin", (), ()),
        ("Follow", (), ()),
    ],
)  # fmt: skip
def test_people_and_agencies_of_a_byline(byline: str, people: tuple[str, ...], agencies: tuple[str, ...]) -> None:
    parsed = parse_byline([byline])
    assert (parsed.people, parsed.agencies) == (people, agencies)


@pytest.mark.parametrize(
    "text",
    [
        "By 2016, the complexity had reached a peak, and people were exhausted.",
        "De Gaulle returns",
        "Von der Leyen tritt zurück",
        "Di fronte alla crisi il governo tace",
        "Por qué suben los precios",
        "A marathon is a long race",
        "Photos by Ida Lund",
        "记者从市政府获悉，码头将重新开放。",
    ],
)
def test_sentences_and_headlines_are_no_bylines(text: str) -> None:
    assert not is_byline(text)


@pytest.mark.parametrize(
    "text", ["Read more", "WATCH LIVE", "Sign In", "About the author", "Iniciar sesión", "Politik", "Die Zeit"]
)
def test_labels_are_no_names_if_nothing_announces_them(text: str) -> None:
    assert not is_name(text, Trust.BARE)


@pytest.mark.parametrize(
    "text",
    [
        "Log In", "Continue Reading", "Book Now", "TikTok", "Home", "Full Bio", "Give Us A Call", "Send us a message",
        "Mehr erfahren", "Jetzt anmelden", "Lire la suite", "Leer más", "Leggi tutto", "Leia mais", "Lees verder",
        "Läs mer", "Czytaj dalej", "Devamını oku", "Читать далее", "Creative Commons Attribution",
    ],
)  # fmt: skip
def test_buttons_and_menus_are_no_names(text: str) -> None:
    assert parse_byline([text]) == parse_byline([])


@pytest.mark.parametrize("name", ["Will Page", "Le An", "Do Van Le", "Max Price", "Mark Store", "Ida Page", "Per Lie"])
def test_names_of_words_are_names(name: str) -> None:
    assert parse_byline([name]).people == (name,)


@pytest.mark.parametrize(
    ("byline", "people"),
    [
        ('<a class="x" href="/author/ida-lund">Ida Lund</a>', ("Ida Lund",)),
        ("<p>By <b>Ida Lund</b></p>", ("Ida Lund",)),
        ("<span>Von</span> <span>Ida Lund</span>", ("Ida Lund",)),
        ('<div class="author"><span>Ida</span> <span>Lund</span><span class="author-role">Sports Desk</span></div>', ("Ida Lund",)),
        ('<a rel="author">Ida Lund</a>, <a rel="author">Bo Lee</a>', ("Ida Lund", "Bo Lee")),
        ('<a rel="author">Ida Lund</a> Edited by <a rel="author">Bo Lee</a>', ("Ida Lund",)),
        ('<div itemprop="author"><meta itemprop="name" content="Ida Lund"></div>', ("Ida Lund",)),
        ('<aside class="related"><a href="/author/bo">Bo Lee</a></aside>', ()),
        ('<article><h3><a href="/2">A quite different story of another day</a></h3>By Bo Lee</article>', ()),
        ("<figcaption>Photo: Bo Lee</figcaption>", ()),
    ],
)  # fmt: skip
def test_the_byline_near_the_headline_is_the_storys(byline: str, people: tuple[str, ...]) -> None:
    page = f'<body><nav><a href="/author/x">Some One</a></nav><main><h1>Old landing reopens</h1>{byline}<div>{PROSE * 4}</div></main>'
    root = parse_html(page + '<div class="comments"><p class="comment-author">By Cara Poe</p></div></body>')
    assert root is not None
    assert shown_byline(PageElements(root), ["Old landing reopens"]).people == people


@given(st.text(max_size=400))
def test_any_text_is_read(text: str) -> None:
    byline = parse_byline([text, f"By {text}", f"文/{text}"])
    assert all(byline.people)
    assert all(byline.agencies)


SAID = "The council voted to reopen the old landing, it said on Thursday night, eleven years after it had been closed."
"""A line of a story."""


@pytest.mark.parametrize(
    ("first", "agencies"),
    [
        (f"OSLO (Reuters) - {SAID}", ("Reuters",)),
        (f"WASHINGTON, Jan 5 (AP) — {SAID}", ("AP",)),
        (f"Berlin (dpa/tmn) - {SAID}", ("dpa",)),
        (f"OSLO, January 5. /TASS/. {SAID}", ("TASS",)),
        (f"AFP - {SAID}", ("AFP",)),
        (f"(ANSA) - ROMA, 05 MAR - {SAID}", ("ANSA",)),
        ("МОСКВА, 5 янв — РИА Новости. Совет решил открыть причал.", ("РИА Новости",)),
        ("Москва. 5 января. INTERFAX.RU - Совет решил открыть причал.", ("INTERFAX.RU",)),
        ("Москва. Совет решил открыть причал.", ()),
        ("新华社北京3月2日电 市议会投票决定重新开放码头。", ("新华社",)),
        ("【ソウル聯合ニュース】議会は船着き場の再開を決めた。", ("聯合ニュース",)),
        ("【AFP=時事】議会は船着き場の再開を決めた。", ("AFP", "時事")),
        ("القاهرة (رويترز) - قال المجلس", ("رويترز",)),
        (f"The agency (AP) said: {SAID}", ()),
        ("The Associated Press reported on Monday that the council had voted.", ()),
        ("Trump said to AFP (AFP Photo/Bo Lee) that he would come.", ()),
    ],
)  # fmt: skip
def test_a_dateline_credits_its_agency(first: str, agencies: tuple[str, ...]) -> None:
    assert credits_in([first, SAID]).agencies == agencies


@pytest.mark.parametrize(
    ("last", "after", "agencies"),
    [
        (f"{SAID} (dpa)", "", ("dpa",)),
        (f"{SAID} /ritzau/", "", ("ritzau",)),
        ("dpa/lno", "", ("dpa",)),
        ("— AP", "", ("AP",)),
        (SAID, "With inputs from PTI", ("PTI",)),
        (SAID, "Source: AFP", ("AFP",)),
        (SAID, "© 2025 The Associated Press. All rights reserved. This material may not be published.", ("Associated Press",)),
        (SAID, "© 2025 The Selby Courier. All rights reserved.", ()),
        ("He had said so to the AP.", "", ()),
        (SAID, "Reuters reported on the landing before", ()),
    ],
)  # fmt: skip
def test_a_credit_at_the_end_names_its_agency(last: str, after: str, agencies: tuple[str, ...]) -> None:
    assert credits_in([SAID, last], [after]).agencies == agencies


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("议会表示。（记者 张小明 李文）", ("张小明", "李文")),
        ("(서울=연합뉴스) 홍길동 기자 = 시의회는 선착장을 다시 열기로 했다.", ("홍길동",)),
        ("(Reporting by Ida Lund; Editing by Bo Lee)", ("Ida Lund",)),
        ("Ida Lund", ("Ida Lund",)),
        ("Read more", ()),
    ],
)
def test_a_story_names_its_reporter(text: str, people: tuple[str, ...]) -> None:
    assert credits_in([SAID, text]).people == people


@pytest.mark.parametrize(
    ("header", "people"),
    [
        ("By Ida Lund", ("Ida Lund",)),
        ("Von\nIda Lund\nund\nBo Lee", ("Ida Lund", "Bo Lee")),
        ("Ida Lund\n3 May 2024, 14:26", ("Ida Lund",)),
        ("Ida Lund\nPolitical Correspondent", ("Ida Lund",)),
        ("27. Januar 2026 • Ida Lund • 3 Minuten", ("Ida Lund",)),
        ("Ida Lund|Published 4 months ago", ("Ida Lund",)),
        ("Climate Change\n3 May 2024", ()),
        ("Old Landing\n3 May 2024", ()),
        ("Nur ein Drittel der Kinder kam\n3. Mai 2024", ()),
    ],
)
def test_a_text_page_names_its_author_above_the_story(header: str, people: tuple[str, ...]) -> None:
    body = split_lines(
        f"{SAID}\nThe climate will change, a member of the council said, and the old landing will be of use again."
    )
    lines = split_lines(f"Landing reopens after eleven years\n{header}")
    assert byline_in_text(TextSources(header=lines, beginning=body, body=body)).people == people


@pytest.mark.parametrize(
    ("header", "people"),
    [
        ("The council votes for it\nIda Lund\nShare", ("Ida Lund",)),
        ("大渡 美咲\nShare\nComments", ("大渡 美咲",)),
        ("IL\nIda Lund, professor at Selby\nComments", ("Ida Lund",)),
        ("By Ida Lund and AFP\n" + "A line of the standfirst\n" * 18, ("Ida Lund",)),
        ("- Gift Cards\n- Trade Program", ()),
        ("Old Landing\nShare", ()),
    ],
)
def test_between_headline_and_story_a_name_is_a_byline(header: str, people: tuple[str, ...]) -> None:
    title = "Ferry pier reopens after eleven years"
    body = split_lines(
        f"{SAID}\nThe pier will reopen, a member of the council said, and the old landing will be of use."
    )
    lines = split_lines(f"Gift Cards\n3 May 2024\nHome\nNews\nSport\n{title}\n{header}")
    byline = byline_in_text(TextSources(header=lines, beginning=body, body=body), title)
    assert byline.people == people
    assert byline.agencies == (("AFP",) if "AFP" in header else ())


def test_what_shares_a_page_by_mail_is_no_byline() -> None:
    lines = split_lines("Ferry pier reopens after eleven years\nPer E-Mail teilen E-Mail\nAnzahl Kommentare")
    body = split_lines(SAID)
    assert not byline_in_text(TextSources(header=lines, beginning=body, body=body))


@given(st.lists(st.text(max_size=200), max_size=6))
def test_any_lines_are_read(texts: list[str]) -> None:
    credits_in(texts, texts[:1])
    lines = split_lines("\n".join(texts))
    byline_in_text(TextSources(header=lines, beginning=lines, body=lines, below=lines), texts[0] if texts else None)


@pytest.mark.parametrize("text", ["Posted on 9 May 2024 by Ida Lund", "Veröffentlicht am 9. Mai 2024 von Ida Lund"])
def test_the_author_may_follow_the_date(text: str) -> None:
    root = parse_html(f"<body><h1>The pier at Selby opens again</h1><p class='meta'>{text}</p>{PROSE * 4}</body>")
    assert root is not None
    assert shown_byline(PageElements(root), ["The pier at Selby opens again"]).people == ("Ida Lund",)


@given(st.lists(PIECES, max_size=8))
def test_a_text_that_is_not_read_is_no_byline(pieces: list[str]) -> None:
    text = "".join(pieces)
    stated = is_byline(text)
    with patch("wiredesk.extractor.metadata.authors.grammar._may_introduce", return_value=True):
        assert is_byline(text) is stated


@pytest.mark.parametrize(
    ("line", "people"),
    [
        ("<p>Ida Lund<br>Chief Political Correspondent</p>", ("Ida Lund",)),
        ("<div><span>Ida Lund, journalist</span><span>14. mar. 2025</span></div>", ("Ida Lund",)),
        ("<p>Climate Change, 14 March 2025</p>", ()),
        ("<p>Chief Executive Officer</p>", ()),
        ("<p><a>EXPERT WORK</a> <a>MACHINE TRANSLATION</a> <a>LANGUAGES</a></p>", ()),
    ],
)
def test_below_the_headline_a_name_beside_a_role_is_a_byline(line: str, people: tuple[str, ...]) -> None:
    root = parse_html(f"<h1>The pier reopens in May</h1>{line}{PROSE * 3}")
    assert root is not None
    assert shown_byline(PageElements(root), ["The pier reopens in May"]).people == people


@pytest.mark.parametrize("name", ["createdby", "by", "author vcard", "meta by"])
def test_class_names_of_bylines(name: str) -> None:
    for line, people in ((f"<p class='{name}'>Ida Lund</p>", ("Ida Lund",)), ("<p class='standby'>Ida Lund</p>", ())):
        root = parse_html(f"<h1>The pier reopens in May</h1>{line}{PROSE * 3}")
        assert root is not None
        assert shown_byline(PageElements(root), ["The pier reopens in May"]).people == people


def test_the_byline_of_a_short_story_in_a_table() -> None:
    story = "<br><br>".join([PROSE.removeprefix("<p>").removesuffix("</p>")] * 2)
    page = f"<table><tr><td><font><b>The pier reopens in May</b></font><br><font>By Ida Lund</font><br>{story}</table>"
    root = parse_html(page)
    assert root is not None
    assert shown_byline(PageElements(root), ["The pier reopens in May"]).people == ("Ida Lund",)
