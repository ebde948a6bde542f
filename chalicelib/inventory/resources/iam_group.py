"""IAM groups and their policies. Who is in one stands in the records of its users."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from chalicelib.core.arn import Arn
from chalicelib.core.errors import NotFound
from chalicelib.inventory.answers import iso
from chalicelib.inventory.iam_listing import (
    attached_policies,
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


class GroupRecord(Resource):
    """IAM knows no tags of groups."""

    path: str
    group_id: str
    create_date: str
    inline_policies: tuple[NamedPolicy, ...]
    attached_policies: tuple[AttachedPolicy, ...]

    @property
    def config_id(self) -> str:
        return self.group_id


class IamGroups:
    name = "iam_group"
    technology = "AWS::IAM::Group"
    regional = False
    every = IAM_EVERY
    actions = frozenset(
        {
            "iam:GetAccountAuthorizationDetails",
            "iam:GetGroup",
            "iam:GetGroupPolicy",
            "iam:ListAttachedGroupPolicies",
            "iam:ListGroupPolicies",
        }
    )
    record = GroupRecord

    def pages(self, reader: "AccountReader", place: Place, after: str = "") -> Iterator[Page[GroupRecord]]:  # noqa: ARG002 the account is the reader's
        for batch in details(reader, "Group", "GroupDetailList", after):
            yield page_of_details(batch, _record)

    def read(self, reader: "AccountReader", arn: Arn) -> GroupRecord | None:
        """As the listing would tell of it: by its name, so the group that is found may have another path. Raises InvalidInput for one
        that can't be understood.
        """
        try:
            return _read(reader, arn)
        except NotFound:
            return None

    def owns(self, arn: Arn) -> bool:
        return arn.is_iam("group")

    def console(self, record: Shown) -> str:
        return f"/iam/home#/groups/details/{quote(record.name, safe='')}"


def _record(detail: Mapping[str, Any]) -> GroupRecord:
    arn = Arn.parse(detail["Arn"])
    return GroupRecord(
        arn=str(arn),
        name=detail["GroupName"],
        account_id=arn.account,
        path=detail["Path"],
        group_id=detail["GroupId"],
        create_date=iso(detail["CreateDate"]),
        inline_policies=inline_policies(detail.get("GroupPolicyList", ())),
        attached_policies=attached_policies(detail.get("AttachedManagedPolicies", ())),
    )


def _read(reader: "AccountReader", arn: Arn) -> GroupRecord:
    name = arn.name
    group = reader.call("iam", "get_group", GroupName=name, MaxItems=1)["Group"]
    inline = read_inline(reader, "list_group_policies", "get_group_policy", GroupName=name)
    attached = listed(reader, "list_attached_group_policies", "AttachedPolicies", GroupName=name)
    return _record({**group, "GroupPolicyList": inline, "AttachedManagedPolicies": attached})


RESOURCE_TYPE = IamGroups()
