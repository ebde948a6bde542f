import json
from collections.abc import Callable

import pytest

from chalicelib.aws.secrets import SigningKeys
from chalicelib.aws.sessions import Sessions
from chalicelib.core.errors import AccessDeniedByAws, Misconfigured
from chalicelib.core.ids import ulid
from tests.support.aws import REGION, refusing, round_trips
from tests.support.clock import FrozenClock

pytestmark = pytest.mark.usefixtures("tables")

GOOD = [{"kid": "new", "key": "n" * 32}, {"kid": "old", "key": "o" * 43}]


@pytest.fixture(scope="module")
def sessions(tables: None) -> Sessions:
    return Sessions(clock=FrozenClock(), region=REGION, endpoint_url=None, states_endpoint_url=None)


@pytest.fixture
def keys(sessions: Sessions, clock: FrozenClock) -> Callable[[str], SigningKeys]:
    return lambda name: SigningKeys(sessions, name, clock)


@pytest.fixture
def secret(sessions: Sessions) -> Callable[[str], str]:
    """Makes one that holds the text, and gives its name."""

    def make(text: str) -> str:
        name = f"test/{ulid()}"
        sessions.client("secretsmanager").create_secret(Name=name, SecretString=text)
        return name

    return make


Keys = Callable[[str], SigningKeys]
Secret = Callable[[str], str]


def test_keys_come_in_the_order_of_the_secret_the_newest_first(keys: Keys, secret: Secret) -> None:
    found = keys(secret(json.dumps({"keys": GOOD}))).all()
    assert list(found.items()) == [("new", "n" * 32), ("old", "o" * 43)]


def test_the_secret_is_read_once_in_five_minutes_and_a_rotation_is_seen_after_them(
    keys: Keys, secret: Secret, sessions: Sessions, clock: FrozenClock
) -> None:
    name = secret(json.dumps({"keys": GOOD[1:]}))
    signing = keys(name)
    with round_trips() as calls:
        signing.all()
        clock.advance(300)
        signing.all()
        assert calls == ["secrets-manager.GetSecretValue"]
    sessions.client("secretsmanager").put_secret_value(SecretId=name, SecretString=json.dumps({"keys": GOOD}))
    clock.advance(1)
    assert list(signing.all()) == ["new", "old"]


class TestATokenThatNamesAKeyThatIsNotKnown:
    def test_makes_the_secret_be_read_again_so_that_a_rotation_is_seen_at_once(
        self, keys: Keys, secret: Secret, sessions: Sessions, clock: FrozenClock
    ) -> None:
        name = secret(json.dumps({"keys": GOOD[1:]}))
        signing = keys(name)
        assert signing.find("old") == "o" * 43
        sessions.client("secretsmanager").put_secret_value(SecretId=name, SecretString=json.dumps({"keys": GOOD}))
        clock.advance(30)
        assert signing.find("new") == "n" * 32
        assert next(iter(signing.all())) == "new"

    def test_costs_two_reads_a_minute_however_many_are_forged(
        self, keys: Keys, secret: Secret, clock: FrozenClock
    ) -> None:
        signing = keys(secret(json.dumps({"keys": GOOD})))
        with round_trips() as calls:
            for _ in range(60):
                assert signing.find("forged") is None
                clock.advance(1)
        assert calls == ["secrets-manager.GetSecretValue"] * 2


class TestWhileThereIsNoAnswer:
    def test_the_known_keys_go_on_for_an_hour_and_are_asked_for_twice_a_minute(
        self, keys: Keys, secret: Secret, clock: FrozenClock
    ) -> None:
        signing = keys(secret(json.dumps({"keys": GOOD})))
        signing.all()
        clock.advance(301)
        with refusing("secrets-manager.GetSecretValue", "AccessDeniedException") as calls:
            for _ in range(60):
                assert signing.find("new") == "n" * 32
                clock.advance(1)
            assert len(calls) == 2
            clock.advance(3600 - 360)
            with pytest.raises(AccessDeniedByAws):
                signing.all()
        assert "new" in signing.all()

    def test_nothing_is_signed_by_a_process_that_knows_none(self, keys: Keys, secret: Secret) -> None:
        signing = keys(secret(json.dumps({"keys": GOOD})))
        with refusing("secrets-manager.GetSecretValue", "AccessDeniedException"), pytest.raises(AccessDeniedByAws):
            signing.all()
        assert "new" in signing.all()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("not json", id="words"),
        pytest.param("[]", id="a list"),
        pytest.param("{}", id="no keys"),
        pytest.param('{"keys": []}', id="an empty list of keys"),
        pytest.param('{"keys": [{"kid": "a"}]}', id="a kid without a key"),
        pytest.param('{"keys": ["a"]}', id="a key without a kid"),
        pytest.param(json.dumps({"keys": [{"kid": "a", "key": "k" * 31}]}), id="a key that is too short"),
        pytest.param(json.dumps({"keys": [*GOOD, {"kid": "b", "key": ""}]}), id="an empty key among good ones"),
        pytest.param(json.dumps({"keys": [{"kid": "", "key": "k" * 32}]}), id="a key without a name"),
        pytest.param(json.dumps({"keys": [GOOD[0], GOOD[0]]}), id="two keys of one name"),
    ],
)
def test_a_secret_that_is_unfit_signs_nothing(keys: Keys, secret: Secret, text: str) -> None:
    signing = keys(secret(text or " "))
    with pytest.raises(Misconfigured, match="newest first") as failure:
        signing.all()
    assert "k" * 31 not in failure.value.message
    assert failure.value.__cause__ is None


def test_a_secret_that_was_broken_stops_the_signing_and_is_not_gone_on_without(
    keys: Keys, secret: Secret, sessions: Sessions, clock: FrozenClock
) -> None:
    name = secret(json.dumps({"keys": GOOD}))
    signing = keys(name)
    signing.all()
    sessions.client("secretsmanager").put_secret_value(SecretId=name, SecretString="{}")
    clock.advance(301)
    for _ in range(2):
        with pytest.raises(Misconfigured):
            signing.all()


def test_a_secret_that_is_missing_is_an_error_each_time(keys: Keys) -> None:
    signing = keys("test/missing")
    for _ in range(2):
        with pytest.raises(Misconfigured, match="test/missing does not exist"):
            signing.all()
