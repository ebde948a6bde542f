"""Journey 8: what an organisation forbids, an account that comes, and one that goes."""

import json
import time
from typing import Any

from infra.local.journeys import credential
from infra.local.journeys.refresh import ADMINISTRATOR
from infra.local.journeys.stage import Stage
from infra.local.journeys.visitor import Visitor

_NAME, _ROLE, _SPOKE_ROLE = "fresh-lab", "LabEngineer", "ConsoleMeSpokeRead"
_TAG, _UNIT = "consoleme-authorized", "Workloads"
_PATIENCE = 60.0


def walk(stage: Stage) -> None:
    stage.story.chapter("Journey 8: accounts that come and go")
    ada, priya = stage.person(ADMINISTRATOR), stage.person(credential.EMAIL)
    accounts = {one["name"]: one["account_id"] for one in ada.get("/api/v2/accounts").expect(200)["accounts"]}
    _tells_policies(stage, ada, accounts["payments-prod"])
    account, role = _comes(stage, ada, priya, accounts["payments-prod"])
    _goes(stage, ada, priya, account, role)


def _tells_policies(stage: Stage, ada: Visitor, account: str) -> None:
    story, route = stage.story, f"/api/v2/service_control_policies/{account}"
    story.step(f"{ADMINISTRATOR} has the accounts looked after now: POST /api/v2/operations/tasks")
    ada.post("/api/v2/operations/tasks", {"task": "look_after_accounts"}).expect(200)

    def read() -> Any:
        answer = ada.get(route)
        return answer.expect(200)["data"] if answer.status != 502 else None  # noqa: PLR2004 not read yet

    found = stage.wait(read, "the service control policies are not read", _PATIENCE)
    story.saw(f"payments-prod stands under {', '.join(one['policy']['name'] for one in found)}")


def _comes(stage: Stage, ada: Visitor, priya: Visitor, like: str) -> tuple[str, str]:
    """The new account, and a role in it that a tag gives to somebody."""
    story, organisation = stage.story, stage.cloud.client("organizations")
    story.step(f"Somebody makes the account {_NAME} with a spoke role, and moves it to {_UNIT}; nobody refreshes")
    made = organisation.create_account(AccountName=_NAME, Email=f"aws+{_NAME}@example.com")["CreateAccountStatus"]
    account = str(made["AccountId"])
    role = _furnished(stage, account, like)
    root = organisation.list_roots()["Roots"][0]["Id"]
    units = organisation.list_organizational_units_for_parent(ParentId=root)["OrganizationalUnits"]
    unit = next(one["Id"] for one in units if one["Name"] == _UNIT)
    began = time.monotonic()
    organisation.move_account(AccountId=account, SourceParentId=root, DestinationParentId=unit)
    stage.wait(lambda: _standing(ada, account) == "ok" or None, f"{_NAME} is not read", _PATIENCE)
    stage.wait(lambda: role in _roles(priya) or None, f"{credential.EMAIL} has no {_ROLE}", _PATIENCE)
    page = ada.get(f"/api/v2/accounts/{account}").expect(200)
    story.saw(
        f"{page['account']['name']} in {page['account']['ou_path']}: {page['account']['fresh']} of "
        f"{page['account']['scopes']} places read, and {credential.EMAIL} has {_ROLE}, "
        f"{time.monotonic() - began:.1f} s after the move"
    )
    return account, role


def _furnished(stage: Stage, account: str, like: str) -> str:
    """Roles as another account has them; the ARN of the one for people."""
    there, here = stage.iam(like), stage.iam(account)
    reading = there.get_role(RoleName=_SPOKE_ROLE)["Role"]
    here.create_role(RoleName=_SPOKE_ROLE, AssumeRolePolicyDocument=json.dumps(reading["AssumeRolePolicyDocument"]))
    for name in there.list_role_policies(RoleName=_SPOKE_ROLE)["PolicyNames"]:
        document = there.get_role_policy(RoleName=_SPOKE_ROLE, PolicyName=name)["PolicyDocument"]
        here.put_role_policy(RoleName=_SPOKE_ROLE, PolicyName=name, PolicyDocument=json.dumps(document))
    trust = there.get_role(RoleName="PaymentsEngineer")["Role"]["AssumeRolePolicyDocument"]
    tags = [{"Key": _TAG, "Value": credential.EMAIL}]
    made = here.create_role(RoleName=_ROLE, AssumeRolePolicyDocument=json.dumps(trust), Tags=tags)
    return str(made["Role"]["Arn"])


def _goes(stage: Stage, ada: Visitor, priya: Visitor, account: str, role: str) -> None:
    story = stage.story
    story.step(f"Somebody closes {_NAME}")
    began = time.monotonic()
    stage.cloud.client("organizations").close_account(AccountId=account)
    stage.wait(lambda: role not in _roles(priya) or None, f"{credential.EMAIL} still has {_ROLE}", _PATIENCE)
    story.saw(f"{credential.EMAIL} has lost {_ROLE}, {time.monotonic() - began:.1f} s after it was closed")
    story.same("how it stands", _standing(ada, account), "inactive")
    kept = ada.get(f"/api/v2/accounts/{account}").expect(200)["rows_kept_until"]
    story.saw(f"what was known of it is kept for {round((kept - time.time()) / 86_400)} days")


def _standing(ada: Visitor, account: str) -> str:
    told = ada.get("/api/v2/accounts").expect(200)["accounts"]
    return next((str(one["standing"]) for one in told if one["account_id"] == account), "")


def _roles(visitor: Visitor) -> list[str]:
    arns: list[str] = visitor.get("/api/v1/get_roles?all=true").expect(200)
    return arns
