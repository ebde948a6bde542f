"""Journey 3 as a whole: the demo organisation, the real functions in their containers under their own policies, the real workflow."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.local.cloud import LaptopCloud, until
from infra.local.journeys.stage import account_of, name_of
from infra.local.journeys.visitor import Visitor
from infra.local.options import ROOT, Options
from infra.local.states import scaled
from tests.support.request_world import body, document, wish

ENDED = {"applied", "partially_applied", "failed", "needs_rebase", "rejected", "cancelled", "expired", "stuck"}
TICK = {
    "version": "0",
    "id": "1",
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "account": "1",
    "time": "2030-01-01T00:00:00Z",
    "region": "us-east-1",
    "resources": [],
    "detail": {},
}


class Company:
    """The people of the demo at the door, and a look into AWS that does not go through the product."""

    def __init__(self, cloud: LaptopCloud) -> None:
        self.cloud = cloud
        self._visitors: dict[tuple[str, bool], Visitor] = {}
        payments = self._account("payments-prod")
        self._iam = cloud.client("iam", account_id=payments)
        pages = self._iam.get_paginator("list_roles").paginate()
        self.role = next(
            role["Arn"] for page in pages for role in page["Roles"] if role["RoleName"] == "PaymentsEngineer"
        )

    def _account(self, name: str) -> str:
        accounts = self.cloud.client("organizations").list_accounts()["Accounts"]
        return str(next(account["Id"] for account in accounts if account["Name"] == name))

    def person(self, email: str, *, browser: bool = True) -> Visitor:
        if (email, browser) not in self._visitors:
            visitor = Visitor(self.cloud.url, "Mozilla/5.0 (test)" if browser else "script", browser=True)
            visitor.sign_in(email).expect(200)
            visitor._browser = browser
            self._visitors[email, browser] = visitor
        return self._visitors[email, browser]

    def ask(self, name: str, policy: Any = None) -> str:
        change = wish(policy or document(), arn=self.role, name=name)
        answer = self.person("priya@example.com").post("/api/v2/request", body(change)).expect(200)
        return str(answer["request_id"])

    def review(self, request_id: str) -> Any:
        return self.person("priya@example.com").get(f"/api/v2/requests/{request_id}").expect(200)["review"]

    def order(self, email: str, request_id: str, command: str, *, browser: bool = True, **more: Any) -> Any:
        model = {"modification_model": {"command": command, **more}}
        return self.person(email, browser=browser).put(f"/api/v2/requests/{request_id}", model)

    def approve(self, request_id: str, email: str = "selma@example.com", *, browser: bool = True) -> Any:
        review = self.review(request_id)
        shown = {"revision": review["revision"], "revision_hash": review["revision_hash"]}
        return self.order(email, request_id, "approve_request", browser=browser, **shown).expect(200)

    def ended(self, request_id: str) -> str:
        def look() -> str | None:
            state = self.review(request_id)["state"]
            return str(state) if state in ENDED else None

        return until(look, 60, f"the request {request_id} has not ended")

    def policies(self) -> dict[str, Any]:
        name = name_of(self.role)
        names = self._iam.list_role_policies(RoleName=name)["PolicyNames"]
        return {one: self._iam.get_role_policy(RoleName=name, PolicyName=one)["PolicyDocument"] for one in names}

    def execution(self, request_id: str, generation: int = 0) -> dict[str, Any]:
        machine = self.cloud.state_machine_arns["request"]
        arn = machine.replace(":stateMachine:", ":execution:", 1) + f":{request_id}-{generation}"
        return self.cloud.wait_for_execution(arn, 60)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    options = Options(demo="small", schedules=False, per_function=True, enforce=True, seconds_divisor=20)
    with LaptopCloud(options, log=Path(tmp_path_factory.mktemp("functions") / "log")) as running:
        yield Company(running)


def test_before_the_approval_there_is_no_such_policy_and_after_it_exactly_the_approved_document(
    company: Company,
) -> None:
    request_id = company.ask("journey")
    assert company.review(request_id)["state"] == "pending"
    assert "journey" not in company.policies()
    company.approve(request_id)
    assert company.ended(request_id) == "applied"
    assert company.policies()["journey"] == document()
    assert company.execution(request_id)["status"] == "SUCCEEDED"
    kinds = [line["kind"] for line in company.review(request_id)["timeline"]]
    assert kinds == ["created", "approved", "applying", "applied", "finished"]


def test_a_script_that_approves_hears_the_outcome_in_the_answer(company: Company) -> None:
    request_id = company.ask("script")
    answer = company.approve(request_id, browser=False)
    assert answer["errors"] == 0
    assert "Successfully applied" in answer["action_results"][-1]["message"]
    assert company.policies()["script"] == document()


def test_apply_change_with_an_unapproved_id_changes_nothing(company: Company) -> None:
    request_id = company.ask("direct")
    before = company.review(request_id)
    answer = company.cloud.invoke("apply_change", {"request_id": request_id, "change_id": f"{request_id}0"})
    assert answer.payload["status"] == "refused"
    assert company.review(request_id) == before
    assert "direct" not in company.policies()


def test_an_approval_of_a_revision_that_was_edited_meanwhile_is_refused(company: Company) -> None:
    request_id = company.ask("edited")
    seen = company.review(request_id)
    edited = document("s3:ListBucket", resource="arn:aws:s3:::exports")
    change = seen["changes"][0]["id"]
    company.order("priya@example.com", request_id, "update_change", change_id=change, policy_document=edited).expect(
        200
    )
    shown = {"revision": seen["revision"], "revision_hash": seen["revision_hash"]}
    company.order("selma@example.com", request_id, "approve_request", **shown).expect(409)
    assert "edited" not in company.policies()
    company.approve(request_id)
    assert company.ended(request_id) == "applied"
    assert company.policies()["edited"] == edited


@pytest.mark.parametrize(
    ("command", "email"), [("reject_request", "selma@example.com"), ("cancel_request", "priya@example.com")]
)
def test_a_request_that_ends_otherwise_lets_its_workflow_end(company: Company, command: str, email: str) -> None:
    request_id = company.ask(command)
    company.order(email, request_id, command).expect(200)
    company.cloud.invoke("due", TICK)
    assert company.execution(request_id)["status"] == "SUCCEEDED"
    assert command not in company.policies()


def test_what_was_put_there_by_somebody_else_is_not_overwritten(company: Company) -> None:
    request_id = company.ask("drift")
    foreign = document("s3:DeleteObject")
    company._iam.put_role_policy(RoleName=name_of(company.role), PolicyName="drift", PolicyDocument=json.dumps(foreign))
    company.approve(request_id)
    assert company.ended(request_id) == "needs_rebase"
    assert company.policies()["drift"] == foreign


def test_an_account_that_lets_nobody_in_is_an_error_with_the_words_of_aws(company: Company) -> None:
    account = company._account("acquired-shop")
    change = wish(arn=f"arn:aws:iam::{account}:role/anything")
    answer = company.person("priya@example.com").post("/api/v2/request", body(change))
    assert answer.status == 502
    assert "ConsoleMeSpokeRead" in answer.message
    assert account_of(change["principal"]["principal_arn"]) in answer.message


def test_a_queue_gets_statements_and_a_tag_under_the_policies_that_the_roles_ship_with(company: Company) -> None:
    payments = company._account("payments-prod")
    sqs = company.cloud.client("sqs", account_id=payments)
    url = sqs.create_queue(QueueName="lent")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    principal = {"principal_type": "AwsResource", "principal_arn": arn}
    sender = {"Effect": "Allow", "Principal": {"AWS": company.role}, "Action": "sqs:SendMessage", "Resource": arn}
    asked = body(
        {"principal": principal, "change_type": "resource_policy", "statements": [sender]},
        {
            "principal": principal,
            "change_type": "resource_tag",
            "tag_action": "create",
            "key": "stage",
            "value": "live",
        },
    )
    answer = company.person("priya@example.com").post("/api/v2/request", asked).expect(200)
    request_id = str(answer["request_id"])
    company.approve(request_id)
    assert company.ended(request_id) == "applied"
    held = json.loads(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]["Policy"])
    (statement,) = held["Statement"]
    assert {key: value for key, value in statement.items() if key != "Sid"} == sender
    assert sqs.list_queue_tags(QueueUrl=url)["Tags"] == {"stage": "live"}


@pytest.mark.parametrize(
    "file", sorted((ROOT / "step_functions" / "released").glob("request.*.asl.json")), ids=lambda file: file.name
)
def test_every_released_definition_still_carries_a_request_to_its_end(company: Company, file: Path) -> None:
    cloud = company.cloud
    machine, states = cloud.state_machine_arns["request"], cloud.client("stepfunctions")
    present = states.describe_state_machine(stateMachineArn=machine)["definition"]
    text = file.read_text(encoding="utf-8")
    for name in ("PrepareRequest", "AwaitDecision", "ApplyChange", "FinishRequest", "RevertChange"):
        words = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")
        text = text.replace("${" + name + "Arn}", f"arn:aws:lambda:us-east-1:{cloud.account_id}:function:{words}")
    states.update_state_machine(stateMachineArn=machine, definition=scaled(text, 20))
    try:
        request_id = company.ask(file.name.split(".")[1])
        company.approve(request_id)
        assert company.ended(request_id) == "applied"
        assert company.execution(request_id)["status"] == "SUCCEEDED"
    finally:
        states.update_state_machine(stateMachineArn=machine, definition=present)
