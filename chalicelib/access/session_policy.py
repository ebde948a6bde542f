"""The session policy: what credentials may not do although their role may. Pure.

It only ever takes away. A Deny of a session policy holds whatever the role and the resources allow; an Allow is needed beside it,
or the session could do nothing at all - but not beside a managed policy, which is that Allow: all policies of a session count
together, and `Allow *` beside ReadOnlyAccess would be `Allow *`.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chalicelib.access.selection import IpRestrictions
from chalicelib.core.errors import Forbidden

TEXT_LIMIT = 2048
"""Characters of the inline policy and of the ARNs beside it, together. Source: STS API reference, AssumeRole."""
_EVERYTHING = {"Action": "*", "Resource": "*"}


@dataclass(frozen=True, slots=True)
class SessionPolicy:
    """`document` is JSON, or empty; `arns` are managed policies. Without either the session is what its role is."""

    document: str = ""
    arns: tuple[str, ...] = ()

    @property
    def characters(self) -> int:
        return len(self.document) + sum(map(len, self.arns))


def managed_policy(partition: str, name: str) -> str:
    """The ARN of a policy that AWS manages."""
    return f"arn:{partition}:iam::aws:policy/{name}"


def session_policy(
    *,
    ends_at: int | None = None,
    restrictions: IpRestrictions | None = None,
    custom: Iterable[str] = (),
    read_only_arn: str = "",
) -> SessionPolicy:
    """`custom` are further ranges: they restrict beside `restrictions`, never instead of them.

    Raises Forbidden when it is too large: a smaller one would let through what was to be kept out.
    """
    denies = []
    if ends_at is not None:
        denies.append(_from(ends_at))
    if restrictions is not None and restrictions.cidrs:
        denies.append(_outside(restrictions.cidrs, restrictions.vpcs, restrictions.vpc_endpoints))
    if ranges := tuple(custom):
        denies.append(_outside(ranges))
    allows = [] if read_only_arn else [{"Effect": "Allow", **_EVERYTHING}]
    document = {"Version": "2012-10-17", "Statement": [*allows, *denies]}
    policy = SessionPolicy(
        document=json.dumps(document, separators=(",", ":")) if denies else "",
        arns=(read_only_arn,) if read_only_arn else (),
    )
    if policy.characters > TEXT_LIMIT:
        raise Forbidden(
            f"The session policy would have {policy.characters} characters, and AWS takes {TEXT_LIMIT}: "
            "name fewer or larger ranges of addresses.",
            reason="policy_too_large",
            code="policy_too_large",
        )
    return policy


def _from(moment: int) -> dict[str, Any]:
    """No action from that second on."""
    end = datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"Effect": "Deny", **_EVERYTHING, "Condition": {"DateGreaterThanEquals": {"aws:CurrentTime": end}}}


def _outside(cidrs: tuple[str, ...], vpcs: tuple[str, ...] = (), vpc_endpoints: tuple[str, ...] = ()) -> dict[str, Any]:
    """No action from elsewhere. All conditions must hold for the Deny.

    `aws:SourceIp` is missing from calls through a VPC endpoint, and a negated operator holds for a missing key: such a call is
    denied unless its VPC or endpoint is named. `aws:ViaAWSService` is always there, `true` when a service calls with the
    session's credentials; should it be missing, the call counts as the person's own.
    """
    condition: dict[str, Any] = {
        "NotIpAddress": {"aws:SourceIp": list(cidrs)},
        "BoolIfExists": {"aws:ViaAWSService": "false"},
    }
    places = {"aws:SourceVpc": vpcs, "aws:SourceVpce": vpc_endpoints}
    if named := {key: list(ids) for key, ids in places.items() if ids}:
        condition["StringNotEqualsIfExists"] = named
    return {"Effect": "Deny", **_EVERYTHING, "Condition": condition}
