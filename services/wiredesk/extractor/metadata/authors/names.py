"""What a name looks like, by its script."""

import re
from enum import IntEnum

from wiredesk.extractor.metadata.authors.vocabulary import (
    ACCOUNTS,
    BRAND_WORDS,
    DEGREES,
    GENERIC,
    INTERFACE_WORDS,
    MENUS,
    NEWSROOM_WORDS,
    NO_NAMES,
    PARTICLES,
    ROLE_MODIFIERS,
    ROLES,
    SPACELESS_NEWSROOM,
)
from wiredesk.extractor.words import fold

MAX_NAME = 80
"""Maximum characters of a name; longer texts are not names."""

MAX_NEWSROOM = 60
"""Maximum characters of the name of a newsroom."""

MAX_NAME_WORDS = 8
"""Maximum words of a name, with its particles: Maria da Conceição de Sousa e Silva."""

MIN_WORDS = 2
"""Words of a name, at least, if nothing else shows that it is one: a given and a family name."""

MAX_BARE_WORDS = 4
"""Maximum words of a name that nothing announces, without its particles."""

MAX_SYLLABLE = 2
"""Letters of names such as Le, An or Do, which are words of other languages, too."""

MAX_ROLE_WORDS = 3
"""Words at the beginning of a byline of which the last is that of a role."""

MAX_PEN_NAME_WORDS = 3
"""Maximum words of a pen name in lower case."""

SURNAMES = frozenset(
    "王李张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱高林何郭马馬罗羅梁宋郑鄭谢謝韩韓唐冯馮于董萧蕭程曹袁邓鄧许許傅沈曾彭吕呂苏蘇卢盧"
    "蒋蔣蔡贾賈丁魏薛叶葉阎閻余潘杜戴夏钟鍾汪田任姜范方石姚谭譚廖邹鄒熊金陆陸郝孔白崔康毛邱秦江史顾顧侯邵孟龙龍万萬段雷钱錢汤湯尹"
    "黎易常武乔喬贺賀赖賴龚龔文庞龐樊兰蘭殷施陶洪翟安颜顏倪严嚴牛温溫芦季俞章鲁魯葛伍韦韋申尤毕畢聂聶丛焦向柳邢路岳齐齊梅莫庄莊辛管"
    "祝左涂谷祁时時舒耿牟卜路詹关關苗凌费費纪紀靳盛童欧歐甄项項曲成游阳陽裴席卫衛查屈鲍鮑位覃霍翁隋植甘景薄单單包司柏宁寧柯阮桂闵闵解"
    "强強柴华華车車冉房边邊辜吉饶饒刁瞿戚丘古米池滕晋晉苑邬鄔臧畅暢宫宮来來嵺苟全褚廉简簡娄婁盖蓋符奚木穆党黨燕郎邸冀谈談姬屠连連郜晏栾"
    "欒郁商蒙计計喻揭窦竇迟遲宇敖糜鄢冷卓花仇艾蓝藍都巩鞏稽井练練仲乐樂虞卞封竺冼应應宗宣丰豐逄岑"
)
"""Frequent family names of Chinese people, in simplified and traditional characters."""

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff々〆ヶ"
_KANA = r"\u3040-\u30ff"
_NO_FIRST = "从從在了是有和与與对對将將也就不这這那获獲据據向被为為以到说說表称稱指透"
"""Chinese characters of sentences, which begin no names."""

_HAN_NAME = re.compile(
    rf"(?![{_NO_FIRST}])(?:[{_HAN}]{{1,5}}|[{_HAN}{_KANA}]{{1,8}}(?:[·・･•．][{_HAN}{_KANA}]{{1,12}}){{0,3}})"
    rf"(?: [{_HAN}{_KANA}]{{1,6}})?"
)
"""A Chinese or Japanese name; a foreign one has points between its parts."""

_HANGUL_NAME = re.compile(r"[\uac00-\ud7af]{2,5}(?: [\uac00-\ud7af]{1,5}){0,2}")
"""A Korean name."""

_UNCASED = re.compile(r"[\u0590-\u08ff\u0900-\u0dff\u0e00-\u0eff\u1000-\u109f\u10a0-\u10ff\u1200-\u137f\u1780-\u17ff]")
"""A letter of a script that has no capitals and is written with spaces, or with spaces between names only."""

_NO_NEWSROOM = re.compile(r"[!?<>{}\"]|\d{3}")
"""What the name of a newsroom does not have."""

_LETTER = re.compile(r"[^\W\d_]")
_BAD_SIGN = re.compile(
    r"[<>{}\[\]=+*#%$€£?!…\"“”„«»|~^\\_:;()]|https?:|\.(?:com|org|net|html?|php|aspx?)$", re.IGNORECASE
)
"""Signs that are in no name."""

_MIDDLE_NUMBER = re.compile(r"^[^\W\d_][^\d]{0,40} \d{1,2}\.? [^\W\d_][^\d]{1,40}$")
"""A name with a number, which only a page that declares it may have: Jennifer 8. Lee."""


_NO_PEN_NAME = NO_NAMES | ROLES | NEWSROOM_WORDS | {"and", "or", "of", "und", "a", "an", "in", "on", "at", "dept"}
"""Words that are in no pen name in lower case."""


class Trust(IntEnum):
    """How sure it is that a text has a name, by what announces it."""

    BARE = 0  # nothing: a line of text
    ANNOUNCED = 1  # `By`, or a place for bylines
    DECLARED = 2  # data for machines: a person


def is_name(text: str, trust: Trust = Trust.ANNOUNCED) -> bool:
    """Return whether a text can be the name of a person."""
    if (
        not 1 < len(text) <= MAX_NAME
        or _BAD_SIGN.search(text)
        or fold(text) in GENERIC
        or ACCOUNTS.intersection(fold(text).split())
        or _is_button(fold(text).split())
    ):
        return False
    if re.search(r"\d", text) and not (trust is Trust.DECLARED and _MIDDLE_NUMBER.match(text)):
        return False
    if _UNCASED.search(text):
        return trust > Trust.BARE and 1 <= len(text.split()) <= MAX_NAME_WORDS - 2 and not _is_menu(text)
    if re.match(rf"[{_HAN}{_KANA}]", text):
        return trust > Trust.BARE and _HAN_NAME.fullmatch(text) is not None and not _is_no_han_name(text)
    if re.match(r"[\uac00-\ud7af]", text):
        return trust > Trust.BARE and _HANGUL_NAME.fullmatch(text) is not None and not _is_no_han_name(text)
    return _is_cased_name(text, trust)


def is_uncased(text: str) -> bool:
    """Return whether a text is in a script that has no capitals, and spaces between names."""
    return _UNCASED.search(text) is not None


def _is_button(folded: list[str]) -> bool:
    """Return whether words are those of a button or a menu: `Log In`. Names of short words are not: `Le An`."""
    return INTERFACE_WORDS.issuperset(folded) and any(len(word) > MAX_SYLLABLE for word in folded)


def is_role(text: str) -> bool:
    """Return whether a text has a word of a profession, a rank or a degree."""
    return any(_is_role_word(word) for word in re.split(r"[\s,/-]+", text) if word) or fold(text) in ROLES


def is_only_role(text: str) -> bool:
    """Return whether a text has nothing but words of roles: Political Editor."""
    return all(_is_role_word(word) or fold(word) in ROLE_MODIFIERS for word in text.split())


def _is_role_word(word: str) -> bool:
    folded = fold(word)
    return folded in ROLES or (folded in DEGREES and (word.isupper() or "." in word))


def without_role(text: str) -> str:
    """Return a text without the role that ends it: Jane Doe Political Correspondent. Two words stay."""
    name_words = text.split()
    end = len(name_words)
    while end > MIN_WORDS and _is_role_word(name_words[end - 1]):
        end -= 1
    if end < len(name_words):
        while end > MIN_WORDS and fold(name_words[end - 1]) in ROLE_MODIFIERS:
            end -= 1
        return " ".join(name_words[:end]).rstrip(".,")
    return text if end == len(name_words) else " ".join(name_words[:end])


def without_role_before(text: str) -> str:
    """Return a text without the role that begins it: Political correspondent Jane Doe. Its name is a clear one."""
    name_words = text.split()
    role = max((index for index, word in enumerate(name_words[:MAX_ROLE_WORDS]) if _is_role_word(word)), default=None)
    if role is None:
        return text
    before, name = name_words[:role], " ".join(name_words[role + 1 :])
    is_modifier = all(word.islower() or fold(word) in ROLE_MODIFIERS | ROLES for word in before[1:])
    return name if is_modifier and is_name(name, Trust.BARE) and not names_newsroom(name) else text


def is_department(text: str, of: str | None) -> bool:
    """Return whether a text after an agency's name is that of a department: `Business`, `Staff`."""
    return of is not None and all(fold(word) in ROLE_MODIFIERS | {"staff"} for word in text.split())


def with_point(name: str, text: str) -> str:
    """Return a name with the point that ends it in a text: Martin Luther King Jr."""
    return f"{name}." if name.endswith((" Jr", " Sr")) and f"{name}." in text else name


def names_newsroom(text: str) -> bool:
    """Return whether a text names a newsroom, a paper or an office."""
    return bool(NEWSROOM_WORDS.intersection(re.split(r"[\s/-]+", fold(text)))) or (
        SPACELESS_NEWSROOM.search(text) is not None
    )


def is_newsroom_name(text: str, trust: Trust) -> bool:
    """Return whether a text with a word for newsrooms is the name of one: short, and not that word alone."""
    if not 1 < len(text) <= MAX_NEWSROOM or len(text.split()) > MAX_NAME_WORDS or _NO_NEWSROOM.search(text):
        return False
    is_generic = " " not in text and text.isascii() and "." not in text
    return (
        trust is Trust.DECLARED
        or (not is_generic and any(word[:1].isupper() for word in text.split()))
        or not text.isascii()
    )


def is_person_called_news(text: str) -> bool:
    """Return whether a person whom a page declares has the name of a newsroom by chance: Robert News, Jordan Media."""
    first, *rest = text.split() or [""]
    return (
        len(rest) == 1
        and fold(rest[0]) in NEWSROOM_WORDS
        and first[:1].isupper()
        and not first.isupper()
        and first.isalpha()
        and fold(first) not in BRAND_WORDS | NEWSROOM_WORDS | NO_NAMES | ROLES | ROLE_MODIFIERS
    )


def _is_no_han_name(text: str) -> bool:
    return (
        SPACELESS_NEWSROOM.search(text) is not None
        or _is_menu(text)
        or re.search(r"[のはをでにがと]$|[のをはが][\u3400-\u9fff]", text) is not None
    )


def _is_menu(text: str) -> bool:
    return MENUS.search(text) is not None


def _is_cased_name(text: str, trust: Trust) -> bool:
    name_words = text.split()
    if not 1 <= len(name_words) <= MAX_NAME_WORDS or not all(
        _LETTER.search(word) for word in name_words if word != "&"
    ):
        return trust is Trust.DECLARED and _MIDDLE_NUMBER.match(text) is not None
    content = [word for word in name_words if fold(word) not in PARTICLES or word[0].isupper()]
    capitals = [word for word in content if _begins_upper(word)]
    if trust is Trust.BARE:
        return (
            MIN_WORDS <= len(content) <= MAX_BARE_WORDS
            and len(capitals) == len(content)
            and content[0] == name_words[0]
            and not NO_NAMES.intersection(map(fold, _after_no_particle(name_words)))
            and not any(len(word) == 1 for word in content[:1])
            and not ROLES.intersection(map(fold, content))
            and not re.search(r"[,:;/&]|\.$", text)
        )
    if not capitals:
        return len(name_words) <= MAX_PEN_NAME_WORDS and not _NO_PEN_NAME.intersection(map(fold, name_words))
    if len(content) > MAX_BARE_WORDS + (1 if trust is Trust.ANNOUNCED else MAX_NAME_WORDS):
        return False
    lower = [word for word in content if not _begins_upper(word)]
    most = len(content) // 2 if trust is Trust.DECLARED else 0
    return len(lower) <= most and not NO_NAMES.intersection(map(fold, lower))


def _after_no_particle(name_words: list[str]) -> list[str]:
    """Return the words of a name that no particle stands before: `van der Meer` is a name, `Meer` is a button."""
    return [word for before, word in zip(["", *name_words], name_words, strict=False) if before not in PARTICLES]


def _begins_upper(word: str) -> bool:
    letters = _LETTER.findall(word)
    return bool(letters) and (letters[0].isupper() or any(letter.isupper() for letter in letters[1:3]))
