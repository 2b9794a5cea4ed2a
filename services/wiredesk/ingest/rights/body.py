"""Statements in the body: licences of `<a rel=license>` and `<link>`, and holders of rights, if they are the page's.

Pictures, comments, other stories and the site's software have rights of their own. Where neither the elements around a
statement nor the words beside it say whose it is, it is the page's.
"""

import re
from collections.abc import Iterable, Iterator
from html import unescape
from itertools import islice
from typing import NamedTuple

from wiredesk.ingest.declarations import Declarations, Link, Meta
from wiredesk.ingest.rights.links import LICENSES, read_link, relations_of
from wiredesk.ingest.rights.statements import Statements
from wiredesk.ingest.rights.surroundings import Surroundings, surroundings

MAX_MENTIONS = 2000
"""Occurrences of a licence in a page that are looked at."""

MAX_LINKS = 200
"""Links to licences that are read."""

MAX_TAG_CHARACTERS = 2000
"""Characters of a link that are read."""

MAX_SENTENCE_CHARACTERS = 300
"""Characters before and after a link, without markup, that may say what it is about."""

_MENTION = re.compile("icen[sc]e")
"""What the relations of a licence have in common, with a capital or without."""

_OF_TEXT = re.compile(
    r"\b(?:articles?|artikeln?|artigos?|art[íi]culos?|articol[oi]|beitr[aä]ge?|contents?|contenidos?|contenus?|contenut[oi]|"
    r"conte[uú]dos?|inhalte?n?|inhoud|innhold|inneh[åa]ll|materials?|mat[ée]riaux|materiales|obras?|œuvres?|oeuvres?|"
    r"opera|posts?|reports?|stor(?:y|ies)|tekst(?:en|y)?|texte?[sn]?|textos?|testi|testo|tre[śs]ci|verk|werke?|works?|"
    r"writings?|материалы?|произведение|статья|статьи|тексты?)\b|[作著]品|内容|本文|文章|記事|기사|콘텐츠|저작물",
    re.IGNORECASE,
)
"""Words for the text of a page, in the languages of Creative Commons' licences that are read most: after them a licence
is the page's, also if pictures or software are named, too."""

_OF_PICTURE = re.compile(
    r"\b(?:abbildung(?:en)?|audio|billeder?|bild(?:er)?|charts?|fotos?|fotograf\w{0,6}|graphics?|grafik(?:en)?|"
    r"illustrations?|im[aá]gene?[sn]?|imagen[s]?|imagem|images?|immagin[ei]|infographics?|maps?|photos?|photograph\w{0,5}|"
    r"pictures?|podcasts?|videos?|v[ií]deos?|zdj[ęe]ci[ae]|изображени[ея]|фото\w{0,6})\b|写真|照片|图片|圖片|画像|사진",
    re.IGNORECASE,
)
"""Words for pictures and recordings."""

_OF_SOFTWARE = re.compile(
    r"\b(?:cms|code|codes?ource|design|drupal|engine|fonts?|icons?|logiciel|mastodon|mediawiki|open[- ]source|plugins?|"
    r"powered|quellcode|script|skin|software|source\s?code|templates?|themes?|typo3|wordpress)\b",
    re.IGNORECASE,
)
"""Words for what a site is made with."""

_SOFTWARE_LICENCE = re.compile(
    r"//(?:www\.)?(?:gnu\.org/(?:copyleft|licenses)/(?!fdl)|(?:opensource|apache|mozilla|unlicense|spdx)\.org|"
    r"choosealicense\.com|mit-license\.org|eclipse\.org)\b",
    re.IGNORECASE,
)
"""Addresses of licences that are made for software."""

_OTHER_KIND = re.compile(
    r"dcmitype/(?:Dataset|Image|InteractiveResource|MovingImage|PhysicalObject|Software|Sound|StillImage)",
    re.IGNORECASE,
)
"""Kinds of works that are no text, as the markup of Creative Commons names them."""

_ANCHOR = re.compile(r"<a(?=\s)([^<>]*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""(?<![\w-])(rel|itemprop|property|href|about)\s{0,5}=\s{0,5}(?:"([^"]{0,2000})"|'([^']{0,2000})'|([^\s>"']{1,2000}))""",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"<[^<>]{0,2000}>?")
_SENTENCE_END = re.compile(r"(?<=\w\w\w)[.!?](?=\s{1,9}[^\Wa-z\d_])|[。！？|•·]|<br\b", re.IGNORECASE)


class BodyLink(NamedTuple):
    """A link of the body about rights."""

    position: int
    relations: tuple[str, ...]
    href: str
    media_type: str
    source: str


def read_body_links(text: str, declarations: Declarations, links: Iterable[Link], statements: Statements) -> None:
    """Read the licences to which links of the body lead, if they are those of the page.

    Args:
        text: the whole page.
        declarations: what it declares.
        links: `<link>` elements of the body that may be about rights.
    """
    stated = [*_anchors(text, declarations), *map(_of_element, links)]
    places = (link.position for link in stated)
    around = surroundings(text, declarations.body_start, places, statements) if stated else {}
    for link in stated:
        place = around.get(link.position)
        if place is not None and _is_of_page(link, place):
            read_link(link.href, link.relations, link.media_type, link.source, statements)


def of_page(metas: Iterable[Meta], text: str, start: int, statements: Statements) -> list[Meta]:
    """Return the `<meta>` elements of the body that are about the page, and not about a picture on it.

    Args:
        start: of the body.
    """
    metas = list(metas)
    around = surroundings(text, start, (meta.position for meta in metas), statements) if metas else {}
    return [meta for meta in metas if meta.position in around and not around[meta.position].is_of_another]


def _of_element(link: Link) -> BodyLink:
    relations = relations_of(link.attributes)
    source = f"link:{' '.join(relations)}"
    return BodyLink(link.position, relations, link.href, link.attributes.get("type", ""), source)


def _anchors(text: str, declarations: Declarations) -> Iterator[BodyLink]:
    """Yield the links of the body that may lead to a licence."""
    last = declarations.body_start - 1
    links = 0
    mentions = (mention for start, end in declarations.markup for mention in _MENTION.finditer(text, start, end))
    for mention in islice(mentions, MAX_MENTIONS):
        opened = text.rfind("<", max(last + 1, mention.start() - MAX_TAG_CHARACTERS), mention.start())
        if opened < 0 or text[opened + 1 : opened + 2] not in ("a", "A"):
            continue
        last = opened
        if (tag := _ANCHOR.match(text, opened, opened + MAX_TAG_CHARACTERS)) is None:
            continue
        values = {key.lower(): unescape(a or b or c) for key, a, b, c in _ATTRIBUTE.findall(tag[1])}
        relations = relations_of(values)
        if not LICENSES.isdisjoint(relations) and links < MAX_LINKS:
            links += 1
            yield BodyLink(opened + 1, relations, values.get("href", ""), "", "a:license")


def _is_of_page(link: BodyLink, place: Surroundings) -> bool:
    """Whether a licence is that of the page, as far as its surroundings show it."""
    if place.is_of_another or _OTHER_KIND.search(place.before) or _OTHER_KIND.search(place.after):
        return False
    sentence = _sentence(place)
    if _OF_TEXT.search(sentence):
        return True
    if _OF_SOFTWARE.search(sentence) or (place.is_in_footer and _SOFTWARE_LICENCE.search(link.href)):
        return False
    return not (place.follows_picture or _OF_PICTURE.search(sentence))


def _sentence(place: Surroundings) -> str:
    """Return the sentence in which a link stands, without markup."""
    before = _SENTENCE_END.split(place.before)[-1]
    after = _SENTENCE_END.split(place.after, maxsplit=1)[0]
    texts = (unescape(_MARKUP.sub(" ", part)) for part in (before, after))
    one, other = (" ".join(text.split()) for text in texts)
    return f"{one[-MAX_SENTENCE_CHARACTERS:]} {other[:MAX_SENTENCE_CHARACTERS]}"
