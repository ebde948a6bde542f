"""From events to counted denies, on our tables."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest

from chalicelib.core.errors import Throttled
from chalicelib.inventory.denies.models import DeniesConfig, Deny, Layer
from chalicelib.inventory.denies.store import DAY, DenyStore
from chalicelib.inventory.denies.take_deny import TakeDeny
from chalicelib.inventory.events.models import TrailEvent, TrailIdentity
from tests.support.aws import aws_tables, refusing
from tests.support.clock import FrozenClock

ACCOUNT, OTHER = "111122223333", "999988887777"
_NUMBERS = count(1)


@pytest.fixture(scope="module", autouse=True)
def _tables(on_our_tables: None) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patches, aws_tables(patches):
        yield


@dataclass
class Decoder:
    """Knows the blobs that it was told."""

    known: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def text(self, account_id: str, encoded: str, region: str) -> str:
        self.asked.append(f"{account_id}/{region}/{encoded}")
        return self.known.get(encoded, "")


class World:
    def __init__(self, **config: Any) -> None:
        self.clock = FrozenClock()
        self.role = f"arn:aws:iam::{ACCOUNT}:role/app{next(_NUMBERS)}"
        self.queue = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:orders{next(_NUMBERS)}"
        self.store = DenyStore(self.clock)
        self.decoder = Decoder()
        self.searched: list[str] = []
        self.notified: list[Deny] = []
        self.take = TakeDeny(
            store=self.store,
            decode=self.decoder,
            knows_account={ACCOUNT, OTHER}.__contains__,
            tell_search=self.searched.append,
            notify=self.notified.append,
            config=DeniesConfig(**config),
            clock=self.clock,
        ).take

    def event(
        self, resource: str = "", layer: str = "because no identity-based policy allows it", **more: Any
    ) -> TrailEvent:
        session = self.role.replace(":iam:", ":sts:").replace("role/", "assumed-role/") + "/someone"
        facts: dict[str, Any] = {
            "event_id": f"event{next(_NUMBERS)}",
            "time": self.clock.now(),
            "source": "sqs.amazonaws.com",
            "name": "SendMessage",
            "region": "eu-west-1",
            "account_id": ACCOUNT,
            "identity": TrailIdentity(kind="AssumedRole", arn=session, issuer_arn=self.role, account=ACCOUNT),
            "error_code": "AccessDenied",
            "error_message": f"User: {session} is not authorized to perform: sqs:SendMessage on resource: "
            f"{resource or self.queue} {layer}",
        }
        return TrailEvent(**{**facts, **more})


def test_a_deny_stands_under_the_principal_and_under_the_resource() -> None:
    world = World()
    world.take(world.event())
    world.clock.advance(5)
    world.take(world.event())
    (by_principal,), (by_resource,) = world.store.of(world.role), world.store.of(world.queue)
    assert by_principal == by_resource
    assert by_principal.count == 2
    assert by_principal.last_at - by_principal.first_at == 5
    assert (by_principal.deny.action, by_principal.deny.layer) == ("sqs:SendMessage", Layer.IDENTITY)


def test_an_event_that_comes_again_counts_once() -> None:
    world = World()
    event = world.event()
    assert world.take(event) is not None
    assert world.take(event) is None
    assert [record.count for record in world.store.of(world.role)] == [1]
    assert world.store.total(world.role) == 1


def test_events_may_come_in_any_order() -> None:
    world = World()
    late = world.event()
    early = world.event(time=late.time - 60, source_ip="early")
    world.take(late)
    world.take(early)
    (record,) = world.store.of(world.role)
    assert record.deny.event_id == late.event_id
    assert (record.first_at, record.last_at, record.count) == (early.time, late.time, 2)


def test_of_several_kinds_the_most_frequent_comes_first() -> None:
    world = World()
    other = f"{world.queue}-more"
    world.take(world.event())
    world.take(world.event(other))
    world.take(world.event(other))
    assert [(record.deny.resource, record.count) for record in world.store.of(world.role)] == [
        (other, 2),
        (world.queue, 1),
    ]


def test_days_are_counted_together_and_old_ones_are_not_shown() -> None:
    world = World()
    world.take(world.event())
    world.clock.advance(DAY)
    world.take(world.event())
    assert world.store.of(world.role)[0].count == world.store.total(world.role) == 2
    world.clock.advance(6 * DAY)
    assert world.store.of(world.role)[0].count == world.store.total(world.role) == 1
    world.clock.advance(DAY)
    assert world.store.of(world.role) == ()


def test_what_is_older_than_what_is_shown_is_not_counted() -> None:
    world = World()
    assert world.take(world.event(time=world.clock.now() - 7 * DAY)) is None


def test_the_bucket_shows_what_was_refused_of_its_objects() -> None:
    world = World()
    bucket = f"arn:aws:s3:::docs{next(_NUMBERS)}"
    world.take(world.event(f'"{bucket}/a"', source="s3.amazonaws.com", name="GetObject"))
    assert [record.deny.resource for record in world.store.of(bucket)] == [f"{bucket}/a"]
    assert world.store.totals([ACCOUNT])[bucket] == 1


def test_a_role_that_was_refused_itself_counts_once() -> None:
    world = World()
    world.take(world.event(world.role))
    assert [record.count for record in world.store.of(world.role)] == [1]


def test_totals_are_told_by_account() -> None:
    world = World()
    world.take(world.event())
    world.take(world.event())
    assert world.store.totals([ACCOUNT])[world.role] == 2
    assert world.role not in world.store.totals([OTHER])


def test_of_one_principal_a_minute_takes_only_so_many() -> None:
    world = World(most_per_minute=2)
    assert [world.take(world.event()) is not None for _ in range(4)] == [True, True, False, False]
    world.clock.advance(60)
    assert world.take(world.event()) is not None
    assert world.store.total(world.role) == 3


def test_kinds_beyond_the_limit_are_only_counted() -> None:
    world = World(most_kinds_per_day=2)
    for number in range(4):
        world.take(world.event(f"{world.queue}-{number}"))
    world.take(world.event(f"{world.queue}-0"))
    assert [record.count for record in world.store.of(world.role)] == [2, 1]
    assert world.store.total(world.role) == 5


def test_the_owner_hears_of_a_suggestion_and_not_of_every_repetition() -> None:
    world = World()
    for _ in range(4):
        world.take(world.event())
    assert [deny.principal for deny in world.notified] == [world.role] * 2
    assert world.searched == [world.role, world.queue] * 2


def test_nobody_hears_of_a_deny_that_no_policy_would_help() -> None:
    world = World()
    world.take(world.event(layer="with an explicit deny in a service control policy"))
    assert world.notified == []


def test_a_copy_for_the_owner_of_the_resource_is_left_out_where_the_callers_account_is_ours() -> None:
    world = World()
    assert world.take(world.event(account_id=OTHER)) is None
    stranger = TrailIdentity(kind="AWSAccount", arn="arn:aws:iam::444455556666:role/theirs", account="444455556666")
    assert world.take(world.event(identity=stranger)) is not None


def test_an_encoded_message_is_decoded() -> None:
    world = World()
    instances = f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance/*"
    world.decoder.known["blob"] = json.dumps(
        {"explicitDeny": True, "context": {"action": "ec2:RunInstances", "resource": instances}}
    )
    message = "You are not authorized to perform this operation. Encoded authorization failure message: blob"
    deny = world.take(world.event(source="ec2.amazonaws.com", name="RunInstances", error_message=message))
    assert deny is not None
    assert (deny.action, deny.resource, deny.explicit, deny.layer) == (
        "ec2:RunInstances",
        instances,
        True,
        Layer.UNKNOWN,
    )
    assert "blob" not in deny.message
    assert world.decoder.asked == [f"{ACCOUNT}/eu-west-1/blob"]


def test_a_message_that_says_it_all_is_not_decoded() -> None:
    world = World()
    event = world.event()
    world.take(
        event.model_copy(update={"error_message": f"{event.error_message}. Encoded authorization failure message: x"})
    )
    assert world.decoder.asked == []


def test_what_can_not_be_decoded_is_counted_all_the_same() -> None:
    world = World()
    message = "You are not authorized to perform this operation. Encoded authorization failure message: lost"
    deny = world.take(world.event(source="ec2.amazonaws.com", name="RunInstances", error_message=message))
    assert deny is not None
    assert (deny.action, deny.resource, deny.suggestion) == ("ec2:RunInstances", "*", None)


def test_an_error_that_is_no_deny_is_nothing() -> None:
    world = World()
    assert world.take(world.event(error_code="QueueDoesNotExist")) is None


def test_an_event_that_could_not_be_counted_comes_again() -> None:
    world = World()
    event = world.event()
    with refusing("dynamodb.TransactWriteItems", "TransactionConflictException"), pytest.raises(Throttled):
        world.take(event)
    assert world.take(event) is not None
    assert world.store.total(world.role) == 1
