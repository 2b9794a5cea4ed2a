"""The rules file: receivers, and which articles each of them wants.

The file is trusted as the environment is: its author decides where requests go, private addresses included.
"""

import os
import re
import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from wiredesk.operations.forgetting.keys import host_of_url
from wiredesk.operations.notifications.signing import MIN_SECRET_BYTES, key_of
from wiredesk.runtime.errors import UsageError
from wiredesk_schemas import EnrichedArticle, PageType

MAX_FILE_BYTES = 1024 * 1024
"""The largest rules file, and the largest file of a secret or an address."""

MAX_SHOWN = 5
"""Problems of a file that a message lists, at most."""

_CODE = re.compile(r"(?:medtop:)?(\d{8})", re.ASCII)
_NAME = r"^[a-z0-9][a-z0-9-]{0,39}$"
_VARIABLE = r"^[A-Za-z_][A-Za-z0-9_]{0,99}$"
_ITEM = re.compile(r"Q\d{1,15}", re.ASCII)
_LANGUAGE = re.compile(r"[A-Za-z0-9]{2,3}(?:-[A-Za-z0-9]{1,8}){0,5}")


class FollowUp(StrEnum):
    """What is sent of a story after it was sent once, if a rule asks for it."""

    UPDATED = "updated"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Receiver(_Table):
    """An HTTP address that takes alerts.

    Its address and its secret may be in files or in environment variables: both are secrets of many receivers.
    """

    url: str | None = None
    url_env: str | None = Field(default=None, pattern=_VARIABLE)
    url_file: Path | None = None
    secret_env: str | None = Field(default=None, pattern=_VARIABLE)
    secret_file: Path | None = None
    timeout_seconds: float = Field(default=10, gt=0, le=120)
    retry_seconds: float = Field(default=1, gt=0, le=600)
    give_up_hours: float = Field(default=24, gt=0, le=24 * 7)

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if [self.url, self.url_env, self.url_file].count(None) != 2:  # noqa: PLR2004 - all but one of three
            raise ValueError("needs one of url, url_env, url_file")
        if (self.secret_env is None) == (self.secret_file is None):
            raise ValueError("needs one of secret_env, secret_file")
        return self

    def address(self) -> str:
        """Return where requests are sent.

        Raises:
            UsageError: it is no http or https address.
        """
        address = self.url or _secret(self.url_env, self.url_file)
        try:
            parts = urlsplit(address)
            is_web = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_web = False
        if not is_web or "@" in parts.netloc or not address.isascii() or not address.isprintable():
            raise UsageError("the address must be http:// or https:// with a host, without user and password")
        return address

    def key(self) -> bytes:
        """Return the key of signatures.

        Raises:
            UsageError: there is none, or it is too short.
        """
        key = key_of(_secret(self.secret_env, self.secret_file))
        if len(key) < MIN_SECRET_BYTES:
            raise UsageError(f"the secret must have at least {MIN_SECRET_BYTES} bytes")
        return key


class Rule(_Table):
    """Which articles a receiver wants: what each list says of them, any of its members; an empty list says nothing."""

    name: str = Field(pattern=_NAME)
    receiver: str
    topics: tuple[str, ...] = ()
    entities: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    sources: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    languages: tuple[Annotated[str, Field(min_length=2)], ...] = ()
    types: tuple[PageType, ...] = (PageType.ARTICLE, PageType.LIVE_BLOG)
    min_salience: float = Field(default=0, ge=0, le=1)
    follow_ups: tuple[FollowUp, ...] = ()

    @field_validator("topics")
    @classmethod
    def _are_codes(cls, topics: tuple[str, ...]) -> tuple[str, ...]:
        codes = [_CODE.fullmatch(topic) for topic in topics]
        if None in codes:
            raise ValueError("topics are codes of the Media Topics: medtop:20000086")
        return tuple(f"medtop:{code[1]}" for code in codes if code is not None)

    @field_validator("languages")
    @classmethod
    def _are_languages(cls, languages: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [language for language in languages if not _LANGUAGE.fullmatch(language)]:
            raise ValueError(f"{wrong[0][:40]!r} is no code of a language: de, en-GB")
        return languages

    @field_validator("sources")
    @classmethod
    def _are_sources(cls, sources: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [source for source in sources if "://" in source]:
            raise ValueError(f"{wrong[0][:100]!r} is no source: a host without https:// (paper.example), or a name")
        return sources

    def matches(self, event: EnrichedArticle) -> bool:
        """Whether the receiver wants an article."""
        return (
            event.page_type in self.types
            and (not self.topics or any(code in self.topics for topic in event.topics for code in topic.path))
            and (not self.entities or self._names(event))
            and (not self.sources or self._is_source(event))
            and (not self.languages or self._is_language(event))
        )

    def _names(self, event: EnrichedArticle) -> bool:
        wanted = {entity if _ITEM.fullmatch(entity) else entity.casefold() for entity in self.entities}
        return any(
            (entity.wikidata in wanted or entity.name.casefold() in wanted)
            for entity in event.entities
            if entity.salience >= self.min_salience
        )

    def _is_source(self, event: EnrichedArticle) -> bool:
        """Whether an article is of a publication, given by its name or by its host, subdomains included."""
        host = host_of_url(event.canonical_url)
        name = (event.source or "").casefold()
        wanted = [source.casefold() for source in self.sources]
        return any(source in (name, host) or host.endswith(f".{source}") for source in wanted)

    def _is_language(self, event: EnrichedArticle) -> bool:
        stated = event.language or (event.detected_language.code if event.detected_language is not None else "")
        tag = stated.casefold()
        return any(tag == one or tag.startswith(f"{one}-") for one in map(str.casefold, self.languages))


class Rules(_Table):
    """A rules file."""

    copies_wait_seconds: float = Field(default=20, ge=0, le=3600)
    receivers: dict[Annotated[str, Field(pattern=_NAME)], Receiver] = Field(min_length=1)
    rules: tuple[Rule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        names = [rule.name for rule in self.rules]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"rules have one name: {', '.join(twice)}")
        if unknown := sorted({rule.receiver for rule in self.rules} - set(self.receivers)):
            raise ValueError(f"no receiver {', '.join(unknown)}: [receivers.{unknown[0]}] is missing")
        return self


def load_rules(path: Path) -> Rules:
    """Read a rules file, and check addresses and secrets.

    Raises:
        UsageError: something is wrong; the message says what and where, and shows no secret.
    """
    try:
        rules = Rules.model_validate(tomllib.loads(_read(path)))
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is not TOML: {error}") from error
    except ValidationError as error:
        raise UsageError(f"{path}: {'; '.join(_problems(error)[:MAX_SHOWN])}") from error
    for name, receiver in rules.receivers.items():
        try:
            receiver.address()
            receiver.key()
        except UsageError as error:
            raise UsageError(f"{path}: receivers.{name}: {error}") from error
    return rules


def check_topics(rules: Rules) -> None:
    """Check that there are the topics that rules name: no article has one that IPTC has retired.

    It takes seconds, and the libraries of enrichment; without them nothing is checked.

    Raises:
        UsageError: there is no such topic; the message names those that took its place.
    """
    wanted = [(rule.name, topic) for rule in rules.rules for topic in rule.topics]
    if not wanted:
        return
    try:
        from wiredesk.enrichment.topics.taxonomy import successors, taxonomy  # noqa: PLC0415
    except ModuleNotFoundError:
        return
    for name, topic in wanted:
        if topic in taxonomy():
            continue
        try:
            raise UsageError(f"rule {name}: the topic {topic} was retired; instead: {', '.join(successors(topic))}")
        except KeyError:
            raise UsageError(f"rule {name}: there is no topic {topic}") from None


def _problems(error: ValidationError) -> list[str]:
    """Return what is wrong, one line each: of a rule that is wrong, not also that it is missing."""
    wrong = error.errors(include_url=False, include_input=False)
    within = {one["loc"][:1] for one in wrong if len(one["loc"]) > 1}
    shown = [one for one in wrong if not (one["type"] == "too_short" and one["loc"] in within)]
    return [f"{'.'.join(map(str, one['loc']))}: {one['msg']}".removeprefix(": ") for one in shown]


def _secret(variable: str | None, path: Path | None) -> str:
    if path is not None:
        return _read(path).strip()
    value = os.environ.get(variable or "", "").strip()
    if not value:
        raise UsageError(f"the environment variable {variable} is not set")
    return value


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
        if len(content) > MAX_FILE_BYTES:
            raise UsageError(f"{path} has more than {MAX_FILE_BYTES} bytes")
        return content.decode()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8") from error
