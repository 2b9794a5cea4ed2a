"""Rules for sites: what is specific to the pages of a host.

A rule has CSS selectors for fields of the page, and for what is dropped before the page is read. Some rules are built
in; an operator's file adds others (`WIREDESK_SITE_RULES`, docs/extraction.md). The file is TOML:

    [[site]]
    hosts = ["example.com", "*.example.com"]
    body = "div.story"
    drop = [".related", "#newsletter"]

`example.com` is that host, with or without `www.`; `*.example.com` is every host below it, at any depth. A page has at
most one rule of the file: that of its host, or else that of the longest pattern.
"""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import ada_url
from cssselect import HTMLTranslator, SelectorError
from lxml import etree
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails, to_json

from wiredesk.extractor.document import Element, remove, text_of
from wiredesk.extractor.metadata.authors import MAX_BYLINE, Byline, parse_byline
from wiredesk.extractor.metadata.dates import parse_machine_date, parse_written_date
from wiredesk.extractor.metadata.titles import MAX_TITLE
from wiredesk.extractor.words import clean

MAX_FILE = 4 << 20
"""Maximum bytes of a file of rules."""

MAX_SITES = 10_000
"""Maximum number of rules in a file."""

MAX_HOSTS = 100
"""Maximum number of hosts of a rule."""

MAX_SELECTORS = 50
"""Maximum number of selectors of a field."""

MAX_SELECTOR = 300
"""Maximum characters of a selector."""

MAX_MATCHES = 1000
"""Elements of a page that one selector selects; further ones are ignored."""

DIGEST_LENGTH = 12
"""Hexadecimal digits of a rule's digest: enough to distinguish the versions of one rule."""

SELECTOR_FIELDS = ("body", "title", "authors", "published_at")
"""Fields of a page that a rule can select."""


def _host_pattern(text: str) -> str:
    """Return a host or `*.` and a host, as in canonical URLs.

    Raises:
        ValueError: it is neither.
    """
    star, host = ("*.", text[2:]) if text.startswith("*.") else ("", text)
    try:
        name = str(ada_url.URL(f"https://{host}/").hostname) if host and host == clean(host) else ""
    except ValueError:
        name = ""
    if not name or any(sign in host for sign in "*/:@?#\\"):
        raise ValueError(f"{text!r} is not a host: write example.com, or *.example.com for the hosts below it")
    return star + name.removeprefix("www.")


def _selector(text: str) -> str:
    """Check a selector.

    Raises:
        ValueError: it is not a CSS selector, or not one that can be evaluated.
    """
    try:
        _compiled(text)
    except (SelectorError, etree.XPathError) as error:
        raise ValueError(f"{text!r} is not a CSS selector: {error}") from error
    return text


def _compiled(selector: str) -> etree.XPath:
    return etree.XPath(HTMLTranslator().css_to_xpath(selector))


def _as_tuple(value: Any) -> Any:
    """Return a list as a tuple, and one text as a tuple of one."""
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value


type _Host = Annotated[str, Field(strict=True, max_length=MAX_SELECTOR), AfterValidator(_host_pattern)]
type _Selector = Annotated[str, Field(strict=True, min_length=1, max_length=MAX_SELECTOR), AfterValidator(_selector)]
type _Selectors = Annotated[tuple[_Selector, ...], BeforeValidator(_as_tuple), Field(max_length=MAX_SELECTORS)]


class SiteRule(BaseModel):
    """A rule for the pages of some hosts. Each field has CSS selectors; for a field of the page the first match counts.

    Attributes:
        hosts: `example.com`, or `*.example.com` for the hosts below it.
        body: elements whose texts are the story, and no others.
        title: the headline.
        authors: the byline; every match is one.
        published_at: the date of publication, in `datetime`, `content`, or text.
        drop: elements that are removed before the page is read.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    hosts: Annotated[tuple[_Host, ...], BeforeValidator(_as_tuple), Field(min_length=1, max_length=MAX_HOSTS)]
    body: _Selectors = ()
    title: _Selectors = ()
    authors: _Selectors = ()
    published_at: _Selectors = ()
    drop: _Selectors = ()

    @model_validator(mode="after")
    def _has_selector(self) -> "SiteRule":
        if not self.selectors():
            raise ValueError(f"the rule has no selector: give one of {', '.join((*SELECTOR_FIELDS, 'drop'))}")
        return self

    def selectors(self) -> dict[str, tuple[str, ...]]:
        """Return the selectors of each field that has any."""
        fields = {name: getattr(self, name) for name in (*SELECTOR_FIELDS, "drop")}
        return {name: selectors for name, selectors in fields.items() if selectors}

    def digest(self) -> str:
        """Return a digest of the selectors. It changes if, and only if, they do."""
        return hashlib.sha256(to_json(self.selectors())).hexdigest()[:DIGEST_LENGTH]


class _File(BaseModel):
    """A file of rules."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    site: Annotated[tuple[SiteRule, ...], BeforeValidator(_as_tuple), Field(min_length=1, max_length=MAX_SITES)]


@dataclass(frozen=True, slots=True)
class RuleMatches:
    """What the rules of a site matched on one page; empty without rules.

    Attributes:
        digest: of the rule of the operator's file that applies; None if none does.
        body: elements that hold the story.
        title: the headline.
        byline: people and agencies.
        published_at: date of publication.
        unmatched: fields that have selectors of which none matched anything usable.
    """

    digest: str | None = None
    body: frozenset[Element] = frozenset()
    title: str | None = None
    byline: Byline | None = None
    published_at: date | None = None
    unmatched: tuple[str, ...] = ()

    @property
    def matched(self) -> tuple[str, ...]:
        """The fields that a rule gave."""
        values = (self.body, self.title, self.byline, self.published_at)
        return tuple(name for name, value in zip(SELECTOR_FIELDS, values, strict=True) if value)

    @property
    def is_used(self) -> bool:
        """Whether a rule gave a field of the page, or one of the operator's file applies."""
        return self.digest is not None or bool(self.matched)


class SiteRules:
    """Rules by host: those of a file, and those that are built in.

    Where both have selectors for a field, those of the file count. What either drops is dropped.

    Args:
        rules: of the file.

    Raises:
        ValueError: two rules are for the same host.
    """

    def __init__(self, rules: Iterable[SiteRule] = ()) -> None:
        self._own = _by_host(rules)
        self._built_in = _by_host(BUILT_IN_RULES)

    def apply(self, url: str, root: Element) -> RuleMatches:
        """Remove from a page what its site's rules drop, and return what they select.

        Args:
            url: canonical URL of the page.
            root: the document, which is changed.
        """
        host = (urlsplit(url).hostname or "").removeprefix("www.")
        own, built_in = _rule_for(host, self._own), _rule_for(host, self._built_in)
        if own is None and built_in is None:
            return RuleMatches()
        selectors = {**(built_in.selectors if built_in else {}), **(own.selectors if own else {})}
        for rule in filter(None, (built_in, own)):
            for element in _select(root, rule.selectors.get("drop", ())):
                remove(element)
        selected = {name: _select(root, selectors.get(name, ())) for name in SELECTOR_FIELDS}
        matches = RuleMatches(
            digest=own.digest if own else None,
            body=frozenset(element for element in selected["body"] if text_of(element)),
            title=_title(selected["title"]),
            byline=_byline(selected["authors"]),
            published_at=_date(selected["published_at"]),
        )
        unmatched = (name for name in SELECTOR_FIELDS if name in selectors and name not in matches.matched)
        return replace(matches, unmatched=tuple(unmatched))


def load_site_rules(path: Path | None) -> SiteRules:
    """Read a file of rules; without one, only the built-in rules apply.

    Raises:
        ValueError: the file cannot be read, or a rule is wrong; one line with the file, the site, the field, and what
            is wrong.
    """
    if path is None:
        return SiteRules()
    try:
        content = _read(path)
        return SiteRules(_File.model_validate(content).site)
    except ValidationError as error:
        raise ValueError(f"{path}: {_first_problem(error, content)}") from error
    except (OSError, ValueError) as error:
        raise ValueError(f"{path}: {error.strerror if isinstance(error, OSError) else error}") from error


BUILT_IN_RULES = (
    # A page with several stories marks the further ones as a feed; each of them has a page of its own.
    SiteRule(hosts=("wiredesk.example", "*.wiredesk.example"), drop=("[data-quirk='next-story']",)),
)
"""Rules that ship with the extractor. They are part of its version, so they do not change event ids. The first is an
example, which the tests use."""


@dataclass(frozen=True, slots=True)
class _CompiledRule:
    """A rule as it is evaluated.

    Attributes:
        digest: of its selectors.
        selectors: compiled, by field.
    """

    digest: str
    selectors: Mapping[str, tuple[etree.XPath, ...]]


def _by_host(rules: Iterable[SiteRule]) -> Mapping[str, _CompiledRule]:
    by_host: dict[str, _CompiledRule] = {}
    for rule in rules:
        selectors = {name: tuple(map(_compiled, texts)) for name, texts in rule.selectors().items()}
        compiled = _CompiledRule(rule.digest(), selectors)
        for host in rule.hosts:
            if host in by_host:
                raise ValueError(f"{host}: two rules are for this host")
            by_host[host] = compiled
    return by_host


def _rule_for(host: str, rules: Mapping[str, _CompiledRule]) -> _CompiledRule | None:
    """Return the rule of a host, or that of the longest pattern which it matches."""
    labels = host.split(".")
    patterns = (f"*.{'.'.join(labels[start:])}" for start in range(1, len(labels)))
    return next((rules[name] for name in (host, *patterns) if name in rules), None)


def _select(root: Element, selectors: Sequence[etree.XPath]) -> list[Element]:
    """Return the elements that selectors select, in the order of the selectors; of each, in document order."""
    elements: dict[Element, None] = {}
    for selector in selectors:
        try:
            selected = selector(root)
        except etree.XPathError:  # the page is too large for the selector
            continue
        if isinstance(selected, list):
            elements |= dict.fromkeys(e for e in selected[:MAX_MATCHES] if isinstance(e, etree._Element))  # noqa: SLF001 - lxml gives its class no public name
    return list(elements)


def _text(element: Element) -> str:
    return clean(element.get("content") or "") if element.tag == "meta" else text_of(element)


def _title(elements: Iterable[Element]) -> str | None:
    return next((text for text in map(_text, elements) if text and len(text) <= MAX_TITLE), None)


def _byline(elements: Iterable[Element]) -> Byline:
    return parse_byline(text for text in map(_text, elements) if len(text) <= MAX_BYLINE)


def _date(elements: Iterable[Element]) -> date | None:
    for element in elements:
        for text in (element.get("datetime"), element.get("content"), text_of(element)):
            parsed = parse_machine_date(text) or parse_written_date(text or "")
            if parsed is not None:
                return parsed
    return None


def _read(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        content = file.read(MAX_FILE + 1)
    if len(content) > MAX_FILE:
        raise ValueError(f"larger than {MAX_FILE >> 20} MiB")
    return tomllib.loads(content.decode("utf-8"))


def _first_problem(error: ValidationError, content: Mapping[str, Any]) -> str:
    """Return the first problem of a file on one line, and how many more there are."""
    problems = error.errors(include_url=False, include_input=False)
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return _where(problems[0], content) + _what(problems[0]) + more


def _where(problem: ErrorDetails, content: Mapping[str, Any]) -> str:
    """Return the site and the field of a problem: `site 2 (example.com): body: `."""
    match problem["loc"]:
        case ("site", int(number), *rest):
            hosts = content["site"][number].get("hosts") if isinstance(content["site"][number], dict) else None
            host = hosts if isinstance(hosts, str) else next((h for h in hosts or () if isinstance(h, str)), None)
            field = next((f"{part}: " for part in rest if isinstance(part, str)), "")
            return f"site {number + 1}{f' ({host[:MAX_SELECTOR]})' if host else ''}: {field}"
        case loc:
            return "".join(f"{part}: " for part in loc)


def _what(problem: ErrorDetails) -> str:
    if problem["type"] == "extra_forbidden":
        fields = ("site",) if len(problem["loc"]) == 1 else tuple(SiteRule.model_fields)
        return f"no such field; there are: {', '.join(fields)}"
    return problem["msg"].removeprefix("Value error, ")
