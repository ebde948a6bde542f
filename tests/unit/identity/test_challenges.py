from typing import Any

import boto3
import pytest

from chalicelib.core.errors import AppError, Conflict, Forbidden, InvalidInput, LimitExceeded, NotFound
from chalicelib.core.principals import Caller, SessionKind
from chalicelib.identity.challenges import LIFE, Challenges
from chalicelib.identity.models import SessionsConfig
from chalicelib.identity.sessions import SessionService
from chalicelib.identity.store import PeopleStore, SessionStore
from chalicelib.settings import load
from tests.support.aws import REGION
from tests.support.builders import caller
from tests.support.clock import START, FrozenClock

pytestmark = pytest.mark.usefixtures("tables")

HERE, ELSEWHERE, SIX = "198.51.100.7", "203.0.113.9", "2001:db8::1"


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """A user of the test's own."""
    return f"{abs(hash(request.node.nodeid))}@example.com"


@pytest.fixture
def challenges(clock: FrozenClock) -> Challenges:
    return made(clock)


def made(clock: FrozenClock, **config: Any) -> Challenges:
    store, section = SessionStore(clock), SessionsConfig.model_validate(config)
    sessions = SessionService(
        store=store,
        people=PeopleStore(clock),
        keys=lambda: {"k": "k" * 40},
        config=section,
        public_url="https://consoleme.example",
        clock=clock,
    )
    return Challenges(store=store, sessions=sessions, config=section, clock=clock)


def browser_of(name: str, address: str = HERE) -> Caller:
    return caller(name, "engineers", address=address)


def approve(challenges: Challenges, token: str, who: Caller) -> None:
    challenges.answer(token, who, challenges.show(token, who).nonce, approve=True)


def test_who_approves_gets_a_session_for_their_command_line_with_their_groups(
    challenges: Challenges, name: str, clock: FrozenClock
) -> None:
    token = challenges.ask(name.upper(), HERE, "weep/1")
    assert challenges.poll(token, HERE).status == "pending"
    approve(challenges, token, browser_of(name))
    poll = challenges.poll(token, HERE)
    assert (poll.status, poll.user) == ("success", name)
    assert poll.token is not None
    session = SessionStore(clock).find(poll.token.session_id)
    assert session is not None
    assert (session.kind, session.groups, session.expires_at) == (
        SessionKind.CLI,
        frozenset({"engineers"}),
        START + 12 * 3600,
    )


def test_it_is_delivered_once(challenges: Challenges, name: str) -> None:
    token = challenges.ask(name, HERE, "")
    approve(challenges, token, browser_of(name))
    assert challenges.poll(token, HERE).status == "success"
    again = challenges.poll(token, HERE)
    assert (again.status != "success", again.token) == (True, None)


def test_looking_at_it_changes_nothing(challenges: Challenges, name: str) -> None:
    token = challenges.ask(name, HERE, "weep/1")
    first, second = challenges.show(token, browser_of(name)), challenges.show(token, browser_of(name))
    assert first == second
    assert (first.client, first.address, first.created_at) == ("weep/1", HERE, START)
    assert first.nonce not in repr(first)


def test_a_denial_is_final(challenges: Challenges, name: str) -> None:
    token, who = challenges.ask(name, HERE, ""), browser_of(name)
    challenges.answer(token, who, challenges.show(token, who).nonce, approve=False)
    assert challenges.poll(token, HERE).status == "unauthorized"
    with pytest.raises(Conflict):
        challenges.show(token, who)


def test_it_lives_longer_than_weep_polls_and_no_longer(challenges: Challenges, name: str, clock: FrozenClock) -> None:
    assert LIFE > 120
    token = challenges.ask(name, HERE, "")
    clock.advance(LIFE - 1)
    assert challenges.poll(token, HERE).status == "pending"
    clock.advance(1)
    assert challenges.poll(token, HERE).status == "expired"
    with pytest.raises(NotFound) as refusal:
        challenges.show(token, browser_of(name))
    assert refusal.value.reason == "expired"


def test_an_approval_that_comes_too_late_is_not_delivered(
    challenges: Challenges, name: str, clock: FrozenClock
) -> None:
    token = challenges.ask(name, HERE, "")
    approve(challenges, token, browser_of(name))
    clock.advance(LIFE)
    assert challenges.poll(token, HERE).token is None


@pytest.mark.parametrize("token", ["", "x", "\u00e9", "x" * 5000, "\x00"])
def test_a_token_that_nobody_made_is_unknown(challenges: Challenges, token: str) -> None:
    assert challenges.poll(token, HERE).status == "unknown"
    with pytest.raises(NotFound) as refusal:
        challenges.show(token, browser_of("ada@example.com"))
    assert refusal.value.reason == "unknown"


def test_only_the_address_that_asked_gets_the_session(challenges: Challenges, name: str) -> None:
    token = challenges.ask(name, HERE, "")
    approve(challenges, token, browser_of(name))
    assert challenges.poll(token, ELSEWHERE).status == "unauthorized"
    assert challenges.poll(token, HERE).status == "success"


@pytest.mark.parametrize(
    ("check", "address", "accepted"),
    [
        pytest.param("strict", HERE, True, id="strict: the same address"),
        pytest.param("strict", ELSEWHERE, False, id="strict: another"),
        pytest.param("strict", SIX, False, id="strict: the other family"),
        pytest.param("same_family", ELSEWHERE, False, id="same family: another of the family"),
        pytest.param("same_family", SIX, True, id="same family: the other family, which cannot be compared"),
        pytest.param("off", ELSEWHERE, True, id="off: any"),
    ],
)
def test_where_the_browser_may_be(clock: FrozenClock, name: str, check: str, address: str, *, accepted: bool) -> None:
    challenges = made(clock, address_check=check)
    token = challenges.ask(name, HERE, "")
    if accepted:
        approve(challenges, token, browser_of(name, address))
        return
    with pytest.raises(Forbidden) as refusal:
        challenges.show(token, browser_of(name, address))
    assert refusal.value.reason == "other_address"


def test_another_person_neither_sees_nor_answers_it(challenges: Challenges, name: str) -> None:
    token = challenges.ask(name, HERE, "")
    nonce = challenges.show(token, browser_of(name)).nonce
    mallory = browser_of("mallory@example.com")
    for act in (
        lambda: challenges.show(token, mallory),
        lambda: challenges.answer(token, mallory, nonce, approve=True),
    ):
        with pytest.raises(Forbidden) as refusal:
            act()
        assert refusal.value.reason == "other_user"
    assert challenges.poll(token, HERE).status == "pending"


@pytest.mark.parametrize("nonce", ["", "guess", "\u00e9"])
def test_a_nonce_that_was_not_shown_answers_nothing(challenges: Challenges, name: str, nonce: str) -> None:
    token = challenges.ask(name, HERE, "")
    with pytest.raises(InvalidInput) as refusal:
        challenges.answer(token, browser_of(name), nonce, approve=True)
    assert refusal.value.reason == "bad_nonce"
    assert challenges.poll(token, HERE).status == "pending"


def test_its_token_is_not_in_the_table(challenges: Challenges, name: str) -> None:
    token = challenges.ask(name, HERE, "")
    rows = boto3.client("dynamodb", REGION).scan(TableName=f"{load().table_prefix}sessions")["Items"]
    assert token not in str(rows)


class TestTooMany:
    @pytest.fixture(autouse=True)
    def at_the_beginning_of_a_window(self, clock: FrozenClock) -> None:
        clock.advance(240 - clock.now() % 120)

    def test_challenges_for_one_user_are_refused_and_leave_others_alone(
        self, challenges: Challenges, name: str
    ) -> None:
        for number in range(10):
            challenges.ask(name, f"192.0.2.{number}", "")
        with pytest.raises(LimitExceeded):
            challenges.ask(name, "192.0.2.99", "")
        challenges.ask(f"other-{name}", "192.0.2.99", "")

    def test_challenges_from_one_address_are_refused(self, challenges: Challenges, name: str) -> None:
        for number in range(30):
            challenges.ask(f"{number}-{name}", "192.0.2.200", "")
        with pytest.raises(LimitExceeded):
            challenges.ask(f"one-more-{name}", "192.0.2.200", "")


@pytest.mark.parametrize("user", ["", "   ", "x" * 201])
def test_a_name_that_nobody_has_is_refused(challenges: Challenges, user: str) -> None:
    with pytest.raises(AppError) as refusal:
        challenges.ask(user, HERE, "")
    assert type(refusal.value) is InvalidInput
