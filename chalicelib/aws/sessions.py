"""Every AWS client of the product comes from here: own credentials, or those of a role assumed in another account."""

from dataclasses import dataclass, field
from threading import RLock
from typing import TYPE_CHECKING, Any, Literal, overload

import boto3
from botocore.config import Config

from chalicelib.aws.assume_role import AssumeRole
from chalicelib.aws.errors import translated
from chalicelib.core.clock import Clock
from chalicelib.core.errors import Upstream

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_identitystore import IdentityStoreClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_organizations import OrganizationsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_ses import SESClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_stepfunctions import SFNClient
    from mypy_boto3_sts import STSClient

_RENEW_BEFORE = 300
"""Seconds before the end at which cached credentials are replaced: no call starts with credentials about to end."""

_CONFIG = Config(
    retries={"mode": "standard", "max_attempts": 4},
    connect_timeout=3,
    read_timeout=10,
)
_PATIENT = _CONFIG.merge(Config(read_timeout=60))


@dataclass(frozen=True, slots=True)
class IssuedCredentials:
    """What STS minted. `expiration` is in epoch seconds; the secret parts stay out of logs and reprs."""

    access_key_id: str
    expiration: int
    secret_access_key: str = field(repr=False)
    session_token: str = field(repr=False)


class Sessions:
    """Clients and assumed credentials of one process, each made once and kept."""

    def __init__(self, *, clock: Clock, region: str, endpoint_url: str | None, states_endpoint_url: str | None) -> None:
        self._clock = clock
        self._region = region
        self._endpoint_url = endpoint_url
        self._states_endpoint_url = states_endpoint_url or endpoint_url
        self._lock = RLock()
        self._session: Any = boto3.session.Session(region_name=region)
        self._clients: dict[tuple[str, str, str, bool], Any] = {}
        self._assumed: dict[AssumeRole, IssuedCredentials] = {}

    @overload
    def client(self, service: Literal["sts"], region: str = ...) -> "STSClient": ...
    @overload
    def client(self, service: Literal["sqs"], region: str = ...) -> "SQSClient": ...
    @overload
    def client(self, service: Literal["stepfunctions"], region: str = ...) -> "SFNClient": ...
    @overload
    def client(self, service: Literal["secretsmanager"], region: str = ...) -> "SecretsManagerClient": ...
    @overload
    def client(self, service: Literal["organizations"], region: str = ...) -> "OrganizationsClient": ...
    @overload
    def client(self, service: Literal["identitystore"], region: str = ...) -> "IdentityStoreClient": ...
    @overload
    def client(self, service: Literal["s3"], region: str = ...) -> "S3Client": ...
    @overload
    def client(self, service: Literal["kms"], region: str = ...) -> "KMSClient": ...
    @overload
    def client(self, service: Literal["lambda"], region: str = ...) -> "LambdaClient": ...
    @overload
    def client(self, service: Literal["dynamodb"], region: str = ...) -> "DynamoDBClient": ...
    @overload
    def client(self, service: Literal["ses"], region: str = ...) -> "SESClient": ...
    @overload
    def client(self, service: Literal["accessanalyzer"], region: str = ...) -> Any: ...
    def client(self, service: str, region: str = "") -> Any:
        """A client under the function's own role."""
        return self._client(service, region or self._region, None)

    @overload
    def client_as(
        self, call: AssumeRole, service: Literal["iam"], region: str = ..., *, patient: bool = ...
    ) -> "IAMClient": ...
    @overload
    def client_as(self, call: AssumeRole, service: Literal["sts"], region: str = ...) -> "STSClient": ...
    @overload
    def client_as(
        self, call: AssumeRole, service: Literal["organizations"], region: str = ...
    ) -> "OrganizationsClient": ...
    @overload
    def client_as(
        self, call: AssumeRole, service: Literal["identitystore"], region: str = ...
    ) -> "IdentityStoreClient": ...
    @overload
    def client_as(self, call: AssumeRole, service: str, region: str = ..., *, patient: bool = ...) -> Any: ...
    def client_as(self, call: AssumeRole, service: str, region: str = "", *, patient: bool = False) -> Any:
        """A client under an assumed role; its credentials are kept and renewed before they end.

        A patient one waits a minute for an answer: pages of a thousand take AWS long. Raises what `assume` raises.
        """
        with self._lock:
            self._forget_ended()
            if call not in self._assumed:
                self._assumed[call] = self.assume(call)
            credentials = self._assumed[call]
        return self._client(service, region or self._region, credentials, patient=patient)

    def _forget_ended(self) -> None:
        """Credentials that have ended, or are about to, and their clients: a process that lives long would drown in them."""
        soon = self._clock.now() + _RENEW_BEFORE
        ended = {call: known.access_key_id for call, known in self._assumed.items() if known.expiration <= soon}
        for call in ended:
            del self._assumed[call]
        for key in [key for key in self._clients if key[2] in ended.values()]:
            del self._clients[key]

    def assume(self, call: AssumeRole) -> IssuedCredentials:
        """One STS round trip for each role on the way. Raises AccessDeniedByAws, InvalidInput, LimitExceeded, Throttled or Upstream."""
        sts = self.client("sts")
        for step in call.via:
            # Made for this one call: kept clients are for sessions that are used again.
            sts = self._new_client("sts", self._region, _assumed(sts, step), _CONFIG)
        return _assumed(sts, call)

    def _new_client(self, service: str, region: str, credentials: IssuedCredentials | None, config: Config) -> Any:
        secrets = (
            {
                "aws_access_key_id": credentials.access_key_id,
                "aws_secret_access_key": credentials.secret_access_key,
                "aws_session_token": credentials.session_token,
            }
            if credentials
            else {}
        )
        endpoint = self._states_endpoint_url if service == "stepfunctions" else self._endpoint_url
        with self._lock:
            return self._session.client(service, region_name=region, endpoint_url=endpoint, config=config, **secrets)

    def _client(
        self, service: str, region: str, credentials: IssuedCredentials | None, *, patient: bool = False
    ) -> Any:
        key = (service, region, credentials.access_key_id if credentials else "", patient)
        with self._lock:
            if key not in self._clients:
                self._clients[key] = self._new_client(service, region, credentials, _PATIENT if patient else _CONFIG)
            return self._clients[key]


def _assumed(sts: "STSClient", call: AssumeRole) -> IssuedCredentials:
    with translated(f"to assume {call.role_arn}"):
        answer = sts.assume_role(**call.request()).get("Credentials")
    if not answer:
        raise Upstream(f"AWS answered without credentials for {call.role_arn}.", reason="no_credentials")
    return IssuedCredentials(
        access_key_id=answer["AccessKeyId"],
        secret_access_key=answer["SecretAccessKey"],
        session_token=answer["SessionToken"],
        expiration=int(answer["Expiration"].timestamp()),
    )
