"""The AWS that a laptop cloud uses: embedded, somebody else's on loopback, or that one with an embedded Step Functions."""

import os
from collections.abc import Mapping
from typing import Any, Protocol

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from infra.local.embedded import Credentials, EmbeddedAws

_CONFIG = Config(
    retries={"total_max_attempts": 2},
    connect_timeout=3,
    read_timeout=60,
    parameter_validation=False,  # AWS itself says what is wrong
    s3={"addressing_style": "path"},
)


class Aws(Protocol):
    endpoint_url: str
    states_endpoint_url: str

    def administrator(self) -> Credentials:
        """Credentials with which the laptop cloud itself works in the hub account."""

    def of_function(self, role_arn: str, function: str, region: str) -> Credentials:
        """Credentials that a function gets."""


class Embedded:
    """Everything is in this process, and every function has a session of its own role."""

    def __init__(self, aws: EmbeddedAws, hub_account_id: str) -> None:
        self._aws = aws
        self.endpoint_url = self.states_endpoint_url = aws.endpoint_url
        self._administrator = aws.root_credentials(hub_account_id)

    def administrator(self) -> Credentials:
        return self._administrator

    def of_function(self, role_arn: str, function: str, region: str) -> Credentials:
        return self._aws.function_credentials(role_arn, function, region)


class Elsewhere:
    """Somebody else's AWS. Everything runs with the credentials of the environment: our hub roles may not exist there."""

    def __init__(self, endpoint_url: str, states: EmbeddedAws | None) -> None:
        self.endpoint_url = endpoint_url
        self.states_endpoint_url = states.endpoint_url if states else endpoint_url
        self._base = base_credentials(os.environ)  # noqa: TID251 AWS's own variables, not settings of ours

    def administrator(self) -> Credentials:
        return self._base

    def of_function(self, role_arn: str, function: str, region: str) -> Credentials:  # noqa: ARG002 they have no role here
        return self._base


def base_credentials(environment: Mapping[str, str]) -> Credentials:
    """Of the environment, or `test` as everybody uses with an embedded AWS."""
    return Credentials(
        environment.get("AWS_ACCESS_KEY_ID", "test"),
        environment.get("AWS_SECRET_ACCESS_KEY", "test"),
        environment.get("AWS_SESSION_TOKEN"),
    )


def client(service: str, endpoint_url: str, region: str, credentials: Credentials) -> Any:
    return boto3.client(
        service,  # type: ignore[call-overload]
        endpoint_url=endpoint_url,
        region_name=region,
        config=_CONFIG,
        **credentials.client_arguments(),
    )


def identify(session: Mapping[str, str], endpoint_url: str, region: str) -> str:
    """The ARN behind `sessionId`, `sessionKey` and `sessionToken`; empty when AWS takes them for nobody's."""
    credentials = Credentials(session["sessionId"], session["sessionKey"], session["sessionToken"])
    try:
        return str(client("sts", endpoint_url, region, credentials).get_caller_identity()["Arn"])
    except ClientError:
        return ""
