"""Deciding from Slack: who presses is found by a link that they confirmed, and judged by the same rules as everywhere."""

import json
from typing import Any

import boto3
import pytest

from chalicelib.core.errors import Conflict, Forbidden, InvalidInput, NotFound, Upstream
from chalicelib.notifications.preferences import Preferences, Wishes
from chalicelib.notifications.slack.buttons import sealed
from chalicelib.notifications.slack.store import PostStore
from chalicelib.requests.models import Due
from chalicelib.requests.states import DueKind
from chalicelib.requests.telling.card import card_of
from chalicelib.tasks.runtime import QueueRecord
from chalicelib.wire.http import HttpRequest
from tests.support import aws
from tests.support.request_world import ADA, BO, EVE, World, document, empty
from tests.support.slack import APP_ID, CHANNEL, SECRET, TEAM, FakeSlack, form, pressed, signed, submitted

U_ADA, U_BO, U_EVE = "U0ADA", "U0BO", "U0EVE"
ADDRESSES = {U_ADA: ADA, U_BO: BO, U_EVE: EVE}
SLACK = {"team_id": TEAM, "app_id": APP_ID, "channel": CHANNEL}


class _Known:
    def text(self, _: str) -> str:
        return SECRET


class Chat:
    """Slack on the world of requests: what is posted there, and what is pressed."""

    def __init__(self, shop: World) -> None:
        self.shop = shop
        self.slack = FakeSlack(ADDRESSES)
        self.reach()

    def reach(self) -> None:
        """The process of now talks to this workspace."""
        container = self.shop.container()
        container.notifications.workspace = self.slack
        container.identity.secrets = _Known()  # type: ignore[assignment] # no secret is read here

    @property
    def telling(self) -> Any:
        return self.shop.container().requests.telling

    def requested(self, user: str = EVE) -> str:
        """A new request of which everybody has been told."""
        request_id = self.shop.requested(user)
        assert self.take() == ()
        return request_id

    def take(self) -> tuple[str, ...]:
        """What waits in the queue is done; ids of messages that come again."""
        found: tuple[str, ...] = self.telling.messages.take(self.waiting())
        return found

    def untold(self, request_id: str) -> list[Due]:
        return [due for due in self.shop.find(request_id).dues if due.kind is DueKind.SEND]

    def link(self, slack_user: str, user: str) -> None:
        linking = self.shop.container().notifications.linking
        secret = linking.invite(self.slack, slack_user).partition("#")[2]
        linking.link(secret, self.shop.caller(user))

    def value(self, request_id: str, secret: str = SECRET) -> str:
        return sealed(card_of(self.shop.find(request_id), ""), secret)

    def press(self, act: str, value: str, who: str, **more: Any) -> tuple[str, ...]:
        """As Slack posts it, through the door, the queue and its consumer; ids of messages that come again."""
        return self.deliver(form(pressed(act, value, who, **more)))

    def submit(self, dialog: dict[str, Any], reason: str, who: str) -> tuple[str, ...]:
        return self.deliver(form(submitted(dialog["private_metadata"], reason, who, dialog["callback_id"])))

    def deliver(self, body: bytes) -> tuple[str, ...]:
        self.post(body, signed(body, self.shop.clock.now()))
        return self.take()

    def post(self, body: bytes, headers: dict[str, str]) -> None:
        request = HttpRequest("POST", "/api/v2/slack/interactions", headers, {}, {}, body, "198.51.100.1", "r")
        self.telling.receive(request)

    def waiting(self) -> list[QueueRecord]:
        sqs: Any = boto3.client("sqs", aws.REGION)
        url = sqs.list_queues(QueueNamePrefix="consoleme-telling.fifo")["QueueUrls"][0]
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        for one in found:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])
        return [QueueRecord(message_id=one["MessageId"], group="g", body=one["Body"]) for one in found]

    def told(self) -> list[str]:
        return [text for _, _, text in self.slack.whispers]


@pytest.fixture
def chat(shop: World, monkeypatch: pytest.MonkeyPatch) -> Chat:
    sqs: Any = boto3.client("sqs", aws.REGION)
    url = sqs.list_queues(QueueNamePrefix="consoleme-telling.fifo")["QueueUrls"][0]
    monkeypatch.setenv("CONSOLEME_TELLING_QUEUE_URL", url)
    aws.forget_everything()
    shop.configure(notifications={"slack": SLACK})
    empty("notifications")
    for user in (ADA, BO, EVE):
        shop.sign_in(user)
    made = Chat(shop)
    while made.waiting():
        continue
    return made


def test_a_request_is_approved_by_a_button_and_every_message_says_so(chat: Chat) -> None:
    shop = chat.shop
    chat.link(U_ADA, ADA)
    request_id = chat.requested()
    places = set(chat.slack.posts)
    assert {place for place, _ in places} == {CHANNEL, "D0ADA"}
    for place in places:
        assert set(chat.slack.buttons(place)) == {"approve", "reject", "open"}
    chat.press("approve", chat.slack.buttons(next(iter(places)))["approve"], U_ADA)
    shop.workflows.run()
    assert shop.state(request_id) == "applied"
    assert shop.policies()["export"] == document()
    assert shop.find(request_id).head.reviewer == ADA
    assert chat.told() == []
    assert chat.take() == ()
    assert chat.untold(request_id) == []
    assert set(chat.slack.posts) == places
    for place in places:
        assert set(chat.slack.buttons(place)) == {"open"}
        assert "Applied" in chat.slack.posts[place]["text"]


def test_rejecting_asks_why_and_the_reason_is_kept(chat: Chat) -> None:
    chat.link(U_BO, BO)
    request_id = chat.requested()
    chat.press("reject", chat.value(request_id), U_BO)
    (dialog,) = chat.slack.dialogs
    assert chat.shop.state(request_id) == "pending"
    chat.submit(dialog, "far too wide", U_BO)
    assert chat.shop.state(request_id) == "rejected"
    assert chat.shop.find(request_id).rulings[-1].comment == "far too wide"


def test_approving_asks_why_where_that_must_be_said(chat: Chat) -> None:
    chat.shop.configure(notifications={"slack": SLACK}, requests={"reason_required": ["approve"]})
    chat.reach()
    chat.link(U_BO, BO)
    chat.link(U_EVE, EVE)
    request_id = chat.requested()
    chat.press("approve", chat.value(request_id), U_EVE)
    assert chat.slack.dialogs == [], "who may not approve is not asked why"
    chat.press("approve", chat.value(request_id), U_BO)
    (dialog,) = chat.slack.dialogs
    assert (chat.shop.state(request_id), dialog["title"]["text"]) == ("pending", "Approve the request")
    chat.submit(dialog, " ", U_BO)
    assert "say why" in chat.told()[-1]
    chat.submit(dialog, "the export needs it", U_BO)
    chat.submit(dialog, "the export needs it", U_BO)
    (ruling,) = chat.shop.find(request_id).rulings
    assert (ruling.actor, ruling.verdict, ruling.comment) == (BO, "approve", "the export needs it")


def test_a_dialog_that_came_too_late_is_explained(chat: Chat) -> None:
    chat.link(U_BO, BO)
    request_id = chat.requested()
    chat.slack.slow_dialogs = True
    chat.press("reject", chat.value(request_id), U_BO)
    assert "Press the button again" in chat.told()[0]
    assert chat.shop.state(request_id) == "pending"


def test_who_is_not_linked_decides_nothing_and_is_shown_alone_how_to_link(chat: Chat) -> None:
    request_id = chat.requested()
    chat.press("approve", chat.value(request_id), U_ADA)
    assert chat.shop.state(request_id) == "pending"
    ((channel, user, text),) = chat.slack.whispers
    assert (channel, user) == (CHANNEL, U_ADA)
    secret = text.partition("/slack/link#")[2].partition(" ")[0]
    linking = chat.shop.container().notifications.linking
    assert linking.look(secret, chat.shop.caller(ADA)).decision.allowed
    linking.link(secret, chat.shop.caller(ADA))
    chat.press("approve", chat.value(request_id), U_ADA)
    chat.shop.workflows.run()
    assert chat.shop.state(request_id) == "applied"


def test_nobody_links_an_account_that_bears_anothers_address(chat: Chat) -> None:
    linking = chat.shop.container().notifications.linking
    secret = linking.invite(chat.slack, U_EVE).partition("#")[2]
    with pytest.raises(Forbidden, match=f"is {EVE}, and you are signed in as {ADA}"):
        linking.link(secret, chat.shop.caller(ADA))


def test_a_ticket_is_good_once_and_for_a_quarter_of_an_hour(chat: Chat) -> None:
    linking = chat.shop.container().notifications.linking
    ada = chat.shop.caller(ADA)
    first, second = (linking.invite(chat.slack, U_ADA).partition("#")[2] for _ in range(2))
    linking.link(first, ada)
    with pytest.raises(NotFound, match="expired or was used"):
        linking.look(first, ada)
    with pytest.raises(Conflict, match="linked already"):
        linking.link(second, ada)
    linking.unlink(ada)
    chat.shop.clock.advance(901)
    with pytest.raises(NotFound):
        linking.link(second, ada)


def test_a_link_that_was_taken_away_decides_nothing_more(chat: Chat) -> None:
    chat.link(U_ADA, ADA)
    request_id = chat.requested()
    chat.shop.container().notifications.linking.unlink(chat.shop.caller(ADA))
    chat.press("approve", chat.value(request_id), U_ADA)
    assert chat.shop.state(request_id) == "pending"
    assert "/slack/link#" in chat.told()[0]


def test_linking_and_unlinking_are_recorded(chat: Chat) -> None:
    chat.link(U_ADA, ADA)
    chat.shop.container().notifications.linking.unlink(chat.shop.caller(ADA))
    entries = chat.shop.container().audit.of_target(f"user:{ADA}")
    assert [one.entry.action for one in reversed(entries)] == ["slack.link", "slack.unlink"]


def test_who_may_not_decide_here_may_not_decide_there(chat: Chat) -> None:
    chat.link(U_EVE, EVE)
    request_id = chat.requested(BO)
    chat.press("approve", chat.value(request_id), U_EVE)
    assert chat.shop.state(request_id) == "pending"
    assert chat.told() != []


def test_nobody_approves_their_own_request_there(chat: Chat) -> None:
    chat.link(U_BO, BO)
    request_id = chat.requested(BO)
    chat.press("approve", chat.value(request_id), U_BO)
    assert chat.shop.state(request_id) == "pending"
    assert "yourself" in chat.told()[0]


def test_whose_groups_nobody_has_seen_for_a_day_is_asked_to_sign_in_again(chat: Chat) -> None:
    chat.link(U_BO, BO)
    request_id = chat.requested()
    value = chat.value(request_id)
    chat.shop.clock.advance(86_401)
    chat.press("approve", value, U_BO)
    assert chat.shop.state(request_id) == "pending"
    assert f"ask {BO} to sign in again" in chat.told()[0]


def test_a_button_of_an_older_revision_decides_nothing(chat: Chat) -> None:
    chat.link(U_ADA, ADA)
    request_id = chat.requested()
    value = chat.value(request_id)
    chat.shop.order(EVE, request_id, "update_change", change_id=f"{request_id}0", policy_document=document("s3:*"))
    chat.press("approve", value, U_ADA)
    assert chat.shop.state(request_id) == "pending"
    assert "not what this message showed" in chat.told()[0]


def test_a_forged_button_decides_nothing(chat: Chat) -> None:
    chat.link(U_ADA, ADA)
    request_id = chat.requested()
    chat.press("approve", chat.value(request_id, "another secret"), U_ADA)
    assert chat.shop.state(request_id) == "pending"
    assert "not ours" in chat.told()[0]


def test_the_second_of_two_is_told_who_was_faster(chat: Chat) -> None:
    chat.link(U_ADA, ADA)
    chat.link(U_BO, BO)
    request_id = chat.requested()
    value = chat.value(request_id)
    chat.press("approve", value, U_ADA)
    chat.press("approve", value, U_BO)
    assert f"already approved by {ADA}" in chat.told()[0]


def test_a_click_that_is_delivered_twice_is_done_once_and_nobody_hears_of_it(chat: Chat) -> None:
    chat.link(U_ADA, ADA)
    request_id = chat.requested()
    body = form(pressed("approve", chat.value(request_id), U_ADA))
    chat.post(body, signed(body, chat.shop.clock.now()))
    (record,) = chat.waiting()
    assert chat.telling.messages.take([record]) == ()
    assert chat.telling.messages.take([record]) == ()
    assert len(chat.shop.find(request_id).rulings) == 1
    assert chat.told() == []


def test_a_post_that_is_sent_again_arrives_once(chat: Chat) -> None:
    body = form(pressed("approve", "value", U_ADA))
    headers = signed(body, chat.shop.clock.now())
    for _ in range(3):
        chat.post(body, headers)
    assert len(chat.waiting()) == 1


def test_forged_stale_and_foreign_posts_reach_no_queue(chat: Chat) -> None:
    now = chat.shop.clock.now()
    body = form(pressed("approve", "value", U_ADA))
    foreign = form(pressed("approve", "value", U_ADA, team={"id": "T0OTHER"}))
    for posted, headers in [
        (body, signed(body, now, "guessed")),
        (body, signed(body, now - 3600)),
        (body, {"content-type": "application/x-www-form-urlencoded"}),
        (foreign, signed(foreign, now)),
    ]:
        with pytest.raises(Forbidden):
            chat.post(posted, headers)
    nothing = b"payload=nonsense"
    with pytest.raises(InvalidInput):
        chat.post(nothing, signed(nothing, now))
    assert chat.waiting() == []


def test_without_a_configured_workspace_nothing_is_there(chat: Chat) -> None:
    chat.shop.configure()
    with pytest.raises(NotFound, match="not configured"):
        chat.post(b"", {})


def test_while_slack_is_down_the_click_comes_again_and_is_done_then(chat: Chat) -> None:
    request_id = chat.requested()
    body = form(pressed("approve", chat.value(request_id), U_ADA))
    chat.post(body, signed(body, chat.shop.clock.now()))
    records = chat.waiting()
    chat.slack.down = True
    assert chat.telling.messages.take(records) == (records[0].message_id,)
    chat.slack.down = False
    assert chat.telling.messages.take(records) == ()
    assert "/slack/link#" in chat.told()[0]


def test_a_channel_that_is_down_delays_nobody_and_is_told_by_the_task_that_comes_by(chat: Chat) -> None:
    chat.link(U_ADA, ADA)
    chat.slack.down = True
    request_id = chat.requested()
    (left,) = chat.untold(request_id)
    assert left.failure == "slack: Slack is down"
    assert set(left.payload["done"]) == {"inbox", "plugins"}
    page = chat.shop.container().notifications.inbox.page(chat.shop.caller(ADA), 10)
    assert page.notes[0].note.header == f"A request of {EVE} needs a decision"
    chat.slack.down = False
    chat.shop.tick(300)
    assert chat.untold(request_id) == []
    assert len(chat.slack.posts) == 2


def test_news_that_nobody_could_be_told_for_a_day_is_given_up(chat: Chat) -> None:
    chat.slack.down = True
    request_id = chat.requested()
    chat.shop.tick(3600)
    assert len(chat.untold(request_id)) == 1
    chat.shop.tick(86_400)
    assert chat.untold(request_id) == []


def test_the_requester_is_told_below_their_message_and_each_thing_once(chat: Chat) -> None:
    chat.link(U_EVE, EVE)
    request_id = chat.requested()
    assert {place for place, _ in chat.slack.posts} == {CHANNEL}
    chat.shop.order(ADA, request_id, "approve_request")
    chat.take()
    assert ("D0EVE", "2.0") in chat.slack.posts
    assert chat.slack.replies == []
    chat.shop.workflows.run()
    for _ in range(2):
        chat.telling.soon(request_id)
        chat.take()
    (reply,) = chat.slack.replies
    assert reply[:2] == ("D0EVE", "2.0")
    assert "is applied" in reply[2]


def test_who_wants_nothing_by_slack_gets_nothing_there(chat: Chat) -> None:
    chat.link(U_ADA, ADA)
    chat.shop.container().notifications.preferences.put(ADA, Preferences(slack=Wishes(decides=False)))
    chat.requested()
    assert {place for place, _ in chat.slack.posts} == {CHANNEL}


def test_a_message_that_somebody_else_is_writing_is_left_to_them(chat: Chat) -> None:
    request_id = chat.shop.requested()
    PostStore(chat.shop.clock).claim(request_id, None, CHANNEL)
    chat.take()
    (left,) = chat.untold(request_id)
    assert "Somebody else is writing" in str(left.failure)
    chat.shop.tick(300)
    assert chat.untold(request_id) == []
    assert len(chat.slack.posts) == 1


def test_what_waits_is_taken_in_order_and_nothing_overtakes_what_failed(chat: Chat) -> None:
    def record(name: str, group: str, body: dict[str, Any]) -> QueueRecord:
        return QueueRecord(message_id=name, group=group, body=json.dumps(body))

    tell = {"kind": "tell", "request_id": "unknown", "call": "1"}
    records = [record("1", "a", {"kind": "what"}), record("2", "a", tell), record("3", "b", tell)]
    assert chat.telling.messages.take(records) == ("1", "2")


def test_a_failing_queue_is_said_to_whoever_asked(chat: Chat) -> None:
    with aws.refusing("sqs.SendMessageBatch", "InternalError"), pytest.raises(Upstream):
        chat.telling.soon("request")
