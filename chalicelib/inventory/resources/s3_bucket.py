"""S3 buckets. One listing tells of those of all regions; policy and tags are asked for where the bucket is."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from chalicelib.aws.spoke_read import Paging
from chalicelib.core.arn import Arn
from chalicelib.core.errors import NotFound
from chalicelib.inventory.answers import iso, tag_map
from chalicelib.inventory.describe import page_of
from chalicelib.inventory.policed import Asked, PolicedResource, policy_of_text
from chalicelib.inventory.resource_type import REGIONAL_EVERY, Page, Place, Shown

if TYPE_CHECKING:
    from chalicelib.aws.spoke_read import AccountReader

_BUCKETS = Paging("Buckets", into="ContinuationToken", out="ContinuationToken")
_PAGE = 1000
"""Of ten thousand that AWS would give: each bucket takes two further calls, and a page is what a run can be cut at."""
_OLD_NAMES = {"": "us-east-1", "EU": "eu-west-1"}
"""What GetBucketLocation still calls two regions."""


class BucketRecord(PolicedResource):
    created: str

    @property
    def config_id(self) -> str:
        return self.name


class Buckets:
    name = "s3_bucket"
    technology = "AWS::S3::Bucket"
    regional = False
    every = REGIONAL_EVERY
    actions = frozenset({"s3:GetBucketLocation", "s3:GetBucketPolicy", "s3:GetBucketTagging", "s3:ListAllMyBuckets"})
    record = BucketRecord

    def pages(self, reader: "AccountReader", place: Place, after: str = "") -> Iterator[Page[BucketRecord]]:  # noqa: ARG002 the account is the reader's
        for batch in reader.pages("s3", "list_buckets", _BUCKETS, after=after, MaxBuckets=_PAGE):
            yield page_of(
                batch.items,
                arn_of=lambda bucket: _arn(reader, bucket["Name"]),
                describe=lambda bucket: _described(reader, bucket),
                after=batch.after,
            )

    def read(self, reader: "AccountReader", arn: Arn) -> BucketRecord | None:
        """Asks the account's list, because a bucket of somebody else answers too. Raises InvalidInput for a garbled policy."""
        for batch in reader.pages("s3", "list_buckets", _BUCKETS, Prefix=arn.resource, MaxBuckets=_PAGE):
            for bucket in batch.items:
                if bucket["Name"] == arn.resource:
                    try:
                        return _described(reader, bucket)
                    except NotFound:
                        return None
        return None

    def owns(self, arn: Arn) -> bool:
        return arn.service == "s3" and not (arn.region or arn.account or set("/:*?") & set(arn.resource))

    def console(self, record: Shown) -> str:
        return f"/s3/buckets/{quote(record.name, safe='')}?region={record.region}"


def _arn(reader: "AccountReader", name: str) -> str:
    return f"arn:{reader.partition}:s3:::{name}"


def _described(reader: "AccountReader", bucket: Mapping[str, Any]) -> BucketRecord:
    """Raises NotFound for one that has vanished."""
    name, asked = bucket["Name"], Asked()
    region = bucket.get("BucketRegion") or asked.ask("region", lambda: _location(reader, name)) or ""
    policy = asked.ask("policy", lambda: _policy(reader, name, region))
    tags = asked.ask("tags", lambda: _tags(reader, name, region))
    return BucketRecord(
        arn=_arn(reader, name),
        name=name,
        account_id=reader.account_id,
        region=region,
        tags=tags or {},
        policy=policy_of_text(policy),
        refused=asked.refused,
        created=iso(bucket["CreationDate"]),
    )


def _location(reader: "AccountReader", name: str) -> str:
    told = reader.call("s3", "get_bucket_location", Bucket=name).get("LocationConstraint") or ""
    return _OLD_NAMES.get(told, told)


def _policy(reader: "AccountReader", name: str, region: str) -> str | None:
    try:
        return str(reader.call("s3", "get_bucket_policy", region=region, Bucket=name)["Policy"])
    except NotFound as error:
        if error.reason != "NoSuchBucketPolicy":
            raise
        return None


def _tags(reader: "AccountReader", name: str, region: str) -> dict[str, str]:
    try:
        return tag_map(reader.call("s3", "get_bucket_tagging", region=region, Bucket=name)["TagSet"])
    except NotFound as error:
        if error.reason != "NoSuchTagSet":
            raise
        return {}


RESOURCE_TYPE = Buckets()
