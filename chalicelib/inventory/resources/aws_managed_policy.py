"""The policies that AWS manages, by name: the same in every account, so listed once, in the hub's."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from chalicelib.aws.spoke_read import iam_paging
from chalicelib.core.arn import Arn
from chalicelib.core.errors import NotFound
from chalicelib.inventory.answers import iso
from chalicelib.inventory.iam_listing import MOST
from chalicelib.inventory.resource_type import HOUR, Page, Place, Resource, Shown

if TYPE_CHECKING:
    from chalicelib.aws.spoke_read import AccountReader

_AWS = "aws"
"""What stands in their ARNs in the place of an account."""


class AwsPolicyRecord(Resource):
    """`account_id` is the hub's, where it was read."""

    path: str
    default_version: str
    update_date: str


class AwsManagedPolicies:
    name = "aws_managed_policy"
    technology = ""
    regional = False
    every = 24 * HOUR
    actions = frozenset({"iam:ListPolicies", "iam:GetPolicy"})
    record = AwsPolicyRecord

    def pages(self, reader: "AccountReader", place: Place, after: str = "") -> Iterator[Page[AwsPolicyRecord]]:
        if not reader.is_hub:
            yield Page(())
            return
        batches = reader.pages("iam", "list_policies", iam_paging("Policies"), after=after, Scope="AWS", MaxItems=MOST)
        for batch in batches:
            yield Page(tuple(_record(policy, place.account_id) for policy in batch.items), after=batch.after)

    def read(self, reader: "AccountReader", arn: Arn) -> AwsPolicyRecord | None:
        try:
            return _record(reader.call("iam", "get_policy", PolicyArn=str(arn))["Policy"], reader.account_id)
        except NotFound:
            return None

    def owns(self, arn: Arn) -> bool:
        return arn.service == "iam" and not arn.region and arn.account == _AWS and arn.resource_type == "policy"

    def console(self, record: Shown) -> str:
        return f"/iam/home#/policies/details/{quote(record.arn, safe='')}"


def _record(policy: Mapping[str, Any], account_id: str) -> AwsPolicyRecord:
    return AwsPolicyRecord(
        arn=policy["Arn"],
        name=policy["PolicyName"],
        account_id=account_id,
        path=policy["Path"],
        default_version=policy["DefaultVersionId"],
        update_date=iso(policy["UpdateDate"]),
    )


RESOURCE_TYPE = AwsManagedPolicies()
