"""Language tags of BCP 47, as pages write them: `en_US`, `eng`, `English`, `{{lang}}`."""

import re

MAX_TAG = 40
"""Maximum characters of a text that may be a tag; longer ones are none."""

_CODES = """
    aa:aar ab:abk ae:ave af:afr ak:aka am:amh an:arg ar:ara as:asm av:ava ay:aym az:aze ba:bak be:bel bg:bul bh:bih
    bi:bis bm:bam bn:ben bo:bod/tib br:bre bs:bos ca:cat ce:che ch:cha co:cos cr:cre cs:ces/cze cu:chu cv:chv
    cy:cym/wel da:dan de:deu/ger dv:div dz:dzo ee:ewe el:ell/gre en:eng eo:epo es:spa et:est eu:eus/baq fa:fas/per
    ff:ful fi:fin fj:fij fo:fao fr:fra/fre fy:fry ga:gle gd:gla gl:glg gn:grn gu:guj gv:glv ha:hau he:heb hi:hin
    ho:hmo hr:hrv ht:hat hu:hun hy:hye/arm hz:her ia:ina id:ind ie:ile ig:ibo ii:iii ik:ipk io:ido is:isl/ice it:ita
    iu:iku ja:jpn jv:jav ka:kat/geo kg:kon ki:kik kj:kua kk:kaz kl:kal km:khm kn:kan ko:kor kr:kau ks:kas ku:kur
    kv:kom kw:cor ky:kir la:lat lb:ltz lg:lug li:lim ln:lin lo:lao lt:lit lu:lub lv:lav mg:mlg mh:mah mi:mri/mao
    mk:mkd/mac ml:mal mn:mon mr:mar ms:msa/may mt:mlt my:mya/bur na:nau nb:nob nd:nde ne:nep ng:ndo nl:nld/dut
    nn:nno no:nor nr:nbl nv:nav ny:nya oc:oci oj:oji om:orm or:ori os:oss pa:pan pi:pli pl:pol ps:pus pt:por qu:que
    rm:roh rn:run ro:ron/rum ru:rus rw:kin sa:san sc:srd sd:snd se:sme sg:sag si:sin sk:slk/slo sl:slv sm:smo sn:sna
    so:som sq:sqi/alb sr:srp ss:ssw st:sot su:sun sv:swe sw:swa ta:tam te:tel tg:tgk th:tha ti:tir tk:tuk tl:tgl
    tn:tsn to:ton tr:tur ts:tso tt:tat tw:twi ty:tah ug:uig uk:ukr ur:urd uz:uzb ve:ven vi:vie vo:vol wa:wln wo:wol
    xh:xho yi:yid yo:yor za:zha zh:zho/chi zu:zul
"""
"""The languages of ISO 639-1, each with its code of ISO 639-2, and with the one for libraries if that is another."""

_COUNTRIES = """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
    CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO
    FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE
    JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO
    MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW
    PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM
    TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
"""
"""The countries of ISO 3166-1."""

_OTHER_REGIONS = {"UK": "GB", "EL": "GR"}
"""What pages write for a country, with its code."""

_LONGER_CODES = frozenset({"ast", "ckb", "fil", "gsw", "hsb", "dsb", "nds", "yue"})
"""Languages of the news that have a code of three letters only."""

_NAMES = {
    "arabic": "ar", "العربية": "ar", "bulgarian": "bg", "български": "bg", "catalan": "ca", "català": "ca",
    "chinese": "zh", "中文": "zh", "croatian": "hr", "hrvatski": "hr", "czech": "cs", "čeština": "cs", "danish": "da",
    "dansk": "da", "dutch": "nl", "nederlands": "nl", "english": "en", "estonian": "et", "eesti": "et",
    "finnish": "fi", "suomi": "fi", "french": "fr", "français": "fr", "german": "de", "deutsch": "de", "greek": "el",
    "ελληνικά": "el", "hebrew": "he", "עברית": "he", "hindi": "hi", "हिन्दी": "hi", "hungarian": "hu", "magyar": "hu",
    "icelandic": "is", "íslenska": "is", "indonesian": "id", "italian": "it", "italiano": "it", "japanese": "ja",
    "日本語": "ja", "korean": "ko", "한국어": "ko", "norwegian": "no", "norsk": "no", "persian": "fa", "فارسی": "fa",
    "polish": "pl", "polski": "pl", "portuguese": "pt", "português": "pt", "romanian": "ro", "română": "ro",
    "russian": "ru", "русский": "ru", "serbian": "sr", "српски": "sr", "slovak": "sk", "slovenčina": "sk",
    "spanish": "es", "español": "es", "swedish": "sv", "svenska": "sv", "thai": "th", "ไทย": "th", "turkish": "tr",
    "türkçe": "tr", "ukrainian": "uk", "українська": "uk", "urdu": "ur", "اردو": "ur", "vietnamese": "vi",
    "tiếng việt": "vi",
}  # fmt: skip
"""Languages by their names in English and in themselves, as pages write them in place of a code."""

_FORMER_CODES = {"in": "id", "iw": "he", "ji": "yi"}
"""Codes that ISO 639 had before, which some pages still write."""

_TAG = re.compile(
    r"(?P<language>[a-z]{2,3})(?:-(?P<script>[a-z]{4}))?(?:-(?P<region>[a-z]{2}|\d{3}))?(?:-[a-z\d]{1,8}){0,5}",
    re.IGNORECASE,
)
"""A tag: language, script, region, and what says more of it."""

_AFTER_TAG = re.compile(r"[,;.@\s]")
"""What follows a tag: other tags, or the charset of a locale."""

_REGIONS = frozenset(_COUNTRIES.split())

SHORT_CODES = {code: line.partition(":")[0] for line in _CODES.split() for code in line.replace(":", "/").split("/")}
"""Codes of two letters by all codes of a language."""


def language_tag(text: str | None) -> str | None:
    """Return a text as a tag of language, script and region (`en-US`, `zh-Hant-TW`); None if it names no language."""
    text = (text or "").strip()
    if not text or len(text) > MAX_TAG:
        return None
    if name := _NAMES.get(text.casefold()):
        return name
    match = _TAG.fullmatch(_AFTER_TAG.split(text, maxsplit=1)[0].replace("_", "-"))
    language = _language_code(match["language"].lower()) if match else None
    if match is None or language is None:
        return None
    parts = [language]
    if match["script"]:
        parts.append(match["script"].title())
    if match["region"] and (region := _region_code(match["region"].upper())):
        parts.append(region)
    return "-".join(parts)


def _language_code(code: str) -> str | None:
    code = _FORMER_CODES.get(code, code)
    return SHORT_CODES.get(code) or (code if code in _LONGER_CODES else None)


def _region_code(code: str) -> str | None:
    code = _OTHER_REGIONS.get(code, code)
    return code if code in _REGIONS or code.isdecimal() else None
