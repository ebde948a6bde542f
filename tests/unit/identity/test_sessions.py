import base64
import json
from typing import Any

import jwt
import pytest

from chalicelib.api.session import session_cookie
from chalicelib.core.errors import NotAuthenticated
from chalicelib.core.principals import SessionKind
from chalicelib.identity.models import Session, SessionToken
from chalicelib.identity.sessions import SessionService, confirmed
from chalicelib.identity.store import PeopleStore
from tests.support.aws import round_trips
from tests.support.builders import caller
from tests.support.clock import START, FrozenClock
from tests.support.sessions import KEY, URL, session_service

pytestmark = pytest.mark.usefixtures("tables")

OLD, NEW = "o" * 40, KEY
GROUPS = frozenset({"Team-A", "team-b"})
FOLDED = frozenset({"team-a", "team-b"})


def started(
    made_by: SessionService, user: str = "Ada@Example.com", kind: SessionKind = SessionKind.WEB
) -> SessionToken:
    return made_by.start(user=user, groups=GROUPS, kind=kind, method="test", address="198.51.100.7")


def forged(header: dict[str, Any], claims: dict[str, Any], key: str = NEW) -> str:
    return jwt.encode(claims, key, algorithm="HS256", headers=header)


def good_claims(**other: Any) -> dict[str, Any]:
    times = {"nbf": START, "iat": START, "exp": START + 3600}
    return {"iss": URL, "aud": "consoleme-web", "jti": "01X", "email": "ada@example.com", "groups": []} | times | other


def unsigned(claims: dict[str, Any], algorithm: str) -> str:
    def part(document: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()

    return f"{part({'alg': algorithm, 'typ': 'JWT', 'kid': 'new'})}.{part(claims)}."


def test_a_token_shows_who_it_was_made_for(clock: FrozenClock) -> None:
    sessions = session_service(clock)
    who = sessions.read(started(sessions).value, "203.0.113.9")
    assert (who.user, who.groups, who.kind) == ("ada@example.com", FOLDED, SessionKind.WEB)
    assert (who.address, who.expires_at, who.live) == ("203.0.113.9", START + 3600, False)


def test_a_session_of_the_web_and_one_of_a_command_line_live_as_long_as_the_configuration_says(
    clock: FrozenClock,
) -> None:
    sessions = session_service(clock, web_minutes=5, cli_hours=2)
    assert started(sessions).expires_at == START + 300
    assert started(sessions, kind=SessionKind.CLI).expires_at == START + 7200
    assert sessions.read(started(sessions, kind=SessionKind.CLI).value, "").kind is SessionKind.CLI


@pytest.mark.parametrize(
    ("public_url", "config", "name", "secure"),
    [
        pytest.param(
            URL, {}, "__Host-consoleme_auth", True, id="with TLS the browser itself keeps others from setting it"
        ),
        pytest.param("http://127.0.0.1:8000", {}, "consoleme_auth", False, id="on loopback"),
        pytest.param(URL, {"cookie_name": "mine"}, "mine", True, id="as configured"),
    ],
)
def test_the_cookies_name(
    clock: FrozenClock, public_url: str, config: dict[str, Any], name: str, *, secure: bool
) -> None:
    token = started(session_service(clock, public_url=public_url, **config))
    assert (token.cookie_name, token.secure) == (name, secure)


@pytest.mark.parametrize(
    ("public_url", "flags"),
    [(URL, "; HttpOnly; Secure"), ("http://127.0.0.1:8000", "; HttpOnly")],
    ids=["tls", "loopback"],
)
def test_the_cookie_is_for_our_host_alone_and_out_of_reach_of_scripts_and_other_sites(
    clock: FrozenClock, public_url: str, flags: str
) -> None:
    token = started(session_service(clock, public_url=public_url))
    assert (
        session_cookie(token).header()
        == f"{token.cookie_name}={token.value}; Path=/; Max-Age=3600; SameSite=Lax{flags}"
    )


def test_tokens_stay_out_of_reprs(clock: FrozenClock) -> None:
    token = started(session_service(clock))
    assert token.value not in repr(token)


class TestATokenIsRefused:
    def refused(self, clock: FrozenClock, token: str) -> None:
        with pytest.raises(NotAuthenticated) as refusal:
            session_service(clock).read(token, "")
        assert refusal.value.message == "The session is invalid or has expired. Sign in again."

    @pytest.mark.parametrize(
        "token",
        [
            pytest.param("", id="nothing"),
            pytest.param("x", id="a letter"),
            pytest.param("a.b.c", id="three letters"),
            pytest.param("..", id="two dots"),
            pytest.param("\u00e9.\u00e9.\u00e9", id="letters beyond ASCII"),
            pytest.param("\ud800.x.x", id="half a character"),
            pytest.param("e30.e30.", id="empty objects"),
            pytest.param("W10.e30.x", id="a list for a header"),
            pytest.param("x" * 100_000, id="a hundred thousand letters"),
        ],
    )
    def test_that_is_no_token(self, clock: FrozenClock, token: str) -> None:
        self.refused(clock, token)

    @pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "HS256", "RS256"])
    def test_that_nobody_signed(self, clock: FrozenClock, algorithm: str) -> None:
        self.refused(clock, unsigned(good_claims(), algorithm))

    @pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
    @pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
    def test_that_was_signed_by_another_algorithm_with_our_very_key(self, clock: FrozenClock, algorithm: str) -> None:
        self.refused(clock, jwt.encode(good_claims(), NEW, algorithm=algorithm, headers={"kid": "new"}))

    def test_that_was_signed_with_another_key(self, clock: FrozenClock) -> None:
        self.refused(clock, forged({"kid": "new"}, good_claims(), key=OLD))

    @pytest.mark.parametrize("header", [{"kid": "unknown"}, {"kid": ""}, {}, {"kid": "None"}])
    def test_that_names_a_key_that_nobody_knows(self, clock: FrozenClock, header: dict[str, Any]) -> None:
        self.refused(clock, forged(header, good_claims()))

    def test_whose_claims_were_exchanged(self, clock: FrozenClock) -> None:
        header, _, signature = started(session_service(clock)).value.split(".")
        claims = unsigned(good_claims(email="admin@example.com"), "HS256").split(".")[1]
        self.refused(clock, f"{header}.{claims}.{signature}")

    @pytest.mark.parametrize(
        "claims",
        [
            pytest.param(good_claims(aud="other"), id="for somebody else"),
            pytest.param(good_claims(aud="consoleme-admin"), id="for a kind of session that does not exist"),
            pytest.param(good_claims(aud="consoleme-"), id="for no kind of session"),
            pytest.param(good_claims(aud=["consoleme-web", "consoleme-cli"]), id="for two kinds at once"),
            pytest.param(good_claims(iss="https://other.example"), id="by another issuer"),
            pytest.param(good_claims(iss=URL + "/"), id="by an issuer that only looks alike"),
            pytest.param(good_claims(exp=START), id="that ends this very second"),
            pytest.param(good_claims(exp=START - 1), id="that has ended"),
            pytest.param(good_claims(nbf=START + 31), id="that begins in the future"),
            pytest.param(good_claims(nbf=START + 300), id="of a clock that is five minutes ahead"),
            *(
                pytest.param(
                    {key: value for key, value in good_claims().items() if key != claim}, id=f"without {claim}"
                )
                for claim in ("exp", "iat", "nbf", "iss", "aud", "jti", "email")
            ),
        ],
    )
    def test_whose_claims_are_signed_and_wrong(self, clock: FrozenClock, claims: dict[str, Any]) -> None:
        self.refused(clock, forged({"kid": "new"}, claims))

    def test_once_its_time_is_over(self, clock: FrozenClock) -> None:
        token = started(session_service(clock))
        clock.advance(3599)
        session_service(clock).read(token.value, "")
        clock.advance(1)
        self.refused(clock, token.value)


def test_the_clock_of_another_process_may_be_half_a_minute_ahead(clock: FrozenClock) -> None:
    assert (
        session_service(clock).read(forged({"kid": "new"}, good_claims(nbf=START + 30)), "").user == "ada@example.com"
    )


def test_a_rotation_of_keys_signs_nobody_out(clock: FrozenClock) -> None:
    before = session_service(clock, keys={"old": OLD})
    between = session_service(clock, keys={"new": NEW, "old": OLD})
    after = session_service(clock, keys={"new": NEW})
    first, second = started(before).value, started(between).value
    assert jwt.get_unverified_header(second)["kid"] == "new"
    for token in (first, second):
        assert between.read(token, "").user == "ada@example.com"
    assert after.read(second, "").user == "ada@example.com"
    with pytest.raises(NotAuthenticated):
        after.read(first, "")


def test_reading_a_token_asks_nobody_and_the_row_costs_one_round_trip(clock: FrozenClock) -> None:
    sessions = session_service(clock)
    token = started(sessions)
    with round_trips() as calls:
        who = sessions.read(token.value, "")
        assert calls == []
        assert sessions.live(who).live is True
    assert calls == ["dynamodb.GetItem"]


def test_a_session_that_was_ended_is_over_for_its_token_too(clock: FrozenClock) -> None:
    sessions = session_service(clock)
    token = started(sessions)
    who = sessions.read(token.value, "")
    sessions.end(token.session_id)
    with pytest.raises(NotAuthenticated) as refusal:
        sessions.live(who)
    assert refusal.value.reason == "session_ended"
    sessions.end(token.session_id)


def test_a_row_that_dynamodb_has_not_deleted_yet_does_not_count_after_its_end(clock: FrozenClock) -> None:
    sessions = session_service(clock)
    who = sessions.read(started(sessions).value, "")
    clock.advance(3600)
    with pytest.raises(NotAuthenticated):
        sessions.live(who)


def test_a_sign_in_notes_the_persons_groups_for_decisions_in_their_absence(clock: FrozenClock) -> None:
    started(session_service(clock), "Grace@example.com")
    person = PeopleStore(clock).find("grace@example.com")
    assert person is not None
    assert (person.groups, person.source, person.observed_at) == (FOLDED, "test", START)


class TestConfirming:
    def row(self, **more: Any) -> Session:
        base: dict[str, Any] = {
            "session_id": "01SESSION",
            "user": "ada@example.com",
            "groups": frozenset({"a", "b"}),
            "kind": SessionKind.WEB,
            "method": "test",
            "address": "",
            "created_at": START,
            "renewed_at": START,
            "expires_at": START + 3600,
            "ends_at": START + 7200,
        }
        return Session.model_validate(base | more)

    def test_a_row_that_stands_makes_the_caller_live(self) -> None:
        who = confirmed(caller("ada@example.com", "a", "b"), self.row())
        assert (who.live, who.groups, who.address) == (True, frozenset({"a", "b"}), "198.51.100.7")

    def test_groups_that_the_row_has_lost_are_lost_at_once(self) -> None:
        who = confirmed(caller("ada@example.com", "a", "b"), self.row(groups=frozenset({"b"})))
        assert who.groups == {"b"}
        assert [str(principal) for principal in who.principals] == ["user:ada@example.com", "group:b"]

    def test_groups_that_the_row_has_gained_are_not_the_tokens(self) -> None:
        assert confirmed(caller("ada@example.com", "a"), self.row()).groups == {"a"}

    @pytest.mark.parametrize(("token", "row"), [(START + 60, START + 3600), (START + 3600, START + 60)])
    def test_the_session_ends_when_the_first_of_the_two_ends(self, token: int, row: int) -> None:
        assert confirmed(caller(expires_at=token), self.row(expires_at=row)).expires_at == START + 60

    @pytest.mark.parametrize(
        "other",
        [
            pytest.param(None, id="no row"),
            pytest.param({"user": "grace@example.com"}, id="the row of another person"),
            pytest.param({"kind": SessionKind.CLI}, id="the row of another kind of session"),
        ],
    )
    def test_is_refused_with(self, other: dict[str, Any] | None) -> None:
        with pytest.raises(NotAuthenticated) as refusal:
            confirmed(caller(), None if other is None else self.row(**other))
        assert refusal.value.reason == "session_ended"
