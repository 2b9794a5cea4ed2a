"""Merging of people: full names first, then single names that can mean one person only."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from wiredesk.enrichment.entities import names
from wiredesk.enrichment.entities.folding import fold_name
from wiredesk.enrichment.entities.name_span import NameSpan
from wiredesk.enrichment.entities.word_forms import are_forms, words_of

MIN_SHORT_NAME_CHARACTERS = 3
"""Minimum letters of a given name that may be short for a longer one: `Jo` is short for many."""

PAIR = 2
"""Words of a name that may be written with the family name first: `Abe Shinzo`, `Shinzo Abe`."""

MAX_NAMESAKES = 200
"""People with the same word in their names that a name is compared with."""

type Cluster = list[NameSpan]
"""Mentions of one person."""


class _PersonName:
    """A name of a person, in one of its forms.

    Attributes:
        folded: the name, folded.
        words: of the name, without initials.
        surname: its last words.
        is_full: whether it has a given name as well.
        is_run: whether it is written in one run, as in Chinese: the surname is its beginning.
    """

    def __init__(self, span: NameSpan) -> None:
        lexicon = span.lexicon
        self.folded = fold_name(span.surface, lexicon)
        self.words = words_of(fold_name(" ".join(names.name_words(span.surface)), lexicon), lexicon)
        family = words_of(fold_name(names.surname(span.surface, lexicon), lexicon), lexicon)
        self.surname = self.words[len(self.words) - len(family) :]
        self.is_run = len(self.words) == 1 and names.is_run(span.surface)
        self.is_full = names.is_full_name(span.surface, lexicon) or (
            self.is_run and len(span.surface) >= names.FULL_RUN_CHARACTERS
        )

    def means(self, other: "_PersonName") -> bool:
        """Whether two full names can be one person's: the same surname, and given names that agree."""
        if are_forms(self.words, other.words):
            return True
        if self.is_run or other.is_run:
            # `特朗普` and `唐纳德·特朗普`
            return self.is_run is not other.is_run and are_forms(self.words[-1:], other.words[-1:])
        if are_forms(self.surname, other.surname):
            one, two = self.words[0], other.words[0]
            if one.is_form_of(two) or _is_short_form(one.folded, two.folded):
                return True
        if len(self.words) == PAIR and are_forms(self.words, other.words[::-1]):
            return True
        short, long = sorted((self.words, other.words), key=len)
        return len(short) < len(long) and all(any(word.is_form_of(one) for one in long) for word in short)


class _Person:
    """A person whom the article calls by a full name.

    Attributes:
        number: its index among the people of the article.
        name: the first of the longest full names.
        mentions: under all forms of the name.
    """

    def __init__(self, number: int, name: _PersonName, mentions: Iterable[NameSpan]) -> None:
        self.number = number
        self.name = name
        self.mentions = list(mentions)

    def rank(self, single: _PersonName) -> int | None:
        """Return how well a single name fits, 0 best; None where it does not."""
        words, parts = self.name.words, single.words
        if single.is_run and self.name.is_run:
            return 0 if self.name.folded.startswith(single.folded) else None
        if any(are_forms(parts, end) for end in (self.name.surname, words[-1:])):
            return 0
        if are_forms(parts, words[: len(parts)]):
            return 1  # where family names come first (Xi Jinping), or a given name
        runs = (words[first : first + len(parts)] for first in range(1, len(words) - len(parts) + 1))
        return 2 if any(are_forms(parts, run) for run in runs) else None


class _PeopleByWord:
    """The people of an article by the words of their names, so that a name is not compared with everybody's."""

    def __init__(self) -> None:
        self._people: defaultdict[str, list[_Person]] = defaultdict(list)

    def add(self, person: _Person) -> None:
        """Add a person under each of the words."""
        name = person.name
        keys = {stem for word in name.words for stem in word.stems}
        if name.is_run:
            keys |= {name.folded[:length] for length in range(1, names.FULL_RUN_CHARACTERS)}
        for key in keys:
            self._people[key].append(person)

    def sharing_a_word(self, name: _PersonName) -> list[_Person]:
        """Return the people with a word of this name, in the order in which they were added."""
        keys = sorted({stem for word in name.words for stem in word.stems})
        people = {person.number: person for key in keys for person in self._people[key][:MAX_NAMESAKES]}
        return [people[number] for number in sorted(people)]


def merge_people(mentions: Sequence[NameSpan]) -> list[Cluster]:
    """Return the mentions of people, grouped by person."""
    by_surface: defaultdict[str, Cluster] = defaultdict(list)
    for span in mentions:
        by_surface[span.surface].append(span)
    people: list[_Person] = []
    singles: list[tuple[_PersonName, Cluster]] = []
    by_word = _PeopleByWord()
    # The names with most words first: of `Álvaro García Ortiz` and `García Ortiz` only the first shows all its parts.
    parsed = [(_PersonName(spans[0]), spans) for spans in by_surface.values()]
    for name, spans in sorted(parsed, key=lambda one: -len(one[0].words)):
        if not name.is_full:
            singles.append((name, spans))
            continue
        person = next((person for person in by_word.sharing_a_word(name) if person.name.means(name)), None)
        if person is None:
            people.append(_Person(len(people), name, spans))
            by_word.add(people[-1])
        else:
            person.mentions.extend(spans)
    others = _merge_singles(singles, by_word)
    return [*(person.mentions for person in people), *others]


def _merge_singles(singles: Iterable[tuple[_PersonName, Cluster]], by_word: _PeopleByWord) -> list[Cluster]:
    """Add single names to the person whom they mean; return those that mean nobody else, or several people."""
    left: list[Cluster] = []
    left_by_stem: dict[str, tuple[_PersonName, Cluster]] = {}
    for name, spans in singles:
        ranked = [(person, person.rank(name)) for person in by_word.sharing_a_word(name)]
        best = min((rank for _, rank in ranked if rank is not None), default=None)
        owners = [person for person, rank in ranked if rank is not None and rank == best]
        if len(owners) == 1:
            owners[0].mentions.extend(spans)
            continue
        stems = sorted(name.words[0].stems) if name.words else [name.folded]
        near = (left_by_stem[stem] for stem in stems if stem in left_by_stem)
        same = next((cluster for other, cluster in near if are_forms(other.words, name.words)), None)
        if same is not None:
            same.extend(spans)
            continue
        left.append(list(spans))
        for stem in stems:
            left_by_stem.setdefault(stem, (name, left[-1]))
    return left


def _is_short_form(one: str, other: str) -> bool:
    """Whether one given name begins the other: `Dan`, `Daniel`."""
    short, long = sorted((one, other), key=len)
    return len(short) >= MIN_SHORT_NAME_CHARACTERS and long.startswith(short)
