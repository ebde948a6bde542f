"""Operations over HTTP: what runs, what does not, what never ran, and running one now."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from chalicelib.accounts.models import Account
from chalicelib.core.ids import ulid
from chalicelib.core.principals import SessionKind
from chalicelib.core.tasks import TaskKind
from chalicelib.db.scopes import Scopes
from chalicelib.operations.catalogue import declared_tasks
from tests.support.calls import AwsCalls, watched
from tests.support.served import Reply, Served, served

SEEN, HIDDEN = "111111111111", "222222222222"
MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:refresh"
MORE = f"""
groups: {{can_operate: ["user:olga@example.com"]}}
visibility: {{rules: [{{where: {{accounts: ["{HIDDEN}"]}}}}]}}
"""


@dataclass
class Site:
    served: Served
    calls: AwsCalls
    started: list[tuple[str, Any]] = field(default_factory=list)

    def as_person(self, user: str, method: str, path: str, body: Any = None) -> Reply:
        token = self.served.session(user, kind=SessionKind.WEB)
        return self.served.call(method, f"/api/v2/operations{path}", body, self.served.browser(token))

    def operator(self, method: str, path: str, body: Any = None) -> Reply:
        return self.as_person("olga@example.com", method, path, body)

    def administrator(self, method: str, path: str, body: Any = None) -> Reply:
        return self.as_person("root@example.com", method, path, body)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, on_our_tables: None) -> Iterator[Site]:
    folder: Path = tmp_path_factory.mktemp("operations")
    environment = {"CONSOLEME_FUNCTION_PREFIX": "stack-", "CONSOLEME_REFRESH_STATE_MACHINE_ARN": MACHINE}
    with (
        pytest.MonkeyPatch.context() as patches,
        served(patches, folder, MORE, **environment) as running,
        watched(patches) as calls,
    ):
        found = Site(running, calls)

        def invoked(parameters: dict[str, Any], _: object) -> dict[str, Any]:
            found.started.append((parameters["FunctionName"], json.loads(parameters["Payload"])))
            return {"StatusCode": 202}

        def executed(parameters: dict[str, Any], _: object) -> dict[str, Any]:
            found.started.append((parameters["stateMachineArn"], json.loads(parameters["input"])))
            return {"executionArn": "arn:aws:states:::execution:refresh:x"}

        calls.on("Invoke", invoked)
        calls.on("StartExecution", executed)
        now = running.container.clock.now()
        for account_id, name in ((SEEN, "payments"), (HIDDEN, "vault")):
            running.container.inventory.accounts.put(Account(account_id=account_id, name=name), now)
            Scopes().succeeded("iam_role", account_id, now, counts={"seen": 3})
        Scopes().failed("iam_role", SEEN, now, "AccessDenied for iam:GetAccountAuthorizationDetails.")
        yield found


def test_every_task_is_told_although_none_ever_ran(site: Site) -> None:
    told = site.operator("GET", "").json
    tasks = {task["name"]: task for task in told["tasks"]}
    assert set(tasks) == set(declared_tasks())
    waited_for = [task for task in tasks.values() if task["kind"] == TaskKind.SCHEDULE]
    assert {task["succeeded_at"] for task in waited_for} == {None}
    assert {task["runs_on_demand"] for task in waited_for} == {True}
    assert tasks["apply_change"]["state"] == "unwatched"


def test_every_queue_is_told_with_what_waits_and_what_failed(site: Site) -> None:
    queues = {one["task"]: one for one in site.operator("GET", "").json["queues"]}
    assert set(queues) == {name for name, task in declared_tasks().items() if task.kind is TaskKind.QUEUE}
    assert {(one["waiting"], one["dead"], one["error"]) for one in queues.values()} == {(0, 0, None)}
    site.calls.refuse("GetQueueAttributes", "AccessDeniedException")
    try:
        refused = site.operator("GET", "").json["queues"]
    finally:
        del site.calls.rules["GetQueueAttributes"]
    assert {(one["waiting"], one["error"] is None) for one in refused} == {(None, False)}


def test_scopes_are_told_with_their_last_error_and_only_those_of_accounts_that_one_sees(site: Site) -> None:
    mine = site.operator("GET", "/scopes?kind=iam_role").json
    (scope,) = mine["scopes"]
    assert (scope["account_id"], scope["account_name"], scope["state"]) == (SEEN, "payments", "failing")
    assert scope["error"].startswith("AccessDenied")
    assert (mine["total"], mine["next"]) == (1, None)
    assert site.administrator("GET", "/scopes?kind=iam_role").json["total"] == 2
    summaries = {kind["kind"]: kind for kind in site.operator("GET", "").json["kinds"]}
    assert (summaries["iam_role"]["scopes"], summaries["iam_role"]["failing"]) == (1, 1)


def test_scopes_are_filtered_by_account_and_state(site: Site) -> None:
    never = site.administrator("GET", f"/scopes?account={SEEN}&state=never").json["scopes"]
    assert {scope["state"] for scope in never} == {"never"}
    assert {scope["account_id"] for scope in never} == {SEEN}
    assert len(never) > 3


@pytest.mark.parametrize("query", ["limit=0", "account=x", "state=fine", "colour=blue"])
def test_a_bad_question_is_refused(site: Site, query: str) -> None:
    assert site.operator("GET", f"/scopes?{query}").status == 400


def test_a_task_is_run_now_and_the_audit_log_says_who_asked(site: Site) -> None:
    site.started.clear()
    answer = site.operator("POST", "/tasks", {"task": "seal_audit"})
    assert (answer.status, answer.json["task"]) == (200, "seal_audit")
    ((function, event),) = site.started
    assert (function, event["detail-type"]) == ("stack-seal_audit", "Scheduled Event")
    entry = site.served.container.audit.of_target("task/seal_audit")[-1].entry
    assert (entry.action, entry.person, entry.outcome) == ("operations.run", "user:olga@example.com", "done")


def test_what_aws_refuses_is_told_and_recorded(site: Site) -> None:
    before = site.calls.rules["Invoke"]
    site.calls.refuse("Invoke", "AccessDeniedException")
    try:
        answer = site.operator("POST", "/tasks", {"task": "verify_audit"})
    finally:
        site.calls.on("Invoke", before)
    assert answer.status == 502
    outcomes = [link.entry.outcome for link in site.served.container.audit.of_target("task/verify_audit")]
    assert sorted(outcomes) == ["done", "failed"]


@pytest.mark.parametrize(
    ("task", "status", "reason"),
    [
        ("apply_change", 400, "not_on_demand"),
        ("authorizations", 400, "not_on_demand"),
        ("nothing", 404, "unknown_task"),
    ],
)
def test_what_does_not_run_by_itself_is_refused(site: Site, task: str, status: int, reason: str) -> None:
    site.started.clear()
    answer = site.operator("POST", "/tasks", {"task": task})
    assert (answer.status, answer.json["reason"]) == (status, reason)
    assert site.started == []


def test_an_account_is_refreshed_now(site: Site) -> None:
    site.started.clear()
    answer = site.operator("POST", "/accounts", {"account_id": SEEN})
    assert answer.status == 200
    ((machine, given),) = site.started
    assert (machine, given["run_id"], given["accounts"]) == (MACHINE, answer.json["run_id"], [SEEN])


def test_one_type_in_an_account_is_refreshed_now_and_no_unknown_one(site: Site) -> None:
    site.started.clear()
    assert site.operator("POST", "/accounts", {"account_id": SEEN, "types": ["s3_bucket"]}).status == 200
    ((_, given),) = site.started
    assert (given["accounts"], given["types"]) == ([SEEN], ["s3_bucket"])
    refused = site.operator("POST", "/accounts", {"account_id": SEEN, "types": ["toaster"]})
    assert (refused.status, refused.json["reason"]) == (400, "unknown_type")


def test_an_account_that_one_does_not_see_is_refused_like_one_that_does_not_exist(site: Site) -> None:
    site.started.clear()
    hidden = site.operator("POST", "/accounts", {"account_id": HIDDEN})
    missing = site.operator("POST", "/accounts", {"account_id": "999999999999"})
    assert (hidden.status, hidden.json["reason"]) == (404, "unknown_account")
    assert missing.json["message"].replace("999999999999", HIDDEN) == hidden.json["message"]
    assert site.started == []


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("GET", "/scopes", None),
        ("POST", "/tasks", {"task": "seal_audit"}),
        ("POST", "/accounts", {"account_id": SEEN}),
    ],
)
def test_only_operators_and_administrators_get_in(site: Site, method: str, path: str, body: Any) -> None:
    refused = site.as_person(f"{ulid().lower()}@example.com", method, path, body)
    assert (refused.status, refused.json["reason"]) == (403, "can_operate")
