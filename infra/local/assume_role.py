"""An AssumeRole call, and where AWS refuses it: before it looks at the role, at the role, and at the duration."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from infra.local.callers import find_role
from infra.local.managed_policies import managed_policy
from infra.local.trust_policy import Caller, allows

POLICY_LIMIT = 2048
PACKED_LIMIT = 4096
"""AWS does not say how it packs policies and tags; this is generous, and only its existence is real."""
CHAINED_SECONDS = 3600
SHORTEST_SECONDS = 900
LONGEST_SECONDS = 43200
_TAG_LIMIT = 50
_ARN_LIMIT = 10
_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)


class Refused(Exception):
    """An answer with an error code of AWS."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


def _invalid(message: str) -> Refused:
    return Refused(400, "ValidationError", message)


def _constraint(value: str, field: str, constraint: str) -> Refused:
    shown = f"1 validation error detected: Value '{value}' at '{field}' failed to satisfy constraint: {constraint}"
    return _invalid(shown)


@dataclass(frozen=True)
class Request:
    role_arn: str
    session_name: str
    duration: int
    external_id: str
    source_identity: str
    policy: str
    policy_arns: tuple[str, ...]
    tags: Mapping[str, str]
    transitive: frozenset[str]

    @classmethod
    def from_form(cls, form: Mapping[str, str]) -> "Request":
        """Raises Refused for what AWS refuses before it looks at the role."""
        duration = form.get("DurationSeconds", "3600")
        if not duration.isdigit():
            raise Refused(400, "MalformedInput", "DurationSeconds must be a whole number.")
        keys = _members(form, "Tags.member.", ".Key")
        values = _members(form, "Tags.member.", ".Value")
        request = cls(
            role_arn=form.get("RoleArn", ""),
            session_name=form.get("RoleSessionName", ""),
            duration=int(duration),
            external_id=form.get("ExternalId", ""),
            source_identity=form.get("SourceIdentity", ""),
            policy=form.get("Policy", ""),
            policy_arns=tuple(_members(form, "PolicyArns.member.", ".arn")),
            tags=dict(zip(keys, values, strict=True)),
            transitive=frozenset(_members(form, "TransitiveTagKeys.member.", "")),
        )
        request._check_form(len(keys))
        return request

    def session_policies(self) -> tuple[Mapping[str, Any], ...]:
        """All that the session is bound by, beside its role."""
        own = (json.loads(self.policy),) if self.policy else ()
        return (*own, *(found for arn in self.policy_arns if (found := managed_policy(arn)) is not None))

    def _check_form(self, tag_count: int) -> None:
        if not _NAME.fullmatch(self.session_name):
            raise _constraint(
                self.session_name,
                "roleSessionName",
                r"Member must satisfy regular expression pattern: [\w+=,.@-]* and have length between 2 and 64",
            )
        if self.source_identity and not _NAME.fullmatch(self.source_identity):
            raise _constraint(
                self.source_identity,
                "sourceIdentity",
                r"Member must satisfy regular expression pattern: [\w+=,.@-]* and have length between 2 and 64",
            )
        if self.duration < SHORTEST_SECONDS:
            raise _constraint(
                str(self.duration),
                "durationSeconds",
                f"Member must have value greater than or equal to {SHORTEST_SECONDS}",
            )
        if self.duration > LONGEST_SECONDS:
            raise _constraint(
                str(self.duration), "durationSeconds", f"Member must have value less than or equal to {LONGEST_SECONDS}"
            )
        if len(self.policy) > POLICY_LIMIT:
            raise _constraint(self.policy, "policy", f"Member must have length less than or equal to {POLICY_LIMIT}")
        if tag_count > _TAG_LIMIT:
            raise _constraint(str(tag_count), "tags", f"Member must have length less than or equal to {_TAG_LIMIT}")
        if len({key.lower() for key in self.tags}) != tag_count:
            raise Refused(
                400,
                "InvalidParameterValue",
                "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
            )
        if not self.transitive <= set(self.tags):
            raise Refused(
                400,
                "InvalidParameterValue",
                "The specified transitive tag key must be included in the requested tags.",
            )
        if not re.fullmatch(r"arn:[\w-]+:iam::\d{12}:role/.+", self.role_arn):
            raise _invalid(f"{self.role_arn} is invalid")
        self._check_policy()

    def _check_policy(self) -> None:
        if self.policy and not _is_policy(self.policy):
            raise Refused(400, "MalformedPolicyDocument", "This policy contains invalid Json or is not an IAM policy.")
        if len(self.policy_arns) > _ARN_LIMIT:
            raise _constraint(
                str(len(self.policy_arns)), "policyArns", f"Member must have length less than or equal to {_ARN_LIMIT}"
            )
        if unknown := [arn for arn in self.policy_arns if managed_policy(arn) is None]:
            raise Refused(400, "MalformedPolicyDocument", f"The policy {unknown[0]} does not exist.")
        if self.policy_arns and len(self.policy) + sum(map(len, self.policy_arns)) > POLICY_LIMIT:
            raise _invalid(
                f"The inline and managed session policies together have more than {POLICY_LIMIT} characters."
            )
        packed = (
            len(self.policy)
            + sum(map(len, self.policy_arns))
            + sum(len(key) + len(self.tags[key]) for key in self.tags)
        )
        if packed > PACKED_LIMIT:
            share = 100 * packed // PACKED_LIMIT
            raise Refused(
                400,
                "PackedPolicyTooLarge",
                f"Packed size of session tags and policies consumes {share}% of allotted space.",
            )


def _members(form: Mapping[str, str], prefix: str, suffix: str) -> list[str]:
    found: list[str] = []
    while (value := form.get(f"{prefix}{len(found) + 1}{suffix}")) is not None:
        found.append(value)
    return found


def _is_policy(text: str) -> bool:
    try:
        document = json.loads(text)
    except ValueError:
        return False
    if not isinstance(document, dict) or "Statement" not in document:
        return False
    statements = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
    return all(
        isinstance(one, dict)
        and one.get("Effect") in {"Allow", "Deny"}
        and ("Action" in one or "NotAction" in one)
        and ("Resource" in one or "NotResource" in one)
        and "Principal" not in one
        for one in statements
    )


def check(request: Request, caller: Caller) -> None:
    """Raises Refused unless the role exists, trusts this caller for all that the call needs, and allows the duration."""
    role = find_role(request.role_arn)
    context = _context(request, caller)
    actions = ["sts:AssumeRole"]
    if request.tags or caller.transitive:
        actions.append("sts:TagSession")
    if request.source_identity or caller.source_identity:
        actions.append("sts:SetSourceIdentity")
    for action in actions:
        if role is None or not allows(role.assume_role_policy_document, action, caller, context):
            raise Refused(
                403,
                "AccessDenied",
                f"User: {caller.arn} is not authorized to perform: {action} on resource: {request.role_arn}",
            )
    if caller.source_identity and request.source_identity not in {"", caller.source_identity}:
        raise Refused(403, "AccessDenied", "The SourceIdentity of a role session cannot be changed by role chaining.")
    if caller.is_role_session and request.duration > CHAINED_SECONDS:
        raise _invalid(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
        )
    if role is not None and request.duration > int(role.max_session_duration or CHAINED_SECONDS):
        raise _invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")


def _context(request: Request, caller: Caller) -> dict[str, list[str]]:
    now = datetime.now(UTC)
    source_identity = request.source_identity or caller.source_identity
    single = {
        "sts:ExternalId": request.external_id,
        "sts:RoleSessionName": request.session_name,
        "sts:SourceIdentity": source_identity,
        "aws:SourceIdentity": caller.source_identity,
        "aws:PrincipalArn": next((name for name in caller.names if ":role/" in name), caller.arn),
        "aws:PrincipalAccount": caller.account_id,
        "aws:PrincipalType": caller.kind,
        "aws:userid": caller.user_id,
        "aws:username": caller.arn.rpartition("/")[2] if caller.kind == "User" else "",
        "aws:SourceIp": "127.0.0.1",
        "aws:SecureTransport": "true",
        "aws:CurrentTime": now.isoformat(),
        "aws:EpochTime": str(int(now.timestamp())),
        "aws:MultiFactorAuthPresent": "false" if caller.is_role_session else "",
        "aws:PrincipalOrgID": organization_of(caller.account_id),
    }
    context = {key: [value] for key, value in single.items() if value}
    context.update({f"aws:PrincipalTag/{key}": [value] for key, value in caller.tags.items()})
    context.update({f"aws:RequestTag/{key}": [value] for key, value in request.tags.items()})
    context["aws:TagKeys"] = list(request.tags)
    context["sts:TransitiveTagKeys"] = list(request.transitive)
    return context


def organization_of(account_id: str) -> str:
    """The id of the organisation that the account is in, or nothing."""
    from moto.organizations.models import organizations_backends

    for backends in list(organizations_backends.values()):
        for backend in list(backends.values()):
            if backend.org and (
                account_id == backend.org.master_account_id or any(one.id == account_id for one in backend.accounts)
            ):
                return str(backend.org.id)
    return ""
