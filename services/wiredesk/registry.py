"""The registry: every stage that is installed, ours and those of other packages, in the order of the flow.

A stage is an entry point of the group `wiredesk.stages`; ours are in the same group. One that cannot be imported, or
that conflicts with another, is left out, and one line names it: commands that do not need it continue without it.
"""

import functools
import re
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from wiredesk.runtime.errors import InstallationWarning, UsageError
from wiredesk.runtime.topology import Stage, Topic, changelogs_of, topics_of

if TYPE_CHECKING:
    from wiredesk.runtime.settings import Settings

GROUP = "wiredesk.stages"
"""The group of entry points."""

OURS = "wiredesk"
"""The distribution whose stages are registered first: no other package can replace them."""

_EVENT_TYPE = re.compile(r"[A-Za-z0-9][\w.-]*\.v[1-9][0-9]*")
"""The CloudEvents type of an event: it ends in the major version of the event's schema."""

RESERVED = frozenset({"list", "show", "all"})
"""Words that commands accept in place of a stage's name."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """A stage that was left out.

    Attributes:
        name: of the entry point.
        distribution: that has it.
        reason: what is wrong with it.
    """

    name: str
    distribution: str
    reason: str

    def __str__(self) -> str:
        """Return one line for a person."""
        return f"stage {self.name!r} of the package {self.distribution!r} is left out: {self.reason}"


@dataclass(frozen=True, slots=True)
class Registry:
    """The stages of this installation.

    Attributes:
        stages: by name, in the order of the flow: a stage comes after those whose topics it reads.
        distributions: the package that each stage is of, by the stage's name.
        rejections: stages that were left out.
    """

    stages: Mapping[str, Stage]
    distributions: Mapping[str, str]
    rejections: tuple[Rejection, ...] = ()

    @property
    def topics(self) -> tuple[Topic, ...]:
        """Every topic, dead-letter topics last."""
        return topics_of(self.stages.values())

    @property
    def changelogs(self) -> tuple[Topic, ...]:
        """The topics of the changes of the stages' stores."""
        return changelogs_of(self.stages.values())

    @property
    def entry_topics(self) -> tuple[Topic, ...]:
        """The topics to which others publish."""
        return tuple(dict.fromkeys(stage.consumes for stage in self.stages.values() if stage.entry))

    @property
    def flow(self) -> tuple[Stage, ...]:
        """The stages through which raw pages reach a terminal topic: exactly one record of each page arrives there."""
        return tuple(stage for stage in self.stages.values() if _reaches_terminal_topic(stage, self.stages.values()))

    @property
    def side_stages(self) -> tuple[Stage, ...]:
        """All other stages: they read what the flow writes, and do not decide the outcome of a page."""
        return tuple(stage for stage in self.stages.values() if stage not in self.flow)

    @property
    def terminal_topics(self) -> tuple[Topic, ...]:
        """The last topics of the flow, dead-letter topics included: each raw page reaches exactly one of them."""
        written = topics_of(self.flow)
        return tuple(topic for topic in written if topic.terminal or topic.dead_letters)

    def readers(self, topic: Topic | str) -> tuple[Stage, ...]:
        """Return the stages that read a topic, given itself or its name."""
        name = topic if isinstance(topic, str) else topic.name
        return tuple(stage for stage in self.stages.values() if stage.consumes.name == name)

    def rivals(self, stage: Stage) -> tuple[Stage, ...]:
        """Return the stages of the flow that read the same topic of raw pages as a stage beside it.

        A raw page that is sent to that topic again for one stage would be processed again by the others, and would have
        two outcomes. Later topics have headers that only we write: there, a record is sent back for one stage.
        """
        return tuple(one for one in self.flow if stage.entry and one.consumes == stage.consumes and one != stage)

    def stage(self, name: str) -> Stage:
        """Return the stage of a name.

        Raises:
            UsageError: there is no such stage, or it was left out; the message says why.
        """
        if (stage := self.stages.get(name)) is not None:
            return stage
        for rejection in self.rejections:
            if rejection.name == name:
                raise UsageError(str(rejection))
        raise UsageError(f"there is no stage {name!r}: choose one of {', '.join(self.stages)}")

    def settings_of(self, stage: Stage) -> "type[Settings] | None":
        """Return the class of a stage's own settings; None where it has none.

        Raises:
            UsageError: it cannot be imported, or is not a subclass of `Settings`.
        """
        from wiredesk.runtime.settings import Settings  # noqa: PLC0415 - help of commands needs no pydantic

        if stage.settings is None:
            return None
        package = self.distributions.get(stage.name, "?")
        module, _, name = stage.settings.partition(":")
        try:
            settings = getattr(import_module(module), name)
        except Exception as error:  # whatever a foreign module raises
            raise UsageError(
                f"the settings of stage {stage.name!r} of the package {package!r} cannot be loaded: {_line(error)}"
            ) from error
        if not (isinstance(settings, type) and issubclass(settings, Settings)):
            raise UsageError(
                f"the settings of stage {stage.name!r} of the package {package!r} are not a subclass of "
                "wiredesk.Settings"
            )
        return settings

    def of(self, distribution: str) -> "Registry":
        """Return the registry of one package's stages."""
        own = {name: stage for name, stage in self.stages.items() if self.distributions[name] == distribution}
        return Registry(own, dict.fromkeys(own, distribution))


@functools.cache
def registry() -> Registry:
    """Return the registry of this installation, made once.

    Warns:
        InstallationWarning: of each stage that is left out.
    """
    loaded = load(_points())
    for rejection in loaded.rejections:
        warnings.warn(str(rejection), InstallationWarning, stacklevel=2)
    return loaded


@functools.cache
def _points() -> tuple[EntryPoint, ...]:
    """Return our group's entry points, read once: the files of each installed package are read for them."""
    return tuple(entry_points(group=GROUP))


def names() -> tuple[str, ...]:
    """Return the names of all installed stages, ours first, without importing them; some may be left out later."""
    return tuple(dict.fromkeys(point.name for point in sorted(_points(), key=_precedence)))


def stages() -> Mapping[str, Stage]:
    """Return every stage by name, in the order of the flow."""
    return registry().stages


def topics() -> tuple[Topic, ...]:
    """Return every topic, dead-letter topics last."""
    return registry().topics


def all_topics() -> tuple[Topic, ...]:
    """Return every topic, and those of the changes of the stages' stores, which only the runtime reads."""
    return (*registry().topics, *registry().changelogs)


def load(points: Iterable[EntryPoint]) -> Registry:
    """Return the registry of some entry points. A stage that cannot be used is left out, and named."""
    rejections: list[Rejection] = []
    candidates: list[tuple[Stage, str]] = []
    for point in sorted(points, key=_precedence):
        try:
            candidates.append((_loaded(point), _distribution(point)))
        except _RejectedError as error:
            rejections.append(Rejection(point.name, _distribution(point), str(error)))
    accepted: dict[str, Stage] = {}
    distributions: dict[str, str] = {}
    # All of ours before any other: no other package can replace one.
    for is_ours in (True, False):
        of_turn = [one for one in candidates if (one[1] == OURS) is is_ours]
        rejections += _accept(of_turn, accepted, distributions)
    ordered = {stage.name: stage for stage in _in_order(accepted.values())}
    return Registry(MappingProxyType(ordered), MappingProxyType(distributions), tuple(rejections))


def _accept(
    candidates: list[tuple[Stage, str]], accepted: dict[str, Stage], distributions: dict[str, str]
) -> list[Rejection]:
    """Add stages and their packages to the accepted ones; return those that cannot be accepted.

    A stage may read what a later entry of the list writes, so the rest is tried again as long as one is accepted.
    """
    while candidates:
        left: list[tuple[Stage, str]] = []
        rejections: list[Rejection] = []
        for stage, distribution in candidates:
            reason = _conflict(stage, accepted, distributions)
            if reason is None:
                accepted[stage.name] = stage
                distributions[stage.name] = distribution
            else:
                left.append((stage, distribution))
                rejections.append(Rejection(stage.name, distribution, reason))
        if len(left) == len(candidates):
            return rejections
        candidates = left
    return []


class _RejectedError(Exception):
    """An entry point without a usable stage; the message says why."""


def _precedence(point: EntryPoint) -> tuple[bool, str, str]:
    return _distribution(point) != OURS, _distribution(point), point.name


def _distribution(point: EntryPoint) -> str:
    return point.dist.name if point.dist is not None else "?"


def _loaded(point: EntryPoint) -> Stage:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # warnings of other packages' modules do not belong in a command's output
            stage: Any = point.load()
    except (Exception, SystemExit) as error:
        raise _RejectedError(f"{point.value} cannot be imported: {_line(error)}") from error
    if not isinstance(stage, Stage):
        raise _RejectedError(f"{point.value} is a {type(stage).__name__}, not a wiredesk.Stage")
    if stage.name != point.name:
        raise _RejectedError(
            f"the entry point is named {point.name!r} and the stage {stage.name!r}: use one name for both"
        )
    if stage.name in RESERVED:
        raise _RejectedError(f"{stage.name!r} is a word of our commands: choose another name")
    if defects := stage.defects():
        raise _RejectedError("; ".join(defects))
    from wiredesk_schemas import DerivedEvent, Event  # noqa: PLC0415 - the names of stages can be had without pydantic

    for topic in (stage.consumes, *stage.produces):
        base = DerivedEvent if topic in stage.produces else Event
        for event in topic.events:
            if not issubclass(event, base):
                raise _RejectedError(f"{topic.name} carries {event!r}, which is not a subclass of {base.__name__}")
            if not _EVENT_TYPE.fullmatch(str(getattr(event, "TYPE", ""))):
                raise _RejectedError(
                    f"{event.__name__}.TYPE must be a name that ends in a version, as in 'org.example.x.v1'"
                )
    return stage


def _line(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]


def _conflict(stage: Stage, accepted: Mapping[str, Stage], distributions: Mapping[str, str]) -> str | None:
    """Return why a stage conflicts with those that are accepted; None where it does not."""
    if stage.name in accepted:
        return f"the package {distributions[stage.name]!r} has a stage of this name"
    others = list(accepted.values())
    return _topic_conflict(stage, others) or _input_conflict(stage, others) or _flow_conflict(stage, others)


def _topic_conflict(stage: Stage, others: Sequence[Stage]) -> str | None:
    """Return which topic of a stage is defined differently by another stage."""
    known = {topic.name: topic for topic in topics_of(others)}
    for topic in stage.topics:
        there = known.get(topic.name)
        if there is None or (there == topic and not topic.dead_letters):
            continue
        owner = next(one.name for one in others if there in one.topics)
        if there.dead_letters and topic.dead_letters:
            return f"{topic.name} holds the dead letters of {owner}: name another topic (dead_letters=...)"
        return f"it defines the topic {topic.name} otherwise than {owner} does: import that one"
    return None


def _input_conflict(stage: Stage, others: Sequence[Stage]) -> str | None:
    """Return why a stage would never get a record, or get those of others as its own."""
    written = {topic for one in others for topic in one.produces}
    if stage.entry and stage.consumes in written:
        return f"it is an entry stage, and another stage writes {stage.consumes.name}"
    if not stage.entry and stage.consumes not in written:
        return f"it reads {stage.consumes.name}, which no stage writes (where others publish to it: entry=True)"
    entries = {one.consumes for one in others if one.entry}
    if taken := [topic.name for topic in stage.produces if topic in entries]:
        return f"it writes {taken[0]}, to which others publish: lineage begins there"
    return None


def _flow_conflict(stage: Stage, others: Sequence[Stage]) -> str | None:
    """Return why records would loop, or pages would have two outcomes."""
    together = [*others, stage]
    if _reaches(stage, stage.consumes, together):
        return f"what it writes comes back to {stage.consumes.name}"
    flow = [one for one in together if _reaches_terminal_topic(one, together)]
    if any(one.consumes.terminal for one in flow):
        return "with it, a page would reach a second terminal topic after the first"
    if len({one.consumes for one in flow}) < len(flow):
        return "with it, a page would reach terminal topics by two paths"
    return None


def _reaches(stage: Stage, topic: Topic, stages: Iterable[Stage], passed: frozenset[str] = frozenset()) -> bool:
    """Whether what a stage writes reaches a topic, directly or through other stages."""
    return any(
        output == topic
        or any(
            reader.consumes == output
            and reader.name not in passed
            and _reaches(reader, topic, stages, passed | {stage.name})
            for reader in stages
        )
        for output in stage.produces
    )


def _reaches_terminal_topic(stage: Stage, stages: Iterable[Stage]) -> bool:
    """Whether what a stage writes reaches a terminal topic."""
    listed = list(stages)
    return any(topic.terminal and _reaches(stage, topic, listed) for one in listed for topic in one.produces)


def _in_order(stages: Iterable[Stage]) -> list[Stage]:
    """Return stages in the order of the flow: entries first, each after the writers of what it reads.

    Accepted stages read entry topics or what other accepted stages write, so there is always a next stage.
    """
    left, ordered = list(stages), list[Stage]()
    while left:
        ready = [
            stage for stage in left if not any(stage.consumes in other.produces for other in left if other is not stage)
        ]
        following = ready[0] if ready else left[0]
        left.remove(following)
        ordered.append(following)
    return ordered
