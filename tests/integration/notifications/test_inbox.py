"""The inbox on our tables."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from chalicelib.core.errors import Conflict, Forbidden
from chalicelib.core.principals import Caller, SessionKind
from chalicelib.notifications.inbox import Inbox
from chalicelib.notifications.models import InboxAction, InboxPage, Note
from chalicelib.notifications.store import NoteStore
from tests.support.aws import aws_tables, round_trips
from tests.support.clock import FrozenClock

_NUMBERS = count(1)
DAY = 86_400


@pytest.fixture(scope="module", autouse=True)
def _tables(on_our_tables: None) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patches, aws_tables(patches):
        yield


class World:
    def __init__(self) -> None:
        self.clock = FrozenClock()
        self.store = NoteStore(self.clock)
        self.inbox = Inbox(self.store, self.clock)
        self.group = f"group{next(_NUMBERS)}"
        self.ada, self.ben = self.caller("Ada", self.group), self.caller("ben", self.group)

    def caller(self, name: str, *groups: str) -> Caller:
        user = f"{name}{next(_NUMBERS)}"
        return Caller(user, frozenset(groups), "s", SessionKind.WEB, self.clock.now() + 60)

    def post(self, *recipients: str, **changes: Any) -> Note:
        facts: dict[str, Any] = {
            "key": f"key{next(_NUMBERS)}",
            "kind": "cloudtrail_generated_policy",
            "recipients": frozenset(recipients or {f"group:{self.group}"}),
            "event_time": self.clock.now(),
            "expires_at": self.clock.now() + DAY,
            "header": "Access denied",
            "message": "text",
        }
        note = Note.model_validate({**facts, **changes})
        self.store.post(note)
        return note

    def sees(self, caller: Caller, most: int = 5) -> InboxPage:
        return self.inbox.page(caller, most)

    def keys(self, caller: Caller, most: int = 5) -> list[str]:
        return [kept.note.key for kept in self.sees(caller, most).notes]


def test_people_see_what_is_for_them_and_for_their_groups_newest_first() -> None:
    world = World()
    first = world.post()
    world.clock.advance(1)
    second = world.post(f"user:{world.ada.user.casefold()}")
    assert world.keys(world.ada) == [second.key, first.key]
    assert world.keys(world.ben) == [first.key]
    assert world.keys(world.caller("eve")) == []


def test_an_empty_inbox_costs_one_round_trip() -> None:
    world = World()
    with round_trips() as calls:
        world.keys(world.ada)
    assert calls == ["dynamodb.BatchGetItem"]


def test_a_note_for_several_of_ones_groups_is_shown_once() -> None:
    world = World()
    note = world.post(f"group:{world.group}", f"user:{world.ada.user.casefold()}")
    assert world.keys(world.ada) == [note.key]


def test_only_so_many_are_shown_and_only_they_count() -> None:
    world = World()
    for _ in range(4):
        world.clock.advance(1)
        world.post()
    page = world.sees(world.ada, 3)
    assert (len(page.notes), page.unread) == (3, 3)


def test_one_that_is_renewed_stays_read_and_goes_to_the_front() -> None:
    world = World()
    note = world.post()
    world.inbox.change(world.ada, InboxAction.READ, [note.key])
    world.clock.advance(1)
    other = world.post()
    world.clock.advance(DAY)
    world.post(key=note.key, message="again")
    page = world.sees(world.ada)
    assert [kept.note.key for kept in page.notes] == [note.key]
    assert page.notes[0].note.message == "again"
    assert page.unread == 0
    assert other.key not in world.keys(world.ada)


def test_an_older_note_never_takes_the_place_of_a_newer_one() -> None:
    world = World()
    note = world.post(message="new")
    world.post(key=note.key, message="old", event_time=note.event_time - 1)
    assert [kept.note.message for kept in world.sees(world.ada).notes] == ["new"]


def test_each_marks_for_themselves_and_takes_the_mark_back() -> None:
    world = World()
    note = world.post()
    world.inbox.change(world.ada, InboxAction.READ, [note.key])
    assert (world.sees(world.ada).unread, world.sees(world.ben).unread) == (0, 1)
    world.inbox.change(world.ada, InboxAction.READ, [note.key])
    assert world.sees(world.ada).unread == 1
    world.inbox.change(world.ada, InboxAction.HIDE, [note.key])
    assert (world.keys(world.ada), world.keys(world.ben)) == ([], [note.key])


def test_one_may_mark_for_all() -> None:
    world = World()
    note = world.post()
    world.inbox.change(world.ada, InboxAction.READ_FOR_ALL, [note.key])
    assert world.sees(world.ben).unread == 0
    world.inbox.change(world.ada, InboxAction.HIDE_FOR_ALL, [note.key])
    assert world.keys(world.ben) == []
    world.inbox.change(world.ben, InboxAction.HIDE_FOR_ALL, [note.key])
    assert world.keys(world.ada) == [note.key]


def test_whoever_it_is_not_for_changes_nothing() -> None:
    world = World()
    note, eve = world.post(), world.caller("eve")
    with pytest.raises(Forbidden) as refused:
        world.inbox.change(eve, InboxAction.READ_FOR_ALL, [note.key])
    assert refused.value.reason == "no_recipient"
    own = world.post(f"user:{eve.user}")
    world.inbox.change(eve, InboxAction.READ_FOR_ALL, [note.key, own.key])
    assert world.sees(world.ada).unread == 1
    assert world.sees(eve).unread == 0


def test_what_is_gone_can_not_be_marked_back_into_being() -> None:
    world = World()
    (kept,) = world.store.find([world.post().key]).values()
    gone = kept.model_copy(update={"note": kept.note.model_copy(update={"key": "gone"})})
    with pytest.raises(Conflict):
        world.store.mark(gone, "ada", InboxAction.READ)
    assert world.store.find(["gone"]) == {}


def test_nothing_to_change_is_no_fault() -> None:
    world = World()
    world.inbox.change(world.ada, InboxAction.READ, [])
