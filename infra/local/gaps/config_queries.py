"""AWS Config's queries, of which moto only has canned answers: asked of what really is in the embedded AWS, as if a recorder were on."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import astuple, dataclass, fields
from datetime import UTC, datetime
from typing import Any

from infra.local.interpreter import replaced

_DEFAULT_LIMIT, _MOST = 25, 100


@dataclass(frozen=True)
class Item:
    """A resource in Config's words; `tags` is JSON."""

    arn: str
    resourceId: str  # noqa: N815 Config's names
    resourceName: str  # noqa: N815
    resourceType: str  # noqa: N815
    awsRegion: str  # noqa: N815
    accountId: str  # noqa: N815
    resourceCreationTime: str | None  # noqa: N815
    tags: str


def answered_from_what_exists() -> AbstractContextManager[None]:
    """While inside, `SelectResourceConfig` is a question about the account's and region's resources."""
    from moto.config.responses import ConfigResponse

    return replaced(ConfigResponse, "select_resource_config", _select)


def _select(response: Any) -> str:
    from moto.core.exceptions import JsonRESTError

    asked, place = json.loads(response.body), response.config_backend
    size, start = min(asked.get("Limit") or _DEFAULT_LIMIT, _MOST), int(asked.get("NextToken") or 0)
    try:
        names, rows = _answers(asked["Expression"], recorded(place.account_id, place.region_name))
    except sqlite3.Error as error:
        raise JsonRESTError("InvalidExpressionException", str(error)) from error
    answer: dict[str, Any] = {
        "Results": rows[start : start + size],
        "QueryInfo": {"SelectFields": [{"Name": name} for name in names]},
    }
    return json.dumps(answer | ({"NextToken": str(start + size)} if start + size < len(rows) else {}))


def _answers(expression: str, items: Iterator[Item]) -> tuple[list[str], list[str]]:
    """Config's language is a part of SQL, but for the table, which it does not name."""
    columns = [field.name for field in fields(Item)]
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute(f"CREATE TABLE resources ({', '.join(columns)})")
        values = ", ".join("?" * len(columns))
        database.executemany(f"INSERT INTO resources VALUES ({values})", map(astuple, items))  # noqa: S608 of our own words
        before, where, condition = expression.partition(" WHERE ")
        cursor = database.execute(f"{before} FROM resources{where}{condition}")
        names = [column[0] for column in cursor.description]
        return names, [_row(names, values) for values in cursor.fetchall()]


def _row(names: list[str], values: tuple[Any, ...]) -> str:
    row = dict(zip(names, values, strict=True))
    return json.dumps({**row, **({"tags": json.loads(row["tags"])} if "tags" in row else {})})


def recorded(account_id: str, region: str) -> Iterator[Item]:
    """What is looked at is what the demo and the product have: tables, keys, secrets, and the networks if there are any."""
    from moto.dynamodb.models import dynamodb_backends
    from moto.kms.models import kms_backends
    from moto.secretsmanager.models import secretsmanager_backends

    def item(kind: str, one: Any, *, arn: str = "", name: str = "", created: Any = None, tags: Any = ()) -> Item:
        arn = arn or str(one.arn)
        told = [{"tag": f"{tag['Key']}={tag['Value']}", "key": tag["Key"], "value": tag["Value"]} for tag in tags or ()]
        short = arn.rsplit("/", 1)[-1].rsplit(":", 1)[-1]
        return Item(arn, short, name or short, kind, region, account_id, _moment(created), json.dumps(told))

    for table in list(dynamodb_backends[account_id][region].tables.values()):
        arn, tags = table.table_arn, table.tags
        yield item("AWS::DynamoDB::Table", table, arn=arn, name=table.name, created=table.created_at, tags=tags)
    for key in list(kms_backends[account_id][region].keys.values()):
        yield item("AWS::KMS::Key", key, created=key.creation_date)
    for secret in list(secretsmanager_backends[account_id][region].secrets.values()):
        yield item("AWS::SecretsManager::Secret", secret, name=secret.name, tags=secret.tags)
    for kind, network in _networks(account_id, region):
        yield item(kind, network, name=getattr(network, "name", None) or network.id)


def _networks(account_id: str, region: str) -> Iterator[tuple[str, Any]]:
    """Of a region whose EC2 somebody has used: asking for another would create a network in it."""
    from moto.ec2.models import ec2_backends

    if not dict.__contains__(ec2_backends, account_id) or not dict.__contains__(ec2_backends[account_id], region):
        return
    backend = ec2_backends[account_id][region]
    for group in [group for groups in backend.groups.values() for group in groups.values()]:
        yield "AWS::EC2::SecurityGroup", group
    for subnet in [subnet for zone in backend.subnets.values() for subnet in zone.values()]:
        yield "AWS::EC2::Subnet", subnet


def _moment(created: Any) -> str | None:
    if created is None:
        return None
    at = created if isinstance(created, datetime) else datetime.fromtimestamp(float(created), UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
