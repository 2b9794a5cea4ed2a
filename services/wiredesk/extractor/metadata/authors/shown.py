"""The byline that readers see on an HTML page: near the headline, at the story's end, and not that of another story."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from wiredesk.extractor.document import Element, text_of
from wiredesk.extractor.metadata.authors.agencies import distinct_agencies
from wiredesk.extractor.metadata.authors.grammar import (
    MAX_BYLINE,
    OTHER_BEFORE,
    SOFT,
    SPACELESS,
    Byline,
    is_byline,
    parse_byline,
)
from wiredesk.extractor.metadata.authors.lines import names_in_line
from wiredesk.extractor.metadata.authors.marks import CLASS, ROLE_CLASS, marked_elements
from wiredesk.extractor.metadata.authors.names import Trust, is_name, is_role
from wiredesk.extractor.metadata.authors.vocabulary import OPENINGS, ROLES, TIME_WORDS
from wiredesk.extractor.page_elements import PageElements
from wiredesk.extractor.words import clean, fold, length
from wiredesk.languages.alternation import alternation

MAX_BYLINE_ELEMENTS = 1000
"""Elements of a byline that are read."""

MAX_CANDIDATES = 200
"""Maximum number of elements of a page that are read as bylines."""

MIN_PROSE = 100
"""Letters of a text from which it is prose of a story, and not a byline or a menu."""

MIN_PARAGRAPHS = 3
"""Paragraphs in the container of a story, at least."""

PROSE_LEVELS = 3
"""Containers of a paragraph in which the paragraphs of a story may be together."""

MIN_TEASER = 25
"""Letters of a heading from which it is the headline of a story."""

MAX_APART = 60
"""Elements between two parts of one byline."""

MIN_LINE, MAX_LINE = 8, 120
"""Characters of a line that names somebody beside a role."""

MAX_PARTS = 8
"""Elements within such a line, at most."""

MAX_LINKS = 2
"""Links within such a line, at most."""

MIN_ROLE = 5
"""Letters of a role, more than which show that a line is no heading."""

MAX_OPENING = 40
"""Characters at the beginning of a text that show whether it may be a byline."""

NEAR = 5
"""Points of the places between the headline and the second paragraph."""

WITHIN = 1
"""Points of the places within the story, after its first paragraphs, and between its end and that of the page."""

TEXT_POINTS = 4
"""Points of an element that only its words mark."""

MIN_SCORE = 5
"""Points from which a candidate is the byline."""

BESIDE_BEST = 2
"""Points that a part of the byline may have less than the best one."""

_ELSEWHERE = re.compile(
    r"(?<![a-z])(?:nav|navbar|navigation|menu|related|recommend\w*|comments?|disqus|teasers?|promo|trending|popular|most-?read|"
    r"latest|newsletter|carousel|slider|recirc\w*|read-?more|more-?(?:stories|news|from)|see-?also|outbrain|taboola|advert\w*|"
    r"breadcrumbs?|cookie|modal|testimonial\w*|onward|up-?next|next-?post|prev\w*|pullquote)(?![a-z])",
    re.IGNORECASE,
)
"""Class names and ids of places that belong to other stories, or to the site."""

_BESIDE = re.compile(
    r"(?<![a-z])(?:sidebar|side-?bar|aside|widget|cards?|share|sharing|social|caption|figure|gallery|quote|reviews?|product)"
    r"(?![a-z])",
    re.IGNORECASE,
)
"""Class names and ids of places beside the story; a byline near the headline may be in one."""

_ELSEWHERE_TAGS = frozenset({"nav", "form", "select", "blockquote"})
"""Elements that never hold the byline."""

_BESIDE_NAME = re.compile(
    rf"(?<!\w)(?:{alternation(word for word in ROLES if len(word) > MIN_ROLE)})(?!\w)", re.IGNORECASE
)
"""A role: a line of names beside one is a byline."""

_BESIDE_TAGS = frozenset({"aside", "figure", "figcaption", "button", "table"})
"""Elements that hold the byline only near the headline."""

_UNSEEN = frozenset({"script", "style", "noscript", "template", "svg", "iframe", "head", "option", "textarea"})
_TEXT_TAGS = frozenset(
    "p div span small address li em strong b i section header h2 h3 h4 h5 h6 a td font center cite time footer dd label".split()  # noqa: SIM905, E501
)
"""Elements whose text may be a byline that nothing but its words marks."""

_BEGINNINGS = frozenset(phrase[:2] for phrases in OPENINGS.values() for phrase in phrases)
"""The first two letters of all introductions and labels."""

_BY_LATER = re.compile(r"\d[,.]?\s(?:by|von|par|por|door|di|av|af)\s")
"""What introduces the author after a date: `Posted on 3 May 2024 by`."""

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An element that may hold the byline.

    Attributes:
        element: which it is.
        index: its number in document order.
        points: for what marks it.
        is_text: whether only its words mark it.
    """

    element: Element
    index: int
    points: int
    is_text: bool = False


@dataclass(slots=True)
class _Walk:
    """What one walk over a page collects, each with its number in document order.

    Attributes:
        candidates: elements that may hold the byline.
        headings: elements.
        prose: numbers of elements with a text of the length of a paragraph.
        prose_elements: these elements.
    """

    candidates: list[_Candidate] = field(default_factory=list)
    headings: list[tuple[int, Element]] = field(default_factory=list)
    prose: list[int] = field(default_factory=list)
    prose_elements: list[Element] = field(default_factory=list)


def shown_byline(page: PageElements, titles: Iterable[str]) -> Byline:
    """Return who wrote the story, as the page shows it to readers.

    Args:
        page: its elements.
        titles: what the page states as the story's headline.
    """
    walk = _walk(page)
    headline = _headline(walk, [fold(title) for title in titles if title])
    around_story = _around_story(walk, headline[1] if headline else None)
    around_teasers = _around_teasers(walk, headline[1] if headline else None)
    placed = [(c, _place(c.index, headline[0] if headline else None, walk.prose)) for c in walk.candidates]
    scored: list[tuple[int, _Candidate, Byline]] = []
    # The best are read first: those whose scores are too low beside a byline are not read.
    for candidate, place in sorted(placed, key=lambda pair: -pair[0].points - pair[1]):
        score = candidate.points + place
        if score < max(MIN_SCORE, scored[0][0] - BESIDE_BEST if scored else MIN_SCORE):
            break
        is_within = candidate.is_text and place <= WITHIN  # a quotation, or another story
        if is_within or _is_elsewhere(candidate.element, around_story, around_teasers, is_near=place >= NEAR):
            continue
        byline = _read(candidate)
        if byline:
            scored.append((score, candidate, byline))
    if not scored and headline is not None:
        return _beside_role(page, headline[0], walk.prose)
    return _best(sorted(scored, key=lambda row: row[1].index), walk.prose)


def _beside_role(page: PageElements, headline: int, prose: Sequence[int]) -> Byline:
    """Return whom a line between headline and story names beside a role."""
    first = bisect_left(prose, headline + 1)
    end = min(prose[first] if first < len(prose) else 0, headline + MAX_APART)
    for element in page.in_order[headline + 1 : end]:
        if element.tag not in _TEXT_TAGS or element.tag in _HEADINGS or element.tag == "a" or len(element) > MAX_PARTS:
            continue
        if sum(1 for _ in islice(element.iter("a"), MAX_LINKS + 1)) > MAX_LINKS:
            continue  # tags: `Expert`
        text = _joined_text(element)
        if MIN_LINE <= len(text) <= MAX_LINE and _BESIDE_NAME.search(text) and (byline := names_in_line(text)).people:
            return byline
    return Byline()


def _walk(page: PageElements) -> _Walk:
    """Collect headings, prose and candidates in one walk."""
    walk = _Walk()
    points = marked_elements(page)
    for index, element in enumerate(page.in_order):
        tag = element.tag
        if tag in _UNSEEN or not isinstance(tag, str):
            continue
        if tag in _HEADINGS:
            walk.headings.append((index, element))
        text, tail = element.text, element.tail
        if text and text.isspace():
            text = None
        if (text and len(text) > MIN_PROSE // 3 and _is_prose(text)) or (
            tail and len(tail) > MIN_PROSE // 3 and _is_prose(tail)
        ):
            walk.prose.append(index)
            walk.prose_elements.append(element)
        if len(walk.candidates) < MAX_CANDIDATES:
            if index in points:
                walk.candidates.append(_Candidate(element, index, points[index]))
            elif text and 1 < len(text) < MAX_BYLINE and tag in _TEXT_TAGS and _begins_byline(text):
                walk.candidates.append(_Candidate(element, index, TEXT_POINTS, is_text=True))
    return walk


def _is_prose(text: str) -> bool:
    return length(text.strip()) >= MIN_PROSE


def _begins_byline(text: str) -> bool:
    """Return whether a text may be a byline, by its first words."""
    opening = text[:MAX_OPENING].lstrip(" \n\t\r|•·*–-").lower()
    first, *rest = opening.split(None, 1) or [""]
    word = first.rstrip(":.")
    if word in OPENINGS and opening.startswith(OPENINGS[word]):
        return True
    if rest and rest[0].startswith("by ") and first.isalpha():
        return True
    may_be_later = word in TIME_WORDS and (opening[:2] in _BEGINNINGS or "by " in opening or not text.isascii())
    if may_be_later and _BY_LATER.search(text):
        return True
    return not text.isascii() and SPACELESS.search(text) is not None


def _headline(walk: _Walk, titles: Sequence[str]) -> tuple[int, Element] | None:
    """Return the heading that is the story's headline: of a high rank, and with the words of a title."""
    best: tuple[float, int, Element] | None = None
    words_of_titles = [set(title.split()) for title in titles]
    for index, element in walk.headings[:MAX_CANDIDATES]:
        heading = set(fold(text_of(element)).split())
        if not heading:
            continue
        shared = max((len(heading & title) / len(heading | title) for title in words_of_titles), default=0.0)
        score = 4 * shared + (1.5 if element.tag == "h1" else 0.5 if element.tag == "h2" else 0)
        if best is None or score > best[0]:
            best = (score, index, element)
    return (best[1], best[2]) if best else None


def _around_story(walk: _Walk, headline: Element | None) -> set[Element]:
    """Return the elements around the headline, and around the most paragraphs."""
    around = set(headline.iterancestors()) if headline is not None else set()
    counts: Counter[Element] = Counter()
    for element in walk.prose_elements:
        counts.update(islice(element.iterancestors(), PROSE_LEVELS))
    most = max(counts.values(), default=0)
    for element, count in counts.items():
        fewest = 2 if element.tag == "td" else MIN_PARAGRAPHS  # short stories in tables of a layout
        if count >= max(fewest, most // 2):
            around.add(element)
            around.update(element.iterancestors())
    return around


def _around_teasers(walk: _Walk, headline: Element | None) -> set[Element]:
    """Return the elements around headings of other stories, which link to them."""
    around: set[Element] = set()
    for _, heading in walk.headings:
        if heading is headline or length(text_of(heading)) < MIN_TEASER or not _is_linked(heading):
            continue
        for ancestor in heading.iterancestors():
            if ancestor in around:
                break
            around.add(ancestor)
    return around


def _is_linked(heading: Element) -> bool:
    parent = heading.getparent()
    return heading.find(".//a") is not None or (parent is not None and parent.tag == "a")


def _place(index: int, headline: int | None, prose: Sequence[int]) -> int:
    """Return points for the place of a candidate: best between the headline and the first paragraphs."""
    if headline is None:
        between = bisect_left(prose, index)
        return 3 if between <= 1 else 1 if between == len(prose) else 0
    if index < headline:
        return 3 if headline - index < MAX_APART else -1
    paragraphs = bisect_left(prose, index) - bisect_left(prose, headline)
    after = len(prose) - bisect_left(prose, index)
    return {0: 6, 1: 5, 2: 3}.get(paragraphs, 2 if after == 0 else 1)


def _is_elsewhere(element: Element, around_story: set[Element], around_teasers: set[Element], *, is_near: bool) -> bool:
    """Return whether an element belongs to another story or to the site, by the containers that the story is not in."""
    for container in (element, *element.iterancestors()):
        if container in around_story:
            return False
        if container.tag == "footer" and not any(node.tag in ("article", "main") for node in container.iterancestors()):
            return True
        if container.tag in _ELSEWHERE_TAGS or container.tag == "article" or container in around_teasers:
            return True
        names = f"{container.get('class') or ''} {container.get('id') or ''}"[:300]
        is_marked = CLASS.search(names.lower()) is not None
        if _ELSEWHERE.search(names) and not is_marked:
            return True
        if not is_near and (container.tag in _BESIDE_TAGS or (_BESIDE.search(names) and not is_marked)):
            return True
    return False


def _read(candidate: _Candidate) -> Byline:
    """Return whom a candidate names."""
    element = candidate.element
    content = element.get("content")
    text = clean(content) if content and element.tag == "meta" else _joined_text(element) or _name_in_meta(element)
    if candidate.is_text and len(text) < 12 and not is_byline(text):  # noqa: PLR2004 - `By` alone
        following = element.getnext()
        parent = element.getparent()
        text += SOFT + (clean(element.tail or "") or (_joined_text(following) if following is not None else ""))
        if not is_byline(text) and parent is not None:
            text = _joined_text(parent)
    if not text or len(text) > MAX_BYLINE or (candidate.is_text and not is_byline(text)):
        return Byline()
    if not candidate.is_text and OTHER_BEFORE.search(_text_before(element)):
        return Byline()
    byline = parse_byline([text])
    if candidate.is_text:
        people = tuple(name for name in byline.people if not name[0].isascii() or is_name(name, Trust.BARE))
        return Byline(people, byline.agencies) if people or not byline.people else Byline()
    return byline


def _name_in_meta(element: Element) -> str:
    """Return the name in microdata that readers do not see: `<meta itemprop="name" content="Jane Doe">`."""
    return next((clean(m.get("content") or "") for m in element.iter("meta") if m.get("itemprop") == "name"), "")


def _text_before(element: Element) -> str:
    """Return the end of the text before an element, within its nearest containers."""
    for node in (element, *islice(element.iterancestors(), PROSE_LEVELS - 1)):
        previous, parent = node.getprevious(), node.getparent()
        text = clean((previous.tail if previous is not None else parent.text if parent is not None else "") or "")
        if not text and previous is not None:
            text = clean("".join(map(str, islice(previous.itertext(), MAX_OPENING))))
        if text:
            return text[-MAX_OPENING:]
    return ""


def _joined_text(element: Element) -> str:
    """Return the text of an element, with a sign between texts of elements that may be different names."""
    pieces: list[str] = []
    size = 0
    for node in islice(element.iter(), MAX_BYLINE_ELEMENTS):
        if isinstance(node.tag, str) and node.tag not in _UNSEEN and not ROLE_CLASS.search(node.get("class") or ""):
            pieces.append(clean(node.text or ""))
        if node is not element:
            pieces.append(clean(node.tail or ""))
        size += len(pieces[-1]) if pieces else 0
        if size > MAX_BYLINE:
            break
    joined = ""
    is_link = element.tag == "a"
    for piece in filter(None, pieces):
        before = joined.rpartition(SOFT)[2].strip()
        may_be_family_name = " " not in piece and (is_link or " " not in before) and before.lower() not in OPENINGS
        is_family_name = may_be_family_name and is_name(piece) and not is_role(piece)
        joined += (" " if is_family_name else SOFT) + piece if joined else piece
    return joined


def _best(scored: Sequence[tuple[int, _Candidate, Byline]], prose: Sequence[int]) -> Byline:
    """Return the byline of the best candidate, joined with those beside it."""
    if not scored:
        return Byline()
    top = max(scored, key=lambda row: (row[0], bool(row[2].people), -row[1].index))
    beside = [
        row
        for row in scored
        if row[0] >= top[0] - BESIDE_BEST
        and abs(row[1].index - top[1].index) <= MAX_APART
        and abs(bisect_left(prose, row[1].index) - bisect_left(prose, top[1].index)) == 0
    ]
    people: dict[str, int] = {}
    for score, _, byline in beside:
        people |= {name: max(score, people.get(name, 0)) for name in byline.people}
    if any(" " in name for name in people):
        people = {name: score for name, score in people.items() if " " in name or name.upper() == name.lower()}
    agencies = dict.fromkeys(name for _, _, byline in beside for name in byline.agencies)
    return Byline(tuple(_without_variants(people)), distinct_agencies(agencies))


def _without_variants(people: Mapping[str, int]) -> Iterator[str]:
    """Yield names, of each person one: of `Jane Doe Founder` and `Jane Doe` the better marked, or the shorter."""
    folded = {fold(name): (score, name) for name, score in people.items()}
    for key, (score, name) in folded.items():
        shorter = [other for other in folded if other != key and f" {other} " in f" {key} "]
        longer = [other for other in folded if other != key and f" {key} " in f" {other} "]
        if any(folded[other][0] >= score for other in shorter) or any(folded[other][0] > score for other in longer):
            continue
        yield name
