"""Labels of charsets: where a response or a page states one, and which codec a label means."""

import re
from collections.abc import Iterator

from w3lib.encoding import resolve_encoding

MAX_LABEL = 60
"""Characters of a label; the longest one of the standard has 29."""

META_BYTES = 64 * 1024
"""Bytes at the beginning of a page that are searched for a `<meta>` with a charset. The standard demands it within
1,024, and browsers read a page again where it comes later."""

MAX_DECLARATIONS = 50
"""Declarations of a page that are read, at most."""

_LABELS = """
utf-8: unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8
cp866: 866 cp866 csibm866 ibm866
iso8859-2: csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2
iso8859-3: csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 latin3
iso8859-4: csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4 latin4
iso8859-5: csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 iso_8859-5 iso_8859-5:1988
iso8859-6: arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6 iso-8859-6-e iso-8859-6-i
iso8859-6: iso-ir-127 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987
iso8859-7: csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 iso8859-7 iso88597 iso_8859-7
iso8859-7: iso_8859-7:1987 sun_eu_greek
iso8859-8: csiso88598e csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-ir-138 iso8859-8 iso88598 iso_8859-8
iso8859-8: iso_8859-8:1988 visual csiso88598i iso-8859-8-i logical
iso8859-10: csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 latin6
iso8859-13: iso-8859-13 iso8859-13 iso885913
iso8859-14: iso-8859-14 iso8859-14 iso885914
iso8859-15: csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9
iso8859-16: iso-8859-16
koi8-r: cskoi8r koi koi8 koi8-r koi8_r
koi8-u: koi8-ru koi8-u
mac-roman: csmacintosh mac macintosh x-mac-roman
cp874: dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874
cp1250: cp1250 windows-1250 x-cp1250
cp1251: cp1251 windows-1251 x-cp1251
cp1252: ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591 iso_8859-1
cp1252: iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252
cp1253: cp1253 windows-1253 x-cp1253
cp1254: cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 l5 latin5
cp1254: windows-1254 x-cp1254
cp1255: cp1255 windows-1255 x-cp1255
cp1256: cp1256 windows-1256 x-cp1256
cp1257: cp1257 windows-1257 x-cp1257
cp1258: cp1258 windows-1258 x-cp1258
mac-cyrillic: x-mac-cyrillic x-mac-ukrainian
gb18030: chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk gb18030
big5hkscs: big5 big5-hkscs cn-big5 csbig5 x-x-big5
euc_jp: cseucpkdfmtjapanese euc-jp x-euc-jp
iso2022_jp: csiso2022jp iso-2022-jp
cp932: csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis
cp949: cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 windows-949
utf-16-be: unicodefffe utf-16be
utf-16-le: csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le
"""
"""The labels of the Encoding Standard of the WHATWG, by the codec of Python that decodes them. Codecs of a superset are
chosen, as the standard does: `gb2312` is gb18030. Labels of encodings that the standard replaces by nothing
(`hz-gb-2312`, `iso-2022-kr`) are left to the codecs of Python, which decode them."""

_LINES = (line.partition(": ") for line in _LABELS.strip().split("\n"))
_CODECS = {label: codec for codec, _, labels in _LINES for label in labels.split()}

_SEPARATORS = str.maketrans("", "", "-_ .:")
_PLAIN = {label.translate(_SEPARATORS): codec for label, codec in _CODECS.items()}
"""The same labels without what separates their parts: `windows1251`, `koi8r`, `big-5`."""

_CODE_PAGE = re.compile(r"(?:cp|dos|ibm|msdos|oem|windows|win|xcp|xwindows)(\d{3,4})")
_VARIANTS = {"big5eten": "big5hkscs", "big5hkscs2004": "big5hkscs", "eucjis": "euc_jp", "gb180302000": "gb18030"}
"""Names of charsets that a codec reads with a few characters more."""

_MAC_CODECS = {
    "ce": "mac-latin2", "centraleurope": "mac-latin2", "centraleurroman": "mac-latin2", "croatian": "mac-croatian",
    "greek": "mac-greek", "icelandic": "mac-iceland", "romanian": "mac-romanian", "turkish": "mac-turkish",
}  # fmt: skip
"""Charsets of Mac OS that the standard does not have, by what follows `x-mac-`: names of Apple, Java and iconv."""

_NOT_CHARSETS = frozenset(
    {"idna", "punycode", "unicode_escape", "unicode-escape", "raw_unicode_escape", "raw-unicode-escape", "undefined",
     "utf-7", "mbcs", "oem"}
)  # fmt: skip
"""Codecs of Python that are no charsets of pages: they cannot replace characters, take more than linear time, or turn
harmless text into markup."""

_HEADER_CHARSET = re.compile(r"\bcharset\s{0,9}=\s{0,9}[\"']?\s{0,9}([^\s\"';,]{1,60})", re.IGNORECASE)

_DECLARATION = re.compile(
    rb"<!--.*?(?:-->|\Z)"
    rb"|<meta(?=[\s/])((?:[^<>\"']|\"[^\"<>]{0,1000}\"|'[^'<>]{0,1000}'|[\"'])*+)"
    rb"|<\?xml\s([^<>]{0,300})",
    re.IGNORECASE | re.DOTALL,
)
"""A comment, a `<meta>` element, or an XML declaration. Each alternative reads every byte once."""

_META_CHARSET = re.compile(
    rb"(?:^|[\s/\"';])(?P<name>charset)\s{0,9}[=:]\s{0,9}[\"']?\s{0,9}(?P<label>[^\s\"'>;,/]{1,60})", re.IGNORECASE
)
_XML_ENCODING = re.compile(rb"\bencoding\s{0,9}=\s{0,9}[\"']\s{0,9}(?P<label>[^\s\"'>]{1,60})", re.IGNORECASE)
_PRAGMA = re.compile(rb"http[-_]?equiv|\bname\s{0,9}=\s{0,9}[\"']?content-?type\b", re.IGNORECASE)
"""An element that states a content type, also under the wrong attribute."""


def codec_of(label: str) -> str | None:
    """Return the codec that a label means; None if it means no charset of pages."""
    name = label.strip().lower()[:MAX_LABEL]
    codec = _CODECS.get(name) or resolve_encoding(name) or _codec_of_spelling(name)
    if codec is None or codec in _NOT_CHARSETS:
        return None
    try:
        b"a".decode(codec, "replace")
    except LookupError:  # not a charset, but a codec for bytes, such as base64
        return None
    return codec


def _codec_of_spelling(name: str) -> str | None:
    """Return the codec of a label that is written otherwise than in the standard."""
    plain = name.translate(_SEPARATORS)
    known = _PLAIN.get(plain) or _VARIANTS.get(plain) or _mac_codec(plain)
    page = _CODE_PAGE.fullmatch(plain)
    if known is not None or page is None:
        return known
    return _CODECS.get(f"windows-{page[1]}") or resolve_encoding(f"cp{page[1]}")


def _mac_codec(plain: str) -> str | None:
    """Return the codec of a label of Mac OS, without separators: `xmacgreek`, `macce`."""
    name = plain.removeprefix("x")
    return _MAC_CODECS.get(name.removeprefix("mac")) if name.startswith("mac") else None


def header_labels(content_type: str) -> Iterator[str]:
    """Yield the charsets that a content type states, also where it is not quite one."""
    for number, match in enumerate(_HEADER_CHARSET.finditer(content_type)):
        if number == MAX_DECLARATIONS:
            return
        yield match[1]


def page_labels(content: bytes) -> Iterator[str]:
    """Yield the charsets that a page states in `<meta>` elements and an XML declaration, outside of comments."""
    for number, match in enumerate(_DECLARATION.finditer(content[:META_BYTES])):
        if number == MAX_DECLARATIONS:
            return
        label = _meta_label(match[1]) if match[1] is not None else _XML_ENCODING.search(match[2] or b"")
        if label is not None:
            yield label["label"].decode("latin-1")


def _meta_label(attributes: bytes) -> re.Match[bytes] | None:
    """Return the charset among the attributes of a `<meta>` element: an attribute, or a part of a content type."""
    label = _META_CHARSET.search(attributes)
    if label is None or _PRAGMA.search(attributes):
        return label
    before = attributes[: label.start("name")]
    is_in_value = before.count(b'"') % 2 or before.count(b"'") % 2
    return None if is_in_value else label
