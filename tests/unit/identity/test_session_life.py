"""How a session is renewed, listed, narrowed and ended."""

from typing import Any

import jwt
import pytest

from chalicelib.audit.models import Outcome
from chalicelib.audit.store import AuditLog, AuditRow
from chalicelib.core.errors import AppError, Conflict, Forbidden, Misconfigured, NotAuthenticated, NotFound
from chalicelib.core.ids import ulid
from chalicelib.core.principals import SessionKind
from chalicelib.identity.directory.models import PersonRecord
from chalicelib.identity.directory.store import DirectoryStore
from chalicelib.identity.models import Session, SessionsConfig
from chalicelib.identity.sessions import SessionService
from chalicelib.identity.store import SessionRow, SessionStore
from tests.support.aws import refusing, round_trips
from tests.support.builders import caller
from tests.support.clock import START, FrozenClock
from tests.support.sessions import begun, caller_of, session_service

pytestmark = pytest.mark.usefixtures("tables")

HOUR = 3600


@pytest.fixture
def user() -> str:
    return f"{ulid().lower()}@example.com"


@pytest.fixture
def sessions(clock: FrozenClock) -> SessionService:
    return session_service(clock, web_minutes=60, web_max_hours=3)


def stored(clock: FrozenClock, session_id: str) -> Session | None:
    return SessionStore(clock).find(session_id)


def recorded(clock: FrozenClock, user: str) -> list[tuple[str, str, Outcome]]:
    """What the audit log says was done to somebody, by whom, and how it ended; the oldest first."""
    links = AuditLog(clock).of_target(f"user:{user}")
    return sorted((link.entry.action, link.entry.person, link.entry.outcome) for link in links)


class TestRenewing:
    def test_in_the_first_half_of_its_life_nothing_is_asked_of_the_table(
        self, sessions: SessionService, user: str, clock: FrozenClock
    ) -> None:
        who = caller_of(sessions, begun(sessions, user))
        clock.advance(HOUR // 2 - 1)
        with round_trips() as calls:
            assert sessions.renew(who) is None
        assert calls == []

    def test_in_the_second_half_cookie_and_row_get_a_whole_life_more(
        self, sessions: SessionService, user: str, clock: FrozenClock
    ) -> None:
        who = caller_of(sessions, begun(sessions, user, "a", "b"))
        clock.advance(HOUR // 2)
        renewed = sessions.renew(who)
        assert renewed is not None
        assert (renewed.session_id, renewed.issued_at, renewed.expires_at) == (
            who.session_id,
            START + HOUR // 2,
            START + HOUR // 2 + HOUR,
        )
        row = stored(clock, who.session_id)
        assert row is not None
        assert (row.created_at, row.renewed_at, row.expires_at) == (START, START + HOUR // 2, renewed.expires_at)
        clock.advance(HOUR - 1)
        assert caller_of(sessions, renewed).groups == {"a", "b"}

    def test_however_often_it_is_renewed_it_ends_at_its_longest(
        self, sessions: SessionService, user: str, clock: FrozenClock
    ) -> None:
        token = begun(sessions, user)
        for _ in range(20):
            clock.advance(HOUR // 2)
            try:
                token = sessions.renew(caller_of(sessions, token)) or token
            except NotAuthenticated:
                break
        assert clock.now() == token.expires_at == START + 3 * HOUR

    def test_one_of_a_command_line_is_never_renewed(
        self, sessions: SessionService, user: str, clock: FrozenClock
    ) -> None:
        who = caller_of(sessions, begun(sessions, user, kind=SessionKind.CLI))
        clock.advance(11 * HOUR)
        assert sessions.renew(who) is None

    def test_never_revives_one_that_was_ended(
        self, sessions: SessionService, user: str, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        who = caller_of(sessions, begun(sessions, user))
        clock.advance(HOUR // 2)
        row = stored(clock, who.session_id)
        assert row is not None
        sessions.end(who.session_id)
        assert sessions.renew(who) is None
        with pytest.raises(Conflict):
            SessionStore(clock).renew(row, START + 5 * HOUR)
        assert stored(clock, who.session_id) is None
        with pytest.raises(AppError):
            sessions.live(who)

    def test_of_two_requests_at_once_one_renews(self, sessions: SessionService, user: str, clock: FrozenClock) -> None:
        who = caller_of(sessions, begun(sessions, user))
        clock.advance(HOUR // 2)
        row = stored(clock, who.session_id)
        assert row is not None
        SessionStore(clock).renew(row, START + 2 * HOUR)
        with pytest.raises(Conflict):
            SessionStore(clock).renew(row, START + 2 * HOUR)

    def test_brings_no_group_back(self, sessions: SessionService, user: str, clock: FrozenClock) -> None:
        who = caller_of(sessions, begun(sessions, user, "a", "b"))
        clock.advance(HOUR // 2)
        sessions.narrow(user, frozenset({"b"}))
        renewed = sessions.renew(who)
        assert renewed is not None
        assert caller_of(sessions, renewed).groups == {"b"}
        assert jwt.decode(renewed.value, options={"verify_signature": False})["groups"] == ["b"]


def test_a_configuration_whose_longest_life_is_shorter_than_the_usual_one_is_refused() -> None:
    with pytest.raises(ValueError, match="web_max_hours"):
        SessionsConfig(web_minutes=61, web_max_hours=1)


@pytest.mark.parametrize("name", ["a b", "a;b", "a=b", "", "\u00e9", "x" * 101])
def test_a_name_that_no_cookie_may_have_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="cookie_name"):
        SessionsConfig(cookie_name=name)


@pytest.mark.parametrize("name", ["__Host-mine", "__Secure-mine"])
def test_a_cookie_that_needs_tls_is_refused_without(clock: FrozenClock, name: str) -> None:
    with pytest.raises(Misconfigured, match="over http"):
        session_service(clock, public_url="http://127.0.0.1:8000", cookie_name=name)
    assert session_service(clock, cookie_name=name).cookie_name == name


class TestListing:
    def test_shows_each_of_a_persons_sessions_that_stands_the_newest_first(
        self, sessions: SessionService, user: str, clock: FrozenClock
    ) -> None:
        first = begun(sessions, user, client="Firefox")
        clock.advance(1)
        second = begun(sessions, user.upper(), kind=SessionKind.CLI, client="weep")
        begun(sessions, f"other-{user}")
        found = sessions.of(user)
        assert [(one.session_id, one.kind, one.client) for one in found] == [
            (second.session_id, SessionKind.CLI, "weep"),
            (first.session_id, SessionKind.WEB, "Firefox"),
        ]
        clock.advance(HOUR)
        assert [one.session_id for one in sessions.of(user)] == [second.session_id]
        sessions.end(second.session_id)
        assert sessions.of(user) == ()

    def test_takes_any_number_and_two_round_trips_for_a_hundred(
        self, sessions: SessionService, user: str, clock: FrozenClock
    ) -> None:
        store = SessionStore(clock)
        token = begun(sessions, user)
        row = stored(clock, token.session_id)
        assert row is not None
        for _ in range(104):
            store.add(row.model_copy(update={"session_id": ulid()}))
        with round_trips() as calls:
            assert len(sessions.of(user)) == 105
        assert calls == ["dynamodb.Query", "dynamodb.TransactGetItems", "dynamodb.TransactGetItems"]
        assert sessions.end_all(user, keep=token.session_id) == 104
        assert [one.session_id for one in sessions.of(user)] == [token.session_id]

    def test_ends_no_later_than_the_providers_own_session(
        self, sessions: SessionService, user: str, clock: FrozenClock
    ) -> None:
        token = sessions.start(
            user=user,
            groups=frozenset(),
            kind=SessionKind.WEB,
            method="saml",
            address="",
            no_later_than=clock.now() + HOUR // 4,
        )
        row = stored(clock, token.session_id)
        assert row is not None
        assert (row.expires_at, row.ends_at) == (clock.now() + HOUR // 4,) * 2

    def test_keeps_what_signing_out_needs_out_of_sight(
        self, sessions: SessionService, user: str, clock: FrozenClock
    ) -> None:
        token = sessions.start(
            user=user,
            groups=frozenset(),
            kind=SessionKind.WEB,
            method="test",
            address="",
            sign_out={"id_token": "very secret"},
        )
        row = stored(clock, token.session_id)
        assert row is not None
        assert row.sign_out == {"id_token": "very secret"}
        assert "very secret" not in repr(row)


class TestEnding:
    def test_one_of_ones_own_is_recorded_and_gives_it_back(
        self, sessions: SessionService, user: str, clock: FrozenClock
    ) -> None:
        token = begun(sessions, user)
        ended = sessions.end(token.session_id)
        assert ended is not None
        assert ended.user == user
        assert sessions.end(token.session_id) is None
        who = f"user:{user}"
        assert recorded(clock, user) == [("session.end", who, Outcome.DONE), ("session.start", who, Outcome.DONE)]
        assert list(SessionRow.query(f"USER#{user}")) == []

    def test_by_an_administrator_is_recorded_as_theirs(
        self, sessions: SessionService, user: str, clock: FrozenClock
    ) -> None:
        who = caller_of(sessions, begun(sessions, user))
        sessions.revoke(user.upper(), who.session_id, by=caller("root@example.com"))
        with pytest.raises(NotAuthenticated):
            sessions.live(who)
        assert ("session.revoke", "user:root@example.com", Outcome.DONE) in recorded(clock, user)

    @pytest.mark.parametrize("session_id", ["", "01NONE", "x" * 5000])
    def test_one_that_is_not_there_is_not_found(self, sessions: SessionService, user: str, session_id: str) -> None:
        with pytest.raises(NotFound):
            sessions.revoke(user, session_id or "-", by=caller(user))

    def test_one_of_somebody_else_is_not_found_and_stands(self, sessions: SessionService, user: str) -> None:
        theirs = begun(sessions, f"other-{user}")
        with pytest.raises(NotFound):
            sessions.revoke(user, theirs.session_id, by=caller(user))
        assert caller_of(sessions, theirs).user == f"other-{user}"

    def test_all_at_once_spares_none_or_the_one_that_is_named(
        self, sessions: SessionService, user: str, clock: FrozenClock
    ) -> None:
        tokens = [begun(sessions, user, kind=kind) for kind in (SessionKind.WEB, SessionKind.CLI, SessionKind.WEB)]
        assert sessions.end_all(user, keep=tokens[1].session_id, by=f"user:{user}") == 2
        assert caller_of(sessions, tokens[1]).user == user
        assert sessions.end_all(user) == 1
        assert sessions.end_all(user) == 0
        for token in tokens:
            with pytest.raises(NotAuthenticated):
                caller_of(sessions, token)
        assert [act for act in recorded(clock, user) if act[0] == "session.revoke"] == [
            ("session.revoke", "system:identity", Outcome.DONE),
            ("session.revoke", "system:identity", Outcome.DONE),
            ("session.revoke", f"user:{user}", Outcome.DONE),
        ]

    def test_works_while_the_audit_log_fails_which_is_told(
        self, sessions: SessionService, user: str, clock: FrozenClock
    ) -> None:
        token = begun(sessions, user)
        with refusing("dynamodb.PutItem", "InternalServerError", 500), pytest.raises(AppError):
            sessions.revoke(user, token.session_id, by=caller(user))
        assert stored(clock, token.session_id) is None


class TestNarrowing:
    def test_takes_the_groups_that_are_gone_from_every_session_at_once(
        self, sessions: SessionService, user: str
    ) -> None:
        tokens = [begun(sessions, user, "a", "b"), begun(sessions, user, "b", kind=SessionKind.CLI)]
        assert sessions.narrow(user, frozenset({"B", "new"})) == 1
        assert [caller_of(sessions, token).groups for token in tokens] == [{"b"}, {"b"}]
        assert sessions.narrow(user, frozenset()) == 2
        assert [caller_of(sessions, token).groups for token in tokens] == [frozenset(), frozenset()]

    def test_leaves_an_ended_one_ended(self, sessions: SessionService, user: str, clock: FrozenClock) -> None:
        token = begun(sessions, user, "a")
        sessions.end(token.session_id)
        with pytest.raises(Conflict):
            SessionStore(clock).drop_groups(token.session_id, {"a"})
        assert sessions.narrow(user, frozenset()) == 0


class TestSomebodyWhoIsSuspended:
    @pytest.fixture(autouse=True)
    def suspended(self, user: str, clock: FrozenClock) -> None:
        DirectoryStore().say(PersonRecord(source="hr", user=user, suspended=True, observed_at=START + 1))

    def test_gets_no_session_and_leaves_none(self, sessions: SessionService, user: str, clock: FrozenClock) -> None:
        for kind in SessionKind:
            with pytest.raises(Forbidden) as refusal:
                begun(sessions, user, kind=kind)
            assert refusal.value.reason == "suspended"
        assert sessions.of(user) == ()
        assert set(recorded(clock, user)) == {("session.start", f"user:{user}", Outcome.REFUSED)}


def test_a_session_that_cannot_be_recorded_is_not_begun(
    sessions: SessionService, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise Conflict("as the test wants it")

    monkeypatch.setattr(AuditRow, "save", fails)
    with pytest.raises(Conflict):
        begun(sessions, user)
    assert sessions.of(user) == ()


class TestAPersonInManyGroups:
    @pytest.mark.parametrize(("groups", "kind"), [(98, SessionKind.WEB), (200, SessionKind.CLI)])
    def test_carries_them_in_the_token(
        self, sessions: SessionService, user: str, groups: int, kind: SessionKind
    ) -> None:
        names = [f"payments-team-{number}-engineers" for number in range(groups)]
        who = sessions.read(begun(sessions, user, *names, kind=kind).value, "")
        assert (who.groups_known, who.groups) == (True, frozenset(names))

    def test_in_more_than_a_cookie_holds_leaves_them_to_the_row(self, sessions: SessionService, user: str) -> None:
        names = [ulid().lower() for _ in range(600)]
        token = begun(sessions, user, *names)
        assert len(token.cookie_name) + len(token.value) < 4_000
        who = sessions.read(token.value, "")
        assert (who.groups_known, who.groups) == (False, frozenset())
        assert sessions.live(who).groups == frozenset(names)
        sessions.narrow(user, frozenset(names[:3]))
        assert sessions.live(who).groups == frozenset(names[:3])


def test_a_cookie_that_is_larger_than_any_of_ours_is_not_even_parsed(sessions: SessionService) -> None:
    with pytest.raises(NotAuthenticated) as refusal:
        sessions.read("x" * 8_193, "")
    assert refusal.value.reason == "oversized_cookie"
