"""The requests family over HTTP: shapes, statuses, and what is refused before anything is decided."""

import json
from typing import Any

import pytest

from chalicelib.core.principals import SessionKind
from tests.support.application import application
from tests.support.http import JSON, Answered, rest_event, send
from tests.support.request_world import ADA, APP, EVE, GROUPS, ZOE, World, body, document, wish

ORIGIN = "http://127.0.0.1:8000"
ONE = "/api/v2/requests/{request_id}"


class Door:
    """The front door. A page's requests say where they come from; a script's do not."""

    def __init__(self, shop: World) -> None:
        self._shop = shop
        self._cookies: dict[str, str] = {}

    def call(
        self,
        user: str | None,
        method: str,
        resource: str,
        content: Any = None,
        *,
        page: bool = False,
        query: str = "",
        headers: dict[str, str] | None = None,
        **values: str,
    ) -> Answered:
        sent = {**JSON, **(headers or {})}
        if user:
            sent["Cookie"] = f"{self._cookie(user)}; _xsrf=secret"
        if page:
            sent |= {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin", "X-Xsrftoken": "secret"}
        text = content if isinstance(content, str | None) else json.dumps(content)
        return send(application(), rest_event(method, resource, values=values, query=query, headers=sent, body=text))

    def _cookie(self, user: str) -> str:
        if user not in self._cookies:
            token = self._shop.container().identity.sessions.start(
                user=user,
                groups=GROUPS.get(user, frozenset()),
                kind=SessionKind.WEB,
                method="test",
                address="127.0.0.1",
            )
            self._cookies[user] = f"{token.cookie_name}={token.value}"
        return self._cookies[user]

    def create(self, user: str = EVE, content: Any = None, **more: Any) -> Answered:
        return self.call(user, "POST", "/api/v2/request", body() if content is None else content, **more)

    def order(self, user: str, request_id: str, command: str, *, page: bool = False, **more: Any) -> Answered:
        content = {"modification_model": {"command": command, **more}}
        return self.call(user, "PUT", ONE, content, page=page, request_id=request_id)

    def read(self, user: str, request_id: str) -> Answered:
        return self.call(user, "GET", ONE, request_id=request_id)


@pytest.fixture
def door(shop: World) -> Door:
    return Door(shop)


def problem(answer: Answered, status: int) -> str:
    assert answer.status == status, answer.text
    assert answer.header("Content-Type") == "application/problem+json"
    found = answer.json
    assert found["status"] == status
    assert found["title"]
    return str(found["message"])


def test_a_request_is_made_read_approved_and_found_in_iam(shop: World, door: Door) -> None:
    made = door.create()
    assert made.status == 200
    assert set(made.json) == {
        "errors",
        "request_created",
        "request_id",
        "request_url",
        "action_results",
        "extended_request",
        "review",
    }
    request_id = made.json["request_id"]
    shop.workflows.run()
    shown = door.read(ADA, request_id)
    assert shown.status == 200
    assert set(shown.json) == {"request", "last_updated", "request_config", "template", "review"}
    assert isinstance(shown.json["request"], str)
    review = shown.json["review"]
    assert set(review["allowed_actions"]) >= {
        "add_comment",
        "update_change",
        "approve_request",
        "reject_request",
        "cancel_request",
        "apply_change",
    }
    answer = door.order(
        ADA, request_id, "approve_request", revision=review["revision"], revision_hash=review["revision_hash"]
    )
    assert answer.status == 200
    assert answer.json["errors"] == 0
    assert answer.json["action_results"][-1] == {
        "status": "success",
        "message": "Successfully applied: Add inline policy export, to principal: app",
        "visible": True,
    }
    assert shop.policies() == {"export": document()}


def test_a_page_does_not_wait_and_reads_progress_itself(shop: World, door: Door) -> None:
    request_id = door.create(page=True).json["request_id"]
    shop.workflows.run()
    answer = door.order(ADA, request_id, "approve_request", page=True)
    assert answer.status == 200
    assert shop.paused == []
    assert door.read(EVE, request_id).json["review"]["state"] == "approved"
    shop.workflows.run()
    assert door.read(EVE, request_id).json["review"]["state"] == "applied"


def test_a_failure_of_aws_is_an_answer_with_errors_and_not_an_error(shop: World, door: Door) -> None:
    request_id = door.create().json["request_id"]
    shop.workflows.run()
    shop.put_policy("export", document("s3:DeleteObject"))
    answer = door.order(ADA, request_id, "approve_request")
    assert (answer.status, answer.json["errors"]) == (200, 1)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "not JSON"),
        ("", "body"),
        ("[]", "body"),
        ({}, "changes"),
        ({"changes": []}, "changes"),
        ({"changes": {"changes": [{"change_type": "inline_policy"}]}}, "changes.changes.0.principal"),
        ({"changes": {"changes": [wish(policy="text")]}}, "policy"),  # type: ignore[arg-type]
        (body(wish(action="detatch")), "action"),
        (body(dry_run="perhaps"), "dry_run"),
        (body(wish(change_type="generic_file")), "generic_file is not supported yet"),
        (body(wish(arn=APP + "-missing")), "Principal not found"),
        ('{"changes": {"changes": [], "changes": []}}', "stands twice"),
        (body(wish({"Version": "2012-10-17", "Statement": [{"Effect": "Allow"}]})), "either Action or NotAction"),
    ],
)
def test_bad_input_is_400_and_says_what_is_wrong(door: Door, content: Any, words: str) -> None:
    assert words in problem(door.create(content=content), 400)


def test_a_body_beyond_measure_is_refused(door: Door) -> None:
    problem(door.create(content='{"justification": "' + "x" * 2_000_000 + '"}'), 413)


def test_a_document_with_a_key_twice_is_refused(door: Door) -> None:
    text = json.dumps(body()).replace('"Effect": "Allow"', '"Effect": "Deny", "Effect": "Allow"')
    assert "stands twice" in problem(door.create(content=text), 400)


def test_camel_case_and_unknown_keys_are_taken_as_consoleme_takes_them(shop: World, door: Door) -> None:
    content = {
        "Changes": {
            "Changes": [
                {
                    "Principal": {"PrincipalType": "AwsResource", "PrincipalArn": APP},
                    "ChangeType": "inline_policy",
                    "PolicyName": "export",
                    "Policy": {"PolicyDocument": document(), "PolicySha256": None},
                    "surprise": 1,
                }
            ]
        },
        "Justification": "old client",
        "DryRun": "False",
    }
    made = door.create(content=content)
    assert made.status == 200, made.text
    assert made.json["extended_request"]["justification"] == "old client"


def test_a_dry_run_stores_nothing(shop: World, door: Door) -> None:
    answer = door.create(content=body(dry_run="True"))
    assert (answer.status, answer.json["request_created"], answer.json["request_id"]) == (200, False, None)
    [shown] = answer.json["review"]["changes"]
    assert (shown["before"], shown["change_type"]) == (None, "inline_policy")
    assert not answer.json["review"]["approval"]["approved"]
    assert door.call(EVE, "POST", "/api/v2/requests", {}).json["totalCount"] == 0


def test_admin_auto_approve_is_403_and_nothing_is_stored(shop: World, door: Door) -> None:
    for user in (EVE, ADA):
        problem(door.create(user, body(admin_auto_approve=True)), 403)
    assert door.call(EVE, "POST", "/api/v2/requests", {}).json["totalCount"] == 0


def test_a_key_makes_a_repetition_the_same_request(shop: World, door: Door) -> None:
    first, again = (door.create(headers={"Idempotency-Key": "abc"}) for _ in range(2))
    assert first.json["request_id"] == again.json["request_id"]
    other = door.create(content=body(wish(name="x")), headers={"Idempotency-Key": "abc"})
    assert "used for another request" in problem(other, 409)


def test_an_unknown_request_is_404_to_read_and_400_to_change(door: Door) -> None:
    missing = "00000000-0000-0000-0000-000000000000"
    assert "Request with that ID not found" in problem(door.read(EVE, missing), 404)
    assert "Request with that ID not found" in problem(door.order(ADA, missing, "approve_request"), 400)


@pytest.mark.parametrize("path", ["..", "a/b", "x y", "é", "a" * 65, "REQ#1", "%2e%2e"])
def test_tricks_with_the_id_find_nothing(door: Door, path: str) -> None:
    assert door.read(EVE, path).status == 404
    assert door.order(ADA, path, "approve_request").status == 400


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({}, "modification_model"),
        ({"modification_model": {}}, "command"),
        ({"modification_model": {"command": "explode"}}, "'explode' is unknown"),
        ({"modification_model": {"command": "cancel_change"}}, "change_id"),
        ({"modification_model": {"command": "add_comment"}}, "comment_text"),
        ({"modification_model": {"command": "update_change", "policy_document": "text"}}, "policy_document"),
        ({"modification_model": {"command": "approve_request", "revision": "two"}}, "revision"),
    ],
)
def test_a_bad_command_is_400(shop: World, door: Door, content: Any, words: str) -> None:
    request_id = door.create().json["request_id"]
    assert words in problem(door.call(ADA, "PUT", ONE, content, request_id=request_id), 400)


def test_who_may_not_is_403_and_who_is_late_is_409(shop: World, door: Door) -> None:
    request_id = door.create().json["request_id"]
    assert "can_admin_policies" in problem(door.order(ZOE, request_id, "approve_request"), 403)
    problem(door.order(ZOE, request_id, "cancel_request"), 403)
    door.order(EVE, request_id, "cancel_request")
    assert f"already cancelled by {EVE}" in problem(door.order(ADA, request_id, "approve_request"), 409)


def test_an_approval_of_an_older_revision_is_409_and_names_the_fields(shop: World, door: Door) -> None:
    request_id = door.create().json["request_id"]
    seen = door.read(ADA, request_id).json["review"]
    edited = door.order(
        EVE, request_id, "update_change", change_id=f"{request_id}0", policy_document=document("s3:ListBucket")
    )
    assert edited.json == {
        "errors": 0,
        "action_results": [{"status": "success", "message": "Successfully updated policy document", "visible": True}],
    }
    late = door.order(ADA, request_id, "approve_request", revision=1, revision_hash=seen["revision_hash"])
    assert "Reload it" in problem(late, 409)
    silent = door.order(ADA, request_id, "approve_request")
    assert "revision and revision_hash" in problem(silent, 409)


@pytest.mark.parametrize(
    ("method", "resource"),
    [
        ("POST", "/api/v2/request"),
        ("POST", "/api/v2/requests"),
        ("GET", ONE),
        ("PUT", ONE),
        ("GET", "/api/v2/requests_page_config"),
    ],
)
def test_nobody_gets_in_without_a_session(door: Door, method: str, resource: str) -> None:
    answer = door.call(None, method, resource, body(), request_id="x")
    assert (answer.status, answer.json["type"]) == (403, "redirect")


def test_a_foreign_page_cannot_approve(shop: World, door: Door) -> None:
    request_id = door.create().json["request_id"]
    content = {"modification_model": {"command": "approve_request"}}
    foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site", "X-Xsrftoken": "secret"}
    assert door.call(ADA, "PUT", ONE, content, headers=foreign, request_id=request_id).status == 403
    own = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}
    assert door.call(ADA, "PUT", ONE, content, headers=own, request_id=request_id).status == 403, "no token"
    assert shop.state(request_id) == "pending"


def test_the_table_has_rows_with_whole_times_and_the_arn(shop: World, door: Door) -> None:
    request_id = door.create().json["request_id"]
    found = door.call(ZOE, "POST", "/api/v2/requests", {"limit": 10, "filters": {"status": "pending"}})
    assert found.status == 200
    assert set(found.json) == {"totalCount", "filteredCount", "data", "matchingCount", "cursor", "tabs"}
    (row,) = found.json["data"]
    assert (row["request_id"], row["arn"], row["username"], row["version"]) == (request_id, APP, EVE, "2")
    assert type(row["request_time"]) is int
    assert '"request_time":' in found.text.replace(" ", "")
    linked = door.call(ZOE, "POST", "/api/v2/requests", {}, query="markdown=true").json["data"][0]
    assert linked["request_id"] == f"[{request_id}](/policies/request/{request_id})"


@pytest.mark.parametrize(
    "content", ["", "[]", {"limit": -1}, {"limit": "many"}, {"filters": []}, {"filters": {"a": {"b": 1}}}]
)
def test_a_bad_query_of_the_table_is_400(door: Door, content: Any) -> None:
    problem(door.call(EVE, "POST", "/api/v2/requests", content), 400)


def test_the_layout_of_the_table_is_consolemes(door: Door) -> None:
    found = door.call(EVE, "GET", "/api/v2/requests_page_config").json
    assert found["tableConfig"]["dataEndpoint"] == "/api/v2/requests?markdown=true"
    assert found["tableConfig"]["serverSideFiltering"] is True
    columns = {column["key"]: column["type"] for column in found["tableConfig"]["columns"]}
    assert columns == {
        "username": "input",
        "arn": "link",
        "request_time": "daterange",
        "status": "dropdown",
        "request_id": "link",
    }


def test_a_submission_takes_five_round_trips_beside_those_of_the_validations(shop: World, door: Door) -> None:
    door.create()
    shop.boundary.arm()
    door.create(content=body(wish(name="another")))
    validations = {"AssumeRole", "GetRole", "ListRolePolicies", "GetRolePolicy"}
    own = [call for call in shop.boundary.crossed if call not in validations]
    assert own == ["GetItem", "TransactWriteItems", "PutItem", "StartExecution", "UpdateItem"]
