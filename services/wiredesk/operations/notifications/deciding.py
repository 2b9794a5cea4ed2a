"""What a record of an article means for the receivers: which deliveries it makes, and which stories are sent then."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid5

from wiredesk.operations.notifications.copies import Copies, Story
from wiredesk.operations.notifications.ledger import Ledger, Pending, Sent
from wiredesk.operations.notifications.message import article_message, withdrawal_message
from wiredesk.operations.notifications.rules import FollowUp, Rule, Rules
from wiredesk.runtime.records import Output, Record
from wiredesk_schemas import ArticleWithdrawn, EnrichedArticle, RevisionKind
from wiredesk_schemas.headers import EVENT_TYPE, decode_text, header, is_synthetic

DELIVERIES = UUID("5b6f6a26-0a0c-5b2a-9d4e-3d1c6b0f9a77")
"""The namespace of the ids of deliveries."""


def decide(record: Record, rules: Rules, ledger: Ledger, copies: Copies) -> list[Output]:
    """Return what a record changes in the ledger; it is changed in memory, too.

    A story is sent to a receiver when a revision of one of its pages matches one of its rules for the first time.
    Later revisions of that page are sent if a rule asks for them; those of its copies are not.

    Raises:
        InvalidEventError: the record holds no event of a version that is known.
    """
    if record.value is None:
        return ledger.forget(decode_text(record.key))
    if is_synthetic(record.headers):
        return []
    if header(record.headers, EVENT_TYPE) == ArticleWithdrawn.TYPE:
        return _withdrawn(ArticleWithdrawn.from_json(record.value), record, rules, ledger)
    event = EnrichedArticle.from_json(record.value)
    story = copies.story(event.page_id)
    changes: list[Output] = []
    for receiver in rules.receivers:
        matched = [rule for rule in rules.rules if rule.receiver == receiver and rule.matches(event)]
        if matched:
            changes += _matched(event, record, receiver, matched, ledger, story)
    return changes


def _matched(
    event: EnrichedArticle, record: Record, receiver: str, matched: Sequence[Rule], ledger: Ledger, story: Story
) -> list[Output]:
    names = tuple(rule.name for rule in matched)
    number = event.revision_number or 0
    sent = ledger.stories.get((receiver, event.page_id))
    if sent is not None:
        what = _follow_up(event, matched)
        if what is None or number <= sent.number:
            return []
        mark = ledger.mark(receiver, event.page_id, replace(sent, number=number))
        return [mark, _send(what, event, record, receiver, names, ledger, story)]
    is_sent = any((receiver, one) in ledger.stories for one in story.ids)
    changes = []
    if story.group is not None and (receiver, story.group) not in ledger.stories:
        changes.append(ledger.mark(receiver, story.group, Sent(record.timestamp, ())))
    if not is_sent:
        changes.append(ledger.mark(receiver, event.page_id, Sent(record.timestamp, names, number)))
        changes.append(_send("matched", event, record, receiver, names, ledger, story))
    return changes


def _follow_up(event: EnrichedArticle, matched: Sequence[Rule]) -> str | None:
    """Return what a later revision is, if a rule asks for such revisions."""
    kind = RevisionKind.UPDATED if event.returned else event.revision_kind
    wanted = {follow_up.value for rule in matched for follow_up in rule.follow_ups}
    return kind.value if kind is not None and kind.value in wanted else None


def _send(
    what: str,
    event: EnrichedArticle,
    record: Record,
    receiver: str,
    names: Sequence[str],
    ledger: Ledger,
    story: Story,
) -> Output:
    body = article_message(what, event, names, story, _time(record))
    return ledger.send(_pending(event, record, receiver, ledger, body))


def _withdrawn(event: ArticleWithdrawn, record: Record, rules: Rules, ledger: Ledger) -> list[Output]:
    changes = []
    for receiver in rules.receivers:
        sent = ledger.stories.get((receiver, event.page_id))
        if sent is None or (event.revision_number or 0) <= sent.number:
            continue
        asking = [
            rule.name for rule in rules.rules if rule.name in sent.rules and FollowUp.WITHDRAWN in rule.follow_ups
        ]
        if asking:
            changes.append(ledger.mark(receiver, event.page_id, replace(sent, number=event.revision_number or 0)))
            body = withdrawal_message(event, asking, _time(record))
            changes.append(ledger.send(_pending(event, record, receiver, ledger, body)))
    return changes


def _pending(
    event: EnrichedArticle | ArticleWithdrawn, record: Record, receiver: str, ledger: Ledger, body: bytes
) -> Pending:
    # A replay gives the same revision another event id, and the story is sent under the same id.
    revision = event.revision_event_id or event.event_id
    id_ = uuid5(DELIVERIES, f"{ledger.name}/{receiver}/{event.page_id}/{revision}")
    return Pending(str(id_), receiver, event.page_id, record.timestamp, body)


def _time(record: Record) -> datetime:
    return datetime.fromtimestamp(max(0, min(record.timestamp, 4_000_000_000_000)) / 1000, UTC)
