"""Everything else that AWS Config records, under Config's own names of types. What another module owns is left to it.

The organisation's aggregator is asked when the deployment names one, else Config of the account and region itself; where its recorder
is off it tells of nothing.
"""

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from chalicelib.aws.spoke_read import Batch, Paging
from chalicelib.core.arn import Arn
from chalicelib.core.errors import InvalidInput, Upstream
from chalicelib.inventory.console_pages import console_page
from chalicelib.inventory.registry import resource_types
from chalicelib.inventory.resource_type import REGIONAL_EVERY, Page, Place, Resource, Shown

if TYPE_CHECKING:
    from chalicelib.aws.spoke_read import AccountReader

_NAME = "config_resource"
_COLUMNS = "arn, resourceId, resourceName, resourceType, awsRegion, resourceCreationTime, tags"
_PAGE = 100
"""As many as Config gives."""
_RESULTS = Paging("Results")
_GLOBAL = "global"
"""Config's region of what has none. It is counted to one region of each partition, or several would list it."""
_HOMES = {"cn": "cn-northwest-1", "us-gov": "us-gov-west-1", "eusc": "eusc-de-east-1"}
_HOME = "us-east-1"


class ConfigRecord(Resource):
    """`region` is Config's; empty for what has none."""

    resource_type: str
    resource_id: str
    created: str | None

    @property
    def technology(self) -> str:
        return self.resource_type

    @property
    def config_id(self) -> str:
        return self.resource_id


class ConfigResources:
    name = _NAME
    technology = _NAME
    """Its records name their own."""
    regional = True
    every = REGIONAL_EVERY
    actions = frozenset({"config:SelectAggregateResourceConfig", "config:SelectResourceConfig"})
    record = ConfigRecord

    def pages(self, reader: "AccountReader", place: Place, after: str = "") -> Iterator[Page[ConfigRecord]]:
        where = f"awsRegion = '{place.region}'"
        if place.region == _home_of(place.region):
            where = f"awsRegion IN ('{place.region}', '{_GLOBAL}')"
        for batch in _select(reader, place.region, where, after):
            yield Page(tuple(_records(batch, reader.account_id)), after=batch.after)

    def read(self, reader: "AccountReader", arn: Arn) -> ConfigRecord | None:
        text = str(arn)
        if "'" in text or "\\" in text:
            raise InvalidInput(
                f"AWS Config can't be asked for {text[:200]}: it has a quotation mark.", reason="bad_arn"
            )
        region = arn.region or _home_of_partition(arn.partition)
        batches = _select(reader, region, f"arn = '{text}'", "")
        return next((record for batch in batches for record in _records(batch, reader.account_id)), None)

    def owns(self, arn: Arn) -> bool:
        """What no other type does."""
        return not any(kind.owns(arn) for name, kind in resource_types().items() if name != _NAME)

    def console(self, record: Shown) -> str:
        return console_page(Arn.parse(record.arn))


def _select(reader: "AccountReader", region: str, where: str, after: str) -> Iterator[Batch]:
    found = reader.aggregator
    if found is None:
        query = f"SELECT {_COLUMNS} WHERE {where}"
        return reader.pages(
            "config", "select_resource_config", _RESULTS, region=region, after=after, Expression=query, Limit=_PAGE
        )
    query = f"SELECT {_COLUMNS} WHERE accountId = '{reader.account_id}' AND {where}"
    return found.reader.pages(
        "config",
        "select_aggregate_resource_config",
        _RESULTS,
        region=found.region,
        after=after,
        Expression=query,
        ConfigurationAggregatorName=found.name,
        Limit=_PAGE,
    )


def _records(batch: Batch, account_id: str) -> Iterator[ConfigRecord]:
    for text in batch.items:
        row = _row(text)
        if _is_ours(str(row.get("arn") or "")):
            yield _record(row, account_id)


def _is_ours(arn: str) -> bool:
    """Not what Config records without an ARN, and not what another module reads better."""
    try:
        return RESOURCE_TYPE.owns(Arn.parse(arn))
    except InvalidInput:
        return False


def _row(text: str) -> Mapping[str, Any]:
    """Raises Upstream: of a garbled answer nobody can tell what it leaves out."""
    try:
        row = json.loads(text)
    except ValueError:
        row = None
    if not isinstance(row, dict):
        raise Upstream("AWS Config answered with a row that is not a JSON object.", reason="garbled_row")
    return row


def _record(row: Mapping[str, Any], account_id: str) -> ConfigRecord:
    arn, region = str(row["arn"]), str(row.get("awsRegion") or "")
    return ConfigRecord(
        arn=arn,
        name=str(row.get("resourceName") or row.get("resourceId") or arn),
        account_id=account_id,
        region="" if region == _GLOBAL else region,
        tags={str(tag["key"]): str(tag.get("value") or "") for tag in row.get("tags") or ()},
        resource_type=str(row.get("resourceType") or ""),
        resource_id=str(row.get("resourceId") or ""),
        created=row.get("resourceCreationTime") or None,
    )


def _home_of(region: str) -> str:
    return next((home for prefix, home in _HOMES.items() if region.startswith(f"{prefix}-")), _HOME)


def _home_of_partition(partition: str) -> str:
    return _HOMES.get(partition.removeprefix("aws-"), _HOME)


RESOURCE_TYPE = ConfigResources()
