"""AWS Organizations: which accounts there are, and where in the tree they stand."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chalicelib.aws.assume_role import AssumeRole
from chalicelib.aws.errors import translated
from chalicelib.aws.sessions import Sessions

if TYPE_CHECKING:
    from mypy_boto3_organizations import OrganizationsClient

_SESSION_NAME = "consoleme-accounts"


@dataclass(frozen=True, slots=True)
class MemberAccount:
    """`state` is AWS's word: ACTIVE, SUSPENDED, PENDING_ACTIVATION, PENDING_CLOSURE or CLOSED.

    `parent_id` is the unit that holds it, None from an endpoint that does not tell.
    """

    account_id: str
    name: str
    state: str
    parent_id: str | None = None


@dataclass(frozen=True, slots=True)
class OrganizationalUnit:
    """Also a root, whose `parent_id` is None."""

    unit_id: str
    name: str
    arn: str
    parent_id: str | None


@dataclass(frozen=True, slots=True)
class Target:
    """What a policy is attached to; `kind` is AWS's word: ACCOUNT, ORGANIZATIONAL_UNIT or ROOT."""

    target_id: str
    arn: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class OrganizationPolicy:
    policy_id: str
    arn: str
    name: str
    description: str
    aws_managed: bool


class Organization:
    """Read under the function's own role, or under `role_arn` (of the management account or a delegated administrator).

    Everything raises AccessDeniedByAws, Throttled or Upstream; listings also in the middle.
    """

    def __init__(self, sessions: Sessions, role_arn: str | None) -> None:
        self._sessions = sessions
        self._role_arn = role_arn

    def accounts(self) -> Iterator[MemberAccount]:
        for account in self._listed("list_accounts", "Accounts"):
            # `Status` is being withdrawn in favour of `State`; older endpoints know only the former.
            state = account.get("State") or account.get("Status") or ""
            name = account.get("Name", "")
            yield MemberAccount(account_id=account["Id"], name=name, state=state, parent_id=_parent(account))

    def accounts_of(self, unit_id: str) -> Iterator[str]:
        """The ids of the accounts that the unit itself holds."""
        found = self._listed("list_accounts_for_parent", "Accounts", ParentId=unit_id)
        return (account["Id"] for account in found)

    def tags(self, account_id: str) -> dict[str, str]:
        found = self._listed("list_tags_for_resource", "Tags", ResourceId=account_id)
        return {tag["Key"]: tag["Value"] for tag in found}

    def roots(self) -> list[OrganizationalUnit]:
        return [_unit(root, None) for root in self._listed("list_roots", "Roots")]

    def units(self) -> list[OrganizationalUnit]:
        """The root and every unit, parents first."""
        found = self.roots()
        for parent in found:
            below = self._listed("list_organizational_units_for_parent", "OrganizationalUnits", ParentId=parent.unit_id)
            # The list grows while it is walked: each unit is asked for those below it.
            found.extend(_unit(unit, parent.unit_id) for unit in below)
        return found

    def control_policies(self) -> Iterator[OrganizationPolicy]:
        """The service control policies, without what they say."""
        for policy in self._listed("list_policies", "Policies", Filter="SERVICE_CONTROL_POLICY"):
            yield OrganizationPolicy(
                policy_id=policy["Id"],
                arn=policy.get("Arn", ""),
                name=policy.get("Name", ""),
                description=policy.get("Description", ""),
                aws_managed=bool(policy.get("AwsManaged")),
            )

    def policy_content(self, policy_id: str) -> str:
        """JSON, as its author wrote it."""
        with translated("to read the organisation (describe_policy)"):
            return self._client().describe_policy(PolicyId=policy_id)["Policy"].get("Content", "")

    def policy_targets(self, policy_id: str) -> list[Target]:
        found = self._listed("list_targets_for_policy", "Targets", PolicyId=policy_id)
        return [
            Target(
                target_id=target["TargetId"],
                arn=target.get("Arn", ""),
                name=target.get("Name", ""),
                kind=target.get("Type", ""),
            )
            for target in found
        ]

    def _listed(self, operation: str, key: str, **arguments: str) -> Iterator[dict[str, Any]]:
        """Every page: Organizations may give empty ones in the middle."""
        call = getattr(self._client(), operation)
        token: dict[str, str] = {}
        while True:
            with translated(f"to read the organisation ({operation})"):
                answer = call(**arguments, **token)
            yield from answer[key]
            if not answer.get("NextToken"):
                return
            token = {"NextToken": answer["NextToken"]}

    def _client(self) -> "OrganizationsClient":
        if self._role_arn is None:
            return self._sessions.client("organizations")
        return self._sessions.client_as(AssumeRole(self._role_arn, _SESSION_NAME), "organizations")


def _unit(found: dict[str, Any], parent_id: str | None) -> OrganizationalUnit:
    return OrganizationalUnit(
        unit_id=found["Id"], name=found.get("Name", ""), arn=found.get("Arn", ""), parent_id=parent_id
    )


def _parent(account: dict[str, Any]) -> str | None:
    """Of `o-x/r-y/ou-z/111122223333/` the unit; newer endpoints tell the paths of accounts."""
    parts = [part for path in (account.get("Paths") or [])[:1] for part in path.split("/") if part]
    units = [part for part in parts if part.startswith(("r-", "ou-"))]
    return units[-1] if units else None
