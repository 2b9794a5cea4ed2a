"""Whether a URL that a page declares as its own can be that of the page that was fetched.

Templates declare the home page, a section, the first page of several, or the page of another city for all pages;
copies declare their original on another site. Each page is seen alone, so that it is the two URLs that must agree. One
that is believed wrongly loses a page, and nobody notices; one that is not believed wrongly only makes a second page. So
what the URL of a page names must be in the declared one, too, unless it is known to name nothing.
"""

import re

from wiredesk.ingest.urls.address import Address
from wiredesk.ingest.urls.names import (
    MIN_SURE_ID_DIGITS,
    content_words,
    count_words,
    edge_ids,
    ids_in,
    is_date,
    is_headline,
    is_id,
    is_part,
    names_story,
    numbers_of,
    words_of,
)
from wiredesk.ingest.urls.parameters import (
    LANGUAGE_PARAMETERS,
    PAGE_PARAMETERS,
    PRESENTATIONS,
    REFERRERS,
    SCRIPT_PARAMETERS,
    STORY_PARAMETERS,
    is_of_cache,
    is_of_reader,
)
from wiredesk.ingest.urls.vocabulary import LISTING_WORDS, SECTION_WORDS, SITE_PAGES, STORY_WORDS
from wiredesk.languages.tags import language_tag

NUMBERED_STORIES = frozenset({"node", "p", "page_id", "permalink"})
"""Parameters, and segments, of the plain numbers that content management systems give to their stories."""

UNDATED_HEADLINE_WORDS = 4
"""Words of one that is of one story without its year, too. `press-review-of-the-day` is of every day."""

MIN_POST_DIGITS = 3
"""Digits of such a number after `p`, which may also be a page."""

SURE_HEADLINE_WORDS = 6
"""Words of a headline that is of one story in whatever section: `ten-day-weather-forecast` is of many."""

SAME_HEADLINE_WORDS = 2
"""Words of a headline that is of one story in sections that name no content."""

ELSEWHERE = "a page of other content"
"""The declared address names another story, as far as its path shows it."""

SEVERAL = "another page of several"
"""The declared address is the first page of a story that has several."""

OTHER_PARAMETERS = "with other parameters"
"""The declared address has a parameter with another value, or one that the page has not."""

PARAMETERS = "without parameters that may name content"
"""The declared address lacks what may say which page it is."""

ID_ALONE = "an id that the page does not state as its own"
"""The declared address has an id in place of the headline: nothing in it shows that it is of the same story."""

OTHER_DATE = "a headline of few words, under a date"
"""The declared address has the same headline below a date, and the page may be one that recurs."""

IN_ANOTHER_LANGUAGE = "in another language"
"""The declared address is that of a translation."""

SECTION = "a section"
"""The declared address names no story."""

_LATER_PAGE = re.compile(r"[-_,.+]?(?:(?:page|pagina|pag|seite|part|teil|p|pg|s)[-_,.]?)?\d{1,3}")
_FILE = re.compile(r"\.(?:avif|css|gif|ico|jpe?g|js|json|mp[34]|pdf|png|rss|svg|webp|xml|zip)/?$")
_NOT_RENDERED = re.compile(r"[{}<>|\[\]]|%%|\$\w")
_NUMBER = re.compile(r"\d{1,20}")


def disagreement(fetched: Address, declared: Address) -> str:
    """Return why a declared address is not that of the page that was fetched; empty if the two agree."""
    if reason := _of_hosts(fetched, declared):
        return reason
    lost = _lost_parameters(fetched, declared)
    if PAGE_PARAMETERS & lost.keys():
        return SEVERAL
    # The twin of a language may have it in its path.
    if fetched.segments == declared.segments or fetched.unlocalised == declared.unlocalised != ():
        return _of_same_path(fetched, declared, lost)
    return _of_kinds(fetched, declared) or _of_other_path(fetched, declared, lost)


def _of_hosts(fetched: Address, declared: Address) -> str:
    """Compare hosts, editions and routes, which must be the same."""
    if fetched.site != declared.site:
        return "on another host"
    if declared.port not in ("", fetched.port):
        return "on another port"
    if fetched.language and declared.language and fetched.language != declared.language:
        return IN_ANOTHER_LANGUAGE
    if fetched.region != declared.region and count_words(fetched.last) < SURE_HEADLINE_WORDS and not fetched.story_ids:
        return "of another region"
    if {code.lower() for code in fetched.codes ^ declared.codes} & _both(fetched.codes, declared.codes):
        return ELSEWHERE
    return "" if fetched.route == declared.route else "without the route"


def _both(one: frozenset[str], other: frozenset[str]) -> set[str]:
    """Return the codes, in lower case, that are in two sets."""
    return {code.lower() for code in one} & {code.lower() for code in other}


def _lost_parameters(fetched: Address, declared: Address) -> dict[str, str]:
    """Return the parameters of a page that the declared address has not, and that say more than how a reader came."""
    return {
        name: value
        for name, value in fetched.content.items()
        if declared.content.get(name) != value and not _is_context(name, value, fetched, declared)
    }


def _is_context(name: str, value: str, fetched: Address, declared: Address) -> bool:
    """Whether a parameter of a page names no content, as far as name, value and path show it."""
    if name in LANGUAGE_PARAMETERS:
        language = (language_tag(value) or "").partition("-")[0]
        return bool(language) and language == declared.language
    if is_of_cache(name):
        return True
    if not is_of_reader(name, value):
        return False
    if fetched.is_story or value.lower() in REFERRERS:
        return True
    return count_words(fetched.last) >= SAME_HEADLINE_WORDS and not ids_in(value)


def _of_same_path(fetched: Address, declared: Address, lost: dict[str, str]) -> str:
    """Compare the queries: none that names content may be lost or added."""
    if lost.keys() & declared.content.keys() or _added_parameters(fetched, declared):
        return OTHER_PARAMETERS
    if lost:
        return PARAMETERS
    is_topic = fetched.is_presented != declared.is_presented
    return SECTION if is_topic and not fetched.is_story and count_words(fetched.last) < SAME_HEADLINE_WORDS else ""


def _added_parameters(fetched: Address, declared: Address) -> bool:
    """Whether the declared address has a parameter that the page has not, and that may name content."""
    return any(
        name not in fetched.content and not _may_be_added(name, value, fetched)
        for name, value in declared.content.items()
    )


def _may_be_added(name: str, value: str, fetched: Address) -> bool:
    """Whether a parameter that only the declared address has says nothing of the content."""
    if name in LANGUAGE_PARAMETERS:
        return not fetched.language or fetched.language == (language_tag(value) or "").partition("-")[0]
    return is_of_reader(name, value)


def _of_kinds(fetched: Address, declared: Address) -> str:
    """Say which kind of page a declared address is, where no story is one of that kind."""
    if declared.is_home:
        return "the home page"
    ends = (declared.segments[0], declared.last)
    if not SITE_PAGES.isdisjoint(ends) or _NOT_RENDERED.search(declared.path) or _FILE.search(declared.path):
        return "a page of the site itself"
    if SITE_PAGES.intersection((*fetched.segments[:1], fetched.last)) or (fetched.is_home and not fetched.content):
        return ELSEWHERE
    return ""


def _of_other_path(fetched: Address, declared: Address, lost: dict[str, str]) -> str:
    if _added_parameters(fetched, declared):
        return OTHER_PARAMETERS
    story = {value.lower() for name, value in lost.items() if name in STORY_PARAMETERS}
    if story and (not fetched.is_story or not NUMBERED_STORIES.isdisjoint(lost)):
        others = lost.keys() - STORY_PARAMETERS - SCRIPT_PARAMETERS
        return PARAMETERS if others else _of_named_story(fetched, declared, story)
    if lost:  # `/quote?symbol=aapl` and `/quote/aapl`
        values = tuple(value.lower() for value in lost.values())
        return "" if declared.segments == (*fetched.segments, *values) else PARAMETERS
    return _of_nested_paths(fetched, declared) or _of_siblings(fetched, declared)


def _of_named_story(fetched: Address, declared: Address, story: set[str]) -> str:
    """Compare an address whose story is named by parameters (`/?p=4711`) with one that has it in its path."""
    if story & (declared.story_ids | {one for one in (declared.last,) if not is_date(one)}):
        # `/article?id=5` and `/article/5`
        if _names_a_part(fetched, declared):
            return SEVERAL
        return "" if _words_above(declared) <= _known_words(fetched) or is_headline(declared.headline) else ELSEWHERE
    if any(not is_id(value) and content_words(value) for value in story) or not _is_script(fetched, declared):
        return ELSEWHERE
    if any(one.isdigit() for one in story) and any(one.isdigit() for one in declared.story_ids):
        return ELSEWHERE
    return "" if _is_speaking(declared) else SECTION


def _is_script(fetched: Address, declared: Address) -> bool:
    """Whether a path names nothing but a script of the site, or the place in which the declared address is, too."""
    path = fetched.segments
    return path == declared.segments[: len(path)] or all(one in STORY_WORDS or not content_words(one) for one in path)


def _is_speaking(address: Address) -> bool:
    """Whether an address names a story in words or by an id, and no section."""
    if not LISTING_WORDS.isdisjoint(address.segments):
        return False
    last = address.last
    return names_story(address.headline) or address.is_dated or count_words(last) >= SAME_HEADLINE_WORDS


def _of_nested_paths(fetched: Address, declared: Address) -> str:
    """Compare two paths of which one may be within the other: a headline may follow the id of its story."""
    one, other = fetched.unlocalised, declared.unlocalised
    if one[: len(other)] == other:
        return "" if _is_headline_of(one[len(other) :], declared) else SECTION
    if other[: len(one)] == one:
        return "" if _is_headline_of(other[len(one) :], fetched) else ELSEWHERE
    is_sibling = bool(one) and one[:-1] == other[:-1] and one[-1].startswith(other[-1])
    if is_sibling and _LATER_PAGE.fullmatch(one[-1].removeprefix(other[-1])):
        return SEVERAL
    return ""


def _is_headline_of(rest: tuple[str, ...], story: Address) -> bool:
    """Whether what follows an address is the headline of its story, and not a part of it or a page of a section."""
    if len(rest) != 1 or not is_headline(rest[0]) or ids_in(rest[0]) or is_part(rest[0]):
        return False
    above = story.unlocalised[-2:-1]
    is_sure = len(story.last) >= MIN_SURE_ID_DIGITS or (bool(above) and above[0] in STORY_WORDS)
    return is_sure and bool(story.story_ids) and not set(content_words(story.last)) - STORY_WORDS


def _is_bare_id(address: Address, other: Address) -> bool:
    """Whether a path names a story by nothing but its id: a code, or a number, in a place for stories.

    Args:
        other: with which it is compared. What is in both paths is no matter.
    """
    above, last = address.unlocalised[:-1], address.last
    if not last or is_headline(address.headline) or set(content_words(last)) - STORY_WORDS:
        return False
    if above and above[-1] in NUMBERED_STORIES and last.isdigit():
        return above[-1] != "p" or len(last) >= MIN_POST_DIGITS
    if not ids_in(last):
        return False
    is_sure = not last.isdigit() or len(last) >= MIN_SURE_ID_DIGITS
    return (above and above[-1] in STORY_WORDS) or (is_sure and above in ((), other.unlocalised[:-1]))


def _of_siblings(fetched: Address, declared: Address) -> str:
    """Compare two paths of which neither is within the other."""
    if _differ_by_numbers(fetched, declared) or _names_a_part(fetched, declared):
        return ELSEWHERE
    if not LISTING_WORDS.isdisjoint({*fetched.segments} ^ {*declared.segments}):
        return SECTION
    if fetched.story_ids and declared.story_ids:
        return "" if _is_same_story(fetched, declared) else ELSEWHERE
    if _is_bare_id(fetched, declared):
        return _of_id(fetched, declared)
    if _is_bare_id(declared, fetched):
        return ID_ALONE if is_headline(fetched.headline) and not _have_other_numbers(declared, fetched) else ELSEWHERE
    return _of_headlines(fetched, declared)


def _of_id(fetched: Address, declared: Address) -> str:
    """Compare an address that is but an id with one that says what the story is about: `/node/4711`, `/a/x7gh2kq`."""
    if _have_other_numbers(fetched, declared):
        return ELSEWHERE
    is_in_place = len(fetched.unlocalised) > 1 or fetched.last.isdigit()
    return "" if _is_speaking(declared) and (is_in_place or names_story(declared.headline)) else SECTION


def _have_other_numbers(bare: Address, other: Address) -> bool:
    """Whether the story of an address that is but a number has another number in another address."""
    numbers = {one for one in other.story_ids if one.isdigit()}
    return bare.last.isdigit() and bool(numbers) and bare.last not in numbers


def _names_a_part(fetched: Address, declared: Address) -> bool:
    """Whether one of two addresses is of a part of a story, such as its gallery, and the other is not."""
    return any(is_part(one) and not ids_in(one) for one in {*fetched.segments} ^ {*declared.segments})


def _is_same_story(fetched: Address, declared: Address) -> bool:
    """Whether two addresses have an id in common that is of one story, and not of a place or a section."""
    shared = fetched.story_ids & declared.story_ids
    if not shared:
        return False
    words, others = set(words_of(fetched.headline)), set(words_of(declared.headline))
    if fetched.language != declared.language and 2 * len(words & others) < min(len(words), len(others)):
        return False  # a translation
    in_last = edge_ids(fetched.last) & edge_ids(declared.last) & shared
    if not in_last:  # of a segment above: `/article/4812345/old-headline`
        return all(is_headline(one.last) or ids_in(one.last) for one in (fetched, declared))
    if not is_headline(fetched.headline) and not is_headline(declared.headline):
        # A number may be that of a story, of a team, and of a player.
        return (words <= others or others <= words) and _words_above(fetched) <= _known_words(declared)
    if any(not one.isdigit() or len(one) > MIN_SURE_ID_DIGITS for one in in_last):
        return True
    return 2 * len(words & others) >= min(len(words), len(others))  # postcodes have up to six digits


def _differ_by_numbers(fetched: Address, declared: Address) -> bool:
    """Whether two addresses are alike but for a number: two stories, or two days of a series."""
    if len(fetched.segments) != len(declared.segments):
        return False
    pairs = [(one, other) for one, other in zip(fetched.segments, declared.segments, strict=True) if one != other]
    numbers = [(_NUMBER.findall(one), _NUMBER.findall(other)) for one, other in pairs]
    is_alike = all(_NUMBER.sub("0", one) == _NUMBER.sub("0", other) for one, other in pairs)
    return is_alike and any(list(map(int, one)) != list(map(int, other)) for one, other in numbers)


def _of_headlines(fetched: Address, declared: Address) -> str:
    """Compare the headlines of two addresses. Where they are nearly the same, they may be of two pages of a series."""
    if not content_words(declared.headline) or not _is_speaking(declared):
        return SECTION
    if numbers_of(fetched.headline) != numbers_of(declared.headline):
        return ELSEWHERE
    return _of_places(fetched, declared) if _are_same_words(fetched.headline, declared.headline) else ELSEWHERE


def _are_same_words(one: str, other: str) -> bool:
    """Whether two headlines have the same words, in one spelling of their umlauts."""
    spellings, others = ((words_of(text), words_of(text, umlauts=True)) for text in (one, other))
    return any(words in others for words in spellings)


def _of_places(fetched: Address, declared: Address) -> str:
    """Compare what is above two headlines that are the same: a section, or what the headline is about."""
    count = count_words(fetched.headline)
    if fetched.dates and declared.dates and not _is_same_day(fetched.dates, declared.dates):
        return ELSEWHERE
    is_of_day = len(fetched.dates) > len(("year", "month"))
    if fetched.dates and not declared.dates and count < (SURE_HEADLINE_WORDS if is_of_day else UNDATED_HEADLINE_WORDS):
        return ELSEWHERE
    if not fetched.counts <= declared.counts:
        return ELSEWHERE
    if declared.dates and not fetched.dates and count < UNDATED_HEADLINE_WORDS:
        return OTHER_DATE
    is_lost, is_added = _words_above(fetched) - _known_words(declared), _words_above(declared) - _known_words(fetched)
    if is_lost and is_added:  # one city, and another
        return ELSEWHERE
    is_sure = not is_lost and not is_added and fetched.story_ids == declared.story_ids
    return "" if count >= (SAME_HEADLINE_WORDS if is_sure else SURE_HEADLINE_WORDS) else ELSEWHERE


def _words_above(address: Address) -> set[str]:
    """Return what is said above the last segment, in words, letters and numbers that are no dates."""
    above = [one for one in address.unlocalised[:-1] if not is_date(one) and one.lstrip("0") not in address.dates]
    return {word for one in above for word in (*content_words(one), *numbers_of(one))} - PRESENTATIONS - STORY_WORDS


def _known_words(address: Address) -> set[str]:
    """Return what says nothing which an address does not say."""
    said = {word for one in address.segments for word in (*content_words(one), *numbers_of(one))}
    return said | SECTION_WORDS


def _is_same_day(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two dates are of one day, as far as both name it."""
    return all(first == second for first, second in zip(one, other, strict=False))
