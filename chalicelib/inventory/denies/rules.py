"""What an event of CloudTrail amounts to: whether it is a deny, of what, and whether a policy of the principal's own would help. Pure."""

import re
from typing import Any

from chalicelib.core.arn import Arn
from chalicelib.core.decisions import Decision
from chalicelib.core.errors import InvalidInput
from chalicelib.core.policy_document import VERSION, check_identity_policy
from chalicelib.inventory.denies.actions import action_of, spelt
from chalicelib.inventory.denies.models import Deny, Layer
from chalicelib.inventory.denies.parse import Said, without_secrets
from chalicelib.inventory.events.models import TrailEvent

_CODES = ("AccessDenied", "Unauthorized", "AuthorizationError", "NotAuthorized")
_OF_PEOPLE = {"cognito-idp", "sso-oidc", "signin", "sso"}
"""Here such an error means a wrong password, or a sign-in that is not finished."""
_ALL = "*"
_SERVICE_LINKED = "aws-service-role/"
_SSO = "AWSReservedSSO_"
_OBJECT = re.compile(r"(arn:[^:]+:s3:[^:]*:[^:]*:(?:accesspoint/[^/]+/object/|[^:/]+/))(.+)", re.DOTALL)
"""An object of a bucket or of an access point: what names it, and its key."""
_SPECIAL = re.compile(r"[*?$]")
_RESOURCE_LIMIT = 1_500
_COLONS = 5
"""In an ARN, at least."""


def is_deny(event: TrailEvent) -> bool:
    """By the error's code: services spell it in many ways (`Client.UnauthorizedOperation`, `AccessDeniedException`)."""
    code = event.error_code.rsplit(".", 1)[-1]
    return code.startswith(_CODES) and event.service not in _OF_PEOPLE


def is_copy(event: TrailEvent) -> bool:
    """A call across accounts is told to both: the caller's own account tells it as its own."""
    account = account_of(event.identity.principal_arn) or event.identity.account
    return bool(account) and account != event.account_id


def deny_of(event: TrailEvent, said: Said) -> Deny | None:
    """None when nobody is named whom policies could be attached to: an AWS service, or a caller before it has a name."""
    principal = event.identity.principal_arn or said.principal
    if not principal or not account_of(principal):
        return None
    action = spelt(said.action, event.service, event.name) if said.action else action_of(event.service, event.name)
    resource = (said.resource or _named(event, action) or _ALL)[:_RESOURCE_LIMIT]
    deny = Deny(
        event_id=event.event_id,
        at=event.time,
        principal=principal,
        account_id=account_of(principal),
        region=event.region,
        event_call=f"{event.service}:{event.name}",
        action=action,
        resource=resource,
        layer=said.layer,
        explicit=said.explicit,
        policy_arn=said.policy_arn,
        error_code=event.error_code,
        message=without_secrets(event.error_message),
        source_identity=event.identity.source_identity,
    )
    helps = would_help(deny, named=bool(said.resource))
    policy = policy_for(action, resource) if helps.allowed else None
    return deny.model_copy(update={"advice": helps.reason, "suggestion": policy})


def _named(event: TrailEvent, action: str) -> str:
    """Of the resources that CloudTrail lists the one that the action is about: an object of S3 for what is done to one."""
    service = action.partition(":")[0]
    fitting = [one.arn for one in event.resources if one.arn.count(":") >= _COLONS and one.arn.split(":")[2] == service]
    if service == "s3":
        wanted = "Object" in action.removeprefix("s3:")
        fitting = [arn for arn in fitting if ("/" in arn) is wanted] or fitting
    return max(fitting, key=len, default="") or _from_request(event, service)


def _from_request(event: TrailEvent, service: str) -> str:
    bucket, key = event.request.get("bucketName"), event.request.get("key")
    if service != "s3" or not isinstance(bucket, str) or not bucket:
        return ""
    return f"arn:aws:s3:::{bucket}/{key}" if isinstance(key, str) and key else f"arn:aws:s3:::{bucket}"


_IN_THE_WAY = {
    Layer.BOUNDARY: "the permissions boundary of {who}",
    Layer.SESSION: "the policy that was given to the session",
    Layer.SERVICE_CONTROL: "a service control policy of the organisation",
    Layer.RESOURCE_CONTROL: "a resource control policy of the organisation",
    Layer.RESOURCE: "the resource's own policy",
    Layer.TRUST: "the trust policy of the role that was to be assumed",
    Layer.ENDPOINT: "the policy of the VPC endpoint that the call went through",
    Layer.IDENTITY: "a policy of {who}",
    Layer.UNKNOWN: "a policy that AWS does not name",
}
_WHO_MENDS = {
    Layer.BOUNDARY: "Ask whoever keeps the boundary.",
    Layer.SESSION: "Ask for a session without it, or with a wider one.",
    Layer.SERVICE_CONTROL: "Ask whoever keeps the organisation's policies.",
    Layer.RESOURCE_CONTROL: "Ask whoever keeps the organisation's policies.",
    Layer.RESOURCE: "Ask the owner of the resource.",
    Layer.TRUST: "Ask the owner of that role.",
    Layer.ENDPOINT: "Ask whoever keeps the network.",
    Layer.IDENTITY: "Find the Deny statement: an Allow never outweighs it.",
    Layer.UNKNOWN: "Look at all policies of the principal, its boundary and the organisation, and at the resource's own.",
}


def would_help(deny: Deny, *, named: bool = True) -> Decision:
    """Whether a policy of the principal's own lets the call through. `named` tells whether AWS's message names the resource."""
    who = deny.principal.rsplit("/", 1)[-1]
    if deny.layer is not Layer.IDENTITY or deny.explicit is not False:
        return Decision.no(_refusal(deny, who), deny.layer)
    if fixed := _unchangeable(deny.principal):
        return Decision.no(fixed, "fixed_principal")
    if not deny.action:
        return Decision.no("AWS does not say which action was refused.", "no_action")
    if not named:
        return Decision.no(
            f"{who} is not allowed {deny.action}, and AWS does not say on which resource: choose it, and ask for it.",
            "no_resource",
        )
    try:
        check_identity_policy(policy_for(deny.action, deny.resource))
    except InvalidInput:
        return Decision.no(f"The resource {deny.resource[:200]} can't be written in a policy.", "bad_resource")
    reason = f"No policy of {who} allows {deny.action} on {deny.resource}."
    elsewhere = account_of(deny.resource)
    if elsewhere and elsewhere != deny.account_id:
        reason += f" The resource is in account {elsewhere}: its own policy must allow it too."
    return Decision.yes(reason, deny.layer)


def _refusal(deny: Deny, who: str) -> str:
    place = _IN_THE_WAY[deny.layer].format(who=who)
    place += f" ({deny.policy_arn})" if deny.policy_arn else ""
    if deny.explicit:
        return f"{place[0].upper()}{place[1:]} denies it expressly. {_WHO_MENDS[deny.layer]}"
    if deny.explicit is False or deny.layer is not Layer.UNKNOWN:
        return f"It is not allowed by {place}. {_WHO_MENDS[deny.layer]}"
    return f"It is refused by {place}. {_WHO_MENDS[deny.layer]}"


def _unchangeable(principal: str) -> str:
    """Why nobody can attach a policy to it; empty when somebody can."""
    arn = Arn.parse(principal)
    if arn.service != "iam" or arn.resource_type not in {"role", "user"}:
        return "No policy can be attached to who was refused."
    if arn.path_and_name.startswith(_SERVICE_LINKED):
        return "The role belongs to an AWS service, and only AWS changes it."
    if arn.name.startswith(_SSO):
        return "The role is made by IAM Identity Center: ask for a change of its permission set."
    return ""


def policy_for(action: str, resource: str) -> dict[str, Any]:
    """The one action on the one resource."""
    statement = {"Effect": "Allow", "Action": [action], "Resource": [_literally(resource)]}
    return {"Version": VERSION, "Statement": [statement]}


def _literally(resource: str) -> str:
    """A key of S3 as it is: whoever asked for a key called `*` was refused that one key, and not all of the bucket."""
    found = _OBJECT.fullmatch(resource)
    return found[1] + _SPECIAL.sub(lambda sign: f"${{{sign[0]}}}", found[2]) if found else resource


def page_of(resource: str) -> str:
    """The resource on whose page a deny is shown: the bucket of an object. Empty for what is no single resource."""
    found = _OBJECT.fullmatch(resource)
    page = found[1].rstrip("/").removesuffix("/object") if found else resource
    return page if page.count(":") >= _COLONS and not _SPECIAL.search(page) else ""


def worth_telling(total: int) -> bool:
    """Whether search hears of a new total at once: of 1, 2, 5, 10, 20, 50 and so on. Others wait for the next file."""
    digits = str(total)
    return digits[0] in "125" and set(digits[1:]) <= {"0"}


def gets_row(times: int, kinds: int, most_kinds: int) -> bool:
    """Whether this kind of deny is told apart: it was seen before today, or there are not too many kinds yet."""
    return times > 0 or kinds < most_kinds


def account_of(arn: str) -> str:
    """Empty for what is no ARN, and for one that names no account."""
    parts = arn.split(":", _COLONS)
    return parts[4] if len(parts) > _COLONS and parts[0] == "arn" else ""
