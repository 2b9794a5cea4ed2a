"""Context: the type of a name that the words around it show beyond doubt, in English.

A tagger learns what a name usually is: `Oklahoma` is a place, `Ted Baker` a person. What the text says of it may show
that it is something else here: `Oklahoma beat Kansas 31-10`, `Ted Baker cut 200 jobs`.
"""

import re

from wiredesk.enrichment.article_fields import ArticleField
from wiredesk.enrichment.entities import roles
from wiredesk.enrichment.entities.gazetteer import candidates, known_surnames, lookup
from wiredesk.enrichment.entities.name_span import NAME_TYPES, NameSpan
from wiredesk.enrichment.languages import ENGLISH
from wiredesk_schemas import EntityType

PERSON, ORGANISATION, PLACE = EntityType.PERSON, EntityType.ORGANISATION, EntityType.PLACE

BEFORE_CHARACTERS = 80
"""Number of characters before a name that are examined."""

AFTER_CHARACTERS = 120
"""Number of characters after a name that are examined."""

SAINTS = frozenset({"san", "sankt", "santa", "saint", "st.", "św.", "sv.", "св.", "são", "sint"})
"""Titles with which names of places begin."""

FULL_NAME_WORDS = 2
"""Words of a given name and a surname."""

COUNTRY = "country"
"""Kind of the gazetteer's countries. A country's name is used for its team as well, and stays the country's."""

NATIONS = frozenset({"England", "Northern Ireland", "Scotland", "Wales"})
"""Parts of a country that have national teams of their own."""

_NAME = r"[A-Z][\w.’'&-]*(?: [A-Z][\w.’'&-]*){0,3}"
_SENTENCE_END = re.compile(r"[.!?]['\"”’)]?\s")

# Teams. The first verbs say by themselves that both sides compete, the others only beside a score or a word of sports.
_BEATS = (
    r"(?:beat|beats|defeated|defeats|thrashed|trounced|edged|outlasted|outplayed|lost to|loses to|drew with|draw with)"
)
_MEETS = (
    r"(?:beat|face|faces|faced|host|hosts|hosted|play|plays|played|meet|meets|met|visit|visits|tied|tied with|topped|"
    r"routed|stunned|upset|swept|crushed|hammered|trailed|trails|led|downed|blanked|overcame|eliminated|"
    r"demolished|outscored|defeating|beating|edging|"
    r"held|fell to|falls to|against|v|vs|vs\.|versus|past|over|knocked out)"
)
_SCORE = re.compile(r"(?<![\w-])\d{1,3}[-–]\d{1,3}(?![\w-])")
_SPORT = re.compile(
    r"\b(?:games?|match(?:es)?|season|coach|quarterback|playoffs?|league|semi-?finals?|quarter-?finals?|goals?|points|"
    r"touchdowns?|tournament|overtime|finals?|Finals?|innings?|wickets?|striker|goalkeeper|midfielder|defender|pitcher|championship|"
    r"rebounds|decider|by \d+ points|wicket-?keeper|"
    r"half-time|halftime|penalty shoot-?out|hat-trick|kick-?off|NCAA|NFL|NBA|NHL|Premier League)\b"
)
_BEATS_WORD = re.compile(rf" {_BEATS} ")
_BEATS_AFTER = re.compile(rf"^ (?:\w+ly )?{_BEATS} (?:the )?{_NAME}")
_MEETS_AFTER = re.compile(rf"^ (?:will |to )?{_MEETS} (?:the )?{_NAME}")
_BEATS_BEFORE = re.compile(rf"(?:{_NAME}) (?:\w+ly )?{_BEATS} (?:the )?$")
_MEETS_BEFORE = re.compile(
    rf"(?:{_NAME}|\b(?:win|victory|loss|defeat|draw|game|match|after|by)) (?:will |to )?(?:{_MEETS}|to|by|with) $"
)
_OBJECT_ENDS = re.compile(
    r"^(?:[.,;:!?)]|\s*$|\s+(?:\d|(?:in|on|at|by|with|for|to|after|and|as|during|last|this|again|twice|when|while|"
    r"despite|from|late|over|but|before|thanks)\b))"
)
_RESULT_STATED_AFTER = re.compile(
    r"^ (?:won|lost|drew|draw|win|lose) \d{1,3}[-–]\d{1,3} (?:at home |away |on penalties |again )?"
    r"(?:to|against|with|at|in|on|over|thanks)\b"
)
_RESULT_STATED_BEFORE = re.compile(
    r"\b(?:won|lost|drew|draw|win|lose) (?:\d{1,3}[-–]\d{1,3} )(?:at home |away |on penalties |again )?"
    r"(?:to|against|with|over|(?<=away )at) $"
)
_OPPONENT_BEFORE = re.compile(r"\b(?:won|lost|drew|win|lose) (?:[\w'’-]+ ){1,4}against $")
_TEAM_MEMBER_AFTER = re.compile(
    r"^(?:['’]s)? (?:quarterback|head coach|striker|goalkeeper|midfielder|winger|pitcher|running back|linebacker|"
    r"fly-half|point guard|left-back|right-back|centre-back)\b"
)
_RESULT_AFTER = re.compile(rf"^ \d{{1,3}}, {_NAME} \d{{1,3}}\b")
_RESULT_BEFORE = re.compile(rf"(?:{_NAME}) \d{{1,3}}, $")

# Companies.
_COMPANY_NOUNS = (
    r"(?:shares|stock|sales|profits?|revenues?|turnover|stores?|shops?|outlets|factories|earnings|chief executive|"
    r"CEO|parent company|shareholders|workforce|employees|shoppers)"
)
_RESULTS = (
    r"(?:loss(?:es)?|profits?|sales|revenues?|earnings|results|dividend|inflows|outflows|deposits|orders|deliveries|"
    r"bookings|margins|turnover)"
)
_COMPANY_KINDS = (
    r"(?:chain|retailer|brand|label|fashion house|company|firm|brokerage|broker|insurer|lender|supermarket|carmaker|"
    r"drugmaker|airline|brewer|publisher|bank|manufacturer|conglomerate|start-?up|miner|builder|housebuilder|grocer)"
)
_STAFF = r"(?:jobs|posts|roles|workers|staff|employees|positions|stores|shops|branches)"
_COMPANY_VERBS = (
    r"(?:cut|close|open|sell|buy|acquire|hire|recall|launch|raise|appoint|stop|invest|report|lay|merge|agreed|"
    r"reached|acquired|sold|raised|appointed|recalled|received|filed|hired|closed|opened)"
)
_COMPANY_CHANGES = (
    r"(?:cut|cuts|sell|sells|sold|raise|raises|raised|lower|lowers|lowered|trim|trims|trimmed|slash|slashed|halved|"
    r"double|doubled|expand|expanded|spun off|wrote down|merged|refinanced|restated|scrapped|kept|held|reopened|"
    r"maintain|maintains|maintained|reiterated|revised|upgraded|downgraded|withdrew)"
)
_COMPANY_ASSETS = (
    r"(?:business|division|unit|arm|stake|operations|subsidiary|forecast|forecasts|estimates?|guidance|outlook|dividend|profits?|"
    r"prices|workforce|factory|factories|plants?|fleet|brands?|headquarters|targets?|debt|margins?|stores?|shops?|range)"
)
_COMPANY_AFTER = re.compile(
    rf"^(?:['’]s)? {_COMPANY_NOUNS}\b"
    r"|^ (?:plc|inc|ltd|department store)\b"
    r"|^ (?:merged with|merges with) [A-Z]"
    rf"|^ (?:has |had |will |would |is to |plans to |to )?(?:cuts?|axed?|axes|shed|sheds|slashed|laid off|lay off|"
    rf"creates?d?|adds?|added|hires?|hired|employs) (?:(?:another|about|around|some|up to|more than|nearly|almost) )?"
    rf"(?:\d[\d,.]*|hundreds of|thousands of) (?:\w+ )?{_STAFF}\b"
    r"|^ (?:has |had |will |is to |to )?(?:employs|recalls|recalled|recall) (?:\w+ )?[\d,]+"
    rf"|^ (?:has |had )?(?:reported|reports|posted|posts|announced|warned of|booked|swung to) "
    rf"(?:[a-z-]+ ){{0,4}}{_RESULTS}\b"
    r"|^ (?:has |had )?(?:went|gone|goes|fell|collapsed) into (?:administration|receivership|liquidation)\b"
    r"|^ (?:has |had )?(?:filed|files) for (?:bankruptcy|chapter|administration|an? )"
    r"|^ (?:has |had |will |is to |plans to |to )?(?:opened|opens|open|closes|closed|close|closing|opening) "
    r"(?:its|\d+|[a-z]+) (?:[a-z-]+ ){0,3}(?:stores?|shops?|branch(?:es)?|factory|outlets?|plants?|flagship)\b"
    rf"|^ (?:said|says|announced|confirmed|warned) (?:on \w+ )?(?:that )?"
    rf"(?:its {_COMPANY_NOUNS}|it (?:would|will|had|has) {_COMPANY_VERBS})\b"
    rf"|^, (?:an?|the) (?:[a-z-]+ ){{0,3}}{_COMPANY_KINDS}(?=[,.;)])"
    rf"|^ (?:has |had |will |would |is to |plans to )?{_COMPANY_CHANGES} its (?:[a-z-]+ ){{0,3}}{_COMPANY_ASSETS}\b",
    re.IGNORECASE,
)
_COMPANY_BEFORE = re.compile(
    rf"\b(?:merged with|merger with|subsidiary of|parent of|{_COMPANY_KINDS}|"
    r"shares in|stake in|shares of|stores of|takeover of|chief executive of|ceo of|shareholders of|jobs at|"
    r"sales at|profits at|staff at|workers at|stores from)\s+$",
    re.IGNORECASE,
)

# Places.
REGION_NOUNS = r"(?:state|province|prefecture|oblast|governorate|county|district|region)"
_REGION_AFTER = re.compile(rf"^ {REGION_NOUNS}\b(?! (?:of|department|attorney|senator|court))")
_NATURE_AFTER = re.compile(r"^ (?:river|rainforest|jungle|basin|delta|deforestation|fires|valley|peninsula)\b")
_QUALIFIER_AFTER = re.compile(r"^, (?P<region>[A-Z][\w.’-]*(?: [A-Z][\w.’-]*){0,2})(?=[,.;:)]|\s(?!['’])|$)")
_IN_BEFORE = re.compile(
    r"\b(?:in|near|across|throughout|outside|inside|around)\s(?:(?:north|south|east|west|central|downtown|northern|"
    r"southern|eastern|western|nearby|neighbouring|neighboring)\s)?$",
    re.IGNORECASE,
)
_WHERE_BEFORE = re.compile(r"\b(?:in|at|near|from) $")
_ENTERED_BEFORE = re.compile(
    r"\b(?:entered|entering|besieged|besieging|shelled|shelling|bombed|bombing|retook|recaptured|encircled|overran)\s$"
)
_PREPOSITION_BEFORE = re.compile(
    r"\b(?:in|near|across|throughout|outside|inside|around|to|from|at|of|for|toward|towards|through|via|between|"
    r"visited|reached|left|leaving|leave|visit|visiting)\s$",
    re.IGNORECASE,
)
_TOWN_AFTER = re.compile(
    r"^['’]s (?:mayor|city council|city hall|suburbs|outskirts|streets|airport|harbou?r|port|old town|cathedral|"
    r"residents|metro|police chief)\b"
)
_NUMBER = r"(?:about |around |some |nearly |almost |more than |over )?[\d.,]+"
_COUNTRY_AFTER = re.compile(
    rf"^ (?:has|had) {_NUMBER} (?:million |billion )?(?:people|inhabitants|citizens|residents|refugees)\b"
    rf"|^ (?:has |had )?{_NUMBER} (?:million|billion)(?=[,.;:)]|$)"
    r"|^,? (?:with )?(?:a |its )?population\b|^, (?:a|the) (?:[a-z-]+ ){0,3}(?:country|nation|kingdom|republic) of\b"
    r"|^ (?:has|had) (?:one of )?the [a-z-]+ (?:[a-z-]+ ){0,3}(?:in the world|in [A-Z][a-z]+|of any country)\b"
    r"|^ (?:exports|exported|imports|imported|borders) (?=[A-Z\d]|[a-z]+ (?:and|worth|to|from)\b)"
    r"|^ (?:has |had |will |would )?(?:im|ex)ports? (?:\w+ ){0,3}its\b"
    r"|^ (?:has |had |will |would )?[a-z]+ (?:almost |nearly |most |all |half |of ){0,3}its "
    r"(?:energy|oil|gas|army|troops|"
    r"ambassadors?|embassy|borders?|airspace|currency|citizens|forces|parliament|constitution|economy|nationals|"
    r"neighbou?rs?|soldiers|territory|waters)\b"
    r"|^ (?:has |had |have |will |would )?(?:applied|applies|apply) (?:to join|for membership)\b"
    r"|^['’]s (?:government|king|queen|parliament|prime minister|foreign minister|president|army|military|"
    r"population|borders?|capital|economy|central bank|embassy|ambassador|coast|constitution|currency|crown prince|"
    r"ruling|opposition|monarch|desert|airspace|security forces)\b"
    r"|^ (?:has |had |will )?(?:closed?|opened|open|reopened|reopen|shut|sealed|recalled|expelled|severed|withdrew) "
    r"(?:its|the|all) (?:\w+ )?(?:borders?|airspace|embassy|ambassador|crossings?|diplomats)\b"
    r"|^ (?:signed|joined|ratified|rejected|declared) (?:\w+ ){1,3}(?:treaty|accord|pact|agreement|independence)\b"
)
_NEXT_NAME = re.compile(rf"^(?:,| and| or| with) (?P<other>{_NAME})")
_NAME_BEFORE = re.compile(rf"(?P<other>{_NAME})(?:,| and| or) $")

# A comma without a space stands for the slash of a pair.
_PAIRED_AFTER = re.compile(r"^,(?P<other>[A-Z][^\W\d_]+)(?![\w,])")
_PAIRED_BEFORE = re.compile(r"(?<![\w,])(?P<other>[A-Z][^\W\d_]+),$")
_TITLE_BEFORE = re.compile(r"(?<!\w)([\w-]+\.?) $")
_LAST_WORD = re.compile(r"(?<!\w)(\w+) $")

# Buildings and roads that are named after people: `Charles de Gaulle airport`.
_FACILITY_AFTER = re.compile(
    r"^ (?:[Ii]nternational )?"
    r"(?:[Aa]irport|[Ss]tadium|[Bb]oulevard|[Bb]ridge|[Hh]ighway|[Aa]venue|[Tt]unnel|[Ss]quare)\b"
)

# People.
_SPEAKS_AFTER = re.compile(
    r"^ (?:asked|says?|said|told|wrote|tweeted|thanked|hosts?|hosted|was born|died|"
    r"(?P<alone>sang|sings|joked|smiled|married|danced|starred|stars|wept|acted))\b"
)
_PERSON_AFTER = re.compile(r"^,? (?:who\b|\d{1,3},)|^, \d{1,3}[,.]")


def type_shown(span: NameSpan) -> EntityType | None:
    """Return the type that the words around a name show beyond doubt, or None."""
    if span.type not in NAME_TYPES:
        return None
    if span.field.language != ENGLISH:
        return PERSON if _follows_title(span) else ORGANISATION if _is_club_with_article(span) else None
    text = span.field.text
    before = text[max(0, span.start - BEFORE_CHARACTERS) : span.start]
    after = text[span.end : span.end + AFTER_CHARACTERS]
    if not _is_facility(span, after) and (_is_person(span, after) or _is_of_pair(span, before, after)):
        return PERSON
    if _is_facility(span, after) or _is_place(span, before, after):
        return PLACE
    if _is_company(span, before, after) or _is_team(span, before, after):
        return ORGANISATION
    return None


def is_place_after_preposition(field: ArticleField, start: int, end: int) -> bool:
    """Whether what was marked as a work is a known place after `in` or `at`, without quotation marks: `at Cannes`."""
    if field.language != ENGLISH or not _WHERE_BEFORE.search(field.text, max(0, start - BEFORE_CHARACTERS), start):
        return False
    place = lookup(field.text[start:end], PLACE)
    return place is not None and place.kind in ("city", COUNTRY)


def follows_preposition(span: NameSpan) -> bool:
    """Whether a word before a name may say where something is: `to Washington`."""
    return _PREPOSITION_BEFORE.search(span.field.text[max(0, span.start - BEFORE_CHARACTERS) : span.start]) is not None


def _is_person(span: NameSpan, after: str) -> bool:
    """Whether a name of two words with a given name (`London Breed`) is followed by an age or an office."""
    if span.type is PERSON or span.surface.partition(" ")[0] not in span.lexicon.given_names or " " not in span.surface:
        return False
    speaks = _SPEAKS_AFTER.match(after)
    if speaks and len(span.surface.split()) == FULL_NAME_WORDS and (span.type is PLACE or speaks["alone"]):
        return lookup(span.surface, PLACE) is None  # `Savannah Guthrie asked`
    role = roles.role_after(span.field.text, span.end)
    return bool(_PERSON_AFTER.match(after)) or role is not None or re.match(r", an? [a-z-]+,? ", after) is not None


def _is_facility(span: NameSpan, after: str) -> bool:
    """Whether a person's full name is that of a building or a road."""
    return span.type is PERSON and " " in span.surface and _FACILITY_AFTER.match(after) is not None


def _is_of_pair(span: NameSpan, before: str, after: str) -> bool:
    """Whether a name is one of a pair (see `readable.py`) of which one is a known surname: `Meloni/Orbán`."""
    pair = _PAIRED_AFTER.match(after) or _PAIRED_BEFORE.search(before)
    if pair is None or lookup(span.surface, PLACE) or lookup(span.surface, ORGANISATION):
        return False
    return bool({span.surface, pair["other"]} & known_surnames()) and lookup(pair["other"], PLACE) is None


def _follows_title(span: NameSpan) -> bool:
    """Whether what was marked as a place, and is none that is known, has a title before it: `Frau Selenska`."""
    lexicon = span.lexicon
    if span.type is not PLACE or lexicon.unspaced:
        return False
    word = _TITLE_BEFORE.search(span.field.text, max(0, span.start - BEFORE_CHARACTERS), span.start)
    if word is None or word[1].lower() not in lexicon.titles - lexicon.regnal_titles or word[1].lower() in SAINTS:
        return False
    return not candidates(span.surface, span.field.language or ENGLISH)


def _is_club_with_article(span: NameSpan) -> bool:
    """Whether a city's name has an article before it that only its club has, in some languages: `il Milan`."""
    lexicon = span.lexicon
    if not lexicon.club_articles or " " in span.surface:
        return False
    word = _LAST_WORD.search(span.field.text, max(0, span.start - BEFORE_CHARACTERS), span.start)
    if word is None or word[1] not in lexicon.club_articles:
        return False
    language = span.field.language or ENGLISH
    if any(lookup(f"{article} {span.surface}", PLACE, language) for article in ("Il", "El")):
        return False  # `Il Cairo`
    meanings = [meaning.entry for meaning in candidates(span.surface, language) if meaning.own_name]
    return bool(meanings) and meanings[0].kind == "city"


def _is_place(span: NameSpan, before: str, after: str) -> bool:
    known = lookup(span.surface, PLACE)
    is_word = " " not in span.surface
    if _REGION_AFTER.match(after) or (_NATURE_AFTER.match(after) and is_word):
        return not span.surface.isupper()
    if known is not None and (_IN_BEFORE.search(before) or _ENTERED_BEFORE.search(before)):
        return True
    qualifier = _QUALIFIER_AFTER.match(after)
    if qualifier and (is_word or _IN_BEFORE.search(before)):
        region = lookup(qualifier["region"].rstrip("."), PLACE)
        if region is not None and region.kind != "city" and not (known is not None and known.kind == COUNTRY):
            return True
    if is_word and _TOWN_AFTER.match(after):
        return True
    return known is not None and known.kind == COUNTRY and _is_country(before, after)


def _is_country(before: str, after: str) -> bool:
    """Whether a country's name is followed by what only a country has, or stands beside another country's."""
    if _COUNTRY_AFTER.match(after):
        return True
    neighbours = (_NEXT_NAME.match(after), _NAME_BEFORE.search(before))
    entries = [lookup(neighbour["other"], PLACE) for neighbour in neighbours if neighbour]
    return any(entry is not None and entry.kind == COUNTRY for entry in entries)


def _is_company(span: NameSpan, before: str, after: str) -> bool:
    """Whether a name that looks like a person's is a company's."""
    if span.type is not PERSON or " " not in span.surface:
        return False
    return _COMPANY_AFTER.match(after) is not None or _COMPANY_BEFORE.search(before) is not None


def _is_team(span: NameSpan, before: str, after: str) -> bool:
    """Whether the name of a city or a region is its team's."""
    known = lookup(span.surface, PLACE)
    is_nation = span.surface in NATIONS or (known is not None and known.kind == COUNTRY)
    if is_nation or (known is None and span.type is not PLACE):
        return False
    if any(shown.match(after) for shown in (_BEATS_AFTER, _TEAM_MEMBER_AFTER, _RESULT_AFTER, _RESULT_STATED_AFTER)):
        return True
    if _RESULT_BEFORE.search(before) and re.match(r" \d{1,3}\b", after):
        return True
    ends = _OBJECT_ENDS.match(after) is not None
    if _RESULT_STATED_BEFORE.search(before) or (ends and _BEATS_BEFORE.search(before)):
        return True
    is_opponent = ends and (_MEETS_BEFORE.search(before) or _OPPONENT_BEFORE.search(before))
    if not (_MEETS_AFTER.match(after) or is_opponent):
        return False
    sentence = _sentence(before, after)
    return _SCORE.search(sentence) is not None or _SPORT.search(sentence) is not None


def in_match_report(span: NameSpan) -> bool:
    """Whether the sentence around a name is about a match."""
    text = span.field.text
    before, after = (
        text[max(0, span.start - BEFORE_CHARACTERS) : span.start],
        text[span.end : span.end + AFTER_CHARACTERS],
    )
    sentence = _sentence(before, after)
    return any(shown.search(sentence) for shown in (_SCORE, _SPORT, _BEATS_WORD))


def _sentence(before: str, after: str) -> str:
    """Return what is around a name, up to the ends of its sentence."""
    ends = [match.end() for match in _SENTENCE_END.finditer(before)]
    end = _SENTENCE_END.search(after)
    return before[ends[-1] if ends else 0 :] + after[: end.start() if end else len(after)]
