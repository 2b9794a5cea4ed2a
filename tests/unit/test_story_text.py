"""What makes a revision: a word, a figure, a sign; and not the page around the story."""

import itertools
import zlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wiredesk.revisions import difference
from wiredesk.revisions.folding import fold
from wiredesk.revisions.story_text import StoryText, exact_hash
from wiredesk.testing import example_event
from wiredesk_schemas import Block, BlockKind, CleanedArticle

ARTICLE = example_event(CleanedArticle)
STORY = (
    "The ferry strike ended on Monday after 4 days, the union said.",
    "“We are glad,” said Ann O’Neil — the mayor of Port Eliza… and 1,200 passengers waited.",
)


def said(*texts: str, title: str = "Ferry strike ends", kind: BlockKind = BlockKind.PARAGRAPH) -> tuple[bytes, bytes]:
    blocks = tuple(Block(text=text, kind=kind) for text in texts)
    text = StoryText.of(ARTICLE.model_copy(update={"title": title, "subtitle": None, "paragraphs": blocks}))
    return text.headline_hash, text.text_hash


@pytest.mark.parametrize(
    "texts",
    [
        tuple(text.replace("’", "'").replace("“", '"').replace("”", '"').replace("—", "--") for text in STORY),
        tuple(text.replace("“", "«\u00a0").replace("”", "\u00a0»").replace("…", "...") for text in STORY),
        tuple(text.replace(" ", "\u00a0").replace("-", "\u2011") for text in STORY),
        (" ".join(STORY),),
        (STORY[0][:20], STORY[0][20:], STORY[1]),
        tuple(text.replace("strike", "stri\u00adke").replace("mayor", "may\u200bor") for text in STORY),
        tuple(text.upper() for text in STORY),
        tuple(text.replace("4", "\u0664").replace("fi", "\ufb01") for text in STORY),
        ("Updated 5 minutes ago", *STORY),
        (*STORY, "12 comments"),
        (STORY[0], "Advertisement", STORY[1]),
        (STORY[0], "Read more: Port opens 3 new quays", STORY[1]),
        (*STORY, "Sign up for our newsletter to get 5 stories a day."),
        (*STORY, "Related stories", "Port opens new quays", "Mayor of Port Eliza resigns after 9 years"),
        (*STORY, "© 2027 The Harbour Courier. All rights reserved."),
        ("By Ann Lee | Updated 10:15 GMT, 3 March 2026", *STORY)[1:],
        (STORY[0] + " Last updated at 10:15.", STORY[1]),
    ],
)
def test_what_the_site_does_to_a_story_is_no_change(texts: tuple[str, ...]) -> None:
    assert said(*texts) == said(*STORY)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("4 days", "5 days"),
        ("1,200", "1,300"),
        ("1,200", "12,00"),
        ("O’Neil", "O’Neill"),
        ("We are glad", "We are not glad"),
        ("ended", "may end"),
        ("days, the union", "days. The union"),
        ("Monday", "Tuesday"),
        ("and 1,200", "and -1,200"),
    ],
)
def test_what_somebody_wrote_is_a_change(old: str, new: str) -> None:
    changed = tuple(text.replace(old, new) for text in STORY)
    assert changed != STORY
    assert said(*changed)[1] != said(*STORY)[1]


def test_headlines_are_compared_without_case_and_final_dot() -> None:
    assert said(*STORY, title="FERRY STRIKE ENDS.") == said(*STORY)
    assert said(*STORY, title="Ferry strike ends?")[0] != said(*STORY)[0]


ASIDES = {
    "en": ("Watch: The moment the pier fell", "Photo gallery: The harbour", "Tags: ferry, port", "5 min read", "👁 1.2K", "Ad", "Gift this article", "Help us keep our journalism free. Donate today.", "If you value our reporting, please consider a gift.", "Found a typo? Let us know.", "28 May 2026 16:12", "Thu 28 May 2026 10.00 BST"),
    "de": ("Aktualisiert vor 5 Minuten", "Stand: 12.03.2026, 10:15 Uhr", "Lesen Sie auch: Hafen öffnet", "Anzeige", "23 Kommentare", "Jetzt spenden", "Fehler gefunden? Schreiben Sie uns."),
    "fr": ("Mis à jour il y a 5 minutes", "Publié le 12 mars 2026 à 10h15", "Lire aussi : Le port rouvre", "Publicité", "12 commentaires", "Vu 1 234 fois", "Soutenez-nous : faites un don"),
    "es": ("28 de mayo de 2026 - 16:12", "Vídeo: El puerto abre", "Actualizado hace 2 horas", "Lea también: El puerto abre", "Suscríbete a nuestro boletín.", "Publicidad"),
    "it": ("Aggiornato 5 minuti fa", "Leggi anche: Il porto riapre", "Iscriviti alla newsletter.", "© Riproduzione riservata"),
    "pt": ("Atualizado há 2 horas", "Leia também: O porto abre", "Publicidade", "12 comentários"),
    "nl": ("Bijgewerkt 5 minuten geleden", "Lees ook: Haven gaat open", "Advertentie"),
    "sv": ("Uppdaterad för 5 minuter sedan", "Läs också: Hamnen öppnar", "Annons"),
    "fi": ("Päivitetty 5 minuuttia sitten", "Lue myös: Satama avataan", "Mainos"),
    "pl": ("Aktualizacja 5 minut temu", "Czytaj też: Port otwarty", "Reklama", "12 komentarzy"),
    "cs": ("Aktualizováno před 5 minutami", "Čtěte také: Přístav otevřen", "Reklama"),
    "hu": ("Frissítve 5 perce", "Olvassa el ezt is: Megnyílt a kikötő", "Hirdetés"),
    "el": ("Ενημερώθηκε πριν από 5 λεπτά", "Διαβάστε επίσης: Άνοιξε το λιμάνι", "Διαφήμιση"),
    "tr": ("Güncelleme: 12.03.2026 10:15", "5 dakika önce", "İlgili haber: Liman açıldı", "Reklam"),
    "ru": ("Обновлено 5 минут назад", "Читайте также: Порт открыт", "Реклама", "12 комментариев", "4 мин. чтения", "Поддержите нашу работу", "Нашли ошибку? Выделите ее."),
    "uk": ("Оновлено 5 хвилин тому", "Читайте також: Порт відкрито", "Реклама"),
    "ar": ("آخر تحديث: منذ 5 دقائق", "اقرأ أيضا: افتتاح الميناء", "إعلان"),
    "fa": ("به‌روزرسانی: ۵ دقیقه پیش", "بیشتر بخوانید: بندر باز شد", "تبلیغات"),
    "he": ("עודכן לפני 5 דקות", "קראו גם: הנמל נפתח", "פרסומת"),
    "hi": ("अपडेटेड 5 मिनट पहले", "यह भी पढ़ें: बंदरगाह खुला", "विज्ञापन"),
    "bn": ("আপডেট: ৫ মিনিট আগে", "আরও পড়ুন: বন্দর খুলেছে", "বিজ্ঞাপন"),
    "th": ("5 นาทีที่แล้ว", "ข่าวที่เกี่ยวข้อง", "โฆษณา"),
    "vi": ("Cập nhật lúc 10:15 12/03/2026", "Xem thêm: Cảng mở cửa", "Quảng cáo"),
    "id": ("5 menit yang lalu", "Baca juga: Pelabuhan dibuka", "Iklan"),
    "zh": ("更新时间：2026-03-12 10:15", "5分钟前", "延伸阅读：港口开放", "广告", "评论 12", "阅读时间：3分钟", "浏览量：1234", "展开全文"),
    "ja": ("2026年5月28日 16時12分", "更新：2026年3月12日 10:15", "5分前", "関連記事", "広告", "コメント12件"),
    "ko": ("입력 2026.05.28. 오후 4:12", "입력 2026.03.12 오전 10:15", "5분 전", "관련기사", "광고", "댓글 12개"),
}  # fmt: skip


@pytest.mark.parametrize(
    "aside", [pytest.param(text, id=f"{lang}-{n}") for lang, texts in ASIDES.items() for n, text in enumerate(texts)]
)
def test_asides_in_the_languages_of_newsrooms_are_no_change(aside: str) -> None:
    assert said(STORY[0], aside, STORY[1]) == said(*STORY)


@pytest.mark.parametrize(
    "text",
    [
        "Updated figures show unemployment at 5%.",
        "Updated: 5 people are dead, police say.",
        "Marathon 2026: Smith 2:01:35",
        "At 10:30 on May 5, 2026 the tower fell.",
        "Watch out for ice on the road",
        "Download speeds rose 10 percent.",
        "Today the court heard 3 witnesses.",
        "Related charges were dropped against 2 men.",
        "The blast was 5 minutes ago, a witness said.",
        "Comments by 12 ministers angered the union.",
        "Stand von 12 Uhr: drei Tote nach Unglück in Essen am Sonntag.",
        "Ad agency wins 2 awards",
        "Print is dead, editors say.",
        "Your donation must be 5 euros, the law says.",
        "Une faute de l’arbitre coûte 3 points",
        "Нашли ошибку в законе 2 депутата",
        "Updated. Three died in 2026.",
        "USD 92.35",
        "Publicidad engañosa: multan a 3 empresas.",
        "更新された3つの計画が発表された。",
        "登録者の数が昨年より増えた。",
        "関連企業の倒産が相次ぐ",
    ],
)
def test_a_story_that_begins_like_an_aside_counts(text: str) -> None:
    assert said(*STORY, text) != said(*STORY)


def test_rows_of_a_table_count() -> None:
    assert said(*STORY, "Related stories", kind=BlockKind.TABLE_ROW) == said(*STORY, kind=BlockKind.TABLE_ROW)
    rows = ("Smith 345 votes", "Jones 344 votes")
    assert said(*STORY, *rows, kind=BlockKind.TABLE_ROW) != said(
        *STORY, rows[0], "Jones 346 votes", kind=BlockKind.TABLE_ROW
    )


def pieces(text: str, shift: int | None = None) -> difference.Pieces:
    hashes = difference.word_hashes(fold(text))
    return difference.cut(hashes) if shift is None else difference.cut_at(hashes, shift)


LONG = " ".join(f"Word{number} of sentence {number % 17} says {number * 7}." for number in range(100))


def measured(old: str, new: str) -> float:
    kept = pieces(old)
    return difference.change(kept, pieces(new, kept.shift))


def test_the_measure_follows_the_size_of_the_change() -> None:
    assert measured(LONG, LONG) == 0
    assert 0 < measured(LONG, LONG.replace("693", "694")) < 0.06
    assert 0.3 < measured(LONG, LONG[: len(LONG) // 2]) < 0.4
    assert 0.9 < measured(LONG, "Nothing at all of that is in this other text about the weather of tomorrow.") <= 1
    assert measured("Five people died.", "Six people died.") == pytest.approx(1 / 3, abs=0.01)
    assert measured("罷工持續了四天", "罷工持續了五天") == pytest.approx(1 / 7, abs=0.01)


def test_a_live_blog_that_grows_at_its_head_changes_by_what_is_added() -> None:
    blog = " ".join(
        f"At {number} the crowd {number * 31 % 97} moved on to street {number * 17 % 89}." for number in range(2000)
    )
    assert 0 < measured(blog, "A new entry says that the march is over. " + blog) < 0.05


@pytest.mark.parametrize("text", ["a " * 300_000, "12 " * 300_000, "字" * 300_000, "é\u0301" * 100_000, "." * 300_000])
def test_a_text_of_any_size_is_kept_in_few_bytes(text: str) -> None:
    assert len(pieces(text).items) <= difference.MAX_PIECES


@given(st.lists(st.sampled_from([f"w{number}" for number in range(300)]), max_size=300), st.integers(0, 23))
@settings(max_examples=50)
def test_a_piece_ends_at_two_words_whose_hash_is_a_multiple(words: list[str], shift: int) -> None:
    hashes = [0, *(zlib.crc32(word.encode()) for word in words)]
    lengths, length = [], 0
    for before, word in itertools.pairwise(hashes):
        length += 1
        if ((before * difference.MIXER + word) >> 8) % 2**shift == 0:
            lengths.append(length)
            length = 0
    cut = difference.cut_at(difference.word_hashes(" ".join(words)), shift)
    assert [length for _, length in cut.items] == [*lengths, *([length] if length else [])]


@given(st.lists(st.sampled_from(["alpha", "beta", "10", "字", "delta.", "é"]), max_size=400), st.data())
@settings(max_examples=50)
def test_the_measure_is_a_share(words: list[str], data: st.DataObject) -> None:
    other = data.draw(st.permutations(words))[: data.draw(st.integers(0, len(words)))]
    old, new = " ".join(words), " ".join(other)
    assert 0 <= measured(old, new) <= 1
    assert measured(old, old) == 0


@example("\ufc7a\ufcf2\ua78b")
@given(st.text(max_size=200))
def test_folding_is_stable(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=6))
def test_any_text_has_a_hash(texts: list[str]) -> None:
    assert said(*texts) == said(*texts)


def exactly(*texts: str, kind: BlockKind = BlockKind.PARAGRAPH, **fields: str | None) -> bytes:
    blocks = tuple(Block(text=text, kind=kind) for text in texts)
    return exact_hash(ARTICLE.model_copy(update={"title": "a", "subtitle": None, "paragraphs": blocks, **fields}))


def test_texts_that_are_divided_in_another_way_have_another_exact_hash() -> None:
    hashes = [
        exactly("b", "c"),
        exactly("bc"),
        exactly("b", title="ac"),
        exactly("b", "c", kind=BlockKind.TABLE_ROW),
        exactly("b", "c", title=None),
        exactly("b", "c", title=None, subtitle="a"),
        exactly("b", "C"),
    ]
    assert len(set(hashes)) == len(hashes)
    assert exactly("b", "c", published_at=None) == exactly("b", "c")
    assert exactly("b\x1fparagraph\x1fc") == b"", "it could be two paragraphs"


def test_words_that_are_forgotten_have_the_same_hash_again(monkeypatch: pytest.MonkeyPatch) -> None:
    before = difference.word_hashes(fold(LONG))
    monkeypatch.setattr(difference, "MAX_KNOWN_WORDS", 3)
    assert difference.word_hashes(fold(LONG)) == before
    assert difference.word_hashes("a" * 100 + " 5,000字 -b") == difference.word_hashes("a" * 100 + " 5,000 字 b")
