"""Readers of an account for tests of the types of resources: one on moto, and one that answers what it is told to."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import boto3
from moto import mock_aws

from chalicelib.aws.assume_role import AssumeRole
from chalicelib.aws.sessions import Sessions
from chalicelib.aws.spoke_read import AccountReader, Aggregator, SpokeReader
from chalicelib.core.arn import Arn
from chalicelib.core.deployment import Deployment
from chalicelib.inventory.resource_type import Page, Place, Resource, ResourceType
from tests.support.aws import HUB, REGION
from tests.support.clock import FrozenClock

SPOKE = "222222222222"
Answer = Mapping[str, Any] | Exception | Callable[[dict[str, Any]], Any]
DOCUMENT = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}


class Spokes:
    """Accounts on moto: readers as the product has them, and clients that may do everything."""

    def __init__(self) -> None:
        deployment = Deployment.model_validate({"administrators": ["group:admins"], "hub": {"account_id": HUB}})
        sessions = Sessions(clock=FrozenClock(0), region=REGION, endpoint_url=None, states_endpoint_url=None)
        self.readers = SpokeReader(sessions, deployment)
        self._sts = boto3.client("sts", REGION)

    def client(self, service: str, account_id: str = SPOKE, region: str = REGION) -> Any:
        arn = f"arn:aws:iam::{account_id}:role/Anybody"
        keys = self._sts.assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
        return boto3.client(  # type: ignore[call-overload]
            service,
            region_name=region,
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
        )


@contextmanager
def spokes() -> Iterator[Spokes]:
    with mock_aws():
        yield Spokes()


class TellingReader(AccountReader):
    """Answers by operation (`get_bucket_policy`); everything else of a reader is the real thing."""

    def __init__(self, answers: Mapping[str, Answer], *, account_id: str = SPOKE, **more: Any) -> None:
        sessions = Sessions(clock=FrozenClock(), region=REGION, endpoint_url=None, states_endpoint_url=None)
        super().__init__(sessions, AssumeRole(f"arn:aws:iam::{account_id}:role/Spoke", "test"), account_id, **more)
        self._answers = answers
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def call(self, service: str, operation: str, *, region: str = "", **parameters: Any) -> dict[str, Any]:
        self.asked.append((operation, {"region": region, **parameters}))
        answer = self._answers[operation]
        found = answer(parameters) if callable(answer) else answer
        if isinstance(found, Exception):
            raise found.with_traceback(None)
        return dict(found)


def aggregated(answers: Mapping[str, Answer]) -> tuple[TellingReader, TellingReader]:
    """A reader of an account that an aggregator of another account knows, and that other account's reader."""
    gathering = TellingReader(answers, account_id=HUB)
    return TellingReader({}, aggregator=Aggregator(gathering, "eu-west-1", "everything")), gathering


def found(kind: ResourceType[Any], reader: AccountReader, region: str = "") -> dict[str, Any]:
    """All that a listing finds, by ARN; nothing of it may be unreadable."""
    pages: list[Page[Resource]] = list(kind.pages(reader, Place(reader.account_id, region)))
    assert not any(page.unreadable for page in pages)
    return {record.arn: record for page in pages for record in page.records}


def read(kind: ResourceType[Any], reader: AccountReader, arn: str) -> Any:
    return kind.read(reader, Arn.parse(arn))
