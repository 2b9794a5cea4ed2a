"""Bearer tokens: who may do something. Several are valid at a time, so that one can be replaced without a gap."""

import hashlib
import hmac
import re
from collections.abc import Iterable
from pathlib import Path

import structlog
from pydantic import SecretStr

from wiredesk.runtime.errors import UsageError

log = structlog.get_logger(__name__)

MIN_LENGTH = 16
"""Minimum number of characters of a token: fewer can be guessed."""

_TOKEN = re.compile(r"(?:(?P<name>[A-Za-z0-9._-]{1,64}):)?(?P<token>[A-Za-z0-9._~+/-]{1,1024}=*)")
"""A token as RFC 6750 allows it, which has no colon, with a name before it."""


class Tokens:
    """The valid tokens, from the settings and from a file.

    Args:
        variable: the environment variable with tokens; that of the file has `_FILE` after it.
        given: its value: tokens, separated by commas.
        file: the file: a token on each line.

    Raises:
        UsageError: a token is too short or has other characters, or the file cannot be read.
    """

    def __init__(self, variable: str, given: SecretStr | None, file: Path | None) -> None:
        own = given.get_secret_value() if given is not None else ""
        self._own = _parse(own.replace(",", " ").split(), variable)
        self._file = file
        self._where = f"{variable}_FILE {file}"
        self._from_file: list[tuple[str, bytes]] = []
        self._changed_at: tuple[int, int] | None = None
        if self._file is not None:
            self._changed_at = self._state(self._file)
            self._from_file = _read(self._file, self._where)
        self.are_needed = given is not None or file is not None
        if self.are_needed and not (self._own or self._from_file):
            raise UsageError(f"{variable} and {variable}_FILE hold no token")

    def client(self, authorization: str | None) -> str | None:
        """Return the name of the client whose token an Authorization header has; None where it has no valid one."""
        scheme, _, given = (authorization or "").partition(" ")
        name = self.name_of(given.strip())
        return name if scheme.lower() == "bearer" else None

    def name_of(self, token: str) -> str | None:
        """Return the name of the client whose token this is; None if it is not valid.

        The time that this takes says nothing about the tokens: all are compared, by their digests.
        """
        given = digest(token)
        name = None
        for known, expected in self.valid():
            if hmac.compare_digest(given, expected):
                name = known
        return name

    def valid(self) -> tuple[tuple[str, bytes], ...]:
        """Return the client's name and the digest of each token that is valid now."""
        self._refresh()
        return (*self._own, *self._from_file)

    def _refresh(self) -> None:
        """Read the file again if it has changed; keep what was read before if it cannot be read now."""
        if self._file is None or (state := self._state(self._file)) == self._changed_at:
            return
        self._changed_at = state
        try:
            self._from_file = _read(self._file, self._where)
        except UsageError as error:
            log.warning("tokens stay as they were", reason=str(error))
        else:
            log.info("tokens read again", clients=sorted({name for name, _ in self._from_file}))

    @staticmethod
    def _state(path: Path) -> tuple[int, int] | None:
        try:
            status = path.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_ino


def _read(path: Path, where: str) -> list[tuple[str, bytes]]:
    try:
        lines = path.read_text(encoding="utf-8").split()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{where} cannot be read: {error}") from error
    tokens = _parse(lines, where)
    if not tokens:
        raise UsageError(f"{where} holds no token")
    return tokens


def _parse(texts: Iterable[str], where: str) -> list[tuple[str, bytes]]:
    """Return the name of each token's client, and the digest of the token. Messages never quote a token."""
    tokens = []
    for number, text in enumerate(texts, 1):
        match = _TOKEN.fullmatch(text)
        if match is None:
            raise UsageError(f"{where}: token {number} has characters that a bearer token must not have (RFC 6750)")
        if len(match["token"]) < MIN_LENGTH:
            raise UsageError(f"{where}: token {number} has fewer than {MIN_LENGTH} characters")
        tokens.append((match["name"] or f"token-{number}", digest(match["token"])))
    return tokens


def digest(token: str) -> bytes:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
