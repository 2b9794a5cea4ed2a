"""The grammar of bylines: from a text to the people and the agencies that it names, without roles, places and times."""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from wiredesk.extractor.metadata.authors.agencies import agency_named, distinct_agencies
from wiredesk.extractor.metadata.authors.beginnings import with_plain_beginning, without_label
from wiredesk.extractor.metadata.authors.names import (
    Trust,
    is_department,
    is_name,
    is_newsroom_name,
    is_only_role,
    is_person_called_news,
    is_role,
    is_uncased,
    names_newsroom,
    with_point,
    without_role,
    without_role_before,
)
from wiredesk.extractor.metadata.authors.spaceless_names import spaceless_candidates
from wiredesk.extractor.metadata.authors.vocabulary import (
    CALENDAR,
    NO_NAMES,
    ROLES,
    STRONG_INTRODUCTIONS,
    WEAK_INTRODUCTIONS,
    phrases,
)
from wiredesk.extractor.words import clean, fold, split
from wiredesk.languages.alternation import alternation

MAX_NAMES = 20
"""Maximum number of names that are read from one byline."""

MAX_BYLINE = 300
"""Maximum characters of a byline; the rest is cut off."""

MAX_DECLARED = 2000
"""Maximum characters of a name in data for machines, with its tags; the rest is cut off."""

SOFT = "¦"
"""Separates texts of neighbouring elements in a byline."""

MAX_SPACELESS = 80
"""Characters of a line that may have its byline in the middle, as Chinese, Japanese and Korean ones have."""

MAX_AGENCY_WORDS, MIN_AGENCY = 4, 4
"""Words, and letters, of an agency that follows a name without a sign: Jane Doe The Associated Press."""

MAX_LINK = 3
"""Letters of a word between a name and a day: `on`, `den`."""

WEAK = 2
"""Letters up to which a word between names may also be a part of a name: José Ortega y Gasset."""


@dataclass(frozen=True, slots=True)
class Byline:
    """Who wrote a story.

    Attributes:
        people: in the order of the byline.
        agencies: news agencies and newsrooms in the byline.
    """

    people: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.people or self.agencies)


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a byline that may be a name.

    Attributes:
        text: of the piece.
        trust: how sure it is that it is a name.
        after_comma: whether a comma or another sign comes before it: then it may be a role, a place or a degree.
        after_number: whether a number comes before it: then it may begin with a month or a day.
        before_number: whether a number comes after it: then it may end with one.
        is_apart: whether more than a comma separates it from what comes before.
    """

    text: str
    trust: Trust
    after_comma: bool = False
    after_number: bool = False
    before_number: bool = False
    is_apart: bool = False


_TAG = re.compile(r"<[^<>]{0,500}>")
_ADDRESS = re.compile(
    r"(?:https?:)?//[^\s|]{0,300}|www\.[^\s|]{0,300}|[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,5}|(?<![\w.])@[\w.]{1,40}|"
    r"(?<=\w)@\w{2,40}|(?<![\w.])(?:[a-z0-9-]{1,40}\.){1,3}(?:com|org|net|co)(?:/[^\s|]{0,200})?(?!\w)",
    re.IGNORECASE,
)
"""E-mail addresses, handles and web addresses."""

_OF_ADDRESS = re.compile(r"@|//|www\.|\.(?:co|org|net)", re.IGNORECASE)
"""What every such address has. Most texts have none, and are not searched for one."""

_START = r"(?:^|(?<=[|¦(\[•·;,/–\n-])|(?<=[|¦(\[•·;,/–-] ))"
_COLON = r"\s{0,2}[:|¦]{0,1}\s{0,2}"

_LONGER = [phrase for phrase in phrases("spaceless") if len(phrase) > 1]
"""Introductions of two characters and more; those of one need a sign after them."""

_MARK = re.compile(
    rf"(?:{_START}|(?<= ))(?P<other>(?:{alternation(p for p in phrases('others') if ' ' in p)})(?!\w){_COLON}"
    rf"|(?:{alternation(phrases('others'))})\s?[:=]\s?"
    rf"|(?:{alternation(phrases('spaceless_others'))})(?:\s?[:=/]\s?|\s))"
    rf"|(?:{_START}|(?<= ))(?P<english>(?:[a-z]{{4,12}} )?by:?[ |¦]\s?)"
    r"|(?<=\d\d\d\d )(?:von|par|por|door|di|av|af)\s"
    rf"|{_START}(?P<label>(?:{alternation(phrases('labels'))})\s?[:¦]\s?)"
    rf"|(?:{_START}|(?<=[日社网報报 ]))(?P<spaceless>(?:{alternation(_LONGER)})[:=/ ]{{0,2}}"
    rf"|(?:{alternation(p for p in phrases('spaceless') if len(p) == 1)})[:=/ ]{{1,2}})"
    rf"|{_START}(?P<by>(?:{alternation(STRONG_INTRODUCTIONS)})(?:\s?[:¦.]\s?|\s|$))"
    rf"|{_START}(?P<weak>(?:{alternation(WEAK_INTRODUCTIONS)})(?:\s?[:¦]\s?|\s|$)"
    r"(?=(?-i:[^\W\d_a-zà-ÿа-я][\w.'’-]{0,30}\s[^\W\d_])|$))",
    re.IGNORECASE,
)
"""What introduces authors, or others, in a byline."""

_FIRST_WORDS = {"by"}.union(
    split(phrase)[0] for phrase in phrases("introductions", "labels", "others", "spaceless", "spaceless_others")
)
"""The words with which an introduction begins. A text without one of them has none: only others are searched."""

_UNSPACED = re.compile(r"[\u0130\u0131\u017f\u0e00-\u1fff\u2e80-\U0010ffff]")
"""A character of a script in which such a word may stand within others, or that is the same as one in ASCII."""

_UNCLEAR = re.compile(
    r"[:=<&@]|//|[a-zß-ÿ][A-ZÀ-Þ]|[^\t\n\r\x20-\x7e\xa0-\xac\xae-\xff‘’“”–—…]|(?i:www\.|\.(?:co|org|net))"
)
"""What a text has whose words may be others when it is normalised, or that has an introduction without such a word."""

_ANNOUNCEMENT = re.compile(
    rf"(?:{alternation(phrases('introductions', 'labels'))}|{alternation(_LONGER)})\s?[:：]?", re.IGNORECASE
)
"""A text that is only what introduces authors."""

OTHER_BEFORE = re.compile(rf"(?:{alternation(phrases('others', 'spaceless_others'))})\s?[:=¦]?\s?$", re.IGNORECASE)
"""What introduces somebody who is not the author, at the end of the text before."""

SPACELESS = re.compile(
    rf"(?:{alternation(p for p in phrases('spaceless', 'following') if len(p) > 1 and not p.isascii())})|文[／/＝:：]"
)
"""A word of bylines in Chinese, Japanese or Korean."""

_TIME = re.compile(rf"(?<![\w])(?:{alternation(phrases('times'))})(?!\w)", re.IGNORECASE)
"""A word for the time of a story."""

_WHOLE_BRACKETS = re.compile(r"[(\[]([^()\[\]]{2,80})[)\]]")
_BRACKETS = re.compile(r"\s?[(\[]([^()\[\]]{0,80})[)\]]?")
_HARD = re.compile(
    r"\s?[|•;\n]\s?|(?<=[\uac00-\ud7af])[·ㆍ・](?=[\uac00-\ud7af])|\s[·–/-]\s|\s?¦\s?|--|、|،|\s/|/\s|(?<=[^\W\d_]{2})/(?=[^\W\d_a-zß-ÿ]|[^\W\d_][^/|]{0,30}\s)|(?<=\.[a-z]{2})/"
)
"""A sign between names, or between a name and something else."""

_NUMBER = re.compile(r"(?<!\w)[^\w\s|,]{0,3}\d[^\s|]{0,30}")
_COMMA = re.compile(r"\s?,\s?")
_JOIN = re.compile(
    rf"\s(?P<word>{alternation(dict.fromkeys((*phrases('conjunctions'), *phrases('companions'))))}|&|\+)\s|\s?[&+]\s?",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[。，！？“”]")
"""Signs of sentences, which bylines in Chinese and Japanese do not have."""

_LEADING = re.compile(
    rf"^(?:{alternation(p for p in phrases('conjunctions', 'companions') if len(p) > WEAK)})\s", re.IGNORECASE
)
_AFFILIATION = re.compile(rf"\s(?:{alternation(phrases('affiliations'))})(?:\s(?P<rest>.*)|$)")
_PLACE = re.compile(rf"\s(?:{alternation(phrases('places'))})\s(?=[^\W\d_a-zà-ÿа-я])[^,|]{{0,60}}$")
_BORDER_OF_CASES = re.compile(r"[a-zß-ÿ][A-ZÀ-Þ]")
_GLUED = re.compile(r"(?<=[a-zß-ÿ]{3})(?=[A-ZÀ-Þ][a-zß-ÿ]{1,30}(?P<more>\.?\s[A-ZÀ-Þ\d])?)")
_GLUED_BY = re.compile(r"^By(?=[A-Z][a-z])")
_STRIPPED = " ().,-–:=/·•*_'’\u200e\u200f"


def parse_byline(texts: Iterable[str], trust: Trust = Trust.ANNOUNCED) -> Byline:
    """Return the people and the agencies that texts name."""
    people: dict[str, str] = {}
    agencies: list[str] = []
    for text in texts:
        for stated, is_person in _named(text, trust):
            name = with_point(stated, text)
            if not is_person:
                agencies.append(name)
            elif fold(name) not in people or people[fold(name)].isupper():
                people[fold(name)] = name
    return Byline(tuple(people.values())[:MAX_NAMES], distinct_agencies(agencies)[:MAX_NAMES])


def parse_names(text: str) -> tuple[str, ...]:
    """Return the names in a byline, without introducing words, roles and places."""
    byline = parse_byline([text])
    return byline.people + byline.agencies


def names_clearly(byline: Byline) -> bool:
    """Return whether a byline has only people whose names look like names by themselves, or are in other scripts."""
    clear = [name for name in byline.people if name.upper() == name.lower() or is_name(name, Trust.BARE)]
    return bool(byline) and len(clear) == len(byline.people)


def announces_byline(text: str) -> bool:
    """Return whether a text is only what introduces authors: `By`, `Von`, `Author of the article:`."""
    return len(text) <= MAX_SPACELESS // 2 and _ANNOUNCEMENT.fullmatch(text) is not None


def is_byline(text: str) -> bool:
    """Return whether a text begins as bylines do, and names somebody."""
    if len(text) > MAX_BYLINE or not _may_introduce(text):
        return False
    normalised = _normalised(text)
    mark = _mark_at_start(normalised)
    begins = mark is not None and mark["other"] is None
    if mark is None and len(text) <= 2 * MAX_SPACELESS and _NUMBER.search(normalised):
        mark = next((m for m in _marks(normalised) if not (m["other"] or m["weak"])), None)
        if mark is not None and mark.start() <= MAX_SPACELESS:
            return names_clearly(parse_byline([normalised[mark.start() :]]))
    return (begins or _has_spaceless_byline(text, normalised)) and bool(parse_byline([text]))


def _may_introduce(text: str) -> bool:
    """Return whether a text may have an introduction, as it is before it is normalised: most texts have none."""
    return not _FIRST_WORDS.isdisjoint(split(text)) or _UNCLEAR.search(text) is not None


def _mark_at_start(text: str) -> re.Match[str] | None:
    """Return the introduction with which a normalised text begins."""
    first_words = split(text)[:2]
    may_begin = not _FIRST_WORDS.isdisjoint(first_words[:1]) or "by" in first_words or _UNSPACED.search(text)
    return _MARK.match(text) if may_begin else None


def _marks(text: str) -> Iterator[re.Match[str]]:
    """Return the introductions in a normalised text."""
    has_some = not _FIRST_WORDS.isdisjoint(split(text)) or ":" in text or "=" in text or _UNSPACED.search(text)
    return _MARK.finditer(text) if has_some else iter(())


def _has_spaceless_byline(text: str, normalised: str) -> bool:
    if len(text) > MAX_SPACELESS or normalised.isascii():
        return False
    return not _SENTENCE.search(text) and SPACELESS.search(normalised) is not None


def _named(text: str, trust: Trust) -> Iterator[tuple[str, bool]]:
    """Yield the names in a text, each with whether it is a person."""
    normalised = _normalised(text)
    if trust is Trust.DECLARED and is_person_called_news(normalised) and not agency_named(normalised):
        yield normalised, True
        return
    before, clauses = _clauses(normalised, trust)
    named = [pair for clause in clauses for pair in _names_of_clause(clause, trust)]
    if not named:
        yield from _names_of_clause(before, trust)
        return
    yield from (
        (name, is_person) for name, is_person in _names_of_clause(before, trust) if not is_person and agency_named(name)
    )
    yield from named


def _normalised(text: str) -> str:
    """Return a text without tags, addresses and wide punctuation, on one line."""
    text = text[:MAX_DECLARED]
    if "<" in text or "&" in text:
        text = html.unescape(html.unescape(text))
        text = _TAG.sub(" ", text)
    text = with_plain_beginning(text)
    text = text.replace("\n", SOFT)
    if _OF_ADDRESS.search(text):
        text = _ADDRESS.sub(" | ", text)
    text = clean(text)[:MAX_BYLINE]
    if _BORDER_OF_CASES.search(text):
        text = _GLUED.sub(_unglued, _GLUED_BY.sub("By ", text))
    text = text.strip(" |¦")
    whole = _WHOLE_BRACKETS.fullmatch(text)
    return whole[1] if whole else text


def _unglued(glued: re.Match[str]) -> str:
    """Return what separates `Ulrich ExnerKorrespondent`; nothing within `Anna DeWitt`."""
    rest = glued.string[glued.start() : glued.start() + 40]
    word = re.match(r"\w+", rest)
    is_other = word is not None and (fold(word[0]) in ROLES | CALENDAR | NO_NAMES or _TIME.match(rest) is not None)
    two_names = glued["more"] is not None and " " in glued.string[: glued.start()]
    return SOFT if is_other or two_names else ""


def _clauses(text: str, trust: Trust) -> tuple[str, list[str]]:
    """Return what comes before the first introduction, and what introductions of authors introduce."""
    marks = [mark for mark in _marks(text) if mark["weak"] is None or trust is not Trust.DECLARED]
    if not marks:
        return text, []
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    authors = [text[mark.end() : end] for mark, end in zip(marks, ends, strict=True) if mark["other"] is None]
    return text[: marks[0].start()], authors


def _names_of_clause(clause: str, trust: Trust) -> Iterator[tuple[str, bool]]:
    """Yield the names in a clause. After a person or an agency, roles, places and degrees are no names."""
    has_person = has_agency = has_role = False
    for part in _parts(clause, trust):
        needed = _needed(part, has_person=has_person)
        for name in _candidates(part.text, trust):
            if agency_named(name):
                has_agency = True
                yield name, False
                continue
            person = _person(name, part, needed)
            is_single = " " not in person and person.upper() != person.lower()
            has_role = has_role or (not person and not part.after_comma and is_only_role(name))
            if has_role and part.after_comma and (is_single or is_uncased(person)):
                continue  # the place of our correspondent
            if not person or (has_agency and part.after_comma and is_single):
                continue  # a place
            if has_person and part.after_comma and (is_single or is_role(name)):
                continue  # a place, a degree, a role
            if names_newsroom(person) and not (trust is Trust.DECLARED and is_person_called_news(person)):
                if needed is not Trust.BARE and is_newsroom_name(person, trust):
                    yield person, False
            elif is_name(person, needed):
                has_person = has_person or not is_single
                yield person, True


def _person(name: str, part: _Part, needed: Trust) -> str:
    """Return a name without the role that ends it; empty if it is only a role, or a day beside a number."""
    person = name if needed is Trust.DECLARED else without_role(without_role_before(name))
    if is_role(name) and (part.after_comma or is_only_role(name) or not is_name(person, needed)):
        return ""
    if part.after_number or part.before_number:
        person = _without_calendar(person, part)
        return person if " " in person else ""
    return person


def _without_calendar(text: str, part: _Part) -> str:
    """Return a text without the months and days beside a number, and the words before them: `Ida Lund on May`."""
    name_words = text.split()
    while part.before_number and name_words and _belongs_to_day(name_words[-1]):
        name_words.pop()
    while part.after_number and name_words and fold(name_words[0]) in CALENDAR:
        name_words.pop(0)
    return " ".join(name_words)


def _belongs_to_day(word: str) -> bool:
    return fold(word) in CALENDAR or (word.islower() and len(word) <= MAX_LINK)


def _needed(part: _Part, *, has_person: bool) -> Trust:
    """Return how clear a name must be: after a person, other words than names follow."""
    has_case = part.text[:1].upper() != part.text[:1].lower()
    if has_person and part.is_apart and " " not in part.text and is_uncased(part.text):
        return Trust.BARE  # a place, without capitals
    if not has_person or not has_case:
        return part.trust
    if part.is_apart:
        return Trust.BARE
    return min(part.trust, Trust.ANNOUNCED) if part.after_comma else part.trust


def _parts(clause: str, trust: Trust) -> Iterator[_Part]:
    """Yield the pieces of a clause between its signs and numbers. After a word for a time, only clear names count."""
    before, *after = _TIME.split(clause)
    for text in (_LEADING.sub("", brackets[1].strip(_STRIPPED)) for brackets in _BRACKETS.finditer(before)):
        if agency_named(text):
            yield _Part(text, trust, after_comma=True)
    before = _BRACKETS.sub(_without_brackets, before)
    if trust is Trust.DECLARED and is_name(before, trust) and any(character.isdigit() for character in before):
        yield _Part(before, trust)
        return
    yield from _pieces(before, trust)
    for text in after:
        yield from _pieces(text, Trust.BARE)


def _pieces(text: str, trust: Trust) -> Iterator[_Part]:
    is_first = True
    for whole in _HARD.split(text):
        numbered = _NUMBER.split(whole)
        for number, piece in enumerate(numbered):
            for comma, between in enumerate(_COMMA.split(piece)):
                for part, after_comma in _joined(between, after_comma=comma > 0 or not is_first):
                    yield _Part(
                        part,
                        trust,
                        after_comma,
                        after_number=number > 0,
                        before_number=number + 1 < len(numbered),
                        is_apart=not is_first and comma == 0,
                    )
                is_first = is_first and not between.strip(_STRIPPED)


def _without_brackets(brackets: re.Match[str]) -> str:
    """Return brackets within a name as they are, and nothing instead of others."""
    rest = brackets.string[brackets.end() : brackets.end() + 2]
    is_within = (
        brackets.start() > 0
        and brackets[1].isalpha()
        and brackets[1].istitle()
        and rest[:1] == " "
        and rest[1:2].isupper()
    )
    return f" {brackets[1]}" if is_within else " "


def _joined(text: str, *, after_comma: bool) -> Iterator[tuple[str, bool]]:
    """Yield the pieces of a text between words such as `and`, each with whether a comma comes before it."""
    pieces, start = [], 0
    for word in _JOIN.finditer(text):
        left, right = text[start : word.start()], text[word.end() :]
        if _joins(word["word"] or "&", left, right):
            pieces.append(left)
            start = word.end()
    pieces.append(text[start:])
    pieces = [piece.strip(_STRIPPED) for piece in pieces]
    if after_comma and len(pieces) > 1:
        last_role = max((index for index, piece in enumerate(pieces) if is_role(piece)), default=0)
        pieces = pieces[last_role:]  # `Master Gardener and Educator`
    yield from ((piece, after_comma and index == 0) for index, piece in enumerate(pieces) if piece)


def _joins(word: str, left: str, right: str) -> bool:
    """Return whether a word joins two names, and is not a part of one: José Ortega y Gasset."""
    left, right = left.strip(_STRIPPED), right.strip(_STRIPPED)
    if not left or not right:
        return bool(left or right) and len(word) > WEAK
    if len(word) > WEAK or word in "&+":
        return True
    if is_role(left):
        return False
    first_right = _JOIN.split(right, maxsplit=1)[0]
    sizes = len(left.split()), len(first_right.split())
    return agency_named(first_right) is not None or agency_named(left) is not None or min(sizes) > 1 or max(sizes) == 1


def _candidates(text: str, trust: Trust) -> Iterator[str]:
    """Yield the texts in a piece that may be names, without affiliation, place and words that follow names."""
    text = without_label(_LEADING.sub("", text.strip(_STRIPPED)))
    affiliation = _AFFILIATION.search(text)
    if (affiliation and trust is not Trust.DECLARED) or (affiliation and is_name(text[: affiliation.start()])):
        text = text[: affiliation.start()]
        rest = re.sub(r"^(?:the|die|der|das|la|le|el|il)\s|^l'", "", affiliation["rest"] or "", flags=re.IGNORECASE)
        if agency_named(rest):
            yield text
            yield rest
            return
    place = _PLACE.search(text)
    if place and " " in text[: place.start()].strip() and not (trust is Trust.DECLARED and place[0][1:3] == "i "):
        text = text[: place.start()]
    if "/" in text and any(map(agency_named, text.split("/"))):
        first, *others = text.split("/")
        # `Jane Doe/dpa` wrote with an agency; `dpa/Jane Doe` took the agency's picture.
        yield from (
            part for part in (first, *others) if agency_named(part) or (part is first and is_name(part, Trust.BARE))
        )
        return
    name_words = text.split()
    if len(name_words) > WEAK and name_words[: len(name_words) // 2] == name_words[(len(name_words) + 1) // 2 :]:
        name_words = name_words[: len(name_words) // 2]  # written twice, for readers of pictures and of text
        text = " ".join(name_words)
    if len(name_words) == WEAK and is_department(name_words[1], agency_named(name_words[0])):
        yield name_words[0]
        return
    for size in range(MAX_AGENCY_WORDS, 0, -1):
        agency = " ".join(name_words[-size:])
        if len(name_words) - size >= WEAK and len(agency) >= MIN_AGENCY and agency_named(agency):
            yield " ".join(name_words[:-size])
            yield agency
            return
    if not text.isascii():
        yield from spaceless_candidates(text, _STRIPPED)
    else:
        yield text.strip(_STRIPPED)
