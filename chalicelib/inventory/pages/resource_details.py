"""What the wire's `resource_details` tell of each type of resource that has a page of its own. Pure."""

from typing import Any

from chalicelib.inventory.policed import PolicedResource
from chalicelib.inventory.resource_type import Resource
from chalicelib.inventory.resources.iam_managed_policy import ManagedPolicyRecord, PolicyVersion
from chalicelib.inventory.resources.s3_bucket import BucketRecord
from chalicelib.inventory.resources.sns_topic import TopicRecord
from chalicelib.inventory.resources.sqs_queue import QueueRecord


def details_of(record: Resource) -> dict[str, Any]:
    """AWS's words and its strings. A queue without a policy has no `Policy`; a bucket has an empty one."""
    common: dict[str, Any] = {"TagSet": [{"Key": key, "Value": value} for key, value in sorted(record.tags.items())]}
    match record:
        case BucketRecord():
            return {**common, "Policy": record.policy or {}, "created_time": record.created, "region": record.region}
        case QueueRecord():
            own = {"QueueUrl": record.url, "created_time": record.created, "updated_time": record.updated}
            return {**record.attributes, **record.counts, **_policy(record), **common, **own}
        case TopicRecord():
            return {**record.attributes, **record.counts, **_policy(record), **common}
        case ManagedPolicyRecord():
            times = {"created_time": record.create_date, "updated_time": record.update_date}
            return {**common, "Policy": record.document, "description": record.description, **times}
    return common


def versions_of(record: Resource) -> list[tuple[PolicyVersion, bool]]:
    """Of a managed policy, newest first, and whether it is the one in force."""
    if not isinstance(record, ManagedPolicyRecord):
        return []
    return [(one, one.version_id == record.default_version) for one in reversed(record.versions)]


def _policy(record: PolicedResource) -> dict[str, Any]:
    return {} if record.policy is None else {"Policy": record.policy}
