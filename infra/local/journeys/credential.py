"""Journey 1: a person signs in, sees their roles, takes credentials and a console; a command line signs in by challenge."""

import re
from typing import Any

from infra.local.journeys.stage import Stage
from infra.local.journeys.visitor import Reply, Visitor

EMAIL = "priya@example.com"
_SHOWN = 20


def walk(stage: Stage) -> None:
    stage.story.chapter("Journey 1: a credential")
    priya = _signs_in(stage)
    roles = _lists_roles(stage, priya)
    _takes_credentials(stage, priya, roles)
    _takes_bound_credentials(stage, priya)
    _is_refused(stage, priya)
    _opens_the_console(stage, priya)
    _signs_in_a_command_line(stage, priya)
    _was_recorded(stage)


def _signs_in(stage: Stage) -> Visitor:
    story = stage.story
    story.step(f"{EMAIL} signs in with one call of the laptop's: POST /local/sign_in")
    priya = stage.person(EMAIL)
    story.saw(f"cookies: {', '.join(sorted(priya.cookies))}")
    lasts = priya.get("/auth").expect(200)
    minutes = (lasts["authCookieExpiration"] - lasts["currentServerTime"]) // 60
    story.saw(f"GET /auth: the session lasts for {minutes} more minutes")
    nobody = Visitor(stage.cloud.url, "Mozilla/5.0 (demo)", browser=True).get("/auth")
    story.saw(f"GET /auth without a session: {nobody.status}, sign in at {nobody.expect(403)['redirect_url']}")
    return priya


def _lists_roles(stage: Stage, priya: Visitor) -> list[str]:
    story = stage.story
    story.step("Her roles: GET /api/v2/get_roles?all=true and POST /api/v2/eligible_roles")
    wire = priya.get("/api/v2/get_roles?all=true").expect(200)["data"]["roles"]
    arns = [role["arn"] for role in wire]
    rows = priya.post("/api/v2/eligible_roles", {"include_cli_only": True}).expect(200)["data"]
    story.same("the ARNs of both lists", sorted(row["arn"] for row in rows), sorted(arns))
    for row in rows:
        only = ", command line only" if row["cli_only"] else ""
        story.saw(f"{row['account_name']:14} {row['arn']}   ({'; '.join(row['reasons'])}{only})")
    return arns


def _takes_credentials(stage: Stage, priya: Visitor, arns: list[str]) -> None:
    story = stage.story
    search = "PaymentsEngineer"
    story.step(f'Credentials by a part of the name: POST /api/v1/get_credentials {{"requested_role": "{search}"}}')
    (arn,) = [one for one in arns if search in one]
    issued = _wish(priya, search).expect(200)["Credentials"]
    story.same("the role of the credentials", issued["RoleArn"], arn)
    story.saw(f"{issued['RoleArn']}, key {issued['AccessKeyId']}, until epoch second {issued['Expiration']}")
    account, role = arn.split(":")[4], arn.rpartition("/")[2]
    who = stage.who_is(issued)
    story.same("sts:GetCallerIdentity", who, f"arn:aws:sts::{account}:assumed-role/{role}/{EMAIL}")
    story.aws(f"sts:GetCallerIdentity with these keys answers {who}")


def _is_refused(stage: Stage, priya: Visitor) -> None:
    story = stage.story
    story.step("What is refused, and why")
    for search, why in (
        ("LedgerMigration", "tagged for her team, but its trust policy does not name the hub: STS itself refuses"),
        ("Administrator", "exists, and is not hers"),
        ("Payments", "several roles match"),
        ("NoSuchRole", "no role matches"),
    ):
        refused = _wish(priya, search)
        story.same(f"{search} is refused", refused.status >= 400, expected=True)  # noqa: PLR2004 where errors begin
        story.absent(f"{search}: the answer's keys", "Credentials", list(refused.json))
        story.saw(f"{search} ({why}): {refused.status} {refused.message}")


def _takes_bound_credentials(stage: Stage, priya: Visitor) -> None:
    story = stage.story
    story.step("Credentials that do less than their role: ec2:DescribeInstances with each, from this machine")
    for how, works in (
        ({}, True),
        ({"read_only": True}, True),
        ({"custom_ip_restrictions": ["127.0.0.0/8"]}, True),
        ({"custom_ip_restrictions": ["203.0.113.0/24"]}, False),
        ({"custom_ip_restrictions": ["203.0.113.0/24"], "read_only": True}, False),
    ):
        issued = _wish(priya, "PaymentsEngineer", **how).expect(200)["Credentials"]
        story.same(f"with {how or 'nothing else'} AWS answers", stage.sees_instances(issued), works)
        story.aws(f"{how or 'as the role is'}: {'answered' if works else 'refused by the session policy'}")


def _wish(visitor: Visitor, search: str, **how: Any) -> Reply:
    return visitor.post("/api/v1/get_credentials", {"requested_role": search, **how})


def _opens_the_console(stage: Stage, priya: Visitor) -> None:
    story = stage.story
    story.step("The AWS console: GET /api/v2/role_login/SettlementViewer, then the link it answers")
    login = priya.get("/api/v2/role_login/SettlementViewer").expect(200)
    story.same("reason", login["reason"], "console_login")
    federation = priya.get(login["redirect_url"])
    story.same("the federation endpoint's status", federation.status, 302)
    page = priya.get(federation.headers["Location"])
    story.same("the console page's status", page.status, 200)
    shown = dict(re.findall(r'id="(\w+)">([^<]*)<', page.text))
    story.same("the role on the console page", shown["role"], "SettlementViewer")
    story.saw(f"console page: account {shown['account']}, role {shown['role']}, session {shown['session']}")


def _signs_in_a_command_line(stage: Stage, priya: Visitor) -> None:
    story = stage.story
    story.step(f"A command line signs in by challenge: GET /noauth/v1/challenge_generator/{EMAIL}")
    weep = stage.command_line()
    links = weep.get(f"/noauth/v1/challenge_generator/{EMAIL}").expect(200)
    polling = links["polling_url"]
    story.same("before approval the poller says", weep.get(polling).expect(200)["status"], "pending")
    api = "/api/v2/challenge_validator/" + links["challenge_url"].rpartition("/")[2]
    asked = priya.get(api).expect(200)
    story.saw_all(f"the browser asks: {line}" for line in asked["message"].splitlines() if line)
    done = priya.post(api, {"nonce": asked["nonce"], "approve": True}).expect(200)
    story.saw(f"approved in the browser: {done['message']}")
    token = weep.get(polling).expect(200)
    story.same("the poller says", token["status"], "success")
    weep.cookies[token["cookie_name"]] = token["encoded_jwt"]
    deployer = _wish(weep, "PaymentsDeployer").expect(200)["Credentials"]
    story.saw(f"the command line lists {len(weep.get('/api/v1/get_roles?all=true').expect(200))} roles")
    story.aws(f"with its own session it took the command line's role: {stage.who_is(deployer)}")
    again = weep.get(polling)
    story.same("the session is handed out once", "encoded_jwt" in _keys(again), expected=False)


def _keys(reply: Reply) -> list[Any]:
    return list(reply.json)


def _was_recorded(stage: Stage) -> None:
    story = stage.story
    story.step("All of it is in the audit log (DynamoDB table audit, by person)")
    lines = stage.audit("person", f"user:{EMAIL}")
    story.saw_all(map(str, lines[-_SHOWN:]))
    seen = {(line.action, line.outcome) for line in lines}
    story.within("the audit log", ("credentials.issue", "done"), seen)
    story.within("the audit log", ("credentials.issue", "failed"), seen)
    story.within("the audit log", ("credentials.issue", "refused"), seen)
