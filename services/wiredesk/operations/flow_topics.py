"""The topics of the flow as an audit sees them: where pages enter, where they end, and what a record there says."""

from collections.abc import Callable, Collection, Sequence

from wiredesk.operations.dead_letters.redrive_log import RedriveLog
from wiredesk.runtime.dead_letters import letter_key
from wiredesk.runtime.lineage import origin_of, origin_topic_id
from wiredesk.runtime.records import Record, parse_coordinates
from wiredesk.runtime.topology import Stage, Topic
from wiredesk_schemas.headers import REDRIVE_COUNT, last_value


class FlowTopics:
    """The topics of the flow, by their names on the cluster.

    Args:
        flow: the stages from raw pages to terminal topics; the stage that reads raw pages is the first.
        sides: other stages, which read what the flow writes.
        on_cluster: returns the name of a topic on the cluster.

    Attributes:
        entry: the topic of raw pages.
        terminal: the topics in which pages end, without the prefix.
        numbers: the same by name on the cluster, each with its number, from 1.
        forgotten: the number of a page that ended as a tombstone.
        between: the topics between stages.
    """

    def __init__(self, flow: Sequence[Stage], sides: Sequence[Stage], on_cluster: Callable[[str], str]) -> None:
        self.entry = on_cluster(flow[0].consumes.name)
        self._entry_letters = on_cluster(flow[0].dead_letter_topic.name)
        inputs = {stage.consumes for stage in flow}
        outputs = [topic for stage in flow for topic in (*stage.produces, stage.dead_letter_topic)]
        self.terminal: list[Topic] = [topic for topic in dict.fromkeys(outputs) if topic not in inputs]
        self.numbers = {on_cluster(topic.name): n for n, topic in enumerate(self.terminal, start=1)}
        self.forgotten = len(self.terminal) + 1
        # Publishers write to the topics of entry stages: what headers there say of origins is not believed.
        self.between = {on_cluster(stage.consumes.name) for stage in flow if not stage.entry}
        self._side_inputs = {on_cluster(stage.consumes.name) for stage in sides}

    def number(self, record: Record) -> int:
        """Return the number of the outcome that a record of a terminal topic is: its topic's, or that of tombstones."""
        return self.forgotten if record.value is None else self.numbers[record.topic]

    def origin(self, record: Record, topic_ids: Collection[str]) -> tuple[int, int] | None:
        """Return partition and offset of a record's origin; None if that is not a raw page of this audit.

        A raw page of a deleted topic of the same name is not one of this audit either.

        Args:
            topic_ids: ids of the topic of raw pages that count.
        """
        coordinates = parse_coordinates(origin_of(record))
        if coordinates is None or coordinates[0] != self.entry or origin_topic_id(record) not in topic_ids:
            return None
        return coordinates[1:]

    def is_redriven(self, record: Record, log: RedriveLog) -> bool:
        """Whether a record is a dead letter that was redriven: the outcome of its page is a later record.

        A dead letter of the topic of raw pages does not count as such: its record was redriven as a new raw page, with
        its own origin.
        """
        return letter_key(record) in log and record.topic != self._entry_letters

    def reopens(self, letter: str) -> bool:
        """Whether redriving a dead letter, named by its key, sends a page back whose origin stays the same."""
        return not letter.startswith(f"{self._entry_letters}/")

    def is_resent(self, record: Record) -> bool:
        """Whether a record was written by redriving a dead letter of a side stage: its page had ended before.

        What the flow makes from a redriven record does not carry the header.
        """
        return record.topic in self._side_inputs and last_value(record.headers, REDRIVE_COUNT) is not None
