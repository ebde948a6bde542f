"""IAM roles and users in any account, through a spoke role: the one that reads, or the one that changes."""

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from chalicelib.aws.assume_role import AssumeRole, spoke_role
from chalicelib.aws.errors import translated
from chalicelib.aws.sessions import Sessions
from chalicelib.core.arn import Arn
from chalicelib.core.errors import AccessDeniedByAws, NotFound
from chalicelib.core.iam import Described, NewRole, parse_principal_arn
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
            raise NotFound(
                f"There is no {arn}, but one called {found.arn}.", reason="other_path", extra={"arn": found.arn}
            )
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

    def attached(self, arn: str) -> tuple[str, ...]:
        parsed, iam = self._of(arn)
        with translated(f"to list the managed policies of {arn}"):
            pages: Iterable[Mapping[str, Any]] = (
                iam.get_paginator("list_attached_role_policies").paginate(RoleName=parsed.name)
                if parsed.is_iam_role
                else iam.get_paginator("list_attached_user_policies").paginate(UserName=parsed.name)
            )
            return tuple(sorted(policy["PolicyArn"] for page in pages for policy in page["AttachedPolicies"]))

    def attach(self, arn: str, policy_arn: str) -> None:
        parsed, iam = self._of(arn)
        with translated(f"to attach {policy_arn} to {arn}"):
            if parsed.is_iam_role:
                iam.attach_role_policy(RoleName=parsed.name, PolicyArn=policy_arn)
            else:
                iam.attach_user_policy(UserName=parsed.name, PolicyArn=policy_arn)

    def detach(self, arn: str, policy_arn: str) -> None:
        parsed, iam = self._of(arn)
        with translated(f"to detach {policy_arn} from {arn}"):
            if parsed.is_iam_role:
                iam.detach_role_policy(RoleName=parsed.name, PolicyArn=policy_arn)
            else:
                iam.detach_user_policy(UserName=parsed.name, PolicyArn=policy_arn)

    def set_boundary(self, arn: str, policy_arn: str | None) -> None:
        parsed, iam = self._of(arn)
        with translated(f"to set the permissions boundary of {arn}"):
            if parsed.is_iam_role and policy_arn:
                iam.put_role_permissions_boundary(RoleName=parsed.name, PermissionsBoundary=policy_arn)
            elif parsed.is_iam_role:
                iam.delete_role_permissions_boundary(RoleName=parsed.name)
            elif policy_arn:
                iam.put_user_permissions_boundary(UserName=parsed.name, PermissionsBoundary=policy_arn)
            else:
                iam.delete_user_permissions_boundary(UserName=parsed.name)

    def set_trust(self, role_arn: str, document: Mapping[str, Any]) -> None:
        parsed, iam = self._of(role_arn)
        with translated(f"to set the trust policy of {role_arn}"):
            iam.update_assume_role_policy(RoleName=parsed.name, PolicyDocument=compact(document))

    def tag(self, arn: str, tags: Mapping[str, str]) -> None:
        parsed, iam = self._of(arn)
        with translated(f"to tag {arn}"):
            if parsed.is_iam_role:
                iam.tag_role(RoleName=parsed.name, Tags=_wire_tags(tags))
            else:
                iam.tag_user(UserName=parsed.name, Tags=_wire_tags(tags))

    def untag(self, arn: str, keys: Collection[str]) -> None:
        parsed, iam = self._of(arn)
        with translated(f"to untag {arn}"):
            if parsed.is_iam_role:
                iam.untag_role(RoleName=parsed.name, TagKeys=sorted(keys))
            else:
                iam.untag_user(UserName=parsed.name, TagKeys=sorted(keys))

    def policy_exists(self, arn: str, policy_arn: str) -> bool:
        _, iam = self._of(arn)
        try:
            with translated(f"to read {policy_arn} for {arn}"):
                iam.get_policy(PolicyArn=policy_arn)
        except NotFound:
            return False
        return True

    def quotas(self, arn: str) -> Mapping[str, int]:
        _, iam = self._of(arn)
        try:
            with translated(f"to read the quotas of the account of {arn}"):
                found = iam.get_account_summary()["SummaryMap"]
        except AccessDeniedByAws:
            return {}
        return {str(name): limit for name, limit in found.items()}

    def instance_profiles(self, role_arn: str) -> tuple[str, ...]:
        parsed, iam = self._of(role_arn)
        with translated(f"to list the instance profiles of {role_arn}"):
            pages = iam.get_paginator("list_instance_profiles_for_role").paginate(RoleName=parsed.name)
            return tuple(sorted(found["InstanceProfileName"] for page in pages for found in page["InstanceProfiles"]))

    def create_role(self, role_arn: str, role: NewRole) -> None:
        parsed, iam = self._of(role_arn)
        optional: Any = {"PermissionsBoundary": role.boundary} if role.boundary else {}
        with translated(f"to create {role_arn}"):
            iam.create_role(
                RoleName=parsed.name,
                Path=_path(parsed),
                AssumeRolePolicyDocument=compact(role.trust),
                Description=role.description,
                MaxSessionDuration=role.longest_session,
                Tags=_wire_tags(role.tags),
                **optional,
            )

    def delete_role(self, role_arn: str) -> None:
        parsed, iam = self._of(role_arn)
        with translated(f"to delete {role_arn}"):
            iam.delete_role(RoleName=parsed.name)

    def add_instance_profile(self, role_arn: str, name: str) -> None:
        parsed, iam = self._of(role_arn)
        with translated(f"to make the instance profile {name} in {parsed.account}"):
            try:
                iam.create_instance_profile(InstanceProfileName=name, Path=_path(parsed))
            except iam.exceptions.EntityAlreadyExistsException:
                held = iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]["Roles"]
                if any(role["Arn"] == role_arn for role in held):
                    return
            iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=parsed.name)

    def remove_instance_profile(self, role_arn: str, name: str) -> None:
        parsed, iam = self._of(role_arn)
        with translated(f"to take {role_arn} out of the instance profile {name}"):
            iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=parsed.name)
            if name == parsed.name:
                iam.delete_instance_profile(InstanceProfileName=name)

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


def _wire_tags(tags: Mapping[str, str]) -> "list[TagTypeDef]":
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


def _path(arn: Arn) -> str:
    """`/team/` of `role/team/app`; `/` of `role/app`."""
    return "/" + arn.path_and_name.removesuffix(arn.name)
