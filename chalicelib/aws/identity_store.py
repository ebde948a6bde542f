"""IAM Identity Center's store of people and groups."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chalicelib.aws.assume_role import AssumeRole
from chalicelib.aws.errors import translated
from chalicelib.aws.sessions import Sessions

if TYPE_CHECKING:
    from mypy_boto3_identitystore import IdentityStoreClient

_SESSION_NAME = "consoleme-directory"
_DISABLED = "DISABLED"


@dataclass(frozen=True, slots=True)
class StoredUser:
    """`email` is the primary address, or the only one; empty when there is none."""

    user_id: str
    user_name: str
    display_name: str
    email: str
    disabled: bool


@dataclass(frozen=True, slots=True)
class StoredGroup:
    group_id: str
    display_name: str


class IdentityStore:
    """Read under the function's own role, or under `role_arn`."""

    def __init__(self, sessions: Sessions, *, store_id: str, region: str, role_arn: str | None) -> None:
        self._sessions = sessions
        self._store_id = store_id
        self._region = region
        self._role_arn = role_arn

    def users(self) -> Iterator[StoredUser]:
        """Raises AccessDeniedByAws, NotFound, Throttled or Upstream; also in the middle."""
        for user in self._listed("list_users", "Users"):
            yield StoredUser(
                user_id=user["UserId"],
                user_name=user.get("UserName", ""),
                display_name=user.get("DisplayName", ""),
                email=_email(user.get("Emails") or []),
                disabled=user.get("UserStatus") == _DISABLED,
            )

    def groups(self) -> Iterator[StoredGroup]:
        for group in self._listed("list_groups", "Groups"):
            yield StoredGroup(group_id=group["GroupId"], display_name=group.get("DisplayName", ""))

    def members(self, group_id: str) -> Iterator[str]:
        """Ids of the users in a group; groups do not hold groups here."""
        for membership in self._listed("list_group_memberships", "GroupMemberships", GroupId=group_id):
            if user_id := membership.get("MemberId", {}).get("UserId"):
                yield user_id

    def _listed(self, operation: str, key: str, **arguments: str) -> Iterator[dict[str, Any]]:
        call = getattr(self._client(), operation)
        token: dict[str, str] = {}
        while True:
            with translated(f"to read the identity store {self._store_id} ({operation})"):
                answer = call(IdentityStoreId=self._store_id, **arguments, **token)
            yield from answer[key]
            if not answer.get("NextToken"):
                return
            token = {"NextToken": answer["NextToken"]}

    def _client(self) -> "IdentityStoreClient":
        if self._role_arn is None:
            return self._sessions.client("identitystore", self._region)
        return self._sessions.client_as(AssumeRole(self._role_arn, _SESSION_NAME), "identitystore", self._region)


def _email(emails: list[dict[str, Any]]) -> str:
    primary = [email for email in emails if email.get("Primary")] or emails
    return str(primary[0].get("Value") or "") if primary else ""
