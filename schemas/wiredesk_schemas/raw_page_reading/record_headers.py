"""The headers of a record, as clients spell them: `ce_httpstatus`, `ce-http-status`, `Content-Type`."""

from wiredesk_schemas.event import InvalidEventError
from wiredesk_schemas.headers import SOURCE, SUBJECT, Headers, decode_text, decode_url
from wiredesk_schemas.raw_page_reading.mending import Mending, shown

MAX_HEADER_NAMES = 500
"""Headers of a record that are searched for other spellings of a name."""

_NAME_SEPARATORS = str.maketrans("", "", "-_ ")


class RecordHeaders:
    """The headers of a record, under their names and under other spellings of these.

    Args:
        headers: of the record. Of several values of a name the last one counts.
        mending: gets a note of each spelling that is used.
    """

    def __init__(self, headers: Headers, mending: Mending) -> None:
        self._values = dict(headers)
        self._spellings: dict[str, list[tuple[str, bytes | None]]] = {}
        for name, value in reversed(headers[:MAX_HEADER_NAMES]):
            self._spellings.setdefault(_plain(name), []).append((name, value))
        self._mending = mending

    def __contains__(self, name: str) -> bool:
        """Whether a header is there in any spelling, also without a value."""
        return _plain(name) in self._spellings

    def text(self, name: str) -> str | None:
        """Return the text of a header, also under another spelling of its name; without quotation marks around it.

        Raises:
            InvalidEventError: the URL of the page has several values in several spellings.
        """
        value = self._values.get(name)
        if value is None or name == SUBJECT:
            value = self._of_spellings(name, value)
        if value is None:
            return None
        is_url = name in (SUBJECT, SOURCE)
        text = (_url_text(name, value, self._mending) if is_url else decode_text(value)).strip()
        if len(text) > 1 and text[0] == text[-1] == '"':  # a header that was serialised as JSON
            self._mending.event(f"quotation marks around header {name}")
            text = text[1:-1].strip()
        return text

    def _of_spellings(self, name: str, value: bytes | None) -> bytes | None:
        """Return the value of a header that may be given under other spellings of its name.

        Args:
            name: of the header.
            value: under this name, if there is one.
        """
        read = name
        for spelling, other in self._spellings.get(_plain(name), ()):
            if other is None or spelling == read:
                continue
            if value is None:
                self._mending.event(f"header {shown(spelling)} is read as {name}")
                value, read = other, spelling
            elif name == SUBJECT and other != value:
                raise InvalidEventError(f"header {name}: given twice, with another value as {shown(spelling)}")
        return value


def _plain(name: str) -> str:
    """Return the name of a header, as all its spellings have it in common."""
    return name.translate(_NAME_SEPARATORS).lower()


def _url_text(name: str, value: bytes, mending: Mending) -> str:
    """Return the text of a header that may be a URL."""
    text = decode_url(value)
    if text.encode() != value:
        mending.event(f"bytes of header {name} that are not UTF-8, percent-encoded")
    return text
