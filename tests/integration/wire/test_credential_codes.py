"""Every code by which `get_credentials` refuses, with its status and keys, as the command line reads it; and what it lets in."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from chalicelib.core.ids import ulid
from chalicelib.core.principals import SessionKind
from chalicelib.identity.models import SessionToken
from tests.integration.wire.conftest import stored
from tests.integration.wire.test_weep_journey import command_line
from tests.support.aws import refusing
from tests.support.builders import grant, role_arn
from tests.support.calls import watched
from tests.support.served import Reply, Served, served
from tests.support.weep import MESSAGES, Weep, WeepError

PROD, TEST = "222222222222", "333333333333"
APP, APP_ADMIN, DEPLOY = role_arn("team/app", PROD), role_arn("team/app-admin", PROD), role_arn("deploy", TEST)
SENSITIVE, UNTRACEABLE, HOP = role_arn("Sensitive", PROD), role_arn("untraceable", PROD), role_arn("Broker", TEST)
SECTIONS = {
    "credentials": {
        "session_duration": 43_200,
        "require_source_identity": True,
        "ip_restrictions": {"cidrs": ["203.0.113.0/24"], "exempt": {"accounts": [TEST]}},
        "applications": {
            "ledger": {"roles": ["arn:aws:iam::*:role/team/app*"], "owner": "pay@example.com", "app_url": "https://x"},
            "deployer": {"roles": [DEPLOY]},
        },
        "sign_in_ages": [{"roles": [SENSITIVE], "seconds": 60}],
        "routes": [{"accounts": ["999999999999"], "via": [{"role": "Broker"}]}],
    },
    "groups": {"can_waive_ip_restriction": ["group:travellers"]},
}
COMMON = {
    "status",
    "status_code",
    "reason",
    "code",
    "message",
    "errors",
    "exception",
    "request_id",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as patches, served(patches, folder, yaml.safe_dump(SECTIONS)) as running:
        running.synced({PROD: "payments-prod", TEST: "payments-test"})
        roles = [grant(arn, max_session_duration=43_200) for arn in (APP, APP_ADMIN, DEPLOY, SENSITIVE, HOP)]
        running.entitle("group:engineers", *roles, grant(UNTRACEABLE, source_identity=False))
        yield running


@pytest.fixture
def user() -> str:
    return f"{ulid().lower()}@example.com"


@pytest.fixture
def token(site: Served, user: str) -> SessionToken:
    return site.session(user, "engineers")


def ask(site: Served, token: SessionToken, body: Any) -> Reply:
    return site.call("POST", "/api/v1/get_credentials", body, command_line(token))


MANY = [f"198.51.{number}.0/24" for number in range(120)]


@pytest.mark.parametrize(
    ("body", "status", "code", "extra"),
    [
        pytest.param({"requested_role": "nothing"}, 403, "900", {"requested_role"}, id="900 no role matches"),
        pytest.param(
            {"requested_role": role_arn("app", "999999999999")}, 403, "900", {"requested_role"}, id="900 not theirs"
        ),
        pytest.param(
            {"requested_role": "team"}, 403, "901", {"requested_role", "matching roles"}, id="901 several match"
        ),
        pytest.param(
            {"requested_role": APP, "no_ip_restrictions": True}, 403, "902", set(), id="902 a waiver without permission"
        ),
        pytest.param({}, 400, "904", set(), id="904 nothing asked for"),
        pytest.param({"requested_role": ""}, 400, "904", set(), id="904 an empty role"),
        pytest.param({"requested_role": 7}, 400, "904", set(), id="904 a number"),
        pytest.param({"requested_role": APP, "read_only": "yes"}, 400, "904", set(), id="904 a word for a flag"),
        pytest.param(
            {"requested_role": APP, "custom_ip_restrictions": ["10.0.0.1/8"]}, 400, "904", set(), id="904 a bad range"
        ),
        pytest.param(
            {"requested_role": APP, "custom_ip_restrictions": "10.0.0.0/8"}, 400, "904", set(), id="904 no list"
        ),
        pytest.param({"requested_role": APP, "app_name": "x"}, 400, "904", set(), id="904 two ways at once"),
        pytest.param({"user_role": True}, 400, "904", set(), id="904 a role of one's own without account"),
        pytest.param({"user_role": True, "account": PROD}, 403, "900", set(), id="900 a role of one's own"),
        pytest.param({"user_role": True, "account": "x"}, 400, "906", {"account"}, id="906 in no account"),
        pytest.param({"app_name": "nothing"}, 400, "900", set(), id="900 an application nobody knows"),
        pytest.param({"app_name": "ledger", "account": TEST}, 400, "900", set(), id="900 none in that account"),
        pytest.param(
            {"app_name": "ledger", "account": "payments-prod"}, 400, "901", {"matching roles"}, id="901 two in there"
        ),
        pytest.param({"app_name": "ledger", "account": "x"}, 400, "906", {"account"}, id="906 in no such account"),
        pytest.param({"requested_role": HOP}, 403, "own_role", set(), id="a role over which others are reached"),
        pytest.param(
            {"requested_role": UNTRACEABLE}, 403, "source_identity_required", set(), id="a role without SourceIdentity"
        ),
        pytest.param(
            {"requested_role": APP, "custom_ip_restrictions": MANY},
            403,
            "policy_too_large",
            set(),
            id="too many ranges",
        ),
    ],
)
def test_a_refusal(
    site: Served, token: SessionToken, body: dict[str, Any], status: int, code: str, extra: set[str]
) -> None:
    reply = ask(site, token, body)
    assert (reply.status, reply.json["code"]) == (status, code)
    assert set(reply.json) == COMMON | extra
    assert reply.json["status_code"] == status
    assert "ASIA" not in reply.text


def test_matching_roles_are_named_in_order(site: Served, token: SessionToken) -> None:
    assert ask(site, token, {"requested_role": "team"}).json["matching roles"] == [APP, APP_ADMIN]
    by_application = ask(site, token, {"app_name": "ledger", "account": PROD})
    assert by_application.json["matching roles"] == [APP, APP_ADMIN]


def test_902_and_903_tell_what_aws_said(site: Served, token: SessionToken, monkeypatch: pytest.MonkeyPatch) -> None:
    with refusing("sts.AssumeRole", "AccessDenied", 403):
        refused = ask(site, token, {"requested_role": DEPLOY})
    assert (refused.status, refused.json["code"], refused.json["matching_role"]) == (403, "902", DEPLOY)
    assert "AccessDenied" in refused.json["exception"]
    with watched(monkeypatch) as calls:
        calls.on("AssumeRole", lambda *_: {})
        nothing = ask(site, token, {"requested_role": DEPLOY})
    assert (nothing.status, nothing.json["code"], nothing.json["eligible roles"]) == (403, "903", [DEPLOY])


def test_902_tells_of_a_waiver_why_not(site: Served, token: SessionToken) -> None:
    reply = ask(site, token, {"requested_role": APP, "no_ip_restrictions": True})
    assert "can_waive_ip_restriction" in reply.json["exception"] == reply.json["message"]


def test_905_asks_for_a_new_sign_in(site: Served, user: str, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now)
    token = site.session(user, "engineers")
    assert ask(site, token, {"requested_role": SENSITIVE}).status == 200
    monkeypatch.setattr("time.time", lambda: now + 61)
    reply = ask(site, token, {"requested_role": SENSITIVE})
    assert (reply.status, reply.json["code"], reply.json["requested_role"]) == (403, "905", SENSITIVE)
    assert "Sign in again" in reply.json["exception"]
    assert ask(site, token, {"requested_role": DEPLOY}).status == 200


@pytest.mark.parametrize(
    ("search", "code"),
    [("nothing", "900"), ("team", "901"), (HOP, "own_role"), (UNTRACEABLE, "source_identity_required")],
)
def test_weep_says_what_it_knows_and_prints_the_cause_of_what_it_does_not(
    site: Served, token: SessionToken, search: str, code: str, tmp_path: Path
) -> None:
    weep = Weep(site.url, tmp_path)
    weep._store(stored(token))
    with pytest.raises(WeepError) as failure:
        weep.export(search)
    assert failure.value.code == code
    assert failure.value.message == MESSAGES[code] if code in MESSAGES else "Response: " in failure.value.message


class TestWhatIsLetIn:
    @pytest.mark.parametrize(
        ("body", "arn"),
        [
            pytest.param({"app_name": "deployer", "account": TEST}, DEPLOY, id="a role by its application"),
            pytest.param({"app_name": "deployer", "account": "Payments-Test"}, DEPLOY, id="and its account's name"),
            pytest.param({"requested_role": "payments-prod/app"}, APP, id="account and name"),
            pytest.param({"requested_role": DEPLOY, "read_only": True}, DEPLOY, id="read-only"),
            pytest.param({"requested_role": DEPLOY, "no_ip_restrictions": True}, DEPLOY, id="free where it is free"),
            pytest.param(
                {"requested_role": DEPLOY, "custom_ip_restrictions": ["192.0.2.7", "2001:db8::/32"]},
                DEPLOY,
                id="ranges of one's own",
            ),
            pytest.param({"requested_role": DEPLOY, "custom_ip_restrictions": []}, DEPLOY, id="no ranges"),
            pytest.param({"requested_role": DEPLOY, "custom_ip_restrictions": None}, DEPLOY, id="null for them"),
            pytest.param({"requested_role": DEPLOY, "metadata": {"weep_method": 7}, "x": []}, DEPLOY, id="odd keys"),
        ],
    )
    def test_credentials_are_given_for(self, site: Served, token: SessionToken, body: dict[str, Any], arn: str) -> None:
        reply = ask(site, token, body)
        assert reply.status == 200, reply.text
        assert reply.json["Credentials"]["RoleArn"] == arn

    def test_that_an_hour_is_all_that_aws_gives_is_told_beside_the_credentials(
        self, site: Served, token: SessionToken, tmp_path: Path
    ) -> None:
        reply = ask(site, token, {"requested_role": DEPLOY})
        (notice,) = reply.json["notices"]
        assert "43200 seconds were cut to 3600" in notice
        weep = Weep(site.url, tmp_path)
        weep._store(stored(token))
        assert weep.credentials(DEPLOY, "export")["RoleArn"] == DEPLOY

    def test_who_may_gets_credentials_that_work_from_everywhere(self, site: Served, user: str) -> None:
        token = site.session(user, "engineers", "travellers")
        assert ask(site, token, {"requested_role": APP, "no_ip_restrictions": True}).status == 200
        entry = site.container.audit.of_target(APP, limit=1)[0].entry
        assert (entry.person, entry.details["ip_restriction"]) == (f"user:{user}", "waived")

    def test_applications_are_listed_beside_their_roles(
        self, site: Served, token: SessionToken, tmp_path: Path
    ) -> None:
        weep = Weep(site.url, tmp_path)
        weep._store(stored(token))
        apps = {role["arn"]: role["apps"]["app_details"] for role in weep.roles()}
        ledger = {"name": "ledger", "owner": "pay@example.com", "owner_url": "", "app_url": "https://x"}
        assert apps[APP] == apps[APP_ADMIN] == [ledger]
        assert [app["name"] for app in apps[DEPLOY]] == ["deployer"]
        assert apps[HOP] == []


class TestConsole:
    @pytest.mark.parametrize("query", ["", "read_only=false", "read_only=True"])
    def test_a_link_is_not_read_only_unless_it_is_asked_to_be(
        self, site: Served, user: str, monkeypatch: pytest.MonkeyPatch, query: str
    ) -> None:
        assert self.arguments(site, user, monkeypatch, query).get("PolicyArns") is None

    def test_a_link_may_be_read_only(self, site: Served, user: str, monkeypatch: pytest.MonkeyPatch) -> None:
        arguments = self.arguments(site, user, monkeypatch, "read_only=true")
        assert arguments["PolicyArns"] == [{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}]

    def arguments(self, site: Served, user: str, monkeypatch: pytest.MonkeyPatch, query: str) -> dict[str, Any]:
        """Of AssumeRole; what follows does not matter here."""
        browser = site.browser(site.session(user, "engineers", kind=SessionKind.WEB))
        with watched(monkeypatch) as calls:
            calls.on("AssumeRole", lambda *_: {})
            site.call("GET", f"/api/v2/role_login/{DEPLOY}?{query}", headers=browser)
        (found,) = [parameters for name, parameters in calls.seen if name == "AssumeRole"]
        return found

    def test_the_choice_among_several_keeps_what_was_asked_for(self, site: Served, user: str) -> None:
        browser = site.browser(site.session(user, "engineers", kind=SessionKind.WEB))
        reply = site.call("GET", "/api/v2/role_login/team?r=eu-west-1&read_only=true&redirect=", headers=browser)
        assert reply.json["reason"] == "multiple_roles"
        assert reply.json["redirect_url"].startswith("/?arn=team&r=eu-west-1&read_only=true&warningMessage=")
