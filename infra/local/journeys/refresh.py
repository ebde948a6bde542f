"""Journey 2: what AWS holds becomes what people may do; an account that fails keeps what was known of it."""

import json
from datetime import UTC, datetime
from typing import Any

from infra.local.journeys import credential
from infra.local.journeys.stage import Stage
from infra.local.journeys.visitor import Visitor

ADMINISTRATOR = "ada@example.com"
_ROLE = "PlatformEngineer"
_TAG = "consoleme-authorized"
_SPOKE_ROLE = "ConsoleMeSpokeRead"


def walk(stage: Stage) -> None:
    stage.story.chapter("Journey 2: a refresh")
    ada, priya = stage.person(ADMINISTRATOR), stage.person(credential.EMAIL)
    names = _on_demand(stage, ada, priya)
    ids = {name: account for account, name in names.items()}
    payments = ids["payments-prod"]
    before, rows = _roles(priya), _rows(ada, payments)
    policies = _breaks_an_account(stage, payments)
    tags = _tags_a_role(stage, priya)
    run = _refreshes(stage, ada, names, None, "The refresh, with one account that can't be read")
    stage.story.same("roles seen in payments-prod", run["accounts"][payments]["roles"], 0)
    _has_the_role(stage, priya, before)
    _is_marked(stage, ada, ids, rows)
    _mends_it(stage, payments, policies, tags)
    run = _refreshes(stage, ada, names, None, "The same again, with everything mended")
    stage.story.same("payments-prod", run["accounts"][payments]["status"], "succeeded")
    stage.story.same("rows that changed in payments-prod", run["accounts"][payments]["written"], 0)
    stage.wait(lambda: _roles(priya) == before or None, f"{credential.EMAIL} still has {_ROLE}")
    stage.story.saw(
        f"the tag is gone, and so is her right to {_ROLE}; payments-prod's rows were right all the time: 0 written"
    )


def _on_demand(stage: Stage, ada: Visitor, priya: Visitor) -> dict[str, str]:
    """Accounts' names by their ids."""
    story = stage.story
    story.step("Only administrators may start a refresh")
    refused = priya.post("/api/v2/refreshes", {"accounts": None})
    refused.expect(403)
    story.saw(f"{credential.EMAIL}: {refused.status} {refused.message}")
    accounts = ada.get("/api/v2/accounts").expect(200)["accounts"]
    names = {account["account_id"]: account["name"] for account in accounts}
    _refreshes(stage, ada, names, None, f"{ADMINISTRATOR} refreshes all accounts: POST /api/v2/refreshes")
    return names


def _refreshes(stage: Stage, ada: Visitor, names: dict[str, str], accounts: list[str] | None, title: str) -> Any:
    """The run's record, once it has ended."""
    story = stage.story
    story.step(title)
    run_id = ada.post("/api/v2/refreshes", {"accounts": accounts}).expect(200)["run_id"]

    def ended() -> Any:
        runs = ada.get("/api/v2/refreshes").expect(200)["runs"]
        return next((run for run in runs if run["run_id"] == run_id and run["finished_at"]), None)

    run = stage.wait(ended, f"the run {run_id} has not ended", 60)
    story.saw(f"run {run_id}: {run['status']}")
    for account, outcome in run["accounts"].items():
        seen = f"{outcome['resources']} resources in {outcome['scopes']} places"
        how = (
            f"{seen}, {outcome['roles']} of them roles; {outcome['written']} rows written, {outcome['removed']} removed"
        )
        why = outcome["error"] or next(iter(outcome["failures"].values()), "")
        story.saw(f"{names.get(account, account):14} {outcome['status']:10} {why or how}")
    return run


def _rows(ada: Visitor, account: str) -> int:
    """Resources of the account that search finds."""
    wanted = {"conditions": [{"column": "account_id", "operator": "equals", "value": account}], "limit": 1}
    found: int = ada.post("/api/v2/search", wanted).expect(200)["matching"]
    return found


def _is_marked(stage: Stage, ada: Visitor, ids: dict[str, str], rows: int) -> None:
    """The account that failed keeps its rows, marked with the reason; the others are fresh."""
    story = stage.story
    story.step("Nothing of payments-prod is lost, and it says how old it is")
    story.same("resources of payments-prod that search finds", _rows(ada, ids["payments-prod"]), rows)
    page = ada.get(f"/api/v2/accounts/{ids['payments-prod']}").expect(200)
    (roles,) = [scope for scope in page["scopes"] if scope["kind"] == "iam_role"]
    story.same("its roles", roles["freshness"], "failing")
    old = sum(scope["freshness"] != "fresh" for scope in page["scopes"])
    story.saw(f"search finds all its {rows} resources; {old} of its {len(page['scopes'])} places are marked stale")
    story.saw(f"its roles were last listed at {_clock(roles['succeeded_at'])}: {roles['reason'][:150]}")
    page = ada.get(f"/api/v2/accounts/{ids['management']}").expect(200)
    story.same(
        "places of management that are not fresh", [one for one in page["scopes"] if one["freshness"] != "fresh"], []
    )
    story.saw(f"management: all {len(page['scopes'])} places are fresh")


def _clock(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M:%S")


def _roles(visitor: Visitor) -> list[str]:
    arns: list[str] = visitor.get("/api/v1/get_roles?all=true").expect(200)
    return arns


def _breaks_an_account(stage: Stage, account: str) -> dict[str, Any]:
    """What was taken away."""
    stage.story.step(f"Somebody takes the permissions of {_SPOKE_ROLE} in payments-prod away, directly in AWS")
    arn = f"arn:aws:iam::{account}:role/{_SPOKE_ROLE}"
    policies = stage.inline_policies(arn)
    for name in policies:
        stage.iam(account).delete_role_policy(RoleName=_SPOKE_ROLE, PolicyName=name)
    stage.story.aws(
        f"inline policies of {arn}: {', '.join(policies)} before, {stage.inline_policies(arn) or 'none'} now"
    )
    return policies


def _tags_a_role(stage: Stage, priya: Visitor) -> dict[str, str]:
    """The tags as they were."""
    story, iam = stage.story, stage.iam(stage.cloud.account_id)
    story.step(f"And somebody tags the role {_ROLE} of the management account for {credential.EMAIL}, directly in AWS")
    refused = priya.post("/api/v1/get_credentials", {"requested_role": _ROLE})
    story.same("credentials before the refresh", refused.status, 403)
    story.saw(f"before: {refused.status} {refused.message}")
    tags = {tag["Key"]: tag["Value"] for tag in iam.list_role_tags(RoleName=_ROLE)["Tags"]}
    iam.tag_role(RoleName=_ROLE, Tags=[{"Key": _TAG, "Value": f"{tags[_TAG]}:{credential.EMAIL}"}])
    story.aws(f"{_TAG} of {_ROLE}: {tags[_TAG]} before, {tags[_TAG]}:{credential.EMAIL} now")
    return tags


def _has_the_role(stage: Stage, priya: Visitor, before: list[str]) -> None:
    story = stage.story
    story.step(f"{credential.EMAIL} has the tagged role now, and still every role of the account that failed")
    arn = f"arn:aws:iam::{stage.cloud.account_id}:role/{_ROLE}"
    after = stage.wait(
        lambda: ((found := _roles(priya)) != before and found) or None, f"{credential.EMAIL} has no new role"
    )
    story.same("her roles", after, sorted([*before, arn]))
    issued = priya.post("/api/v1/get_credentials", {"requested_role": _ROLE}).expect(200)["Credentials"]
    story.saw(f"{len(before)} roles before, {len(after)} now; new: {arn}")
    story.aws(f"sts:GetCallerIdentity with the new role's keys answers {stage.who_is(issued)}")
    kept = priya.post("/api/v1/get_credentials", {"requested_role": "PaymentsEngineer"}).expect(200)["Credentials"]
    story.aws(f"and in the account that failed: {stage.who_is(kept)}")


def _mends_it(stage: Stage, account: str, policies: dict[str, Any], tags: dict[str, str]) -> None:
    stage.story.step("Both are put back as they were, directly in AWS")
    for name, document in policies.items():
        stage.iam(account).put_role_policy(RoleName=_SPOKE_ROLE, PolicyName=name, PolicyDocument=json.dumps(document))
    stage.iam(stage.cloud.account_id).tag_role(RoleName=_ROLE, Tags=[{"Key": _TAG, "Value": tags[_TAG]}])
    stage.story.aws(f"{_SPOKE_ROLE} may read again; {_TAG} of {_ROLE} is {tags[_TAG]}")
