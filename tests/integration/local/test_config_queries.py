"""Config's queries on the laptop: about what really is there, in the words that the product asks in."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.inventory.registry import resource_types
from infra.local.gaps.config_queries import answered_from_what_exists
from tests.support.aws import REGION
from tests.support.spoke_readers import SPOKE, Spokes, found, read, spokes

CONFIG = resource_types()["config_resource"]
TABLE = f"arn:aws:dynamodb:{REGION}:{SPOKE}:table/orders"


@pytest.fixture(scope="module", name="cloud")
def _cloud() -> Iterator[Spokes]:
    with spokes() as running, answered_from_what_exists():
        running.client("dynamodb").create_table(
            TableName="orders",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            Tags=[{"Key": "owner", "Value": "payments@example.com"}],
        )
        secrets = running.client("secretsmanager")
        for number in range(30):
            secrets.create_secret(Name=f"secret/{number:02}", SecretString="x")
        running.client("kms").create_key()
        running.client("s3").create_bucket(Bucket="not-asked-of-config")
        yield running


def test_the_product_finds_what_the_account_has_by_config_s_names(cloud: Spokes) -> None:
    resources = found(CONFIG, cloud.readers.of(SPOKE), REGION)
    kinds = {record.technology for record in resources.values()}
    assert kinds == {"AWS::DynamoDB::Table", "AWS::SecretsManager::Secret", "AWS::KMS::Key"}
    assert (resources[TABLE].name, resources[TABLE].tags) == ("orders", {"owner": "payments@example.com"})
    assert read(CONFIG, cloud.readers.of(SPOKE), TABLE) == resources[TABLE]
    assert read(CONFIG, cloud.readers.of(SPOKE), f"{TABLE}-gone") is None


@pytest.mark.parametrize(("account", "region"), [("333333333333", REGION), (SPOKE, "eu-west-1")])
def test_other_accounts_and_regions_have_nothing(cloud: Spokes, account: str, region: str) -> None:
    assert found(CONFIG, cloud.readers.of(account), region) == {}


def select(cloud: Spokes, expression: str, **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = cloud.client("config").select_resource_config(Expression=expression, **more)
    return answer


def test_answers_come_in_pages_and_name_their_fields(cloud: Spokes) -> None:
    expression = "SELECT resourceName WHERE resourceType = 'AWS::SecretsManager::Secret'"
    first = select(cloud, expression, Limit=20)
    second = select(cloud, expression, Limit=20, NextToken=first["NextToken"])
    assert "NextToken" not in second
    names = [json.loads(row)["resourceName"] for row in [*first["Results"], *second["Results"]]]
    assert sorted(names) == [f"secret/{number:02}" for number in range(30)]
    assert first["QueryInfo"]["SelectFields"] == [{"Name": "resourceName"}]


def test_a_question_that_is_none_is_refused_as_config_does(cloud: Spokes) -> None:
    with pytest.raises(ClientError, match="InvalidExpressionException"):
        select(cloud, "SELECT nonsense WHERE")
