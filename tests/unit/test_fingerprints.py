"""A copy of a text has its fingerprints, whatever its typography, its script and what is around it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.copies import part, story
from wiredesk.syndication.fingerprints import MAX_FINGERPRINTS, SHORT_WORDS, fingerprints
from wiredesk.syndication.letters import MAX_CHARACTERS
from wiredesk.syndication.overlap import Signature, overlap

CHINESE = (
    "市政府周三宣布，横跨港口的老桥将于五月重新开放。九年前，一艘驳船在夜间撞上桥墩，桥梁从此关闭。工程师更换了每第二根横梁，"
    "保留了上世纪手工锤打的其余部分。整项工程耗资一千一百万，比最初计划高出三分之一。市长表示，公共汽车将从星期四起通行，"
    "取代大桥的渡轮将在夏季停运。第一个小时内约有四百人步行过桥，其中不少孩子从未见过它开放。商会预计，老城区的商店今年的"
    "销售额将增长十分之一。反对派批评招标过程，要求公开所有合同。"
)
JAPANESE = (
    "市は水曜日、港にかかる古い橋を五月に再び開通させると発表した。九年前の夜、はしけが橋脚に衝突し、橋は閉鎖されたままだった。"
    "技術者は梁を一本おきに取り換え、前世紀に手作業で打たれた残りの梁はそのまま残した。工事費は千百万に上り、当初の計画を三分の一"
    "上回った。市長によると、バスは木曜日から橋を渡り、代わりに運航していた渡し船は夏に廃止される。最初の一時間で約四百人が歩いて"
    "渡り、その中には開いた橋を見たことのない子供もいた。商工会議所は旧市街の売り上げが今年一割増えるとみている。"
)
THAI = (
    "เทศบาลประกาศเมื่อวันพุธว่าสะพานเก่าข้ามท่าเรือจะเปิดใช้อีกครั้งในเดือนพฤษภาคมหลังจากปิดมาเก้าปีเพราะเรือบรรทุกสินค้าชนตอม่อในเวลากลางคืน"
    "วิศวกรเปลี่ยนคานทุกอันที่สองและเก็บคานที่เหลือซึ่งตีด้วยมือในศตวรรษที่แล้วไว้งานทั้งหมดใช้เงินสิบเอ็ดล้านมากกว่าแผนเดิมหนึ่งในสาม"
    "นายกเทศมนตรีกล่าวว่ารถประจำทางจะข้ามสะพานตั้งแต่วันพฤหัสบดีและเรือข้ามฟากที่ใช้แทนสะพานจะหยุดเดินในฤดูร้อน"
    "ในชั่วโมงแรกมีคนเดินข้ามราวสี่ร้อยคนรวมทั้งเด็กที่ไม่เคยเห็นสะพานเปิดหอการค้าคาดว่าร้านค้าในเมืองเก่าจะขายได้เพิ่มขึ้นหนึ่งในสิบ"
)


def signature(text: str) -> Signature:
    hashes, thinning = fingerprints(text)
    return Signature.of(hashes, thinning)


def shares(one: str, other: str) -> tuple[float, float]:
    common = overlap(signature(one), signature(other))
    return common.share, common.share_of_other


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("“Don’t,” she said – it’s 1,000 metres…", '"Don\'t", she said - its 1000 metres...'),
        ("The U.S. and the co-op’s café", "THE US AND THE CO OPS CAFE"),
        ("naïve ﬁnance ½", "naive finance 1⁄2"),
        ("so\u00adft hyphens and zero\u200b width", "soft hyphens and zero width"),
        ("все ещё идёт", "Все еще идет"),
        ("مُحَمَّد قال", "محمد قال"),
        ("ＡＢＣ ｶﾞ", "abc ガ"),
        ("Straße", "STRASSE"),
    ],
)
def test_case_accents_and_typography_make_no_difference(one: str, other: str) -> None:
    context = story(1, 40)
    assert shares(f"{context} {one} {context}", f"{context} {other} {context}") == (1, 1)


def test_paragraphs_make_no_difference() -> None:
    text = story(2)
    assert shares(text, text.replace(" ", "\n\n", 50)) == (1, 1)


@pytest.mark.parametrize("text", [CHINESE, JAPANESE, THAI], ids=["Chinese", "Japanese", "Thai"])
def test_scripts_without_spaces_are_compared_by_characters(text: str) -> None:
    half = text[: len(text) // 2]
    share, share_of_half = shares(text, half)
    assert 0.3 < share < 0.7
    assert share_of_half > 0.8
    assert shares(text, text.replace("。", "．\n").replace("，", " ， ")) == (1, 1)
    for other in {CHINESE, JAPANESE, THAI} - {text}:
        assert shares(text, other) == (0, 0)


def test_a_text_with_words_of_another_script_keeps_them() -> None:
    text = CHINESE.replace("大桥", " Old Bridge Project 2026 ")
    assert shares(text, text.replace(" Old Bridge Project 2026 ", "Old Bridge Project 2026")) == (1, 1)


def test_parts_of_a_text_have_its_fingerprints() -> None:
    text = story(3, 800)
    for share in (0.75, 0.5, 0.3):
        of_text, of_part = shares(text, part(text, share))
        assert of_part > 0.95
        assert abs(of_text - share) < 0.1


def test_a_part_of_a_text_too_long_to_keep_all_is_found() -> None:
    text = story(4, 12_000)
    assert signature(text).thinning > 0
    for words in (9000, 2000, 600):
        assert shares(text, " ".join(text.split()[:words]))[1] > 0.9


def test_a_short_text_is_found_in_a_long_one() -> None:
    text = story(5, SHORT_WORDS - 50)
    assert signature(text).is_dense
    longer = f"{story(6)} {text} {story(7)}"
    assert not signature(longer).is_dense
    assert shares(text, longer)[0] > 0.8


def test_other_texts_share_nothing() -> None:
    assert shares(story(8, 3000), story(9, 3000)) == (0, 0)


def test_fingerprints_do_not_depend_on_the_process() -> None:
    hashes, thinning = fingerprints("The old bridge over the harbour was opened again on Monday.")
    assert thinning == 0
    assert hashes.tolist() == [178874478216664772, 7005497751709479783]


@given(st.text(max_size=300))
def test_any_text_has_a_bounded_number_of_distinct_fingerprints(text: str) -> None:
    hashes = fingerprints(text).hashes.tolist()
    assert len(set(hashes)) == len(hashes) <= MAX_FINGERPRINTS
    assert hashes == fingerprints(text).hashes.tolist()


@pytest.mark.parametrize(
    "text", ["", " ", "...", "a", "中", "\u0301", "𠀀" * 50, "\ufdfa" * MAX_CHARACTERS, "ab " * 10_000]
)
def test_odd_texts(text: str) -> None:
    assert len(fingerprints(text).hashes) <= MAX_FINGERPRINTS
