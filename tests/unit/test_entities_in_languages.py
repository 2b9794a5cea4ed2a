"""Entities in other languages than English: the rules alone, on names that are marked where they stand."""

from collections.abc import Sequence

import pytest

from wiredesk.enrichment.article_fields import ArticleField
from wiredesk.enrichment.entities import build_entities, find_mentions, readable_fields
from wiredesk.enrichment.entities.lexicon import Lexicon, lexicon_of
from wiredesk.enrichment.interfaces import TaggedSpan
from wiredesk.enrichment.languages import SUPPORT
from wiredesk_schemas import EntityType

TYPES = {"P": EntityType.PERSON, "O": EntityType.ORGANISATION, "L": EntityType.PLACE}


def clusters(language: str, text: str, marked: str) -> list[list[str]]:
    """Return the surfaces of each entity, in the order of the text.

    Args:
        marked: names as they follow in the text, each with the letter of its type: `P:Trump O:UN`, separated by `;`.
    """
    spans, position = [], 0
    for mark in marked.split(";"):
        kind, _, surface = mark.strip().partition(":")
        position = text.index(surface, position)
        spans.append(TaggedSpan(position, position + len(surface), TYPES[kind]))
        position += len(surface)
    fields: Sequence[ArticleField] = [ArticleField("/title", text, 1.0, 0, language)]
    entities = build_entities(find_mentions(fields, [spans]))
    by_start = sorted(entities, key=lambda entity: entity.mentions[0].start)
    return [[mention.surface for mention in entity.mentions] for entity in by_start]


@pytest.mark.parametrize("language", sorted(code for code, support in SUPPORT.items() if support.rules))
def test_every_language_with_rules_has_its_word_lists(language: str) -> None:
    assert lexicon_of(language) != Lexicon()


@pytest.mark.parametrize(
    ("language", "name", "form"),
    [
        ("de", "L:Syrien", "Syriens"),
        ("de", "O:Europäische Kommission", "Europäischen Kommission"),
        ("sv", "P:Ulf Kristersson", "Kristerssons"),
        ("pl", "P:Donald Trump", "Trumpa"),
        ("pl", "L:Praga", "Pradze"),
        ("pl", "L:Niemcy", "Niemiec"),
        ("pl", "L:USA", "Stanami Zjednoczonymi"),
        ("pl", "O:Biały Dom", "Białego Domu"),
        ("cs", "L:Praha", "Praze"),
        ("cs", "P:Petr Fiala", "Fialy"),
        ("sk", "L:Bratislava", "Bratislave"),
        ("sk", "P:Peter Pellegrini", "Pellegriniho"),
        ("hr", "P:Andrej Plenković", "Plenkovića"),
        ("hr", "P:Andrej Plenković", "Plenkovićeva"),
        ("sr", "P:Ana Brnabić", "Brnabićeva"),
        ("cs", "P:Andrej Babiš", "Babišův"),
        ("sr", "P:Aleksandar Vučić", "Вучића"),
        ("sl", "L:Ljubljana", "Ljubljani"),
        ("ru", "P:Дональд Трамп", "Трампа"),
        ("ru", "P:Владимир Зеленский", "Зеленского"),
        ("ru", "L:Россия", "Россией"),
        ("uk", "L:Харків", "Харкова"),
        ("uk", "P:Володимир Зеленський", "Зеленським"),
        ("lt", "P:Gitanas Nausėda", "Nausėdos"),
        ("lv", "L:Latvija", "Latvijā"),
        ("et", "L:Tallinn", "Tallinnas"),
        ("fi", "L:Ankara", "Ankarassa"),
        ("fi", "L:Helsinki", "Helsingissä"),
        ("hu", "P:Orbán Viktor", "Orbánnak"),
        ("hu", "L:Budapest", "Budapesten"),
        ("ro", "L:România", "României"),
        ("is", "L:Ísland", "Íslandi"),
        ("el", "P:Κυριάκος Μητσοτάκης", "Μητσοτάκη"),
        ("ar", "L:القاهرة", "بالقاهرة"),
        ("he", "L:ירושלים", "בירושלים"),
        ("ko", "L:한국", "한국은"),
        ("ja", "P:荻田卓", "荻田"),
        ("zh", "P:习近平", "习"),
        ("zh", "P:唐纳德·特朗普", "特朗普"),
        ("ko", "P:윤석열", "윤"),
        ("vi", "P:Cao Thị Hồng", "Hồng"),
        ("es", "P:Álvaro García Ortiz", "García Ortiz"),
        ("es", "P:Pedro Sánchez Pérez-Castejón", "Sánchez"),
        ("de", "O:Allgemeiner Deutscher Fahrradclub", "ADFC"),
        ("es", "O:Unidad Central Operativa", "UCO"),
        ("ru", "O:Министерство иностранных дел", "МИД"),
        ("de", "O:MSV Duisburg", "MSV"),
        ("ja", "O:フジテレビ", "フジ"),
        ("zu", "P:Mhawukeleni Sokhela", "uSokhela"),
    ],
)
def test_forms_of_a_name_are_one_entity(language: str, name: str, form: str) -> None:
    kind, _, surface = name.partition(":")
    assert clusters(language, f"{surface} | {form} .", f"{name};{kind}:{form}") == [[surface, form]]


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("pl", "L:Austria", "L:Australia"),
        ("pl", "L:Iran", "L:Irak"),
        ("ru", "L:Нигер", "L:Нигерия"),
        ("cs", "P:Jan Novák", "P:Jana Nováková"),
        ("cs", "P:Jan Novák", "P:Nováková"),
        ("ru", "P:Владимир Путин", "P:Людмила Путина"),
        ("ru", "P:Пётр Иванов", "P:Павел Петров"),
        ("de", "P:Hans Meier", "P:Karl Hansen"),
        ("vi", "P:Nguyễn Văn Hồng", "P:Hòng"),
        ("zh", "P:习近平", "P:李强"),
        ("ja", "O:小笠原署", "O:小笠原署母島駐在所"),
        ("de", "O:CDU", "O:CDU/CSU"),
        ("en", "O:Apple", "O:Apple Records"),
        ("it", "P:Giorgia Meloni", "P:Arianna Meloni"),
    ],
)
def test_names_that_look_alike_stay_two_entities(language: str, one: str, other: str) -> None:
    surfaces = [name.partition(":")[2] for name in (one, other)]
    assert clusters(language, " | ".join(surfaces), f"{one};{other}") == [[surface] for surface in surfaces]


def test_a_short_name_in_brackets_is_the_same_organisation() -> None:
    text = "日本バレーボール協会(JVA)"
    assert clusters("ja", text, "O:日本バレーボール協会;O:JVA") == [["日本バレーボール協会", "JVA"]]


def test_names_need_no_capitals_in_scripts_without_them() -> None:
    for language, name in (
        ("ar", "بغداد"),
        ("hi", "दिल्ली"),
        ("ja", "東京"),
        ("ko", "서울"),
        ("th", "กรุงเทพ"),
        ("ka", "თბილისი"),
    ):
        assert clusters(language, name, f"L:{name}") == [[name]]


def test_prepositions_before_a_name_are_no_particles() -> None:
    assert clusters("de", "Der Sturz von Assad", "P:Assad") == [["Assad"]]
    assert clusters("es", "el gobierno de Sánchez", "P:Sánchez") == [["Sánchez"]]


@pytest.mark.parametrize(
    ("language", "marked", "name"),
    [
        ("de", "P:Bundeskanzler Olaf Scholz", "Olaf Scholz"),
        ("de", "P:Herr Müller", "Müller"),
        ("de", "P:Chancellor Merz", "Merz"),
        ("de", "P:Schulleiter Salcher", "Salcher"),
        ("sv", "P:Statsminister Kristersson", "Kristersson"),
        ("de", "P:Klaus Richter", "Klaus Richter"),
        ("de", "P:Richter", "Richter"),
        ("de", "O:„Spiegel“", "Spiegel"),
        ("nl", "P:de Jong", "de Jong"),
        ("fr", "L:l'Ukraine", "Ukraine"),
        ("fr", "P:M. Macron", "Macron"),
        ("fr", "L:L'Aquila", "L'Aquila"),
        ("it", "L:dell’Italia", "Italia"),
        ("es", "L:Los Gallardos", "Los Gallardos"),
        ("es", "P:señor Sánchez", "Sánchez"),
        ("pl", "P:pan Tusk", "Tusk"),
        ("pl", "O:ONZ-u", "ONZ"),
        ("ru", "P:г-н Песков", "Песков"),
        ("tr", "L:Ankara'da", "Ankara"),
        ("tr", "P:Erdoğan’ın", "Erdoğan"),
        ("tr", "P:O'Neill", "O'Neill"),
        ("fi", "O:EU:n", "EU"),
        ("hu", "O:NATO-hoz", "NATO"),
        ("sv", "O:Swedbank AB (publ)", "Swedbank AB (publ)"),
        ("ja", "P:尹錫悦大統領", "尹錫悦"),
        ("ja", "P:小池さん", "小池"),
        ("zh", "P:王女士", "王"),
        ("zh", "O:《人民日报》", "人民日报"),
        ("ko", "P:홍은희 씨", "홍은희"),
        ("ko", "P:강씨", "강"),
        ("ko", "P:윤석열 대통령", "윤석열"),
        ("ko", "P:김태양", "김태양"),
        ("ar", "P:الرئيس إيمانويل ماكرون", "إيمانويل ماكرون"),
        ("hi", "P:श्री नरेंद्र मोदी", "नरेंद्र मोदी"),
        ("vi", "P:ông Phạm Minh Chính", "Phạm Minh Chính"),
        ("id", "P:Presiden Joko Widodo", "Joko Widodo"),
        ("el", "P:κ. Μητσοτάκης", "Μητσοτάκης"),
    ],
)
def test_a_name_is_without_what_stands_around_it(language: str, marked: str, name: str) -> None:
    surface = marked.partition(":")[2]
    assert clusters(language, f"{surface} .", marked) == [[name]]


@pytest.mark.parametrize(
    ("language", "text", "marked", "expected"),
    [
        ("pt", "no Palácio do Planalto.", "L:Palácio do", ["Palácio do Planalto"]),
        ("pt", "no Palácio do Planalto.", "L:Palácio do;L:Planalto", ["Palácio do Planalto"]),
        ("pl", "prezes Prawa i Sprawiedliwości", "O:Prawa i;O:Sprawiedliwości", ["Prawa i Sprawiedliwości"]),
        ("de", "in Halle an der Saale", "L:Halle an", ["Halle an der Saale"]),
        ("fr", "la Banque de sa vie", "O:Banque de", ["Banque"]),
        ("no", "Equinor ASA faller", "O:Equinor;O:ASA", ["Equinor ASA"]),
        ("hi", "मोदी ने नई दिल्ली में", "L:नई;L:दिल्ली", ["नई दिल्ली"]),
        ("de", "Regine Sauter will", "P:Regine;P:Sauter", ["Regine Sauter"]),
        ("uk", "Пан Андрій Єрмак", "P:Пан;P:Андрій Єрмак", ["Андрій Єрмак"]),
        ("ru", "пресс-секретарь Кремля Дмитрий Песков", "P:Кремля;P:Дмитрий Песков", ["Кремля", "Дмитрий Песков"]),
        ("hu", "Bieber Usher dalát", "P:Bieber;P:Usher", ["Bieber", "Usher"]),
        ("de", "Merkel, Scholz und Merz", "P:Merkel;P:Scholz;P:Merz", ["Merkel", "Scholz", "Merz"]),
        (
            "nl",
            "burgemeester Femke Halsema van Amsterdam",
            "P:Femke Halsema van;L:Amsterdam",
            ["Femke Halsema", "Amsterdam"],
        ),
        ("nl", "burgemeester Femke Halsema van Amsterdam", "P:Femke Halsema van", ["Femke Halsema"]),
        ("nl", "ING Groep N.V. verwacht", "O:ING Groep N", ["ING Groep N.V."]),
        ("nl", "Jan de Vries kwam", "P:Jan de", ["Jan de Vries"]),
        ("nl", "Jan de Vries", "P:Jan de;P:Vries", ["Jan de Vries"]),
        ("fr", "Jean et D'Ornano", "P:D;L:Ornano", ["D'Ornano"]),
        ("ko", "현대자동차(주)는", "O:현대자동차(주", ["현대자동차(주)"]),
        ("de", "Bayer (und andere)", "O:Bayer (und", ["Bayer"]),
        ("ca", "a Brussel·les i", "L:Brussel", ["Brussel·les"]),
        ("pl", "rozmowy USA-Iran", "L:USA-Iran", ["USA", "Iran"]),
        ("no", "i London-bydelen", "L:London-bydelen", ["London-bydelen"]),
        ("de", "in Baden-Baden", "L:Baden-Baden", ["Baden-Baden"]),
        ("de", "Treffen in London/Teheran", "L:London/Teheran", ["London", "Teheran"]),
        ("da", "formand for partiet, Múte B. Egede, siger", "P:B. Egede", ["Múte B. Egede"]),
        ("fr", "Selon B. Morel, rien", "P:B. Morel", ["B. Morel"]),
        ("no", "lykken med Markus «Makkan» Foss (41)", "P:Markus", ["Markus «Makkan» Foss"]),
        ("sv", "Markus “Makkan” sade", "P:Markus", ["Markus"]),
        ("zh", "助力拉美和加勒比地区", "L:加勒", ["加勒比地区"]),
        ("en", "Ann of Lee", "P:Ann;P:Lee", ["Ann", "Lee"]),
        ("ko", "미국 뉴욕에", "L:미국 뉴욕", ["미국", "뉴욕"]),
        ("ko", "중국 대사관에", "L:중국 대사관", ["중국 대사관"]),
        ("ko", "중국 외교부는 말했다", "O:중국 외교부는", ["중국 외교부"]),
        ("ko", "도시가 주도한", "O:도시가", ["도시가"]),
    ],
)
def test_a_name_that_was_cut_is_whole(language: str, text: str, marked: str, expected: list[str]) -> None:
    assert clusters(language, text, marked) == [[name] for name in expected]


@pytest.mark.parametrize(
    ("language", "text", "marked"),
    [
        ("de", "der Bundeskanzler", "O:Bundeskanzler"),
        ("de", "der Stuttgarter Oberbürgermeister", "O:Stuttgarter Oberbürgermeister"),
        ("fr", "le Premier ministre", "P:Premier ministre"),
        ("ru", "ПАО «Газпром»", "O:ПАО"),
        ("hi", "डॉ. जयशंकर", "O:डॉ"),
        ("bg", "„Лукойл“ ЕООД", "P:ЕООД"),
        ("it", "la presidente del Consiglio", "O:Consiglio"),
        ("es", "el ministro de Economía", "O:Economía"),
        ("fr", "ministre de l'Intérieur", "O:Intérieur"),
        ("zh", "中俄合作", "O:中俄"),
        ("ja", "日米韓の", "O:日米韓"),
        ("ko", "한미 동맹", "O:한미"),
        ("ja", "自民党", "O:自"),
        ("de", "die Brüsseler Behörde", "L:Brüsseler"),
        ("de", "die Thüringer mittelständischen Unternehmen", "O:Thüringer"),
        ("de", "Es kam so. Iranische Kräfte", "L:Iranische"),
        ("hr", "Hrvatski ministar rekao je", "L:Hrvatski"),
        ("pl", "To wszystko. Irańska agencja podała", "O:Irańska"),
        ("uk", "Український уряд", "L:Український"),
        ("hu", "Belföld", "P:Belföld"),
        ("pl", "Kraj", "L:Kraj"),
    ],
)
def test_what_is_no_name_is_left_out(language: str, text: str, marked: str) -> None:
    assert clusters(language, text, marked) == []


@pytest.mark.parametrize(
    ("language", "text", "marked"),
    [
        ("it", "lo scrive Repubblica", "O:Repubblica"),
        ("de", "der Hannover Messe", "L:Hannover"),
        ("de", "Bremer sagt", "O:Bremer"),
        ("hr", "Hrvatska je danas", "L:Hrvatska"),
        ("pl", "ulica Tverska jest", "L:Tverska"),
        ("es", "el diario Economía", "O:Economía"),
        ("ko", "북한 평양", "L:북한"),
        ("zh", "中国和", "L:中国"),
        ("de", "Werner Faymann", "P:Werner Faymann"),
        ("de", "Brauerei Kaiser", "O:Brauerei Kaiser"),
    ],
)
def test_names_like_those_stay(language: str, text: str, marked: str) -> None:
    assert clusters(language, text, marked) == [[marked.partition(":")[2]]]


def test_a_country_and_a_place_in_it_are_two() -> None:
    assert clusters("zh", "前往日本熊本", "L:日本熊本") == [["日本"], ["熊本"]]
    assert clusters("zh", "美國聯邦", "L:美國聯邦") == [["美國聯邦"]]


def test_a_town_at_a_river_is_one_place() -> None:
    article = ArticleField("/title", "Frankfurt/Main (dpa-AFX) - Die Bank", 1.0, 0, "de")
    assert [span.surface for span in find_mentions(readable_fields([article]), [[]])] == ["Frankfurt/Main", "dpa-AFX"]


def test_the_name_of_an_entity_has_the_signs_of_the_event() -> None:
    (field,) = readable_fields([ArticleField("/title", "Das Labor Krantz/Weber schließt", 1.0, 0, "de")])
    assert field.text != field.published_text
    (entity,) = build_entities(find_mentions([field], [[TaggedSpan(10, 22, EntityType.ORGANISATION)]]))
    assert entity.name == "Krantz/Weber"


def test_a_country_is_a_place_whatever_it_was_taken_for() -> None:
    def types(language: str, text: str, kind: EntityType) -> set[EntityType]:
        span = TaggedSpan(0, text.index(" "), kind)
        return {one.type for one in find_mentions([ArticleField("/title", text, 1.0, 0, language)], [[span]])}

    assert types("fi", "Venäjän uhka", EntityType.ORGANISATION) == {EntityType.PLACE}
    assert types("fi", "Purran uhka", EntityType.PERSON) == {EntityType.PERSON}
    assert types("fr", "Séoul affirme", EntityType.PERSON) == {EntityType.PLACE}
    assert types("pl", "Islamabadu dotyczy", EntityType.PERSON) == {EntityType.PLACE}
    assert types("fr", "Séoul affirme", EntityType.ORGANISATION) == {EntityType.ORGANISATION}


def test_the_fullest_name_is_the_entitys() -> None:
    def name(language: str, text: str, marked: Sequence[tuple[int, int]]) -> str:
        spans = [TaggedSpan(start, end, EntityType.PERSON) for start, end in marked]
        (entity,) = build_entities(find_mentions([ArticleField("/title", text, 1.0, 0, language)], [spans]))
        return entity.name

    assert name("ja", "石破氏と石破茂氏と石破氏", [(0, 2), (4, 7), (9, 11)]) == "石破茂"
    assert name("ko", "트럼프 | 트럼프 | 도널드 트럼프", [(0, 3), (6, 9), (12, 19)]) == "도널드 트럼프"


def test_a_weekday_is_no_name() -> None:
    assert clusters("de", "Montag in Berlin", "P:Montag;L:Berlin") == [["Berlin"]]


def test_forms_of_a_name_have_one_type() -> None:
    entities = clusters("pl", "Trumpa | Trump | Trump | Trumpem", "O:Trumpa;P:Trump;P:Trump;P:Trumpem")
    assert entities == [["Trumpa", "Trump", "Trump", "Trumpem"]]


def test_missed_forms_of_a_name_are_mentions() -> None:
    assert clusters("de", "Merkel kam. Merkels Rede. Merkelsbach.", "P:Merkel") == [["Merkel", "Merkels"]]
    assert clusters("hi", "राम आए। राम गए। रामी", "P:राम") == [["राम", "राम"]]
    assert clusters("zh", "李金坤来了。李金坤走了。", "P:李金坤") == [["李金坤", "李金坤"]]


@pytest.mark.parametrize(
    ("language", "text", "places"),
    [
        ("de", "Berlin (dpa) - Der Bundestag hat abgestimmt.", ["Berlin"]),
        ("de", "BERLIN/WIEN (dpa/apa) - Es regnet.", ["BERLIN", "WIEN"]),
        ("de", "Angela Merkel (CDU) - eine Bilanz", []),
        ("es", "PARÍS, 3 may (EFE).- El Gobierno", ["PARÍS"]),
        ("it", "Roma, 3 mag. (askanews) – Il governo", ["Roma"]),
        ("ru", "КИЕВ, 3 мая (РИА Новости). Власти", ["КИЕВ"]),
        ("tr", "ANKARA (AA) - Bakan", ["ANKARA"]),
        ("vi", "Hà Nội (TTXVN) - Sáng", ["Hà Nội"]),
        ("ar", "دمشق (سانا) - قال", ["دمشق"]),
        ("hi", "नई दिल्ली, 3 मई (भाषा) सरकार", ["नई दिल्ली"]),
        ("ja", "【東京時事】政府は", ["東京"]),
        ("ja", "【ワシントン=山田太郎】米政府", ["ワシントン"]),
        ("ja", "【解説】政府は", []),
        ("ko", "(서울=연합뉴스) 정부는", ["서울"]),
        ("zh", "新华社北京4月24日电 国家", ["北京"]),
    ],
)
def test_the_place_of_a_dateline(language: str, text: str, places: list[str]) -> None:
    mentions = find_mentions([ArticleField("/title", text, 1.0, 0, language)], [[]])
    assert [span.surface for span in mentions if span.type is EntityType.PLACE] == places
    assert {span.type for span in mentions} <= {EntityType.PLACE, EntityType.ORGANISATION}


def test_the_agency_of_a_dateline_is_an_organisation_whatever_it_was_taken_for() -> None:
    text = "БЕОГРАД (Танјуг) - Председник"
    mentions = find_mentions([ArticleField("/title", text, 1.0, 0, "sr")], [[TaggedSpan(9, 15, EntityType.PLACE)]])
    assert [(span.surface, span.type) for span in mentions] == [
        ("БЕОГРАД", EntityType.PLACE),
        ("Танјуг", EntityType.ORGANISATION),
    ]
    assert [
        s.surface for s in find_mentions([ArticleField("/title", "BERLIN (dpa/apa) - Es", 1.0, 0, "de")], [[]])
    ] == ["BERLIN"]


@pytest.mark.parametrize(
    ("language", "text", "marked", "expected"),
    [
        ("ja", "警視庁は", "O:警視", "警視庁"),
        ("ja", "東京地裁は", "O:東京地", "東京地裁"),
        ("ja", "国際スケート連盟と", "O:国際", "国際スケート連盟"),
        ("ja", "タレントの中居正広氏", "P:中居;P:正広", "中居正広"),
        ("ja", "小笠原諸島で", "L:小笠原", "小笠原諸島"),
        ("zh", "中国江苏", "L:中国", "中国"),
        ("zh", "三江江北公司职工", "O:三江江北", "三江江北公司"),
        ("zh", "3日在北京会见", "L:在北京", "北京"),
        ("ja", "ドナルド・トランプ米大統領", "P:ドナルド・トランプ米", "ドナルド・トランプ"),
        ("ja", "フジ・ホールディングスの社長", "O:フジ・ホールディングスの", "フジ・ホールディングス"),
        ("ja", "問題での中居正広氏", "P:の中居正広", "中居正広"),
        ("ja", "いすゞの社長", "O:いすゞ", "いすゞ"),
        ("ja", "マツダの社長", "O:マツダ", "マツダ"),
        ("ja", "日本生命保険相互会社は", "O:日本生命保険", "日本生命保険相互会社"),
        ("th", "นายอนุทิน ชาญวีรกูล", "P:นายอนุทิน ชาญวีรกูล", "อนุทิน ชาญวีรกูล"),
        ("th", "ประเทศไทย", "L:ประเทศไทย", "ไทย"),
        ("ja", "豊田章男会長が", "P:豊田章", "豊田章男"),
        ("ja", "小池百都知事が", "P:小池百", "小池百"),
        ("ja", "安倍晋元首相が", "P:安倍晋", "安倍晋"),
        ("zh", "部长王毅周一在", "P:王毅周一", "王毅"),
        ("zh", "布林肯周二抵达", "P:布林肯周", "布林肯"),
        ("zh", "周杰伦周末唱", "P:周杰伦", "周杰伦"),
        ("zh", "中国外交部长今日", "O:中国外交部", "中国"),
        ("zh", "中国外交部今日", "O:中国外交部", "中国外交部"),
    ],
)
def test_names_without_spaces_are_whole(language: str, text: str, marked: str, expected: str) -> None:
    assert clusters(language, text, marked) == [[expected]]


def test_a_word_that_was_tagged_once_by_mistake_is_not_searched_for() -> None:
    assert clusters("de", "Anger kam. Der Anger ist groß. Am Anger.", "P:Anger") == [["Anger"]]
    text = "Rita Anger kam. Anger ging. Anger sprach."
    assert clusters("de", text, "P:Rita Anger") == [["Rita Anger", "Anger", "Anger"]]


def test_an_organisation_in_brackets_after_a_person_is_one() -> None:
    text = "Das fordert OGBL. So David Angel (OGBL)."
    spans = [TaggedSpan(12, 16, EntityType.PLACE), TaggedSpan(21, 32, EntityType.PERSON)]
    mentions = find_mentions([ArticleField("/title", text, 1.0, 0, "de")], [spans])
    assert [(span.surface, span.type) for span in mentions] == [
        ("OGBL", EntityType.ORGANISATION),
        ("David Angel", EntityType.PERSON),
        ("OGBL", EntityType.ORGANISATION),
    ]


@pytest.mark.parametrize(
    ("language", "text", "name", "kind"),
    [
        ("it", "Il Milan ha vinto a Torino", "Milan", EntityType.ORGANISATION),
        ("it", "una vittoria del Milan", "Milan", EntityType.ORGANISATION),
        ("it", "il sindaco di Milano", "Milano", EntityType.PLACE),
        ("it", "le strade del Cairo", "Cairo", EntityType.PLACE),
        ("es", "el gol del Barcelona", "Barcelona", EntityType.ORGANISATION),
        ("es", "el metro de Barcelona", "Barcelona", EntityType.PLACE),
        ("zh", "德国外长贝尔伯克说", "贝尔伯克", EntityType.PERSON),
        ("zh", "外长在巴黎说", "巴黎", EntityType.PLACE),
    ],
)
def test_the_words_before_a_name_show_its_type(language: str, text: str, name: str, kind: EntityType) -> None:
    start = text.index(name)
    spans = [[TaggedSpan(start, start + len(name), EntityType.PLACE)]]
    (mention,) = find_mentions([ArticleField("/title", text, 1.0, 0, language)], spans)
    assert (mention.surface, mention.type) == (name, kind)


@pytest.mark.parametrize(
    ("language", "text", "names"),
    [
        ("da", "Danmarks statsminister rejste.", ["Danmarks"]),
        ("sv", "Det var sent. Finlands regering avgick.", ["Finlands"]),
        ("hr", "Hrvatska premijerka putuje.", []),
        ("da", "Danmarks Radio", []),
        ("de", "Spaniens Regierung geht.", ["Spaniens"]),
        ("de", "Belgier wollen das nicht.", []),
        ("zu", "Danmarks statsminister", []),
    ],
)
def test_a_country_that_begins_a_sentence_is_not_missed(language: str, text: str, names: list[str]) -> None:
    mentions = find_mentions([ArticleField("/title", text, 1.0, 0, language)], [[]])
    assert [mention.surface for mention in mentions] == names


@pytest.mark.parametrize("dateline", ["JAKARTA, KOMPAS.com - ", "JAKARTA, CNN Indonesia -- "])
def test_a_dateline_with_a_site_is_one(dateline: str) -> None:
    mentions = find_mentions([ArticleField("/title", f"{dateline}Presiden tiba.", 1.0, 0, "id")], [[]])
    assert [(mention.surface, mention.type) for mention in mentions] == [("JAKARTA", EntityType.PLACE)]
