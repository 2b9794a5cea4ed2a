"""Alerts without a broker: rules, what is decided, signatures, and what a receiver sees."""

import asyncio
import base64
import hashlib
import hmac
from pathlib import Path

import orjson
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from tests.newsfeed import Sent, revision, withdrawal
from wiredesk.operations.notifications.copies import Copies
from wiredesk.operations.notifications.deciding import decide
from wiredesk.operations.notifications.delivering import Sender
from wiredesk.operations.notifications.ledger import Ledger, Pending
from wiredesk.operations.notifications.rules import Receiver, Rules, check_topics, load_rules
from wiredesk.operations.notifications.signing import key_of, signed_headers
from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.records import Output, Record
from wiredesk.testing import example_event
from wiredesk.testing.patience import scaled
from wiredesk_schemas import ArticleCopies, EnrichedArticle, PageType, RevisionKind
from wiredesk_schemas.article_copies import CopyKind
from wiredesk_schemas.headers import SYNTHETIC
from wiredesk_schemas.ids import page_id

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 - of the specification
NOON = 1_790_000_000_000
A, B, C = (f"https://{name}.example/story" for name in "abc")
ARTICLE = example_event(EnrichedArticle)
GROUP = example_event(ArticleCopies)
UPDATED, WITHDRAWN = RevisionKind.UPDATED, "withdrawn"


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESK_SECRET", SECRET)


def measured(name: str) -> float:
    """Return the value of a metric of the receiver."""
    return REGISTRY.get_sample_value(f"wiredesk_notify_{name}", {"receiver": "desk"}) or 0.0


def rules(**fields: object) -> Rules:
    receiver = {"url": "http://127.0.0.1:1/", "secret_env": "DESK_SECRET"}
    return Rules.model_validate(
        {"receivers": {"desk": receiver}, "rules": [{"name": "all", "receiver": "desk", **fields}]}
    )


class Desk:
    """A notifier without a broker: records are decided in turn, and the ledger is read again from what was written."""

    def __init__(self, given: Rules) -> None:
        self.rules = given
        self.ledger = Ledger("default")
        self.copies = Copies()
        self.written: list[Output] = []
        self.offset = 0

    def read(self, sent: Sent) -> list[str]:
        """Decide a record; return the types of the messages that it makes."""
        record = Record("articles.enriched", 0, self.offset, NOON + self.offset, sent.key, sent.value, sent.headers)
        self.offset += 1
        before = set(self.ledger.pending)
        changes = decide(record, self.rules, self.ledger, self.copies)
        self.written += changes
        made = [orjson.loads(one.body)["type"] for id_, one in self.ledger.pending.items() if id_ not in before]
        again = self.reread()
        assert (again.stories, again.pending) == (self.ledger.stories, self.ledger.pending)
        return made

    def reread(self) -> Ledger:
        ledger = Ledger("default")
        for one in self.written:
            ledger.apply(Record(one.topic, 0, 0, NOON, one.key, one.value))
        return ledger

    def group(self, name: str, original: str, *others: str, kind: CopyKind = CopyKind.WHOLE, **fields: object) -> None:
        copies = [GROUP.copies[0].model_copy(update={"page_id": page_id(url), "kind": kind}) for url in others]
        first = GROUP.original.model_copy(update={"page_id": page_id(original)})
        event = GROUP.model_copy(
            update={
                "group_id": name,
                "original": first,
                "copies": tuple(copies),
                "merged_into": None,
                "merged_groups": (),
            }
            | fields
        )
        self.copies.apply(Record("articles.copies", 0, 0, NOON, name.encode(), event.to_json()))


def test_a_story_is_sent_once_whatever_comes_of_its_page() -> None:
    desk = Desk(rules())
    assert desk.read(revision(A, 1)) == ["story.matched"]
    assert desk.read(revision(A, 1)) == []
    assert desk.read(revision(A, 2, UPDATED)) == []
    assert desk.read(withdrawal(A, 3)) == []
    assert desk.read(revision(A, 4, returned=True)) == []
    assert desk.read(revision(B, 1)) == ["story.matched"]


def test_copies_are_one_story() -> None:
    desk = Desk(rules(follow_ups=["updated"]))
    assert desk.read(revision(A, 1)) == ["story.matched"]
    desk.group("g", A, B)
    assert desk.read(revision(B, 1)) == []
    desk.group("g", B, C)  # a group of many copies lists the newest ones
    assert desk.read(revision(C, 1)) == []
    assert desk.read(revision(B, 2, UPDATED)) == [], "a later revision of a copy is not of the page that was sent"
    assert desk.read(revision(A, 2, UPDATED)) == ["story.updated"]


def test_groups_that_become_one_are_one_story() -> None:
    desk = Desk(rules())
    desk.group("g", A, "https://x.example/")
    assert desk.read(revision(A, 1)) == ["story.matched"]
    desk.group("g", A, merged_into="h")
    desk.group("h", B, C, merged_groups=("g",))
    assert desk.read(revision(C, 1)) == []


def test_a_page_that_quotes_a_story_is_another_one() -> None:
    desk = Desk(rules())
    desk.group("g", A, B, kind=CopyKind.QUOTED)
    assert desk.read(revision(A, 1)) == ["story.matched"]
    assert desk.read(revision(B, 1)) == ["story.matched"]


def test_later_revisions_are_sent_once_if_a_rule_asks_for_them() -> None:
    desk = Desk(rules(follow_ups=["updated", "withdrawn"]))
    assert desk.read(withdrawal(A, 1)) == []
    assert desk.read(revision(A, 2)) == ["story.matched"]
    assert desk.read(revision(A, 3, UPDATED)) == ["story.updated"]
    assert desk.read(revision(A, 3, UPDATED)) == [], "a replay"
    assert desk.read(revision(A, 4, RevisionKind.CORRECTED)) == []
    assert desk.read(withdrawal(A, 5)) == ["story.withdrawn"]
    assert desk.read(withdrawal(A, 5)) == []


def test_what_is_forgotten_is_not_pending_any_more() -> None:
    desk = Desk(rules())
    desk.read(revision(A, 1))
    desk.read(Sent(page_id(A).encode(), None))
    assert not desk.ledger.pending
    assert not desk.ledger.stories


def test_probes_are_left_out() -> None:
    assert Desk(rules()).read(revision(A, 1, headers=((SYNTHETIC, b"true"),))) == []


def test_old_stories_expire() -> None:
    desk = Desk(rules())
    desk.read(revision(A, 1))
    assert desk.ledger.expire(NOON) == []
    assert len(desk.ledger.expire(NOON + 31 * 86_400_000)) == 1
    assert desk.read(revision(A, 2, UPDATED)) == ["story.matched"]


TOPIC, ENTITY = ARTICLE.topics[0], ARTICLE.entities[0]


@pytest.mark.parametrize(
    ("fields", "matches"),
    [
        ({"topics": [TOPIC.path[0]]}, True),
        ({"topics": [TOPIC.code.removeprefix("medtop:")]}, True),
        ({"topics": ["medtop:99999999"]}, False),
        ({"entities": [ENTITY.name.upper()]}, True),
        ({"entities": ["Nobody"]}, False),
        ({"entities": [ENTITY.name], "min_salience": 1.0}, ENTITY.salience >= 1),
        ({"sources": ["A.example"]}, True),
        ({"sources": ["example"]}, True),
        ({"sources": ["xample"]}, False),
        ({"languages": ["EN"]}, True),
        ({"languages": ["e2", "de"]}, False),
        ({"types": ["live_blog"]}, False),
        ({"topics": [TOPIC.code], "languages": ["de"]}, False),
    ],
)
def test_a_rule_names_what_it_wants(fields: dict[str, object], matches: object) -> None:
    event = ARTICLE.model_copy(update={"canonical_url": A, "language": "en-GB", "page_type": PageType.ARTICLE})
    assert rules(**fields).rules[0].matches(event) is matches


WRONG = {
    "": "receivers: Field required",
    "x": "is not TOML",
    "[receivers.a]\nurl='ftp://x'\nsecret_env='DESK_SECRET'\n[[rules]]\nname='r'\nreceiver='a'": "receivers.a: the address must be http",
    "[receivers.a]\nurl='http://u:p@x/'\nsecret_env='DESK_SECRET'\n[[rules]]\nname='r'\nreceiver='a'": "receivers.a: the address must be http",
    "[receivers.a]\nurl='http://x'\n[[rules]]\nname='r'\nreceiver='a'": "needs one of secret_env, secret_file",
    "[receivers.a]\nurl='http://x'\nsecret_env='NONE_SUCH'\n[[rules]]\nname='r'\nreceiver='a'": "NONE_SUCH is not set",
    "[receivers.a]\nurl='http://x'\nsecret_env='SHORT'\n[[rules]]\nname='r'\nreceiver='a'": "at least 16 bytes",
    "[receivers.a]\nurl='http://x'\nsecret_env='DESK_SECRET'\n[[rules]]\nname='r'\nreceiver='b'": "no receiver b",
    "[receivers.a]\nurl='http://x'\nsecret_env='DESK_SECRET'\n[[rules]]\nname='r'\nreceiver='a'\ntopic=['1']": "rules.0.topic: Extra inputs",
    "[receivers.a]\nurl='http://x'\nsecret_env='DESK_SECRET'\n[[rules]]\nname='r'\nreceiver='a'\ntopics=['floods']": "medtop:20000086",
    "[receivers.a]\nurl='http://x'\nsecret_env='DESK_SECRET'\n[[rules]]\nname='r'\nreceiver='a'\nlanguages=['german']": "'german' is no code of a language: de, en-GB",
    "[receivers.a]\nurl='http://x'\nsecret_env='DESK_SECRET'\n[[rules]]\nname='r'\nreceiver='a'\nlanguages=['de_DE']": "'de_DE' is no code of a language",
    "[receivers.a]\nurl='http://x'\nsecret_env='DESK_SECRET'\n[[rules]]\nname='r'\nreceiver='a'\nsources=['https://paper.example/']": "'https://paper.example/' is no source: a host without https://",
}


@pytest.mark.parametrize("number", range(len(WRONG)))
def test_a_wrong_rules_file_is_one_line_without_secrets(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, line = list(WRONG.items())[number]
    monkeypatch.setenv("SHORT", "hunter2")
    path = tmp_path / "rules.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as refused:
        load_rules(path)
    assert line in str(refused.value)
    assert "Tuple should have" not in str(refused.value), "the rule is there, and wrong"
    assert "hunter2" not in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("topic", "line"),
    [("medtop:99999999", "rule all: there is no topic medtop:99999999"), ("20000030", "was retired; instead: medtop:")],
)
def test_a_rule_for_a_topic_that_no_article_has_is_wrong(topic: str, line: str) -> None:
    with pytest.raises(UsageError, match=line):
        check_topics(rules(topics=["medtop:20000139", topic]))
    check_topics(rules(topics=["medtop:20000139"]))


def test_a_signature_is_that_of_standard_webhooks() -> None:
    # The example of the specification's own libraries.
    key = key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    headers = signed_headers(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}', 1_614_265_330)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(st.binary(min_size=16), st.binary())
def test_any_body_is_signed(key: bytes, body: bytes) -> None:
    headers = signed_headers(key, "id", body, 5)
    mac = hmac.new(key, b"id.5." + body, hashlib.sha256).digest()
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(mac).decode()}"


async def test_a_receiver_that_fails_gets_each_delivery_once() -> None:
    taken: list[tuple[str, bytes]] = []
    statuses = iter([500, 200, 302, 404, 200, 503, 200, *[200] * 20])
    settled: list[str] = []
    pending = {
        f"d{number}": Pending(f"d{number}", "desk", f"p{number % 3}", 2**52, b"%d" % number) for number in range(6)
    }

    async def take(request: web.Request) -> web.Response:
        status = next(statuses)
        if status == 200:
            taken.append((request.headers["webhook-id"], await request.read()))
        return web.Response(status=status, headers={"location": "http://127.0.0.1:1/elsewhere"}, body=b"x" * 100_000)

    async def settle(one: Pending) -> None:
        settled.append(pending.pop(one.id).id)

    app = web.Application()
    app.router.add_post("/", take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    before = measured("sent_total")
    sender = Sender(
        "desk",
        Receiver(url=f"http://127.0.0.1:{port}/", secret_env="DESK_SECRET", retry_seconds=0.001),
        pending,
        settle,
    )
    running = asyncio.create_task(sender.run())
    try:
        async with asyncio.timeout(scaled(60)):
            while pending:
                await asyncio.sleep(0.01)
        sender.stop()
        await running
    finally:
        running.cancel()
        await runner.cleanup()
    assert sorted(taken) == [(f"d{number}", b"%d" % number) for number in range(6)]
    assert measured("sent_total") - before == 6
    assert measured("failed_total") > 0
    assert measured("pending") == 0
    for page in range(3):
        assert settled.index(f"d{page}") < settled.index(f"d{page + 3}"), "the deliveries of a page keep their order"


async def test_a_delivery_is_given_up_after_its_time() -> None:
    pending = {"d": Pending("d", "desk", "p", 0, b"")}

    async def settle(one: Pending) -> None:
        del pending[one.id]

    sender = Sender(
        "desk", Receiver(url="http://127.0.0.1:1/", secret_env="DESK_SECRET", retry_seconds=0.001), pending, settle
    )
    running = asyncio.create_task(sender.run())
    async with asyncio.timeout(scaled(30)):
        while pending:
            await asyncio.sleep(0.01)
    sender.stop()
    await running
