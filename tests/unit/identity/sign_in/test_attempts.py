"""A sign-in that was begun: it counts once, for ten minutes, for the browser that began, and its row alone finishes nothing."""

from collections.abc import Mapping
from typing import Any

import pytest

from chalicelib.core.errors import Conflict, Forbidden, LimitExceeded, NotAuthenticated, NotFound, Upstream
from chalicelib.core.ids import ulid
from chalicelib.identity import sign_in_store as module
from chalicelib.identity.directory.people import PeopleStore
from chalicelib.identity.methods.base import Attempt, Begun, Identified, Proved
from chalicelib.identity.sign_in import SignIn
from chalicelib.identity.sign_in_store import ATTEMPT_LIFE, SignInStore, hashed
from chalicelib.identity.store import SessionRow
from chalicelib.wire.http import HttpRequest
from tests.support.clock import FrozenClock
from tests.unit.identity.sign_in.conftest import answer

pytestmark = pytest.mark.usefixtures("tables")

BROWSER = "b" * 43
ADDRESS = "198.51.100.7"


class Provider:
    """A method that believes whatever the answer says."""

    def __init__(self, name: str = "okta", *, brings_cookies: bool = True) -> None:
        self.name = self.label = name
        self.brings_cookies = brings_cookies
        self.proved = Proved(identified=Identified(user="ada", groups=frozenset({"a"}), method=name))
        self.down = False

    def begin(self, attempt: Attempt) -> Begun:
        return Begun(url=f"https://idp.example/?state={attempt.state}", notes={"nonce": "n"})

    def finish(self, attempt: Attempt, request: HttpRequest) -> Proved:
        assert attempt.notes == {"nonce": "n"}
        return self.proved

    def sign_out_url(self, notes: Mapping[str, str], return_url: str) -> str | None:
        if self.down:
            raise Upstream("down", reason="provider_down")
        return f"https://idp.example/end?back={return_url}&hint={notes.get('hint', '')}"


def sign_in(clock: FrozenClock, *methods: Any) -> SignIn:
    people = PeopleStore(clock)

    class Sessions:
        """Only tells what it was asked for."""

        started: list[dict[str, Any]] = []  # noqa: RUF012 one test, one class

        def start(self, **asked: Any) -> dict[str, Any]:
            self.started.append(asked)
            return asked

    return SignIn(
        methods=methods or (Provider(),),
        store=SignInStore(clock),
        sessions=Sessions(),  # type: ignore[arg-type]
        people=people,
        groups_of=lambda user, groups, source: groups,
        public_url="https://consoleme.example",
        clock=clock,
    )


def begun(service: SignIn, name: str = "okta") -> str:
    """The state of a sign-in that has just begun."""
    return service.begin(name, "/requests", BROWSER, ADDRESS).partition("state=")[2]


def test_from_one_address_only_so_many_begin_and_from_another_they_still_do(
    clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PER_ADDRESS", 2)
    service = sign_in(clock)
    begun(service)
    begun(service)
    with pytest.raises(LimitExceeded):
        begun(service)
    assert service.begin("okta", "/", BROWSER, "203.0.113.9")
    clock.advance(120)
    assert begun(service)


def reason_of(service: SignIn, state: str, browser: str = BROWSER) -> str:
    with pytest.raises(NotAuthenticated) as refused:
        service.take(state, browser)
    return refused.value.reason


def test_an_answer_finds_what_it_answers(clock: FrozenClock) -> None:
    service = sign_in(clock)
    attempt = service.take(begun(service), BROWSER)
    assert (attempt.method, attempt.return_to, attempt.notes) == ("okta", "/requests", {"nonce": "n"})


def test_it_counts_once(clock: FrozenClock) -> None:
    service = sign_in(clock)
    state = begun(service)
    service.take(state, BROWSER)
    assert reason_of(service, state) == "unknown_sign_in"


def test_it_counts_for_ten_minutes(clock: FrozenClock) -> None:
    service = sign_in(clock)
    early, late = begun(service), begun(service)
    clock.advance(ATTEMPT_LIFE - 1)
    service.take(early, BROWSER)
    clock.advance(1)
    assert reason_of(service, late) == "unknown_sign_in"


@pytest.mark.parametrize("browser", ["", "c" * 43])
def test_it_counts_in_the_browser_that_began_and_is_gone_after_a_wrong_one(clock: FrozenClock, browser: str) -> None:
    service = sign_in(clock)
    state = begun(service)
    assert reason_of(service, state, browser) == "other_browser"
    assert reason_of(service, state) == "unknown_sign_in"


def test_an_answer_that_another_site_posts_brings_no_cookie_and_is_found_all_the_same(clock: FrozenClock) -> None:
    service = sign_in(clock, Provider(brings_cookies=False))
    assert service.take(begun(service), "").method == "okta"


def test_such_an_answer_begins_no_session_before_the_browser_is_known(clock: FrozenClock) -> None:
    service = sign_in(clock, Provider(brings_cookies=False))
    attempt = service.take(begun(service), "")
    with pytest.raises(NotAuthenticated):
        service.finish(attempt, answer())


@pytest.mark.parametrize("state", ["", "x", "x" * 201, "\ud800"])
def test_a_state_that_nobody_gave_out_is_unknown(clock: FrozenClock, state: str) -> None:
    assert reason_of(sign_in(clock), state) == "unknown_sign_in"


def test_a_method_that_is_no_longer_configured_finishes_nothing(clock: FrozenClock) -> None:
    state = begun(sign_in(clock))
    with pytest.raises(NotFound):
        sign_in(clock, Provider("other")).take(state, BROWSER)


def test_neither_the_state_nor_the_browsers_secret_stands_in_the_table(clock: FrozenClock) -> None:
    state = begun(sign_in(clock))
    row = SessionRow.get(f"SIGNIN#{hashed(state)}", "META")
    assert state not in str(row.body)
    assert BROWSER not in str(row.body)


def test_two_that_come_at_once_do_not_both_get_it(clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second reads the row too, and is too late to take it."""
    service = sign_in(clock)
    state = begun(service)
    delete = SessionRow.delete

    def overtaken(row: SessionRow, **how: Any) -> Any:
        delete(row)
        return delete(row, **how)

    monkeypatch.setattr(SessionRow, "delete", overtaken)
    assert reason_of(service, state) == "unknown_sign_in"


def test_what_may_be_used_once_is_used_once_while_it_counts(clock: FrozenClock) -> None:
    store, name = SignInStore(clock), ulid()
    store.use_once("assertion", name, clock.now() + 60)
    store.use_once("other", name, clock.now() + 60)
    with pytest.raises(Conflict):
        store.use_once("assertion", name, clock.now() + 60)
    clock.advance(61)
    store.use_once("assertion", name, clock.now() + 60)


class TestSession:
    def test_whoever_is_proved_gets_a_session(self, clock: FrozenClock) -> None:
        service = sign_in(clock)
        started: Any = service.finish(service.take(begun(service), BROWSER), answer())
        assert (started["user"], started["groups"], started["method"]) == ("ada", {"a"}, "okta")
        assert (started["note_groups"], started["address"]) == (True, "198.51.100.7")

    def test_groups_that_a_provider_did_not_tell_are_not_noted_as_none(self, clock: FrozenClock) -> None:
        provider = Provider()
        provider.proved = Proved(
            identified=Identified(user=ulid(), groups=frozenset(), method="okta", groups_complete=False)
        )
        service = sign_in(clock, provider)
        started: Any = service.finish(service.take(begun(service), BROWSER), answer())
        assert started["note_groups"] is False

    def test_the_end_of_the_providers_own_session_is_handed_on(self, clock: FrozenClock) -> None:
        provider = Provider()
        provider.proved = Proved(
            identified=Identified(user=ulid(), groups=frozenset(), method="okta", ends_at=clock.now() + 900)
        )
        service = sign_in(clock, provider)
        started: Any = service.finish(service.take(begun(service), BROWSER), answer())
        assert started["no_later_than"] == clock.now() + 900

    def test_whose_groups_only_the_directory_can_tell_is_refused_where_it_does_not(self, clock: FrozenClock) -> None:
        provider = Provider()
        told = Identified(
            user=ulid(), groups=frozenset(), method="okta", groups_complete=False, directory_required=True
        )
        provider.proved = Proved(identified=told)
        service = sign_in(clock, provider)
        attempt = service.take(begun(service), BROWSER)
        with pytest.raises(Forbidden) as refused:
            service.finish(attempt, answer())
        assert refused.value.reason == "groups_unknown"


class TestSigningOut:
    def test_the_method_says_where_and_gets_what_it_kept(self, clock: FrozenClock) -> None:
        url = sign_in(clock).sign_out_url("okta", {"hint": "h"})
        assert url == "https://idp.example/end?back=https://consoleme.example/&hint=h"

    def test_a_method_that_is_gone_or_down_leaves_it_at_our_own_session(self, clock: FrozenClock) -> None:
        provider = Provider()
        provider.down = True
        service = sign_in(clock, provider)
        assert service.sign_out_url("okta", {}) is None
        assert service.sign_out_url("test", {}) is None
