"""IAM users: their policies, groups and tags. Their keys and passwords are nobody's business here."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from chalicelib.core.arn import Arn
from chalicelib.core.errors import NotFound
from chalicelib.inventory.answers import iso, tag_map
from chalicelib.inventory.iam_listing import (
    attached_policies,
    boundary,
    details,
    inline_policies,
    listed,
    page_of_details,
    read_inline,
)
from chalicelib.inventory.models import AttachedPolicy, NamedPolicy
from chalicelib.inventory.resource_type import IAM_EVERY, Page, Place, Resource, Shown

if TYPE_CHECKING:
    from chalicelib.aws.spoke_read import AccountReader


class UserRecord(Resource):
    """`groups` are names, which IAM keeps unique within an account."""

    path: str
    user_id: str
    create_date: str
    groups: tuple[str, ...]
    inline_policies: tuple[NamedPolicy, ...]
    attached_policies: tuple[AttachedPolicy, ...]
    permissions_boundary: str | None

    @property
    def config_id(self) -> str:
        return self.user_id


class IamUsers:
    name = "iam_user"
    technology = "AWS::IAM::User"
    regional = False
    every = IAM_EVERY
    actions = frozenset(
        {
            "iam:GetAccountAuthorizationDetails",
            "iam:GetUser",
            "iam:GetUserPolicy",
            "iam:ListAttachedUserPolicies",
            "iam:ListGroupsForUser",
            "iam:ListUserPolicies",
        }
    )
    record = UserRecord

    def pages(self, reader: "AccountReader", place: Place, after: str = "") -> Iterator[Page[UserRecord]]:  # noqa: ARG002 the account is the reader's
        for batch in details(reader, "User", "UserDetailList", after):
            yield page_of_details(batch, _record)

    def read(self, reader: "AccountReader", arn: Arn) -> UserRecord | None:
        """As the listing would tell of it: by its name, so the user that is found may have another path. Raises InvalidInput for one
        that can't be understood.
        """
        try:
            return _read(reader, arn)
        except NotFound:
            return None

    def owns(self, arn: Arn) -> bool:
        return arn.is_iam("user")

    def console(self, record: Shown) -> str:
        return f"/iam/home#/users/details/{quote(record.name, safe='')}"


def _record(detail: Mapping[str, Any]) -> UserRecord:
    arn = Arn.parse(detail["Arn"])
    return UserRecord(
        arn=str(arn),
        name=detail["UserName"],
        account_id=arn.account,
        tags=tag_map(detail.get("Tags", ())),
        path=detail["Path"],
        user_id=detail["UserId"],
        create_date=iso(detail["CreateDate"]),
        groups=tuple(sorted(detail.get("GroupList", ()))),
        inline_policies=inline_policies(detail.get("UserPolicyList", ())),
        attached_policies=attached_policies(detail.get("AttachedManagedPolicies", ())),
        permissions_boundary=boundary(detail),
    )


def _read(reader: "AccountReader", arn: Arn) -> UserRecord:
    name = arn.name
    user = reader.call("iam", "get_user", UserName=name)["User"]
    groups = listed(reader, "list_groups_for_user", "Groups", UserName=name)
    detail = {
        **user,
        "UserPolicyList": read_inline(reader, "list_user_policies", "get_user_policy", UserName=name),
        "AttachedManagedPolicies": listed(reader, "list_attached_user_policies", "AttachedPolicies", UserName=name),
        "GroupList": [group["GroupName"] for group in groups],
    }
    return _record(detail)


RESOURCE_TYPE = IamUsers()
