"""Service control policies, and which of them hold for an account or a unit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from chalicelib.core.model import Frozen

Attachments = Mapping[str, tuple[str, ...]]
"""By the id of a root, a unit or an account, the ids of the policies that are attached to it, sorted."""


class PolicyTarget(Frozen):
    """`kind` is AWS's word: ACCOUNT, ORGANIZATIONAL_UNIT or ROOT."""

    target_id: str
    arn: str
    name: str
    kind: str


class ControlPolicy(Frozen):
    """`content` is JSON, as its author wrote it."""

    policy_id: str
    arn: str
    name: str
    description: str
    aws_managed: bool
    content: str
    targets: tuple[PolicyTarget, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """`read_at` is when the organisation's policies were last read whole, None for what belongs to no organisation.

    `restricts` is False for the management account, which no service control policy restricts.
    """

    policies: tuple[ControlPolicy, ...]
    read_at: int | None = None
    restricts: bool = True


def attachments_of(policies: Iterable[ControlPolicy]) -> Attachments:
    found: dict[str, set[str]] = {}
    for policy in policies:
        for target in policy.targets:
            found.setdefault(target.target_id, set()).add(policy.policy_id)
    return {target: tuple(sorted(policy_ids)) for target, policy_ids in found.items()}


def inherited(line: Iterable[str], attached: Attachments) -> list[str]:
    """The policies of everything on the line from the root down, each once, those of the root first."""
    return list(dict.fromkeys(policy_id for target in line for policy_id in attached.get(target, ())))
