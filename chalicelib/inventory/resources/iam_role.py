"""IAM roles: listed with all their policies, read alone, and where the console shows them."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from chalicelib.aws.spoke_read import iam_paging
from chalicelib.core.arn import Arn, parse_role_arn
from chalicelib.core.errors import InvalidInput, NotFound
from chalicelib.inventory.answers import iso, policy_object, tag_map
from chalicelib.inventory.iam_listing import (
    MOST,
    attached_policies,
    boundary,
    details,
    inline_policies,
    listed,
    read_inline,
)
from chalicelib.inventory.models import LastUse, RoleRecord
from chalicelib.inventory.resource_type import IAM_EVERY, Page, Place, Shown

if TYPE_CHECKING:
    from chalicelib.aws.spoke_read import AccountReader

TYPE = "iam_role"
TECHNOLOGY = "AWS::IAM::Role"
DEFAULT_SESSION = 3600
"""MaxSessionDuration of a role that says none."""


class RoleHeader(NamedTuple):
    """What ListRoles and GetRole tell, and the large listing does not."""

    description: str | None
    max_session_duration: int


class IamRoles:
    name = TYPE
    technology = TECHNOLOGY
    regional = False
    every = IAM_EVERY
    actions = frozenset(
        {
            "iam:ListRoles",
            "iam:GetAccountAuthorizationDetails",
            "iam:GetRole",
            "iam:ListRolePolicies",
            "iam:GetRolePolicy",
            "iam:ListAttachedRolePolicies",
            "iam:ListInstanceProfilesForRole",
        }
    )
    record = RoleRecord

    def pages(self, reader: "AccountReader", place: Place, after: str = "") -> Iterator[Page[RoleRecord]]:  # noqa: ARG002 the account is the reader's
        """The short listing first: what it told of a role is kept until the large one brings the rest of it."""
        headers = {
            role["Arn"]: header(role)
            for batch in reader.pages("iam", "list_roles", iam_paging("Roles"), MaxItems=MOST)
            for role in batch.items
        }
        for batch in details(reader, "Role", "RoleDetailList", after):
            records: list[RoleRecord] = []
            unreadable: dict[str, str] = {}
            for detail in batch.items:
                told = headers.pop(detail["Arn"], None) or _header_of(reader, detail["RoleName"])
                try:
                    records.append(record(detail, told))
                except InvalidInput as error:
                    unreadable[detail["Arn"]] = error.message
            yield Page(tuple(records), unreadable, batch.after)

    def read(self, reader: "AccountReader", arn: Arn) -> RoleRecord | None:
        """By its name, so the role that is found may have another path. Raises InvalidInput for one that can't be understood."""
        try:
            return _read(reader, arn)
        except NotFound:
            return None

    def owns(self, arn: Arn) -> bool:
        return arn.is_iam_role

    def console(self, record: Shown) -> str:
        return f"/iam/home#/roles/details/{quote(record.name, safe='')}"


def header(role: Mapping[str, Any]) -> RoleHeader:
    return RoleHeader(role.get("Description") or None, int(role.get("MaxSessionDuration") or DEFAULT_SESSION))


def record(detail: Mapping[str, Any], told: RoleHeader) -> RoleRecord:
    """Raises InvalidInput when a policy of the role is not a JSON object."""
    arn = parse_role_arn(detail["Arn"])
    return RoleRecord(
        arn=str(arn),
        name=detail["RoleName"],
        path=detail["Path"],
        account_id=arn.account,
        role_id=detail["RoleId"],
        create_date=iso(detail["CreateDate"]),
        description=told.description,
        max_session_duration=told.max_session_duration,
        tags=tag_map(detail.get("Tags", ())),
        trust_policy=policy_object(detail["AssumeRolePolicyDocument"], "the trust policy"),
        inline_policies=inline_policies(detail.get("RolePolicyList", ())),
        attached_policies=attached_policies(detail.get("AttachedManagedPolicies", ())),
        permissions_boundary=boundary(detail),
        instance_profiles=tuple(sorted(profile["Arn"] for profile in detail.get("InstanceProfileList", ()))),
        last_used=_last_use(detail.get("RoleLastUsed") or {}),
    )


def _header_of(reader: "AccountReader", name: str) -> RoleHeader:
    """For a role that was created between the two listings."""
    try:
        return header(reader.call("iam", "get_role", RoleName=name)["Role"])
    except NotFound:
        return header({})


def _read(reader: "AccountReader", arn: Arn) -> RoleRecord:
    """As the large listing would tell of it."""
    name = arn.name
    role = reader.call("iam", "get_role", RoleName=name)["Role"]
    detail = {
        **role,
        "RolePolicyList": read_inline(reader, "list_role_policies", "get_role_policy", RoleName=name),
        "AttachedManagedPolicies": listed(reader, "list_attached_role_policies", "AttachedPolicies", RoleName=name),
        "InstanceProfileList": listed(reader, "list_instance_profiles_for_role", "InstanceProfiles", RoleName=name),
    }
    return record(detail, header(role))


def _last_use(told: Mapping[str, Any]) -> LastUse | None:
    """AWS gives an empty object for a role that nobody used in 400 days."""
    if not told.get("LastUsedDate"):
        return None
    return LastUse(at=iso(told["LastUsedDate"]), region=told.get("Region") or "")


RESOURCE_TYPE = IamRoles()
