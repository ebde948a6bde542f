"""Where AWS shows a resource, behind a sign-in to its account."""

from collections.abc import Sequence
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from chalicelib.core.arn import Arn
from chalicelib.core.partitions import partition
from chalicelib.inventory.resource_type import Resource, ResourceType

_CONFIG_WORDS = {"managed_policy": "AWS::IAM::Policy"}
"""AWS Config's types where the wire has another word."""


class Recorded(Protocol):
    """What a link needs to know: a resource's record knows it, and so does a row of a table."""

    @property
    def arn(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def account_id(self) -> str: ...
    @property
    def region(self) -> str: ...
    @property
    def config_id(self) -> str: ...


def config_timeline_url(one: Recorded, technology: str, regions: Sequence[str]) -> str:
    """AWS Config's page of what it was before. Config records IAM in one region."""
    wanted = urlencode(
        {
            "resourceId": one.config_id,
            "resourceName": one.name,
            "resourceType": _CONFIG_WORDS.get(technology, technology),
        }
    )
    return _signed_in(one, f"{one.region or regions[0]}.", f"/config/home?#/resources/timeline?{wanted}")


def console_url(record: Resource, kind: ResourceType[Any]) -> str | None:
    """The console's own page; None when there is none."""
    page = kind.console(record)
    return _signed_in(record, "", page) if page else None


def _signed_in(one: Recorded, subdomain: str, page: str) -> str:
    host = partition(Arn.parse(one.arn).partition).console
    return f"/role/{one.account_id}?redirect={quote(f'https://{subdomain}{host}{page}', safe='')}"
