"""IAM roles and users in any account, through a spoke role: the one that reads, or the one that changes."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from chalicelib.aws.assume_role import AssumeRole, spoke_role
from chalicelib.aws.errors import translated
from chalicelib.aws.sessions import Sessions
from chalicelib.core.arn import Arn
from chalicelib.core.errors import NotFound
from chalicelib.core.iam import Described, parse_principal_arn
from chalicelib.core.policy_document import compact

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_iam.type_defs import RoleTypeDef, TagTypeDef, UserTypeDef


class IamPrincipals:
    """`role_name` is the spoke role: what it may not do, this can't do. CloudTrail shows `session_name`."""

    def __init__(self, sessions: Sessions, *, role_name: str, external_id: str | None, session_name: str) -> None:
        self._sessions = sessions
        self._role_name = role_name
        self._external_id = external_id
        self._session_name = session_name

    def find(self, arn: str) -> Described:
        """Raises NotFound when there is none, or only one under another path."""
        parsed, iam = self._of(arn)
        with translated(f"to read {arn}"):
            found = (
                _role(iam.get_role(RoleName=parsed.name)["Role"])
                if parsed.is_iam_role
                else _user(iam.get_user(UserName=parsed.name)["User"])
            )
        if found.arn != arn:
            raise NotFound(f"There is no {arn}, but one called {found.arn}.", reason="other_path")
        return found

    def inline_names(self, arn: str) -> tuple[str, ...]:
        parsed, iam = self._of(arn)
        with translated(f"to list the inline policies of {arn}"):
            pages: Iterable[Mapping[str, Any]] = (
                iam.get_paginator("list_role_policies").paginate(RoleName=parsed.name)
                if parsed.is_iam_role
                else iam.get_paginator("list_user_policies").paginate(UserName=parsed.name)
            )
            return tuple(name for page in pages for name in page["PolicyNames"])

    def inline_policy(self, arn: str, name: str) -> dict[str, Any] | None:
        parsed, iam = self._of(arn)
        try:
            with translated(f"to read the inline policy {name} of {arn}"):
                document: Any = (
                    iam.get_role_policy(RoleName=parsed.name, PolicyName=name)["PolicyDocument"]
                    if parsed.is_iam_role
                    else iam.get_user_policy(UserName=parsed.name, PolicyName=name)["PolicyDocument"]
                )
        except NotFound:
            return None
        return dict(document)

    def put_inline(self, arn: str, name: str, document: Mapping[str, Any]) -> None:
        parsed, iam = self._of(arn)
        text = compact(document)
        with translated(f"to put the inline policy {name} on {arn}"):
            if parsed.is_iam_role:
                iam.put_role_policy(RoleName=parsed.name, PolicyName=name, PolicyDocument=text)
            else:
                iam.put_user_policy(UserName=parsed.name, PolicyName=name, PolicyDocument=text)

    def remove_inline(self, arn: str, name: str) -> None:
        parsed, iam = self._of(arn)
        with translated(f"to delete the inline policy {name} of {arn}"):
            if parsed.is_iam_role:
                iam.delete_role_policy(RoleName=parsed.name, PolicyName=name)
            else:
                iam.delete_user_policy(UserName=parsed.name, PolicyName=name)

    def _of(self, arn: str) -> tuple[Arn, "IAMClient"]:
        parsed = parse_principal_arn(arn)
        call = AssumeRole(spoke_role(parsed, self._role_name), self._session_name, external_id=self._external_id or "")
        return parsed, self._sessions.client_as(call, "iam")


def _role(role: "RoleTypeDef") -> Described:
    trust: Any = role.get("AssumeRolePolicyDocument")
    return Described(
        arn=role["Arn"],
        id=role["RoleId"],
        trust=dict(trust) if trust else None,
        boundary=role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        tags=_tags(role.get("Tags", [])),
        description=role.get("Description", ""),
        longest_session=role.get("MaxSessionDuration"),
    )


def _user(user: "UserTypeDef") -> Described:
    return Described(
        arn=user["Arn"],
        id=user["UserId"],
        boundary=user.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        tags=_tags(user.get("Tags", [])),
    )


def _tags(found: "Iterable[TagTypeDef]") -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in found}
