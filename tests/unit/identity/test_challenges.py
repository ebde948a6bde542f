from typing import Any

import boto3
import pytest

from chalicelib.audit.models import Outcome
from chalicelib.audit.store import AuditRow
from chalicelib.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from chalicelib.core.principals import SessionKind
from chalicelib.identity.challenge_store import ChallengeStore
from chalicelib.identity.challenges import (
    LIFE,
    Poll,
)
from chalicelib.identity.directory.people import PeopleStore
from chalicelib.identity.store import SessionStore
from chalicelib.settings import load
from tests.support.aws import REGION
from tests.support.challenge_world import World, world_with
from tests.support.clock import START, FrozenClock

pytestmark = pytest.mark.usefixtures("tables")

ELSEWHERE, SIX = "203.0.113.9", "2001:db8::1"


@pytest.fixture
def world(clock: FrozenClock) -> World:
    return world_with(clock)


def test_who_approves_gets_a_session_for_their_command_line_with_their_groups(world: World) -> None:
    asked = world.challenges.ask(world.name.upper(), world.here, "weep/1")
    assert world.poll(asked).status == "pending"
    world.answer(asked, world.browser())
    poll = world.poll(asked)
    assert (poll.status, poll.user) == ("success", world.name)
    assert poll.token is not None
    session = SessionStore(world.clock).find(poll.token.session_id)
    assert session is not None
    assert (session.kind, session.groups, session.expires_at) == (
        SessionKind.CLI,
        frozenset({"engineers"}),
        START + 12 * 3600,
    )
    assert (session.method, session.address, session.client) == ("challenge", world.here, "weep/1")


class TestSingleUse:
    def test_it_is_delivered_once_and_then_unknown(self, world: World) -> None:
        asked = world.ask()
        world.answer(asked, world.browser())
        assert world.poll(asked).status == "success"
        again = world.poll(asked)
        assert (again.status, again.token) == ("unknown", None)

    def test_of_two_polls_at_once_one_gets_it(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        asked = world.ask()
        world.answer(asked, world.browser())
        polls: list[Poll] = []
        first = ChallengeStore.move

        def overtaken(store: ChallengeStore, *step: str) -> None:
            """Between another poll's read and its write, this one runs whole."""
            monkeypatch.setattr(ChallengeStore, "move", first)
            polls.append(world.poll(asked))
            first(store, *step)

        monkeypatch.setattr(ChallengeStore, "move", overtaken)
        polls.append(world.poll(asked))
        assert [poll.status for poll in polls] == ["success", "unknown"]
        assert len(world.sessions.of(world.name)) == 2

    @pytest.mark.parametrize("approve", [True, False])
    def test_it_is_answered_once(self, world: World, *, approve: bool) -> None:
        asked, who = world.ask(), world.browser()
        nonce = world.challenges.show(asked.link_token, who).nonce
        world.answer(asked, who, approve=approve)
        for late in (True, False):
            with pytest.raises(Conflict) as refusal:
                world.challenges.answer(asked.link_token, who, nonce, approve=late)
            assert refusal.value.reason == "already_answered"
        assert world.poll(asked).status == ("success" if approve else "unauthorized")

    def test_of_two_answers_at_once_the_faster_counts(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        asked, who = world.ask(), world.browser()
        first = ChallengeStore.answer

        def overtaken(store: ChallengeStore, *step: str) -> None:
            monkeypatch.setattr(ChallengeStore, "answer", first)
            world.answer(asked, who, approve=False)
            first(store, *step)

        monkeypatch.setattr(ChallengeStore, "answer", overtaken)
        with pytest.raises(Conflict):
            world.answer(asked, who)
        assert world.poll(asked).status == "unauthorized"

    def test_looking_at_it_changes_nothing(self, world: World) -> None:
        asked, who = world.ask(), world.browser()
        first, second = (world.challenges.show(asked.link_token, who) for _ in range(2))
        assert first == second
        assert (first.client, first.address, first.created_at) == ("weep/1", world.here, START)
        assert first.nonce not in repr(first)
        assert world.poll(asked).status == "pending"


class TestItsTime:
    def test_is_longer_than_weep_polls_and_no_longer(self, world: World) -> None:
        assert LIFE > 120
        asked, who = world.ask(), world.browser()
        world.clock.advance(LIFE - 1)
        assert world.poll(asked).status == "pending"
        world.clock.advance(1)
        assert world.poll(asked).status == "expired"
        with pytest.raises(NotFound) as refusal:
            world.challenges.show(asked.link_token, who)
        assert refusal.value.reason == "expired"

    def test_over_after_the_approval_delivers_nothing(self, world: World) -> None:
        asked = world.ask()
        world.answer(asked, world.browser())
        world.clock.advance(LIFE)
        assert world.poll(asked).status == "expired"


class TestTokens:
    @pytest.mark.parametrize("token", ["", "x", "\u00e9", "x" * 5000, "\x00"])
    def test_that_nobody_made_are_unknown(self, world: World, token: str) -> None:
        assert world.challenges.poll(token, world.here).status == "unknown"
        with pytest.raises(NotFound) as refusal:
            world.challenges.show(token, world.browser())
        assert refusal.value.reason == "unknown"

    def test_of_the_link_collect_nothing_and_those_of_the_poll_open_nothing(self, world: World) -> None:
        asked, who = world.ask(), world.browser()
        world.answer(asked, who)
        assert world.challenges.poll(asked.link_token, world.here).status == "unknown"
        with pytest.raises(NotFound):
            world.challenges.show(asked.poll_token, who)

    def test_are_not_in_the_table(self, world: World) -> None:
        asked = world.ask()
        rows = str(boto3.client("dynamodb", REGION).scan(TableName=f"{load().table_prefix}sessions")["Items"])
        assert asked.poll_token not in rows
        assert asked.link_token not in rows
        assert asked.poll_token not in repr(asked)

    @pytest.mark.parametrize("nonce", ["", "guess", "\u00e9"])
    def test_of_the_page_that_were_not_shown_answer_nothing(self, world: World, nonce: str) -> None:
        asked = world.ask()
        with pytest.raises(InvalidInput) as refusal:
            world.challenges.answer(asked.link_token, world.browser(), nonce, approve=True)
        assert refusal.value.reason == "bad_nonce"
        assert world.poll(asked).status == "pending"


@pytest.mark.parametrize(
    ("check", "address", "accepted"),
    [
        pytest.param("strict", "", True, id="strict: the same address"),
        pytest.param("strict", ELSEWHERE, False, id="strict: another"),
        pytest.param("strict", SIX, False, id="strict: the other family"),
        pytest.param("same_family", ELSEWHERE, False, id="same family: another of the family"),
        pytest.param("same_family", SIX, True, id="same family: the other family, which cannot be compared"),
        pytest.param("off", ELSEWHERE, True, id="off: any"),
    ],
)
class TestWhere:
    def test_the_browser_may_be(self, clock: FrozenClock, check: str, address: str, *, accepted: bool) -> None:
        world = world_with(clock, address_check=check)
        asked, who = world.ask(), world.browser()
        there = world.browser(address=address)
        if accepted:
            world.answer(asked, there)
            assert world.poll(asked).status == "success"
            return
        nonce = world.challenges.show(asked.link_token, who).nonce
        with pytest.raises(Forbidden) as refusal:
            world.challenges.answer(asked.link_token, there, nonce, approve=True)
        assert refusal.value.reason == "other_address"
        assert world.poll(asked).status == "pending"
        (entry,) = world.recorded("challenge.approve")
        assert (entry.outcome, entry.details["address"]) == (Outcome.REFUSED, address)

    def test_the_command_line_may_collect(
        self, clock: FrozenClock, check: str, address: str, *, accepted: bool
    ) -> None:
        world = world_with(clock, address_check=check)
        asked = world.ask()
        world.answer(asked, world.browser())
        assert world.poll(asked, address).status == ("success" if accepted else "unauthorized")


def test_another_person_neither_sees_nor_answers_it_and_the_attempt_is_recorded(world: World) -> None:
    asked = world.ask()
    nonce = world.challenges.show(asked.link_token, world.browser()).nonce
    mallory = world.browser("mallory@example.com")
    for act in (
        lambda: world.challenges.show(asked.link_token, mallory),
        lambda: world.challenges.answer(asked.link_token, mallory, nonce, approve=True),
    ):
        with pytest.raises(Forbidden) as refusal:
            act()
        assert refusal.value.reason == "other_user"
    assert world.poll(asked).status == "pending"
    entries = world.recorded("challenge.approve")
    assert {(entry.person, entry.outcome) for entry in entries} == {("user:mallory@example.com", Outcome.REFUSED)}


class TestBetweenApprovalAndDelivery:
    def test_signing_out_everywhere_takes_the_approval_back(self, world: World) -> None:
        asked = world.ask()
        world.answer(asked, world.browser())
        world.sessions.end_all(world.name)
        assert world.poll(asked).status == "unauthorized"
        assert world.sessions.of(world.name) == ()

    def test_groups_that_are_lost_are_not_delivered(self, world: World) -> None:
        asked = world.ask()
        world.answer(asked, world.browser("", "", "engineers", "on-call"))
        world.sessions.narrow(world.name, frozenset({"engineers"}))
        poll = world.poll(asked)
        assert poll.token is not None
        assert world.sessions.read(poll.token.value, "").groups == {"engineers"}


def test_it_does_not_make_the_groups_look_newer_than_the_approvers_sign_in(world: World) -> None:
    who, people = world.browser(), PeopleStore(world.clock)
    world.clock.advance(3_000)
    asked = world.ask()
    world.answer(asked, who)
    assert world.poll(asked).status == "success"
    person = people.find(world.name)
    assert person is not None
    assert person.groups == {"engineers"}
    assert person.observed_at == START


class TestTheRecord:
    @pytest.mark.parametrize(("approve", "action"), [(True, "challenge.approve"), (False, "challenge.deny")])
    def test_says_who_answered_and_who_asked_from_where(self, world: World, action: str, *, approve: bool) -> None:
        asked, who = world.ask(client="weep/2"), world.browser()
        world.answer(asked, who, approve=approve)
        (entry,) = world.recorded(action)
        assert (entry.person, entry.outcome) == (f"user:{world.name}", Outcome.DONE)
        assert entry.details == {
            "asked_from": world.here,
            "asked_with": "weep/2",
            "asked_at": START,
            "address": world.here,
            "session": who.session_id,
        }

    def test_that_cannot_be_written_voids_the_approval(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        asked, who = world.ask(), world.browser()

        def fails(*_: Any, **__: Any) -> None:
            raise Conflict("as the test wants it")

        with monkeypatch.context() as patches:
            patches.setattr(AuditRow, "save", fails)
            with pytest.raises(Conflict):
                world.answer(asked, who)
        assert world.poll(asked).status == "unauthorized"
