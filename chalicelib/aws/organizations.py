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
    """`state` is AWS's word: ACTIVE, SUSPENDED, PENDING_ACTIVATION, PENDING_CLOSURE or CLOSED."""

    account_id: str
    name: str
    state: str


class Organization:
    """Read under the function's own role, or under `role_arn` (of the management account or a delegated administrator)."""

    def __init__(self, sessions: Sessions, role_arn: str | None) -> None:
        self._sessions = sessions
        self._role_arn = role_arn

    def accounts(self) -> Iterator[MemberAccount]:
        """Raises AccessDeniedByAws, Throttled or Upstream; also in the middle."""
        for account in self._listed("list_accounts", "Accounts"):
            # `Status` is being withdrawn in favour of `State`; older endpoints know only the former.
            state = account.get("State") or account.get("Status") or ""
            yield MemberAccount(account_id=account["Id"], name=account.get("Name", ""), state=state)

    def tags(self, account_id: str) -> dict[str, str]:
        """Raises what `accounts` raises."""
        found = self._listed("list_tags_for_resource", "Tags", ResourceId=account_id)
        return {tag["Key"]: tag["Value"] for tag in found}

    def unit_paths(self) -> dict[str, str]:
        """Account id to the names of its organisational units (`Workloads/Prod`; empty at the root)."""
        found: dict[str, str] = {}
        waiting = [(root["Id"], "") for root in self._listed("list_roots", "Roots")]
        while waiting:
            parent, path = waiting.pop()
            for account in self._listed("list_accounts_for_parent", "Accounts", ParentId=parent):
                found[account["Id"]] = path
            units = self._listed("list_organizational_units_for_parent", "OrganizationalUnits", ParentId=parent)
            waiting.extend((unit["Id"], f"{path}/{unit['Name']}".lstrip("/")) for unit in units)
        return found

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
