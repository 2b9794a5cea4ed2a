"""Whether a URL that a page declares as its own can be that of the page that was fetched.

Templates declare the home page, a section or the first page of several for all pages; copies declare their original
on another site. Each page is seen alone, so that it is the two URLs that must agree.
"""

import re
from itertools import takewhile

from wiredesk.ingest.urls.address import Address, ids_in, is_language, names_content, words_in

SITE_PAGES = frozenset(
    {
        "401", "403", "404", "410", "500", "503", "abo", "access-denied", "account", "anmelden", "auth", "captcha",
        "connexion", "consent", "cookies", "denied", "error", "error404", "errors", "fehler", "forbidden",
        "iniciar-sesion", "log-in", "login", "maintenance", "not-found", "notfound", "page-not-found", "paywall",
        "privacy", "recherche", "redirect", "register", "registration", "search", "sign-in", "sign-up", "signin",
        "signup", "sso", "subscribe", "subscription", "suche", "unavailable", "undefined", "null", "none",
    }
)  # fmt: skip
"""Last segments of paths that are pages of the site itself, or an error of its template."""

PAGE_PARAMETERS = frozenset(
    {
        "currentpage", "offset", "pag", "page", "page_no", "paged", "pageno", "pagenum", "pagina", "pg", "seite",
        "start",
    }
)  # fmt: skip
"""Names of parameters that say which of several pages of a story it is."""

CONTENT_PARAMETERS = frozenset(
    {
        "art", "article", "article_id", "articleid", "artid", "cat", "category", "content_id", "contentid", "doc",
        "docid", "document", "guid", "id", "idarticle", "item", "itemid", "news", "news_id", "newsid", "nid", "node",
        "p", "pid", "post", "post_id", "postid", "q", "query", "sid", "slug", "story", "story_id", "storyid", "t",
        "thread", "tid", "topic", "uuid", "v", "video",
    }
)  # fmt: skip
"""Names of parameters that name content. Others may say more of the reader than of the page."""

LANGUAGE_PARAMETERS = frozenset({"hl", "lang", "language"})
"""Names of parameters that say in which language the page is."""

REFERRERS = frozenset(
    {
        "email", "facebook", "fb", "feed", "linkedin", "mail", "newsletter", "rss", "share", "telegram", "twitter",
        "whatsapp",
    }
)  # fmt: skip
"""Values of parameters that say from where a reader came."""

MIN_WORDS = 2
"""Words of two addresses from which they can be compared."""

MIN_SHARED_WORDS = 0.3
"""Share of the words of the shorter of two addresses that both have, if they name the same story. Headlines change."""

MIN_SLUG_WORDS = 2
"""Words of the last segment of an address that may be a headline."""

_LATER_PAGE = re.compile(r"[-_,.+]?(?:(?:page|pagina|pag|seite|part|teil|p|pg|s)[-_,.]?)?\d{1,3}")
_NOT_RENDERED = re.compile(r"[{}<>|\[\]]|%%|\$\w")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMBER = re.compile(r"\d{1,20}")


def disagreement(fetched: Address, declared: Address) -> str:
    """Return why a declared address is not that of the page that was fetched; empty if the two agree."""
    if fetched.site != declared.site:
        return "on another host"
    if declared.port not in ("", fetched.port):
        return "on another port"
    if fetched.language and declared.language and fetched.language != declared.language:
        return "in another language"
    if fetched.route != declared.route:
        return "without the route"
    if _is_same_path(fetched, declared):
        return _of_same_path(fetched, declared)
    return _of_other_path(fetched, declared)


def _is_same_path(fetched: Address, declared: Address) -> bool:
    one, other = fetched.segments, declared.segments
    if one == other:
        return True
    # The twin of a language may have it in its path.
    return _without_language(fetched) == _without_language(declared) != ()


def _without_language(address: Address) -> tuple[str, ...]:
    segments = address.segments
    return segments[1:] if segments and is_language(segments[0]) else segments


def _of_same_path(fetched: Address, declared: Address) -> str:
    """Compare the queries: none that names content may be lost."""
    lost = {name: value for name, value in fetched.content.items() if declared.content.get(name) != value}
    if any(name in declared.content for name in lost):
        return "with other parameters"
    if PAGE_PARAMETERS & lost.keys():
        return "another page of several"
    if all(_is_context(name, value, fetched, declared) for name, value in lost.items()):
        return ""
    return "without parameters that may name content"


def _is_context(name: str, value: str, fetched: Address, declared: Address) -> bool:
    """Whether a parameter of a page is of its reader's way, as far as name, value and path show it."""
    if name in LANGUAGE_PARAMETERS:
        return fetched.language == declared.language
    if not value or value.lower() in REFERRERS:
        return True
    if name in CONTENT_PARAMETERS:
        return False
    if any(map(names_content, fetched.segments)) or _is_dated(fetched):
        return True
    return words_in(fetched.segments[-1] if fetched.segments else "") >= MIN_SLUG_WORDS and not ids_in(value.lower())


def _of_other_path(fetched: Address, declared: Address) -> str:
    reason = _of_kinds(fetched, declared)
    # `/article?id=5` and `/article/5`
    if reason or not set(fetched.content.values()).isdisjoint(declared.segments):
        return reason
    return _of_nested_paths(fetched.segments, declared.segments) or _of_siblings(fetched, declared)


def _of_kinds(fetched: Address, declared: Address) -> str:
    """Say which kind of page a declared address is, where no story is one of that kind."""
    if declared.is_home:
        return "the home page"
    ends = (declared.segments[0], declared.segments[-1])
    if not SITE_PAGES.isdisjoint(ends) or _NOT_RENDERED.search(declared.path):
        return "a page of the site itself"
    if fetched.is_home and not fetched.content:
        return "a page of other content"
    if PAGE_PARAMETERS & fetched.content.keys():
        return "another page of several"
    return ""


def _of_siblings(fetched: Address, declared: Address) -> str:
    """Compare two paths of which neither is within the other."""
    if _differ_by_numbers(fetched, declared):
        return "a page of other content"
    if _shares_id(fetched, declared) or _has_same_name(fetched, declared):
        return ""
    last = declared.segments[-1]
    if names_content(last) or _is_dated(declared) or words_in(last) >= MIN_SLUG_WORDS:
        return _of_names(fetched, declared)
    return "a section"


def _shares_id(fetched: Address, declared: Address) -> bool:
    """Whether two addresses have an id in common that is of a story: `/covid19/` and `/user123/` are above it."""
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(fetched.segments, declared.segments, strict=False))
    above = {one for segment, _ in pairs if not segment.isdigit() for one in ids_in(segment)}
    return bool((fetched.ids & declared.ids) - above)


def _has_same_name(fetched: Address, declared: Address) -> bool:
    """Whether two addresses end alike: the story is in several sections."""
    last = declared.segments[-1]
    return last in fetched.segments[-1:] and (names_content(last) or words_in(last) >= MIN_SLUG_WORDS or last.isdigit())


def _of_nested_paths(fetched: tuple[str, ...], declared: tuple[str, ...]) -> str:
    """Compare two paths of which one may be within the other."""
    if fetched[: len(declared)] == declared:
        rest = fetched[len(declared) :]
        has_id = bool(ids_in(declared[-1]))
        return "" if has_id and len(rest) == 1 and words_in(rest[0]) > 0 and not ids_in(rest[0]) else "a section"
    if fetched and declared[: len(fetched)] == fetched and not names_content(fetched[-1]):
        return "a page of other content"
    is_sibling = bool(fetched) and fetched[:-1] == declared[:-1] and fetched[-1].startswith(declared[-1])
    if is_sibling and _LATER_PAGE.fullmatch(fetched[-1].removeprefix(declared[-1])):
        return "another page of several"
    return ""


def _differ_by_numbers(fetched: Address, declared: Address) -> bool:
    """Whether two addresses are alike but for a number: two stories, or two days of a series."""
    if len(fetched.segments) != len(declared.segments):
        return False
    pairs = [(one, other) for one, other in zip(fetched.segments, declared.segments, strict=True) if one != other]
    numbers = [(_NUMBER.findall(one), _NUMBER.findall(other)) for one, other in pairs]
    is_alike = all(_NUMBER.sub("0", one) == _NUMBER.sub("0", other) for one, other in pairs)
    return is_alike and any(list(map(int, one)) != list(map(int, other)) for one, other in numbers)


def _is_dated(address: Address) -> bool:
    """Whether the path has a year, and something after it."""
    return any(_YEAR.fullmatch(segment) for segment in address.segments[:-1])


def _of_names(fetched: Address, declared: Address) -> str:
    """Compare what two addresses name, as far as they name it in the same way: by words, or by ids."""
    words, shared = min(len(fetched.words), len(declared.words)), len(fetched.words & declared.words)
    if fetched.numbers and declared.numbers and fetched.numbers.isdisjoint(declared.numbers):
        return "" if shared == words >= MIN_WORDS else "a page of other content"
    if words >= MIN_WORDS and shared < MIN_SHARED_WORDS * words:
        return "a page of other content"
    return ""
