"""Inline policies of IAM roles in any account, through a spoke role: the one that reads, or the one that changes."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from chalicelib.aws.assume_role import AssumeRole, spoke_role
from chalicelib.aws.errors import translated
from chalicelib.aws.sessions import Sessions
from chalicelib.core.arn import Arn
from chalicelib.core.errors import NotFound
from chalicelib.core.policy_document import compact

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient


class RolePolicies:
    """`role_name` is the spoke role: what it may not do, this can't do. CloudTrail shows `session_name`."""

    def __init__(self, sessions: Sessions, *, role_name: str, external_id: str | None, session_name: str) -> None:
        self._sessions = sessions
        self._role_name = role_name
        self._external_id = external_id
        self._session_name = session_name

    def acting_for(self, session_name: str) -> "RolePolicies":
        """The same, under another name in CloudTrail."""
        return RolePolicies(
            self._sessions, role_name=self._role_name, external_id=self._external_id, session_name=session_name
        )

    def role_id(self, role_arn: str) -> str:
        """AWS's own id of the role, which a role made again under the same name does not have.

        Raises NotFound when there is none, or only one under another path.
        """
        arn = Arn.parse(role_arn)
        with translated(f"to read the role {role_arn}"):
            role = self._client(arn).get_role(RoleName=arn.name)["Role"]
        if role["Arn"] != role_arn:
            raise NotFound(f"There is no role {role_arn}, but one called {role['Arn']}.", reason="other_path")
        return role["RoleId"]

    def names(self, role_arn: str) -> tuple[str, ...]:
        arn = Arn.parse(role_arn)
        with translated(f"to list the inline policies of {role_arn}"):
            pages = self._client(arn).get_paginator("list_role_policies").paginate(RoleName=arn.name)
            return tuple(name for page in pages for name in page["PolicyNames"])

    def document(self, role_arn: str, name: str) -> dict[str, Any] | None:
        arn = Arn.parse(role_arn)
        try:
            with translated(f"to read the inline policy {name} of {role_arn}"):
                answer = self._client(arn).get_role_policy(RoleName=arn.name, PolicyName=name)
        except NotFound:
            return None
        document: Any = answer["PolicyDocument"]
        return dict(document)

    def put(self, role_arn: str, name: str, document: Mapping[str, Any]) -> None:
        """Raises InvalidInput, LimitExceeded, NotFound, AccessDeniedByAws, Conflict, Throttled: AWS refused, nothing changed.
        Raises Upstream when it may have changed and the answer was lost.
        """
        arn = Arn.parse(role_arn)
        with translated(f"to put the inline policy {name} on {role_arn}"):
            self._client(arn).put_role_policy(RoleName=arn.name, PolicyName=name, PolicyDocument=compact(document))

    def remove(self, role_arn: str, name: str) -> None:
        """Raises what `put` raises."""
        arn = Arn.parse(role_arn)
        with translated(f"to delete the inline policy {name} of {role_arn}"):
            self._client(arn).delete_role_policy(RoleName=arn.name, PolicyName=name)

    def _client(self, arn: Arn) -> "IAMClient":
        call = AssumeRole(spoke_role(arn, self._role_name), self._session_name, external_id=self._external_id or "")
        return self._sessions.client_as(call, "iam")
