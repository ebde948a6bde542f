"""Accounts, refreshes and role pages over HTTP, as Lambda would call the API."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest

from app import app
from chalicelib import bootstrap
from chalicelib.core.principals import SessionKind
from tests.support.estate import FIRST, HUB, SECOND, TAG, Estate
from tests.support.http import Answered, rest_event, send

ORIGIN = "http://127.0.0.1:8000"
ADMINISTRATOR, ENGINEER = "ada@example.com", "ben@example.com"
ROLE = "/api/v2/roles/{account_id}/{role+}"

Browser = Callable[..., Answered]


@pytest.fixture
def browser(estate: Estate) -> Browser:
    """A signed-in person's browser: `browser(method, resource, user=..., body=..., **values)`."""
    cookies: dict[str, str] = {}

    def call(method: str, resource: str, *, user: str = ADMINISTRATOR, body: Any = None, **values: str) -> Answered:
        if user and user not in cookies:
            token = bootstrap.container().identity.sessions.start(
                user=user, groups=frozenset(), kind=SessionKind.WEB, method="test", address="198.51.100.7"
            )
            cookies[user] = f"{token.cookie_name}={token.value}; _xsrf=token"
        headers = {
            "Cookie": cookies.get(user, ""),
            "Origin": ORIGIN,
            "Sec-Fetch-Site": "same-origin",
            "X-Xsrftoken": "token",
            "Content-Type": "application/json",
        }
        text = None if body is None else json.dumps(body)
        return send(app, rest_event(method, resource, values=values, headers=headers, body=text))

    return call


def refresh(estate: Estate, *accounts: str) -> None:
    estate.begin("run")
    for account_id in accounts:
        estate.sync(account_id, "run")
    estate.container().inventory.refresh.finish.run("run", (), None)
    estate.deliver()


def test_a_role_page_has_every_key_of_the_wire_and_what_the_trust_policy_lacks(
    estate: Estate, browser: Browser
) -> None:
    arn = estate.create_role(
        FIRST, "app", {TAG: "engineers", "owner": "team@example.com"}, Path="/team/", Description="Deploys"
    )
    iam = estate.iam(FIRST)
    iam.put_role_policy(RoleName="app", PolicyName="own", PolicyDocument=json.dumps(POLICY))
    managed = iam.create_policy(PolicyName="Shared", PolicyDocument=json.dumps(POLICY))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="app", PolicyArn=managed)
    iam.put_role_permissions_boundary(RoleName="app", PermissionsBoundary=managed)
    refresh(estate, FIRST)
    answer = browser("GET", ROLE, user=ENGINEER, account_id=FIRST, role="app")
    assert answer.status == 200
    page = answer.json
    assert (page["arn"], page["name"], page["account_id"], page["account_name"]) == (arn, "app", FIRST, "payments-prod")
    assert page["inline_policies"] == [{"PolicyName": "own", "PolicyDocument": POLICY}]
    assert page["managed_policies"] == [{"PolicyName": "Shared", "PolicyArn": managed}]
    assert page["permissions_boundary"]["PermissionsBoundaryArn"] == managed
    assert page["tags"] == [{"Key": TAG, "Value": "engineers"}, {"Key": "owner", "Value": "team@example.com"}]
    assert page["cloudtrail_details"] == {"error_url": "", "errors": {"cloudtrail_errors": []}}
    assert page["s3_details"] == {"query_url": "", "error_url": "", "errors": {"s3_errors": []}}
    assert page["apps"] == {"app_details": []}
    assert (page["templated"], page["template_link"], page["updated_time"]) == (False, None, None)
    assert (page["description"], page["owner"]) == ("Deploys", "team@example.com")
    assert page["created_time"].endswith("Z")
    assert "AWS::IAM::Role" in unquote(unquote(page["config_timeline_url"]))
    assert page["trust"] == {
        "source_identity": False,
        "session_tags": True,
        "mending_statement": {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{HUB}:role/ConsoleMeApi"},
            "Action": ["sts:SetSourceIdentity"],
        },
    }
    for_ever = {"use": "both", "until": None, "counts": True, "because": "it counts"}
    assert page["authorized"] == [
        {"identity": identity, "cli_only": False, "reason": f"tag {TAG}", **for_ever}
        for identity in ("group:engineers", "user:engineers")
    ]
    assert isinstance(page["observed_at"], int)


POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}],
}


@pytest.mark.parametrize("asked", ["app", "team/app", "/team/app"])
def test_a_role_is_found_by_its_name_with_and_without_its_path(estate: Estate, browser: Browser, asked: str) -> None:
    arn = estate.create_role(FIRST, "app", Path="/team/")
    refresh(estate, FIRST)
    assert browser("GET", ROLE, account_id=FIRST, role=asked).json["arn"] == arn


def test_a_role_for_nobody_is_not_told_how_to_let_the_hub_in(estate: Estate, browser: Browser) -> None:
    estate.create_role(FIRST, "service")
    refresh(estate, FIRST)
    assert browser("GET", ROLE, account_id=FIRST, role="service").json["trust"]["mending_statement"] is None


@pytest.mark.parametrize(
    ("account_id", "role", "words"),
    [
        (FIRST, "missing", "refresh this account"),
        (FIRST, "other/app", "refresh this account"),
        (FIRST, "ap", "refresh this account"),
        ("999999999999", "app", "GET /api/v2/accounts"),
        ("../../etc", "app", "No account"),
        (FIRST, "x" * 3000, "refresh this account"),
        (FIRST, "röle name", "refresh this account"),
    ],
)
def test_what_is_not_there_is_a_problem_that_says_what_to_do(
    estate: Estate, browser: Browser, account_id: str, role: str, words: str
) -> None:
    estate.create_role(FIRST, "app")
    refresh(estate, FIRST)
    answer = browser("GET", ROLE, account_id=account_id, role=role)
    assert (answer.status, answer.json["status"]) == (404, 404)
    assert answer.json["title"] == "Not Found"
    assert words in answer.json["message"]


def test_accounts_are_told_with_their_last_success_and_last_error(estate: Estate, browser: Browser) -> None:
    estate.begin("run")
    estate.calls.refuse("ListRoles", "AccessDenied")
    with pytest.raises(Exception, match="as the test wants it"):
        estate.sync(FIRST, "run")
    estate.calls.rules.clear()
    synced = estate.sync(SECOND, "run").observed_at
    first, second = browser("GET", "/api/v2/accounts", user=ENGINEER).json["accounts"]
    assert (first["account_id"], first["name"], first["environment"]) == (FIRST, "payments-prod", "prod")
    assert first["last_success"] is None
    assert "ListRoles" in first["last_error"] or "as the test wants it" in first["last_error"]
    assert (second["last_success"], second["last_error"], second["status"]) == (synced, None, "ACTIVE")


def test_an_administrator_starts_a_refresh_and_reads_how_it_went(estate: Estate, browser: Browser) -> None:
    started: dict[str, Any] = {}

    def execution(parameters: dict[str, Any], _: object) -> dict[str, Any]:
        started.update(json.loads(parameters["input"]))
        return {"executionArn": "arn:aws:states:::execution:refresh:x"}

    refresh(estate, FIRST, SECOND)
    estate.calls.on("StartExecution", execution)
    answer = browser("POST", "/api/v2/refreshes", body={"accounts": [FIRST]})
    assert (answer.status, answer.json["status"]) == (200, "running")
    assert started == {"run_id": answer.json["run_id"], "accounts": [FIRST]}
    runs = browser("GET", "/api/v2/refreshes").json["runs"]
    assert [run["run_id"] for run in runs] == ["run"]
    assert runs[0]["accounts"][FIRST] == {
        "status": "succeeded",
        "scopes": 1,
        "resources": 0,
        "failures": {},
        "roles": 0,
        "written": 0,
        "removed": 0,
        "warning": None,
        "error": None,
    }


@pytest.mark.parametrize("body", [{}, {"accounts": None}])
def test_without_accounts_all_are_refreshed(estate: Estate, browser: Browser, body: dict[str, Any]) -> None:
    estate.calls.on("StartExecution", lambda _, __: {"executionArn": "arn"})
    assert browser("POST", "/api/v2/refreshes", body=body).status == 200
    (begun,) = [parameters for name, parameters in estate.calls.seen if name == "StartExecution"]
    assert json.loads(begun["input"])["accounts"] is None


@pytest.mark.parametrize(
    "body",
    [
        {"accounts": []},
        {"accounts": ["12"]},
        {"accounts": "all"},
        {"accounts": ["999999999999"]},
        {"accounts": [None]},
        {"everything": True},
        [],
        None,
        {"accounts": ["111111111111"] * 1001},
    ],
)
def test_a_refresh_of_nonsense_is_refused(estate: Estate, browser: Browser, body: Any) -> None:
    refresh(estate, FIRST)
    answer = browser("POST", "/api/v2/refreshes", body=body)
    assert (answer.status, answer.json["title"]) == (400, "Bad Request")


@pytest.mark.parametrize(("method", "permission"), [("POST", "can_admin"), ("GET", "can_operate")])
def test_only_administrators_refresh_and_only_operators_see_how_it_goes(
    estate: Estate, browser: Browser, method: str, permission: str
) -> None:
    answer = browser(method, "/api/v2/refreshes", user=ENGINEER, body={} if method == "POST" else None)
    assert answer.status == 403
    assert permission in answer.json["message"]


@pytest.mark.parametrize("resource", ["/api/v2/accounts", "/api/v2/refreshes", ROLE])
def test_nobody_reads_without_a_session(estate: Estate, browser: Browser, resource: str) -> None:
    answer = browser("GET", resource, user="", account_id=FIRST, role="app")
    assert (answer.status, answer.json["reason"]) == (403, "unauthenticated")
