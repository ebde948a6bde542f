import json
from collections.abc import Iterator

import pytest

from chalicelib.core.errors import Misconfigured, NotFound, Throttled, Upstream
from chalicelib.identity.directory.google_api import GoogleApi, service_key
from chalicelib.identity.directory.models import DirectoryConfig
from chalicelib.identity.directory.sources.base import Surroundings
from chalicelib.identity.directory.sources.google_workspace import GoogleWorkspace
from chalicelib.identity.directory.sources.registry import source_types
from tests.support.clock import FrozenClock
from tests.support.google import ADMIN, FakeGoogle, fake_google, group, key_file, member, problem, user
from tests.support.http import Scripted

ADA, BO, CY = (user(1, "Ada@example.com"), user(2, "bo@example.com"), user(3, "cy@example.com"))
ENG, ALL = group(1, "eng@example.com"), group(2, "everybody@example.com")


@pytest.fixture
def google() -> Iterator[FakeGoogle]:
    with fake_google() as google:
        google.users = [ADA, BO, CY]
        google.groups = [ENG, ALL]
        google.members = {"g1": [member(ADA), member(BO)], "g2": [member(ENG), member(CY)]}
        yield google


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def api(google: FakeGoogle, clock: FrozenClock, pauses: list[float]) -> GoogleApi:
    return opened(google, clock, ADMIN, pauses)


def opened(google: FakeGoogle, clock: FrozenClock, subject: str, pauses: list[float]) -> GoogleApi:
    return GoogleApi(
        key=lambda: service_key(key_file(), "the secret"),
        subject=subject,
        clock=clock,
        api_url=google.url,
        token_url=f"{google.url}/token",
        pause=pauses.append,
    )


def users(api: GoogleApi) -> list[str]:
    return [item["primaryEmail"] for item in api.pages("/admin/directory/v1/users", "users", domain="example.com")]


class TestTheSource:
    def test_lists_every_page_of_users_with_their_settings(self, api: GoogleApi, google: FakeGoogle) -> None:
        google.users[0] = ADA | {"isAdmin": True, "isEnrolledIn2Sv": False, "orgUnitPath": "/Platform"}
        found = {one.name: one for one in GoogleWorkspace({"example.com": api}).users()}
        assert list(found) == ["ada@example.com", "bo@example.com", "cy@example.com"]
        ada = found["ada@example.com"]
        assert (ada.display_name, ada.external_id, ada.suspended) == ("Ada", "10001", False)
        assert ada.settings == {
            "administrator": True,
            "delegated_administrator": False,
            "two_step_enrolled": False,
            "two_step_enforced": False,
            "archived": False,
            "organisational_unit": "/Platform",
        }
        assert [query.get("pageToken") for query in google.asked("/users")] == [None, "2"]
        assert google.asked("/users")[0]["maxResults"] == "500"

    def test_takes_the_suspended_and_the_archived_for_suspended(self, api: GoogleApi, google: FakeGoogle) -> None:
        google.users = [ADA | {"suspended": True}, BO | {"archived": True}, CY]
        assert [one.suspended for one in GoogleWorkspace({"example.com": api}).users()] == [True, True, False]

    def test_lists_groups_with_the_users_and_groups_inside(self, api: GoogleApi, google: FakeGoogle) -> None:
        google.members["g1"].append({"id": "999", "email": "someone@elsewhere.example", "type": "USER"})
        source = GoogleWorkspace({"example.com": api})
        list(source.users())
        found = {one.name: one for one in source.groups()}
        assert found["eng@example.com"].members == {"ada@example.com", "bo@example.com"}
        assert found["everybody@example.com"].members == {"cy@example.com"}
        assert found["everybody@example.com"].groups == {"eng@example.com"}

    def test_lets_a_customer_stand_for_all_its_users(self, api: GoogleApi, google: FakeGoogle) -> None:
        google.users = [ADA, BO | {"customerId": "C02"}]
        google.members = {"g1": [], "g2": [{"id": "C01", "type": "CUSTOMER"}]}
        source = GoogleWorkspace({"example.com": api})
        list(source.users())
        found = {one.name: one.members for one in source.groups()}
        assert found == {"eng@example.com": frozenset(), "everybody@example.com": {"ada@example.com"}}

    def test_leaves_out_a_group_that_was_deleted_meanwhile(self, api: GoogleApi, google: FakeGoogle) -> None:
        del google.members["g1"]
        source = GoogleWorkspace({"example.com": api})
        list(source.users())
        assert [one.name for one in source.groups()] == ["everybody@example.com"]

    def test_reads_each_domain_in_the_name_of_its_own_administrator(
        self, google: FakeGoogle, clock: FrozenClock, pauses: list[float]
    ) -> None:
        google.subjects["other.example"] = "root@other.example"
        google.users.append(user(9, "zoe@other.example"))
        apis = {domain: opened(google, clock, subject, pauses) for domain, subject in google.subjects.items()}
        found = [one.name for one in GoogleWorkspace(apis).users()]
        assert found == ["ada@example.com", "bo@example.com", "cy@example.com", "zoe@other.example"]
        assert set(google.tokens.values()) == {ADMIN, "root@other.example"}

    def test_breaks_off_when_google_does(self, api: GoogleApi, google: FakeGoogle) -> None:
        source = GoogleWorkspace({"example.com": api})
        list(source.users())
        google.failures = [Scripted(b"", 500) for _ in range(100)]
        with pytest.raises(Upstream):
            list(source.groups())

    def test_is_built_from_the_configuration_and_the_key_in_the_secret(self, clock: FrozenClock) -> None:
        def built(section: dict[str, object]) -> object:
            config = DirectoryConfig.model_validate({"google_workspace": section})
            return source_types()["google_workspace"].build(Surroundings(config, None, clock, lambda _: key_file()))  # type: ignore[arg-type]

        assert isinstance(built({"subjects": {"Example.com": ADMIN}}), GoogleWorkspace)
        with pytest.raises(Misconfigured, match="subjects is empty"):
            built({})


class TestPatience:
    @pytest.mark.parametrize(
        "failure",
        [
            pytest.param(Scripted(b"{}", 429), id="too many"),
            pytest.param(problem(403, "Quota exceeded", "userRateLimitExceeded"), id="a quota that says forbidden"),
            pytest.param(problem(503, "Backend Error", "backendError"), id="Google's own fault"),
            pytest.param(Scripted(b"<html>", 502), id="a page of a proxy"),
        ],
    )
    def test_is_had_with_what_passes(
        self, api: GoogleApi, google: FakeGoogle, pauses: list[float], failure: Scripted
    ) -> None:
        google.failures = [failure, failure]
        assert len(users(api)) == 3
        assert len(pauses) == 2
        assert pauses[0] < 1 <= pauses[1] <= 2

    def test_ends(self, api: GoogleApi, google: FakeGoogle, pauses: list[float]) -> None:
        google.failures = [problem(403, "Quota exceeded", "quotaExceeded")] * 50
        with pytest.raises(Throttled, match="Quota exceeded") as refusal:
            users(api)
        assert refusal.value.reason == "google_quota"
        assert len(pauses) == 5

    def test_is_not_had_with_a_refusal_which_says_what_to_do(
        self, google: FakeGoogle, clock: FrozenClock, pauses: list[float]
    ) -> None:
        with pytest.raises(Misconfigured, match=r"Not Authorized[\s\S]*Domain-wide delegation") as refusal:
            users(opened(google, clock, "nobody@example.com", pauses))
        assert (refusal.value.reason, pauses) == ("google_refused", [])

    def test_is_had_with_a_server_that_is_not_there(self, clock: FrozenClock, pauses: list[float]) -> None:
        with fake_google() as gone:
            pass
        with pytest.raises(Upstream, match="did not answer"):
            users(opened(gone, clock, ADMIN, pauses))
        assert len(pauses) == 5


class TestTheToken:
    def test_is_kept_until_shortly_before_its_end(self, api: GoogleApi, google: FakeGoogle, clock: FrozenClock) -> None:
        users(api)
        clock.advance(3000)
        users(api)
        assert len(google.tokens) == 1
        clock.advance(300)
        users(api)
        assert len(google.tokens) == 2

    def test_is_fetched_anew_when_google_no_longer_takes_it(self, api: GoogleApi, google: FakeGoogle) -> None:
        users(api)
        google.tokens = {"other": "x"}
        assert len(users(api)) == 3

    def test_that_google_does_not_give_is_a_refusal(
        self, google: FakeGoogle, clock: FrozenClock, pauses: list[float]
    ) -> None:
        foreign = GoogleApi(
            key=lambda: service_key(key_file(), "the secret"),
            subject=ADMIN,
            clock=clock,
            api_url=google.url,
            token_url=f"{google.url}/token?",
            pause=pauses.append,
        )
        with pytest.raises(Misconfigured, match="invalid_grant"):
            users(foreign)


class TestTheKey:
    @pytest.mark.parametrize("text", ["", "not json", "{}", '{"client_email": "a@b"}'])
    def test_that_is_none_is_refused_without_being_shown(self, text: str) -> None:
        with pytest.raises(Misconfigured, match="must be the JSON key file") as refusal:
            service_key(text, "consoleme-directory-google")
        assert refusal.value.__cause__ is None

    def test_that_can_not_sign_is_refused_without_being_shown(self, google: FakeGoogle, clock: FrozenClock) -> None:
        bad = json.dumps({**json.loads(key_file()), "private_key": "x" * 200})
        api = GoogleApi(
            key=lambda: service_key(bad, "s"),
            subject=ADMIN,
            clock=clock,
            token_url=f"{google.url}/token",
            api_url=google.url,
        )
        with pytest.raises(Misconfigured, match="no RSA key") as refusal:
            users(api)
        assert "xxx" not in str(refusal.value)
        assert "xxx" not in repr(service_key(bad, "s"))


@pytest.mark.parametrize("body", [b"[]", b"<html>", b'{"users": 3}'])
def test_an_answer_that_is_none_is_an_error(api: GoogleApi, google: FakeGoogle, body: bytes) -> None:
    google.failures = [Scripted(body)]
    with pytest.raises(Upstream):
        users(api)


def test_what_is_not_there_is_told_so(api: GoogleApi) -> None:
    with pytest.raises(NotFound):
        list(api.pages("/admin/directory/v1/groups/none/members", "members"))
