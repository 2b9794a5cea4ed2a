"""Charsets as browsers read them, and then by the bytes; what is not believed is noted."""

import base64
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiredesk.ingest import charset, charset_labels
from wiredesk.ingest.accept import Ingest
from wiredesk.ingest.mojibake import mojibake_in
from wiredesk_schemas import RawPage
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
