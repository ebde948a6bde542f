"""An account on embedded AWS in which change types are tried: principals, resources, and the gateways that change them."""

import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib.aws.iam_principals import IamPrincipals
from chalicelib.aws.resource_policies import ResourcePolicies
from chalicelib.aws.sessions import Sessions
from chalicelib.changes.base import Spec, Writing
from infra.local.gaps.user_boundaries import users_may_be_bounded
from tests.support.aws import REGION
from tests.support.clock import FrozenClock
from tests.support.principals import TRUST
from tests.support.rights_gateway import FakeRights

ACCOUNT = "222222222222"
NOON = 1_780_000_000


def statement(action: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": "*", **more}


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements or [statement("s3:GetObject")])}


def trust(*accounts: str) -> dict[str, Any]:
    return document(
        *(
            {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "sts:AssumeRole"}
            for account in accounts
        )
    )


@dataclass(frozen=True)
class Case:
    """`prepare` makes a target and gives a wish about it; `meddle` is what somebody else adds to the same place after the change,
    and `stays` whether it is still there.
    """

    name: str
    prepare: Callable[["Estate"], Spec]
    meddle: Callable[["Estate", Spec], None] | None = None
    stays: Callable[["Estate", Spec], bool] | None = None


class Estate:
    def __init__(self) -> None:
        self.clock = FrozenClock(NOON)
        sessions = Sessions(clock=self.clock, region=REGION, endpoint_url=None, states_endpoint_url=None)
        self.principals = IamPrincipals(
            sessions, role_name="ConsoleMeSpokeApply", external_id=None, session_name="ada@example.com"
        )
        self.resources = ResourcePolicies(
            sessions,
            role_name="ConsoleMeSpokeApply",
            external_id=None,
            session_name="ada@example.com",
            account_of_bucket=lambda _: ACCOUNT,
            is_own=lambda arn: arn.resource.startswith("consoleme-"),
        )
        self.rights = FakeRights()
        self._numbers = itertools.count()
        keys = boto3.client("sts", REGION).assume_role(
            RoleArn=f"arn:aws:iam::{ACCOUNT}:role/somebody", RoleSessionName="somebody"
        )["Credentials"]
        self._session = boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], REGION)
        self.iam: Any = self.client("iam")

    def client(self, service: str) -> Any:
        """Of somebody else in the account."""
        return self._session.client(service)  # type: ignore[call-overload]  # any service, by name

    @property
    def writing(self) -> Writing:
        return Writing(self.principals, self.resources, self.rights)

    def unused(self, kind: str) -> str:
        return f"{kind}{next(self._numbers)}"

    def role(self, **more: Any) -> str:
        made = self.iam.create_role(
            RoleName=self.unused("role"), Path="/team/", AssumeRolePolicyDocument=json.dumps(TRUST), **more
        )
        return str(made["Role"]["Arn"])

    def user(self) -> str:
        return str(self.iam.create_user(UserName=self.unused("user"), Path="/team/")["User"]["Arn"])

    def bucket(self) -> str:
        name = self.unused("exports-")
        self.client("s3").create_bucket(Bucket=name)
        return f"arn:aws:s3:::{name}"

    def queue(self) -> str:
        name = self.unused("orders")
        self.client("sqs").create_queue(QueueName=name)
        return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"

    def topic(self) -> str:
        return str(self.client("sns").create_topic(Name=self.unused("news"))["TopicArn"])

    def policy(self) -> str:
        made = self.iam.create_policy(PolicyName=self.unused("policy"), PolicyDocument=json.dumps(document()))
        return str(made["Policy"]["Arn"])


@contextmanager
def estate() -> Iterator[Estate]:
    with pytest.MonkeyPatch.context() as patches:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
            patches.setenv(name, "testing")
        patches.setenv("AWS_DEFAULT_REGION", REGION)
        with mock_aws(), users_may_be_bounded():
            yield Estate()
