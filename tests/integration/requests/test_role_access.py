"""The use of a role, asked for, approved, given and ended: a row of the authorisation map that no role in AWS knows of."""

from collections.abc import Callable
from typing import Any

import boto3
import pytest

from chalicelib.core.roles import GivenRole
from chalicelib.inventory.resource_type import Place
from chalicelib.inventory.sync_scope import ScopeVisit
from chalicelib.requests.states import ChangeStatus
from chalicelib.settings import load
from chalicelib.tasks.runtime import QueueRecord
from tests.support import aws
from tests.support.request_world import ADA, APP, EVE, SPOKE, World, body, empty
from tests.support.rights_world import FakeIam, record

ZOE = "user:zoe@example.com"


def asked(**more: Any) -> dict[str, Any]:
    return body(
        {
            "principal": {"principal_type": "AwsResource", "principal_arn": APP},
            "change_type": "role_access",
            "identity": ZOE,
            **more,
        }
    )


class Map:
    """The inventory knows the role; the queue's one reader runs while others wait."""

    def __init__(self, shop: World) -> None:
        self.shop = shop
        self.reads = True
        self._sqs: Any = boto3.client("sqs", aws.REGION)
        with shop.boundary.unguarded():
            empty("access", "inventory")
        self.know("AROAapp")
        self.deliver()

    def know(self, role_id: str) -> None:
        self.shop.clock.advance(1)
        iam = FakeIam(roles={APP: record("app", {}, SPOKE, arn=APP, path="/team/", role_id=role_id)})
        visit = ScopeVisit(iam, Place(SPOKE), self.shop.clock.now())
        self.shop.container().inventory.refresh.sync_scope.sync(visit)

    def deliver(self) -> None:
        url = load().authorization_queue_url
        with self.shop.boundary.unguarded():
            while batch := self._sqs.receive_message(
                QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["MessageGroupId"]
            ).get("Messages"):
                records = [
                    QueueRecord(
                        message_id=one["MessageId"], group=one["Attributes"]["MessageGroupId"], body=one["Body"]
                    )
                    for one in batch
                ]
                assert self.shop.container().access.update_map.take(records) == ()
                for one in batch:
                    self._sqs.delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])

    def rows(self) -> list[GivenRole]:
        with self.shop.boundary.unguarded():
            held = self.shop.container().access.store.identity(ZOE, [APP]).roles.get(APP)
        claims = held.claims if held else ()
        return [GivenRole(use=one.use, not_before=one.not_before, not_after=one.not_after) for one in claims]


@pytest.fixture
def rights(shop: World, monkeypatch: pytest.MonkeyPatch) -> Map:
    found = Map(shop)
    waits: Callable[[float], None] = shop.pause

    def pause(seconds: float) -> None:
        waits(seconds)
        if found.reads:
            found.deliver()

    monkeypatch.setattr(shop, "pause", pause)
    shop.crash()
    return found


def approved(shop: World, asked: dict[str, Any], **more: Any) -> str:
    request_id = shop.requested(EVE, asked)
    shop.order(ADA, request_id, "approve_request", **shop.shown(request_id), **more)
    shop.workflows.run()
    return request_id


def test_it_is_given_for_its_time_and_gone_afterwards(shop: World, rights: Map) -> None:
    until = shop.clock.now() + 300
    request_id = approved(shop, asked(until=until))
    assert shop.state(request_id) == "applied", shop.find(request_id).records
    assert rights.rows() == [GivenRole(not_after=until)]
    shop.tick(300)
    shop.tick()
    found = shop.find(request_id)
    assert (found.head.state, found.records[0].status) == ("ended", ChangeStatus.ENDED)
    assert rights.rows() == []


def test_what_several_requests_give_adds_up_and_each_ends_by_itself(shop: World, rights: Map) -> None:
    now = shop.clock.now()
    short, long = approved(shop, asked(until=now + 600)), approved(shop, asked(until=now + 7_200))
    for_ever = approved(shop, asked())
    assert len(rights.rows()) == 3
    shop.tick(600)
    shop.tick()
    assert [shop.state(one) for one in (short, long, for_ever)] == ["ended", "applied", "applied"]
    assert sorted(row.not_after or 0 for row in rights.rows()) == [0, now + 7_200]


def test_a_worker_that_dies_while_the_queue_is_slow_gives_it_once(shop: World, rights: Map) -> None:
    rights.reads = False
    request_id = shop.requested(EVE, asked())
    shop.order(ADA, request_id, "approve_request", **shop.shown(request_id))
    rights.reads = True
    shop.workflows.run()
    assert shop.state(request_id) == "applied"
    assert rights.rows() == [GivenRole()]


def test_a_role_that_was_made_again_since_the_review_is_not_given(shop: World, rights: Map) -> None:
    request_id = shop.requested(EVE, asked())
    rights.know("AROAanother")
    shop.order(ADA, request_id, "approve_request", **shop.shown(request_id))
    shop.workflows.run()
    assert shop.state(request_id) == "needs_rebase"
    assert rights.rows() == []


def test_what_the_page_sent_is_what_the_page_is_shown(shop: World, rights: Map) -> None:
    answer = shop.submit(EVE, asked(use="cli_only", not_before=shop.clock.now() + 60))
    assert answer.extended_request is not None
    (change,) = answer.extended_request.changes.changes
    assert (change.change_type, change.identity, change.use) == ("role_access", ZOE, "cli_only")
    assert change.not_before == shop.clock.now() + 60
    assert rights.rows() == []


def test_whoever_approves_may_make_it_shorter_and_the_row_says_so(shop: World, rights: Map) -> None:
    now = shop.clock.now()
    request_id = approved(shop, asked(until=now + 7_200), until=now + 600)
    assert shop.state(request_id) == "applied"
    assert rights.rows() == [GivenRole(not_after=now + 600)]
    for_ever = approved(shop, asked(), until=now + 900)
    assert shop.state(for_ever) == "applied"
    assert {row.not_after for row in rights.rows()} == {now + 600, now + 900}


def test_it_is_ended_early_by_whoever_asked_for_it(shop: World, rights: Map) -> None:
    request_id = approved(shop, asked(until=shop.clock.now() + 7_200))
    shop.order(EVE, request_id, "end_request")
    shop.tick()
    shop.tick()
    assert (shop.state(request_id), rights.rows()) == ("ended", [])


def test_a_longer_end_is_asked_for_anew_and_there_is_no_moment_without_it(shop: World, rights: Map) -> None:
    now = shop.clock.now()
    request_id = approved(shop, asked(until=now + 600))
    told = shop.order(EVE, request_id, "extend_request", until=now + 7_200)
    longer = told.action_results[0].message.rpartition("/")[2]
    shop.workflows.run()
    shop.order(ADA, longer, "approve_request", **shop.shown(longer))
    shop.workflows.run()
    shop.tick(600)
    shop.tick()
    assert [shop.state(one) for one in (request_id, longer)] == ["ended", "applied"]
    assert rights.rows() == [GivenRole(not_after=now + 7_200)]
