"""Objects that tests need often, right in every part that the test does not name."""

from typing import Any

from chalicelib.access.authorization import AuthorizationConfig
from chalicelib.access.models import CredentialsConfig
from chalicelib.access.rights import RoleGrant
from chalicelib.access.rules import EligibleRole, Reason, Rulebook
from chalicelib.audit.models import AuditEntry, Outcome
from chalicelib.core.deployment import Hub, Spoke
from chalicelib.core.principals import Caller, SessionKind
from chalicelib.core.roles import AuthorizedRole, Use
from tests.support.clock import START
from tests.support.rights import claim, use_of

HUB = Hub(account_id="111111111111")
SPOKE = Spoke()
ACCOUNT = "222222222222"


def role_arn(name: str = "app", account: str = ACCOUNT, partition: str = "aws") -> str:
    return f"arn:{partition}:iam::{account}:role/{name}"


def trust_policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(*actions: str, principal: Any = None, **more: Any) -> dict[str, Any]:
    """A statement that lets the hub (or `principal`) take the actions, by default to assume the role."""
    who = {"AWS": HUB.api_role_arn} if principal is None else principal
    return {"Effect": "Allow", "Principal": who, "Action": list(actions or ["sts:AssumeRole"]), **more}


def deny(*actions: str, principal: Any = None, **more: Any) -> dict[str, Any]:
    return {**allow(*actions, principal=principal), "Effect": "Deny", **more}


def authorized_role(arn: str | None = None, tags: dict[str, str] | None = None, **more: Any) -> AuthorizedRole:
    return AuthorizedRole(arn=arn or role_arn(), tags=tags or {}, **{"trust_policy": trust_policy(allow()), **more})


def authorization(**section: Any) -> AuthorizationConfig:
    return AuthorizationConfig.model_validate(section)


def rulebook(version: int = 0, credentials: dict[str, Any] | None = None, **section: Any) -> Rulebook:
    """`section` is the section `authorization`."""
    return Rulebook(
        hub=HUB,
        spoke=SPOKE,
        authorization=authorization(**section),
        credentials=CredentialsConfig.model_validate(credentials or {}),
        version=version,
    )


def grant(arn: str | None = None, **more: Any) -> RoleGrant:
    """A right by a tag; `cli_only`, `console_only`, `sources`, `not_before`, `not_after`, `bare` and `cut` say another one."""
    use = use_of(cli_only=more.pop("cli_only", False), console_only=more.pop("console_only", False))
    period = {name: more.pop(name) for name in ("not_before", "not_after", "bare", "cut") if name in more}
    sources: tuple[str, ...] = more.pop("sources", ("",))
    base: dict[str, Any] = {
        "role_arn": arn or role_arn(),
        "claims": tuple(claim(source, use, **period) for source in sources),
        "source_identity": True,
        "session_tags": True,
    }
    return RoleGrant.model_validate(base | more)


def eligible_role(arn: str) -> EligibleRole:
    return EligibleRole(grant(arn), (Reason("user:ada@example.com", "tag consoleme-authorized", Use.BOTH),))


def caller(user: str = "ada@example.com", *groups: str, **more: Any) -> Caller:
    base: dict[str, Any] = {
        "session_id": "01SESSION",
        "kind": SessionKind.WEB,
        "expires_at": START + 3600,
        "address": "198.51.100.7",
    }
    return Caller(user=user, groups=frozenset(groups), **(base | more))


def audit_entry(action: str = "credentials.issue", **more: Any) -> AuditEntry:
    base: dict[str, Any] = {"person": "user:ada@example.com", "target": role_arn(), "outcome": Outcome.DONE}
    return AuditEntry(action=action, **(base | more))
