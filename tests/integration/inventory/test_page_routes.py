"""Pages of users, resources, managed policies and histories over HTTP: every key of the wire, and what refusals look like."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from app import app
from chalicelib import bootstrap
from chalicelib.core.principals import SessionKind
from tests.support.aws import REGION, aws_tables
from tests.support.estate import FIRST, Estate, estate
from tests.support.http import Answered, rest_event, send

USER = "/api/v2/users/{account_id}/{user+}"
RESOURCE = "/api/v2/resources/{account_id}/{kind}/{rest+}"
POLICIES = "/api/v2/managed_policies/{wanted+}"
ATTACHED = "/api/v2/managed_policies_on_principal/{principal+}"
HISTORY = "/api/v2/resource_history"
DOCUMENT = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}

Get = Callable[..., Answered]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, on_our_tables: None) -> Iterator[Estate]:
    with (
        pytest.MonkeyPatch.context() as patches,
        aws_tables(patches),
        estate(patches, tmp_path_factory.mktemp("routes")) as running,
    ):
        running.configure(inventory={})
        running.begin()
        yield running


@pytest.fixture(scope="module")
def get(world: Estate) -> Get:
    """A signed-in person's browser: `get(resource, query={...}, **values)`."""
    token = bootstrap.container().identity.sessions.start(
        user="ben@example.com", groups=frozenset(), kind=SessionKind.WEB, method="test", address="198.51.100.7"
    )
    headers = {"Cookie": f"{token.cookie_name}={token.value}", "Origin": "http://127.0.0.1:8000"}

    def call(resource: str, query: dict[str, str] | None = None, **values: str) -> Answered:
        return send(app, rest_event("GET", resource, values=values, headers=headers, query=urlencode(query or {})))

    return call


def test_a_users_page_has_every_key_of_the_wire(world: Estate, get: Get) -> None:
    world.iam(FIRST).create_user(UserName="robot", Path="/ci/")
    page = get(USER, account_id=FIRST, user="robot").json
    assert page["arn"] == f"arn:aws:iam::{FIRST}:user/ci/robot"
    assert (page["assume_role_policy_document"], page["templated"], page["updated_time"]) == (None, False, None)
    assert page["created_time"].endswith("Z")
    assert page["cloudtrail_details"]["errors"]["cloudtrail_errors"] == []
    assert page["s3_details"]["errors"]["s3_errors"] == []
    assert (page["groups"], page["permissions_boundary"], page["apps"]) == ([], {}, {"app_details": []})
    assert get(USER, account_id=FIRST, user="nobody").status == 404


def test_a_queues_page_has_every_key_of_the_wire(world: Estate, get: Get) -> None:
    world.client(FIRST, "sqs").create_queue(QueueName="jobs")
    page = get(RESOURCE, account_id=FIRST, kind="sqs", rest=f"{REGION}/jobs").json
    assert page["arn"] == f"arn:aws:sqs:{REGION}:{FIRST}:jobs"
    assert {"TagSet", "QueueUrl", "created_time", "updated_time", "config_timeline_url"} <= page[
        "resource_details"
    ].keys()
    assert (page["account_id"], page["account_name"], page["read_only"]) == (FIRST, "payments-prod", False)
    assert (page["can_save_delete"], page["s3_errors"], page["error_url"]) == ([False], [], None)
    assert page["config_timeline_url"] == page["resource_details"]["config_timeline_url"]
    assert page["exposure"] == {"public": False, "outsiders": [], "denies": False, "unreadable": []}
    assert (page["versions"], page["technology"], page["refused"]) == ([], "AWS::SQS::Queue", [])


@pytest.mark.parametrize("rest", ["/team/Shared", "team/Shared", "//team/Shared"])
def test_a_managed_policy_is_found_by_its_path_however_it_begins(world: Estate, get: Get, rest: str) -> None:
    iam = world.iam(FIRST)
    if not iam.list_policies(Scope="Local")["Policies"]:
        iam.create_policy(PolicyName="Shared", Path="/team/", PolicyDocument=json.dumps(DOCUMENT))
    page = get(RESOURCE, account_id=FIRST, kind="managed_policy", rest=rest).json
    assert (page["name"], page["resource_details"]["Policy"]) == ("Shared", DOCUMENT)
    assert [(one["version_id"], one["is_default"]) for one in page["versions"]] == [("v1", True)]


def test_what_is_not_there_is_a_problem_with_words(get: Get) -> None:
    answer = get(RESOURCE, account_id=FIRST, kind="s3", rest="nothing-here")
    assert (answer.status, answer.json["status"], answer.json["title"]) == (404, 404, "Not Found")
    assert "GET /api/v2/accounts" in answer.json["message"]


def test_managed_policies_are_listed_by_account_and_told_by_arn(world: Estate, get: Get) -> None:
    arn = world.iam(FIRST).create_policy(PolicyName="Listed", PolicyDocument=json.dumps(DOCUMENT))["Policy"]["Arn"]
    told = get(POLICIES, wanted=arn).json
    assert (told["status"], told["status_code"], told["data"]) == ("success", 200, DOCUMENT)
    assert {"reason", "redirect_url", "message", "errors", "count", "total", "page", "last_page"} <= told.keys()
    assert arn in get(POLICIES, wanted=FIRST).json
    assert get(POLICIES, wanted="999999999999").json == []
    assert get(POLICIES, wanted="nonsense").status == 400
    assert get(POLICIES, wanted=f"{arn}-missing").status == 404


def test_documents_on_a_principal_come_by_name(world: Estate, get: Get) -> None:
    arn = world.iam(FIRST).create_policy(PolicyName="OnRole", PolicyDocument=json.dumps(DOCUMENT))["Policy"]["Arn"]
    role = world.create_role(FIRST, "wears-it")
    world.iam(FIRST).attach_role_policy(RoleName="wears-it", PolicyArn=arn)
    assert get(ATTACHED, principal=role).json["data"] == {"OnRole": DOCUMENT}
    refused = get(ATTACHED, principal="arn:aws:s3:::bucket")
    assert (refused.status, refused.json["status"], refused.json["reason"]) == (400, "error", "bad_request")
    assert "not the ARN of an IAM role or user" in refused.json["errors"][0]
    attached = get("/api/v2/attached_principals", query={"arn": arn}).json
    assert attached == {"principals": [{"kind": "role", "name": "wears-it", "arn": role}]}


def test_a_history_is_told_with_who_and_what_and_one_difference_when_asked(world: Estate, get: Get) -> None:
    arn = world.create_role(FIRST, "changing")
    one = world.container().inventory.refresh.one
    one.run(arn)
    assert get(HISTORY, query={"arn": arn}).json == {
        "arn": arn,
        "account_id": FIRST,
        "versions": [],
        "difference": None,
    }
    world.tag_role(FIRST, "changing", tier="1")
    world.clock.advance(5)
    one.run(arn, who="mallory@example.com")
    told = get(HISTORY, query={"arn": arn}).json
    newest, oldest = told["versions"]
    assert (newest["who"], newest["changed"], newest["gone"], oldest["who"]) == (
        "mallory@example.com",
        ["tags"],
        False,
        None,
    )
    difference = get(HISTORY, query={"arn": arn, "version": newest["id"]}).json["difference"]
    assert (difference["before"]["tags"], difference["after"]["tags"]) == ({}, {"tier": "1"})


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"arn": f"arn:aws:iam::{FIRST}:role/never-seen"}, 404),
        ({"arn": "nonsense"}, 400),
        ({}, 400),
        ({"arn": "x", "y": ""}, 400),
    ],
)
def test_what_has_no_history_is_said(get: Get, query: dict[str, str], status: int) -> None:
    assert get(HISTORY, query=query).status == status


def test_a_role_is_told_on_the_command_lines_route_too(world: Estate, get: Get) -> None:
    arn = world.create_role(FIRST, "by-program")
    answer: dict[str, Any] = get("/api/v2/mtls/roles/{account_id}/{role+}", account_id=FIRST, role="by-program").json
    assert answer["arn"] == arn
