"""Where AWS shows a resource, behind a sign-in to its account."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlencode

from chalicelib.core.arn import Arn
from chalicelib.core.partitions import partition
from chalicelib.inventory.resource_type import Resource, ResourceType

_CONFIG_WORDS = {"managed_policy": "AWS::IAM::Policy"}
"""AWS Config's types where the wire has another word."""
_IDS = ("role_id", "user_id", "group_id", "policy_id", "url")
"""Fields with what Config calls a resource's id; a bucket's is its name, a topic's its ARN."""


def config_timeline_url(record: Resource, kind: ResourceType[Any], regions: Sequence[str]) -> str:
    """AWS Config's page of what it was before. Config records IAM in one region."""
    technology = record.technology or kind.technology
    wanted = urlencode(
        {
            "resourceId": _config_id(record),
            "resourceName": record.name,
            "resourceType": _CONFIG_WORDS.get(technology, technology),
        }
    )
    return _signed_in(record, f"{record.region or regions[0]}.", f"/config/home?#/resources/timeline?{wanted}")


def console_url(record: Resource, kind: ResourceType[Any]) -> str | None:
    """The console's own page; None when there is none."""
    page = kind.console(record)
    return _signed_in(record, "", page) if page else None


def _config_id(record: Resource) -> str:
    told = next((getattr(record, field) for field in _IDS if hasattr(record, field)), None)
    return str(told) if told else record.name if Arn.parse(record.arn).service == "s3" else record.arn


def _signed_in(record: Resource, subdomain: str, page: str) -> str:
    host = partition(Arn.parse(record.arn).partition).console
    return f"/role/{record.account_id}?redirect={quote(f'https://{subdomain}{host}{page}', safe='')}"
