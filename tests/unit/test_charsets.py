"""Charsets as browsers read them, and then by the bytes; what is not believed is noted."""

import base64
import re
from collections.abc import Iterator
from random import Random
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.language_table import sample_texts
from wiredesk.ingest import charset, charset_labels
from wiredesk.ingest.accept import Ingest
from wiredesk.ingest.charset_detection import certain_charset
from wiredesk.ingest.domain_languages import languages_of_domain
from wiredesk.ingest.mojibake import mojibake_in
from wiredesk_schemas import AcceptedPage, RawPage
from wiredesk_schemas.ingest_note import Notes

RUSSIAN = "<p>Сегодня вечером в Москве прошло заседание правительства, на котором обсудили бюджет. Дороги откроют.</p>"
FRENCH = "<p>Les pêcheurs réclament une jetée plus sûre, et la mairie hésite : « trop cher », dit-elle – déjà.</p>"
GERMAN = (
    "<p>Das Café in der Größenstraße öffnet nächste Woche wieder, sagte die Wirtin – „endlich“, fügte sie hinzu.</p>"
)
JAPANESE = "<p>港町の議会は火曜日の夜、古い桟橋を再開することを決めた。住民は十一年待っていた。</p>"
CHINESE = "<p>港口议会星期二晚间投票决定，在关闭十一年之后重新开放旧渡轮码头。居民们对此表示欢迎。</p>"
TRADITIONAL = "<p>港口議會星期二晚間投票決定，在關閉十一年之後重新開放舊渡輪碼頭。居民們表示歡迎。</p>"
KOREAN = "<p>항구 의회는 화요일 저녁 낡은 부두를 다시 열기로 했다. 주민들은 십일 년을 기다렸다.</p>"
HEBREW = "<p>העירייה החליטה ביום שלישי לפתוח מחדש את המזח הישן, אחת עשרה שנים לאחר הסערה.</p>"
GREEK = "<p>Το δημοτικό συμβούλιο αποφάσισε την Τρίτη να ανοίξει ξανά την παλιά αποβάθρα του λιμανιού.</p>"
THAI = "<p>สภาเมืองลงมติเมื่อวันอังคารให้เปิดท่าเรือเก่าอีกครั้งหลังจากปิดไปสิบเอ็ดปี ชาวบ้านยินดี</p>"
ARABIC = "<p>قرر مجلس المدينة مساء الثلاثاء إعادة فتح الرصيف القديم بعد أحد عشر عاما من العاصفة.</p>"
UKRAINIAN = (
    "<p>Міська рада вирішила у вівторок знову відкрити старий причал. Її члени, ґрунтуючись на звітах, єдині.</p>"
)
POLISH = "<p>Rada miasta postanowiła we wtorek ponownie otworzyć stare molo, jedenaście lat po burzy, która je zniszczyła.</p>"
CZECH = "<p>Zastupitelstvo města v úterý rozhodlo, že po jedenácti letech znovu otevře staré přístaviště.</p>"
TURKISH = "<p>Şehir meclisi salı akşamı eski iskeleyi yeniden açmaya karar verdi; çağrı öğleden sonra yapıldı.</p>"
LITHUANIAN = "<p>Miesto taryba antradienį nusprendė vėl atidaryti senąjį molą, praėjus vienuolikai metų po audros.</p>"

LABELLED = [
    *[(label, "cp866", RUSSIAN) for label in ("ibm866", "cp866", "csIBM866", "866")],
    *[(label, "koi8-r", RUSSIAN) for label in ("koi8-r", "KOI8-R", "koi8", "cskoi8r")],
    *[(label, "koi8-u", UKRAINIAN) for label in ("koi8-u", "koi8-ru")],
    *[(label, "cp1251", RUSSIAN) for label in ("windows-1251", "x-cp1251", "win-1251")],
    *[(label, "cp1251", "Причал") for label in ("cp-1251", "windows1251", "Windows_1251", "win1251")],
    *[(label, "koi8-r", "Причал") for label in ("koi8r", "KOI8 R")],
    *[(label, "cp866", "Причал") for label in ("dos-866", "ibm-866")],
    *[(label, "big5", "港口議會") for label in ("big-5", "big5-eten")],
    ("gb-2312", "gbk", "港口议会投票"),
    *[(label, "mac-cyrillic", RUSSIAN) for label in ("x-mac-cyrillic", "x-mac-ukrainian")],
    *[(label, "iso8859-5", RUSSIAN) for label in ("cyrillic", "iso_8859-5:1988")],
    *[(label, "cp874", THAI) for label in ("tis-620", "windows-874", "dos-874", "iso-8859-11")],
    *[(label, "iso8859-8", HEBREW) for label in ("iso-8859-8-i", "logical", "csiso88598i")],
    *[(label, "iso8859-7", GREEK) for label in ("greek", "sun_eu_greek", "ecma-118")],
    *[(label, "cp1256", ARABIC) for label in ("windows-1256", "x-cp1256")],
    *[(label, "cp1252", FRENCH) for label in ("iso-8859-1", "us-ascii", "x-cp1252", "ANSI_X3.4-1968", "latin1", "l1")],
    *[(label, "cp1250", POLISH) for label in ("windows-1250", "x-cp1250")],
    *[(label, "iso8859-2", POLISH) for label in ("latin2", "iso_8859-2:1987")],
    *[(label, "cp1254", TURKISH) for label in ("iso-8859-9", "latin5", "windows-1254")],
    *[(label, "mac-roman", GERMAN) for label in ("macintosh", "x-mac-roman")],
    *[(label, "cp932", JAPANESE) for label in ("shift_jis", "x-sjis", "ms_kanji", "windows-31j", "csShiftJIS")],
    *[(label, "euc_jp", JAPANESE) for label in ("euc-jp", "x-euc-jp", "cseucpkdfmtjapanese")],
    *[(label, "iso2022_jp", JAPANESE) for label in ("iso-2022-jp", "csiso2022jp")],
    *[(label, "gb18030", CHINESE) for label in ("gb2312", "x-gbk", "chinese", "gb_2312-80", "gb18030", "zh_cn")],
    *[(label, "big5hkscs", TRADITIONAL) for label in ("big5", "x-x-big5", "cn-big5", "big5-hkscs")],
    *[(label, "cp949", KOREAN) for label in ("euc-kr", "ks_c_5601-1987", "korean", "windows-949")],
    *[(label, "utf-8", FRENCH) for label in ("utf8", "UTF-8", "unicode-1-1-utf-8", "x-unicode20utf8")],
    ("hz-gb-2312", "hz", CHINESE),
    ("iso-2022-kr", "iso2022_kr", KOREAN),
    ("utf-16", "utf-16-le", FRENCH),
    ("utf-16", "utf-16-be", FRENCH),
    ("utf-16le", "utf-16-be", FRENCH),
    ("utf-32", "utf-32-le", FRENCH),
    ("viscii", "cp1252", FRENCH),
]


def decoded(content: bytes, content_type: str = "text/html", declared: str | None = None) -> tuple[str, list[str]]:
    """Return the text, and the details of the notes."""
    notes = Notes()
    text, _ = charset.decode(content, declared=declared, content_type=content_type, notes=notes)
    return text, [note.detail for note in notes.collected()]


@pytest.mark.parametrize(("label", "codec", "text"), LABELLED)
def test_labels_mean_what_browsers_read(label: str, codec: str, text: str) -> None:
    content = text.encode(codec)
    stated = b"" if codec.startswith("utf-") else f'<meta charset="{label}">'.encode()
    header, by_header = decoded(content, f"text/html; charset={label}")
    meta, _ = decoded(stated + content)
    declared, _ = decoded(content, declared=label)
    assert {header, meta.removeprefix(stated.decode()), declared} == {text}
    assert bool(by_header) == (label == "viscii")


UNDECLARED = [
    *[(codec, RUSSIAN) for codec in ("cp1251", "koi8-r", "iso8859-5", "cp866", "mac-cyrillic")],
    *[(codec, UKRAINIAN) for codec in ("cp1251", "koi8-u")],
    *[(codec, FRENCH) for codec in ("cp1252", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le")],
    *[(codec, GERMAN) for codec in ("cp1252", "mac-roman")],
    *[(codec, POLISH) for codec in ("cp1250", "iso8859-2")],
    *[(codec, CZECH) for codec in ("cp1250", "iso8859-2")],
    *[(codec, JAPANESE) for codec in ("cp932", "euc_jp", "iso2022_jp", "utf-16-le")],
    ("cp1254", TURKISH),
    ("cp1257", LITHUANIAN),
    ("cp1253", GREEK),
    ("cp1255", HEBREW),
    ("cp1256", ARABIC),
    ("cp874", THAI),
    ("gb18030", CHINESE),
    ("hz", CHINESE),
    ("big5", TRADITIONAL),
    ("cp949", KOREAN),
    ("iso2022_kr", KOREAN),
]


def encoded(codec: str, text: str) -> bytes:
    return text.encode(codec, "ignore")


@pytest.mark.parametrize(("codec", "text"), UNDECLARED)
@pytest.mark.parametrize("repeated", [1, 4])
def test_charsets_are_detected(codec: str, text: str, repeated: int) -> None:
    whole = f"<html><body>{text * repeated}</body></html>"
    assert decoded(encoded(codec, whole))[0] == encoded(codec, whole).decode(codec)


CROATIAN = "<p>Gradonačelnik je rekao da će riječki most biti zatvoren još šest mjeseci.</p>"
ITALIAN = "<p>La città chiude il ponte perché è vecchio: la metà dei lavori sarà già finita.</p>"
ESTONIAN = "<p>Võimud ütlesid, et sild jääb suletuks: tööd lõpevad järgmisel nädalal.</p>"


@pytest.mark.parametrize(
    ("language", "codec", "label", "text"),
    [
        ("hr", "cp1250", "iso-8859-1", CROATIAN),
        ("hr", "iso8859-2", "windows-1252", CROATIAN),
        ("hr", "iso8859-2", "windows-1250", CROATIAN),
        ("hr", "cp1250", "windows-1251", CROATIAN),
        ("it", "cp1252", "windows-1250", ITALIAN),
        ("it", "cp1252", "windows-1251", ITALIAN),
        ("et", "cp1252", "iso-8859-2", ESTONIAN),
    ],
)
def test_a_label_in_which_a_short_page_is_not_of_its_language_is_not_believed(
    language: str, codec: str, label: str, text: str
) -> None:
    whole = f'<html lang="{language}"><body>{text}</body></html>'
    read, notes = decoded(whole.encode(codec), declared=label)
    assert read == whole
    assert label in notes[0]


@pytest.mark.parametrize(
    ("language", "label", "text"),
    [
        ("en", "windows-1250", "<p>Dvořák and Janáček met Škvorecký in Brno, he said.</p>"),
        ("de", "windows-1250", "<p>Dvořák und Janáček trafen Škvorecký in Brünn.</p>"),
        ("hr", "iso-8859-1", "<p>Michèle i Hélène dolaze u Split, kao i Zoë.</p>"),
        ("fr", "windows-1252", "<p>« Ça coûte 5 € », a-t-il dit à l’Assemblée…</p>"),
        ("hr", "windows-1252", "<p>Måns och Bjørn møtte Ærø på Gausdal, så gikk de hjem.</p>"),
    ],
)
def test_a_label_is_believed_where_names_of_another_language_fit_it(language: str, label: str, text: str) -> None:
    whole = f'<html lang="{language}"><body>{text}</body></html>'
    assert decoded(whole.encode(label), declared=label)[0] == whole


@pytest.mark.parametrize("label", [None, "iso-8859-1", "utf-8", "gbk"])
@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [RUSSIAN, THAI, JAPANESE, GERMAN])
def test_markup_in_utf_16_is_utf_16_whatever_is_stated(text: str, codec: str, label: str | None) -> None:
    whole = f"<html><body>{text * 6}</body></html>"
    assert decoded(whole.encode(codec), declared=label)[0] == whole


def test_nuls_in_a_page_of_single_bytes_are_no_utf_16() -> None:
    content = f"<html><body>{RUSSIAN * 6}</body></html>".encode("cp1251").replace(b" ", b" \0")
    assert decoded(content)[0].replace("\0", "") == content.decode("cp1251").replace("\0", "")


@pytest.mark.parametrize(
    "content_type",
    [
        "text/html charset=koi8-r",
        "text/html; Charset = koi8-r",
        'text/html;charset="koi8-r"',
        "text/html; charset='koi8-r'",
        "text/html, text/html; charset=koi8-r",
        "charset=koi8-r",
        "text/html; charset=utf-8; charset=koi8-r",
    ],
)
def test_content_types_that_are_not_quite_one(content_type: str) -> None:
    text, notes = decoded(RUSSIAN.encode("koi8-r"), content_type)
    assert text == RUSSIAN
    assert len(notes) == content_type.count("utf-8")


@pytest.mark.parametrize(
    "head",
    [
        '<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=koi8-r">',
        "<meta content='text/html;charset=koi8-r' http-equiv=Content-Type>",
        "<meta charset=koi8-r>",
        "<meta charset = 'koi8-r' />",
        '<meta name="a" content="a > b"><meta charset="koi8-r">',
        "<!-- <meta charset=shift_jis> --><meta charset=koi8-r>",
        '<meta name="description" content="charset=shift_jis is old"><meta charset=koi8-r>',
        f"<script>{'x' * 2000}</script><meta charset=koi8-r>",
        f"<style>{'x' * 9000}</style><meta charset=koi8-r>",
        '<?xml version="1.0" encoding="koi8-r"?><html>',
        '<meta name="Content-Type" content="text/html; charset=koi8-r">',
        '<meta http-equiv="Content-Type" content="text/html; charset:koi8-r">',
        '<meta httpequiv="ContentType" content="text/html; charset=koi8-r" />',
        "<title></title><meta charset=koi8-r><title>",
    ],
)
def test_a_page_states_its_charset(head: str) -> None:
    content = head.encode() + RUSSIAN.encode("koi8-r")
    found, _ = charset.decode(content, declared=None, content_type="text/html")
    assert found.endswith(RUSSIAN)
    assert next(charset_labels.page_labels(content)) == "koi8-r"


@pytest.mark.parametrize(
    "label", ["utf-16", "x-user-defined", "utf-7", "replacement", "klingon", "base64", "punycode", "", "\x00", "x" * 99]
)
def test_labels_that_no_page_can_have_are_noted(label: str) -> None:
    text, notes = decoded(RUSSIAN.encode("cp1251"), f"text/html; charset={label}")
    assert text == RUSSIAN
    assert len(notes) == bool(label)


@pytest.mark.parametrize("label", ["iso-8859-1", "windows-1252", "latin2", "utf-8"])
@pytest.mark.parametrize(("codec", "text"), [("cp1251", RUSSIAN), ("cp932", JAPANESE), ("cp1253", GREEK)])
def test_a_label_that_servers_state_for_every_page_is_not_believed(label: str, codec: str, text: str) -> None:
    found, notes = decoded(text.encode(codec), f"text/html; charset={label}")
    assert found == text
    assert notes == [f"header: '{label}', the bytes are {codec}"]


FILLING = "<p>The council has decided to open all of it again, and so on. </p>" * 3000


def test_a_big_page_in_a_western_charset_is_not_utf8_with_faults() -> None:
    content = (FILLING + GERMAN * 20).encode("cp1252")
    for content_type in ("text/html; charset=utf-8", "text/html"):
        assert decoded(content, content_type)[0].endswith(GERMAN)


def test_stray_bytes_in_a_big_page_cost_those_bytes() -> None:
    pieces = [FILLING, FRENCH * 50, FILLING]
    content = b"\x92".join(piece.encode() for piece in pieces)
    for content_type in ("text/html; charset=utf-8", "text/html"):
        assert decoded(content, content_type)[0] == "\ufffd".join(pieces)


@pytest.mark.parametrize(
    ("content", "label", "text"),
    [
        ("<p>①㈱№ 港町の議会</p>".encode("euc_jis_2004"), "euc-jp", "①㈱№"),
        ("<p>①㈱№髙 港町の議会</p>".encode("cp932"), "shift_jis", "①㈱№髙"),
        ("<p>ｶﾀｶﾅの町</p>".encode("euc_jp"), "euc-jp", "ｶﾀｶﾅの町"),
        ("<p>ｶﾀｶﾅの町</p>".encode("iso2022_jp_ext"), "iso-2022-jp", "ｶﾀｶﾅの町"),
        ("<p>朱镕基 𠮷 ȵ</p>".encode("gb18030"), "gb2312", "朱镕基 𠮷 ȵ"),
        (b"<p>\x80 100 \xb8\xdb\xbf\xda</p>", "gbk", "€ 100 港口"),
        ("<p>㗎喺嘅 港口議會</p>".encode("big5hkscs"), "big5", "㗎喺嘅"),
        (b"\xef\xbb\xbf" + FRENCH.encode("cp1252"), "utf-8", "jetée"),
        (b"\xef\xbb\xbf\xef\xbb\xbf" + FRENCH.encode(), "iso-8859-1", "jetée"),
    ],
)
def test_rows_of_vendors_and_marks(content: bytes, label: str, text: str) -> None:
    assert text in decoded(content, f"text/html; charset={label}")[0]


def test_the_stated_language_decides_between_charsets_of_few_letters() -> None:
    text = "<html lang='hu'><p>A főváros</p></html>"
    assert decoded(text.encode("cp1250"))[0] == text
    thai = "<html lang='th'><p>ท่าเรือ</p></html>"
    assert decoded(thai.encode("cp874"))[0] == thai


def labels() -> Iterator[str]:
    for line in charset_labels._LABELS.strip().splitlines():
        yield from line.partition(": ")[2].split()


def test_each_label_of_the_standard_means_a_charset() -> None:
    known = list(labels())
    assert len(known) == len(set(known)) > 200
    for label in known:
        codec = charset_labels.codec_of(f" {label.upper()} ")
        assert codec is not None
        assert b"a\x00\x00\x00".decode(codec, "replace")


@given(
    st.binary(max_size=300),
    st.sampled_from(
        ["utf-8", "utf-16", "hz", "gb18030", "punycode", "idna", "zlib", "x", "\x00", "iso-2022-kr", "euc-jp"]
    ),
    st.sampled_from(
        [b"", b"\xef\xbb\xbf", b"\xff\xfe", b"<meta charset=", b"<!--", b"<?xml encoding='", b"\x1b$B", b"~{"]
    ),
)
def test_any_bytes_are_text(content: bytes, label: str, beginning: bytes) -> None:
    text, _ = decoded(beginning + content, f"text/html; charset={label}", declared=label)
    assert text.encode("utf-8") is not None


@pytest.mark.parametrize(
    "piece", [b"<!--", b"<meta ", b"<meta charset", b'<meta "', b"<?xml ", b"<meta charset=x>", b"'"]
)
def test_a_search_for_labels_is_linear(piece: bytes) -> None:
    content = piece * (charset_labels.META_BYTES // len(piece))
    assert len(list(charset_labels.page_labels(content))) <= charset_labels.MAX_DECLARATIONS


def test_surrogates_in_utf8_cost_themselves() -> None:
    page = "<p>Größe öffnet *</p>".encode().replace(b"*", b"\xed\xa0\xbd\xed\xb8\x80")
    text, notes = decoded(page, "text/html; charset=utf-8")
    assert text.startswith("<p>Größe öffnet \ufffd")
    assert notes == []


def test_base64_is_no_charset() -> None:
    assert decoded(base64.b64encode(FRENCH.encode()), "text/html; charset=base64")[0].isascii()


@pytest.mark.parametrize(
    ("text", "is_garbled"),
    [
        (GERMAN.encode().decode("cp1252", "ignore"), True),
        (FRENCH.encode().decode("cp1252", "replace"), True),
        (RUSSIAN.encode().decode("latin-1"), True),
        (RUSSIAN.encode().decode("cp1251", "ignore"), True),
        ("<p>itâ€™s â€œquotedâ€\x9d and â€” more</p>", True),
        ("<p>L’Âge d’or, São João, PÃO, Âmbar, forêt, pâte</p>", False),
        ("<p>Сегодня вечером в Москве: РФ, СССР, РОССИЯ И СССР</p>", False),
        ("<p>How “Ã©” comes from é</p>", False),
        *((text, False) for text in (GERMAN, FRENCH, RUSSIAN, JAPANESE, POLISH, TURKISH, GREEK, UKRAINIAN)),
    ],
)
def test_text_that_a_page_has_garbled_is_noted_and_left(text: str, is_garbled: bool) -> None:  # noqa: FBT001 - a column
    assert bool(mojibake_in(text)) == is_garbled
    page = Ingest()(RawPage(url="https://a.example/", body_base64=text.encode(), content_type="text/html"))
    assert page.ingest_notes == () or {note.kind for note in page.ingest_notes} <= {"mojibake", "controls_removed"}
    assert any(note.kind == "mojibake" for note in page.ingest_notes) == is_garbled


SEVEN_BITS = [("iso2022_jp", JAPANESE), ("hz", CHINESE), ("iso2022_kr", KOREAN)]


@pytest.mark.parametrize("label", ["utf-8", "iso-8859-1", "shift_jis", "gbk", "windows-1251", "utf-16", "us-ascii"])
@pytest.mark.parametrize(("codec", "text"), SEVEN_BITS)
def test_escape_sequences_are_believed_before_any_label(label: str, codec: str, text: str) -> None:
    found, notes = decoded(text.encode(codec), f"text/html; charset={label}")
    assert found == text
    assert len(notes) == 1


def test_text_with_signs_like_escape_sequences_is_left() -> None:
    for text in ("<p>a ~{ b ~} and ~{!}</p>", "<p>\x1b[1mbold\x1b(B</p>"):
        assert decoded(text.encode())[0] == text


EAST_ASIAN = [("cp932", JAPANESE), ("euc_jp", JAPANESE), ("gb18030", CHINESE), ("big5", TRADITIONAL), ("cp949", KOREAN)]
OTHERS = [
    ("cp1252", FRENCH * 3),
    ("cp1252", GERMAN * 3),
    ("cp1251", RUSSIAN),
    ("cp1250", POLISH * 3),
    ("cp1253", GREEK),
    ("cp1256", ARABIC),
]
EAST_ASIAN_LABELS = ["gbk", "gb18030", "big5", "shift_jis", "euc-jp", "euc-kr"]


@pytest.mark.parametrize("label", EAST_ASIAN_LABELS)
@pytest.mark.parametrize(("codec", "text"), [*EAST_ASIAN, *OTHERS])
def test_a_label_of_east_asia_is_not_believed_where_it_gives_no_language(label: str, codec: str, text: str) -> None:
    found, notes = decoded(text.encode(codec), f"text/html; charset={label}")
    assert found == text
    assert len(notes) == (charset_labels.codec_of(label) != charset_labels.codec_of(codec))


@pytest.mark.parametrize("label", EAST_ASIAN_LABELS)
def test_a_label_of_east_asia_is_believed_for_a_few_characters(label: str) -> None:
    text = "<p>The mayor (in his own script: 一二) opened the pier, and the crowd applauded him for an hour.</p>"
    codec = charset_labels.codec_of(label)
    assert codec is not None
    assert decoded(text.encode(codec), f"text/html; charset={label}") == (text, [])


def test_bytes_that_windows_1252_does_not_assign_cost_themselves() -> None:
    content = FRENCH.encode("cp1252").replace(b"jet", b"\x81\x8d\x8f\x90\x9djet")
    for label in ("iso-8859-1", "windows-1252"):
        found, notes = decoded(content, f"text/html; charset={label}")
        assert found.replace("\x81\x8d\x8f\x90\x9d", "") == FRENCH
        assert notes == []


@pytest.mark.parametrize("letter", "é’—€“ñ£ß°ü")
@pytest.mark.parametrize("form", ["<p>The council met at the caf{}</p>", "<p>It s{}t on Tuesday.</p>", "The caf{} on"])
def test_a_page_with_one_letter_beyond_ascii_keeps_it(letter: str, form: str) -> None:
    text = form.format(letter)
    found, notes = decoded(text.encode("cp1252"))
    assert found == text
    assert notes == ["body: 1 bytes beyond ASCII are read as cp1252"]


def test_a_last_letter_is_kept_and_a_cut_off_one_of_utf8_is_not_guessed() -> None:
    assert decoded(b"He met her at the caf\xe9")[0] == "He met her at the café"
    assert decoded(FRENCH.encode()[:-4] + "é".encode()[:1])[0].endswith("\ufffd")
    assert decoded(b"the caf\xc3")[0].endswith("\ufffd")


@pytest.mark.parametrize(
    ("language", "codec", "text"),
    [("pl", "cp1250", "Sto złotych"), ("ru", "cp1251", "№ 5 и 6"), ("tr", "cp1254", "kış")],
)
def test_one_letter_is_one_of_the_language_of_the_page(language: str, codec: str, text: str) -> None:
    page = f"<html lang={language}><p>{text}</p>"
    assert decoded(page.encode(codec))[0] == page
    by_header, _ = charset.decode(f"<p>{text}".encode(codec), declared=None, content_type=None, languages=[language])
    assert by_header == f"<p>{text}"


SMALL_LANGUAGES = [
    ("yi", "cp1255", "די שטאָט האָט דינסטיק באַשלאָסן צו עפֿענען דעם אַלטן פּאָרט, עלף יאָר נאָכן שטורעם."),
    ("mt", "iso8859-3", "Il-kunsill iddeċieda nhar it-Tlieta li jerġa' jiftaħ il-moll il-qadim wara ħdax-il sena."),
    ("eo", "iso8859-3", "La urba konsilio decidis malfermi la ĝardenon post la ŝtormo, kaj ĉiuj ankaŭ ĝojas pri ĝi."),
    ("kk", "kz1048", "Қала кеңесі сейсенбі күні ескі айлақты қайта ашу туралы шешім қабылдады, тұрғындар қуанышты."),
    ("kk", "ptcp154", "Қала кеңесі сейсенбі күні ескі айлақты қайта ашу туралы шешім қабылдады, тұрғындар қуанышты."),
    ("tt", "ptcp154", "Шәһәр советы сишәмбе көнне иске пристаньне яңадан ачарга карар кылды, халык унбер ел көткән."),
    ("uz", "ptcp154", "Шаҳар кенгаши сешанба куни эски бандаргоҳни қайта очишга қарор қилди, аҳоли кутган эди."),
    ("mn", "ptcp154", "Хотын зөвлөл мягмар гарагт хуучин боомтыг дахин нээхээр шийдвэрлэв, өчигдөр мэдээ түгээсэн."),
    ("tg", "koi8-t", "Шӯрои шаҳр рӯзи сешанбе қарор кард, ки бандари кӯҳнаро баъди ёздаҳ сол боз кушояд."),
    ("mk", "cp1251", "Градскиот совет во вторникот одлучи да го отвори стариот мол. Жителите ќе чекаат, среќни се."),
    (
        "cy",
        "iso8859-14",
        "Mae'r cyngor wedi penderfynu ailagor y tŷ ger y dŵr, ac roedd gŵr yn hŷn na'r lleill yn yr ŵyl.",
    ),
    ("ga", "cp1252", "Chinn an chomhairle Dé Máirt an sean-ché a athoscailt, aon bhliain déag tar éis na stoirme."),
    ("ga", "iso8859-14", "Ċinn an ċomairle Dé Máirt an sean-ċé a oscailt, agus ḃí áṫas ar ṁuintir na háite."),
    ("az", "cp1254", "Bakı şəhərində köhnə körpü açıldı, çünki tufan keçmişdir və yağış dayandı, dedi."),
    ("lv", "cp1257", "Pilsētas dome otrdien nolēma no jauna atvērt veco piestātni vienpadsmit gadus pēc vētras."),
    ("lt", "iso8859-13", "Miesto taryba antradienį nusprendė vėl atidaryti senąjį molą, žmonės džiaugiasi."),
    ("et", "cp1257", "Linnavolikogu otsustas vana sadamasilla üheteistkümne aasta järel avada, ütles ta žurnalistile."),
    ("sq", "cp1252", "Këshilli i qytetit vendosi të martën të rihapë molin e vjetër, njëmbëdhjetë vjet pas stuhisë."),
    (
        "se",
        "iso8859-10",
        "Gávpotráđđi mearridii ahte rahpat boares gávnnádanbáikki fas, maŋŋel riđu, čállá áviisa. Šaddá.",
    ),
    ("fo", "cp1252", "Býráðið samtykti týskvøldið at lata gomlu bryggjuna upp aftur, ellivu ár eftir ódnina."),
    ("ku", "cp1254", "Encûmena bajêr biryar da ku keştîgeha kevn dîsa veke, ji ber ku gel pir kêfxweş e, û dibêje."),
    (
        "hu",
        "cp1250",
        "A városi tanács úgy döntött, hogy tizenegy évvel a vihar után újra megnyitja a mólót, az időben.",
    ),
    ("ur", "cp1256", "شہر کی کونسل نے منگل کی رات پرانے گھاٹ کو گیارہ سال بعد دوبارہ کھولنے کا فیصلہ کیا، لوگ خوش ہیں"),
    ("fa", "cp1256", "شوراي شهر سه شنبه شب تصميم گرفت اسکله قديمي را پس از يازده سال دوباره باز کند"),
]


@pytest.mark.parametrize(("code", "codec", "text"), SMALL_LANGUAGES)
@pytest.mark.parametrize("is_stated", [False, True])
def test_small_languages_are_read(code: str, codec: str, text: str, *, is_stated: bool) -> None:
    start = f"<html lang={code}><p>" if is_stated else "<html><p>"
    content = (start + text).encode(codec, "ignore")
    assert decoded(content)[0] == content.decode(codec)


def test_vietnamese_is_read_with_its_combining_marks() -> None:
    text = "Hô\u0323i đô\u0300ng thành phố quyê\u0301t đi\u0323nh mở la\u0323i bê\u0301n tàu cũ, mười mô\u0323t năm sau cơn bão."
    content = b"<p>" + b"".join(
        (letter if letter not in "ốởũườ" else normalize("NFD", letter)).encode("cp1258", "ignore") for letter in text
    )
    assert decoded(content)[0] == content.decode("cp1258")


def test_hungarian_is_not_western_though_a_server_says_so() -> None:
    text = f"<p>{SMALL_LANGUAGES[-3][2]}</p>" * 2
    found, notes = decoded(text.encode("cp1250"), "text/html; charset=iso-8859-1")
    assert (found, notes) == (text, ["header: 'iso-8859-1', the bytes are cp1250"])


def test_the_domain_says_the_language() -> None:
    for url, letter in (("https://a.example.pl/x", "ń"), ("https://a.example/x", "ñ"), ("https://[/", "ñ")):
        page = RawPage.model_construct(url=url, body_base64=b"<p>Do Pozna\xf1", content_type="text/html")
        assert languages_of_domain(url) == (("pl",) if url.endswith(".pl/x") else ())
        if url != "https://[/":
            accepted = Ingest()(page)
            assert isinstance(accepted, AcceptedPage)
            assert accepted.body == f"<p>Do Pozna{letter}"


@pytest.mark.parametrize("label", ["windows-1251", "koi8-r", "iso-8859-5", "ibm866", "windows-1253"])
def test_a_label_is_believed_for_text_in_capitals(label: str) -> None:
    text = (GREEK if label == "windows-1253" else RUSSIAN).upper()
    assert decoded(text.encode(label), f"text/html; charset={label}") == (text, [])


@pytest.mark.parametrize("text", [RUSSIAN, GREEK, HEBREW, ARABIC, THAI, CHINESE, TRADITIONAL, JAPANESE, KOREAN, GERMAN])
@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("label", [None, "utf-8", "utf-16", "windows-1252"])
def test_plain_text_in_utf_16_without_a_mark_is_read(text: str, codec: str, label: str | None) -> None:
    plain = re.sub(r"<[^>]*>", "", text) + "\n"
    assert decoded(plain.encode(codec), "text/plain", declared=label)[0] == plain


@pytest.mark.parametrize(
    ("codec", "text"),
    [("cp932", JAPANESE), ("euc_jp", JAPANESE), ("gb18030", CHINESE), ("big5", TRADITIONAL), ("cp949", KOREAN),
     ("cp1251", RUSSIAN), ("cp874", THAI), ("utf-8", CHINESE), ("ascii", "The council voted on the harbour.")],
)  # fmt: skip
@pytest.mark.parametrize("control", ["\0", "\x02", "\x0e\x0f", "\0\0"])
def test_control_characters_in_text_are_no_utf_16(codec: str, text: str, control: str) -> None:
    for at in range(0, 40, 7):
        content = encoded(codec, text[:at] + control + text[at:])
        assert certain_charset(content) in (None, "utf-8")


@pytest.mark.parametrize("size", [24, 40, 100, 2000])
def test_binary_data_are_no_text_in_utf_16(size: int) -> None:
    chance = Random(size)
    assert {certain_charset(chance.randbytes(size)) for _ in range(500)} == {None}


SHORT = [
    "Vlada je odlučila da će građani od iduće godine plaćati više za struju, a to nije malo.",
    "Vlada je danes sprejela odločitev, da bodo občani plačevali več. Župan je dejal, da je škoda večja.",
    "Župan: most bo odprt šele poleti, čez leto dni.",
    "Minister je rekel, da se bo cesta v občini gradila še leto dni in da ni več časa.",
]


IN_POLISH_AND_MALTESE = [
    (
        "Rada zdecydowała, że molo zostanie otwarte. Rybacy cieszą się, bo przez lata prosili o przystań na wiosnę.",
        "iso8859-2",
    ),
    (
        "Rada zdecydowała, że molo zostanie otwarte. Rybacy cieszą się, bo przez lata prosili o przystań na wiosnę.",
        "cp1250",
    ),
    ("Il-kunsill iddeċieda li jerġa’ jiftaħ il-moll wara ħdax-il sena, ta f’din id-deċiżjoni dan.", "iso8859-3"),
    ("A câmara decidiu na terça-feira que não abrirá o cais; o povo esperará por ele até à manhã.", "cp850"),
]


@pytest.mark.parametrize(("text", "codec"), IN_POLISH_AND_MALTESE)
@pytest.mark.parametrize("label", ["", "; charset=iso-8859-1", "; charset=utf-8"])
def test_signs_that_never_follow_a_letter_show_that_a_label_is_wrong(text: str, codec: str, label: str) -> None:
    page = f"<html><body><p>{text}</p></body></html>".encode(codec, "ignore")
    assert decoded(page, f"text/html{label}")[0] == page.decode(codec)


@pytest.mark.parametrize("text", SHORT)
@pytest.mark.parametrize("codec", ["cp1250", "iso8859-2"])
@pytest.mark.parametrize("label", ["iso-8859-1", "windows-1252", "iso-8859-15"])
def test_a_short_page_of_another_language_is_not_western(text: str, codec: str, label: str) -> None:
    page = f"<html><body><p>{text}</p></body></html>"
    assert decoded(page.encode(codec), f"text/html; charset={label}")[0] == page


@pytest.mark.parametrize(
    "text",
    [
        "Slavoj Žižek is naïve, says the café.",
        "La reine a dit que l’été sera très long, à son goût.",
        "Il ponte è chiuso, perché è vecchio e la metà è da rifare.",
        "A cidade não tem ponte: na segunda-feira se abre da manhã à noite.",
        "Bjørn og Åse er på vei til Ærø i dag.",
        "O concello pide que se abra a praia da Coruña na mañá.",
        "Dž. Šabanović je na konferenciji, se dice en la reunión de mañana según él.",
    ],
)
def test_a_short_western_page_stays_western(text: str) -> None:
    page = f"<html><body><p>{text}</p></body></html>".encode("cp1252", "ignore")
    assert decoded(page, "text/html; charset=iso-8859-1")[0] == page.decode("cp1252")


ROMANIAN = (
    "Guvernul a anunțat că în următoarele săptămâni vor fi măsuri noi pentru școli. „Așa este”, a spus ministrul."
)
IN_16 = [
    ROMANIAN,
    "Rząd ogłosił, że w przyszłym roku zostaną wprowadzone zmiany. „Nie ma pieniędzy”, mówi poseł. Śnieg i źdźbło.",
    "A kormány bejelentette, hogy jövőre új szabályok lépnek életbe, és a fűtés is olcsóbb lesz, mert őszi.",
    "Vlada je odlučila da će građani od iduće godine plaćati više za struju, a to nije malo.",
]


@pytest.mark.parametrize("text", IN_16)
@pytest.mark.parametrize("label", ["", "; charset=iso-8859-16"])
def test_iso_8859_16_is_read_with_and_without_a_label(text: str, label: str) -> None:
    page = f"<html><body><p>{text}</p></body></html>"
    assert decoded(page.encode("iso8859-16"), f"text/html{label}")[0] == page


@pytest.mark.parametrize(
    ("label", "codec", "language"),
    [("x-mac-greek", "mac-greek", "el"), ("MacTurkish", "mac-turkish", "tr"), ("x-mac-ce", "mac-latin2", "pl")],
)
def test_labels_of_mac_os_beyond_the_standard_are_believed(label: str, codec: str, language: str) -> None:
    page = f"<html><p>{sample_texts()[language]}</p></html>"
    text, found = charset.decode(page.encode(codec), declared=None, content_type=f"text/html; charset={label}")
    assert (text, found.name, found.evidence) == (page, codec, "header")
