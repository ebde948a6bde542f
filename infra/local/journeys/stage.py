"""What every journey stands on: the cloud, the people at its door, and a look into AWS that does not go through the product."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import boto3
from botocore.exceptions import ClientError

from infra.local import stack
from infra.local.cloud import LaptopCloud, until
from infra.local.journeys.telling import Story, UnexpectedError
from infra.local.journeys.visitor import Visitor

Found = TypeVar("Found")

_BROWSER = "Mozilla/5.0 (demo)"


@dataclass(frozen=True)
class AuditLine:
    at: int
    person: str
    action: str
    outcome: str
    target: str
    reason: str
    details: Mapping[str, Any]

    def __str__(self) -> str:
        time = datetime.fromtimestamp(self.at, UTC).strftime("%H:%M:%S")
        why = f" ({self.reason})" if self.reason else ""
        return f"{time} {self.person} {self.action} {self.target}: {self.outcome}{why}"


class Stage:
    def __init__(self, cloud: LaptopCloud, story: Story) -> None:
        self.cloud = cloud
        self.story = story
        self._iam: dict[str, Any] = {}

    def person(self, email: str) -> Visitor:
        """Somebody who has just signed in with a browser."""
        visitor = Visitor(self.cloud.url, _BROWSER, browser=True)
        visitor.sign_in(email).expect(200)
        return visitor

    def command_line(self) -> Visitor:
        return Visitor(self.cloud.url, "weep/0.3.40 Go-http-client/1.1", browser=False)

    def wait(self, look: Callable[[], Found | None], what: str, seconds: float = 30.0) -> Found:
        """Raises UnexpectedError."""
        try:
            return until(look, seconds, what)
        except TimeoutError as error:
            raise UnexpectedError(str(error)) from error

    # --- AWS itself -----------------------------------------------------------------------------------------------------------------

    def iam(self, account_id: str) -> Any:
        if account_id not in self._iam:
            self._iam[account_id] = self.cloud.client("iam", account_id=account_id)
        return self._iam[account_id]

    def inline_policies(self, role_arn: str) -> dict[str, Any]:
        """The role's inline policies by name, as IAM holds them now."""
        iam, name = self.iam(account_of(role_arn)), name_of(role_arn)
        names = iam.list_role_policies(RoleName=name)["PolicyNames"]
        return {one: iam.get_role_policy(RoleName=name, PolicyName=one)["PolicyDocument"] for one in names}

    def who_is(self, credentials: Mapping[str, Any]) -> str:
        """The ARN that GetCallerIdentity says for credentials as the API hands them out."""
        try:
            return str(self._client("sts", credentials).get_caller_identity()["Arn"])
        except ClientError as error:
            raise UnexpectedError(f"sts:GetCallerIdentity: expected an ARN, found {error}") from error

    def sees_instances(self, credentials: Mapping[str, Any]) -> bool:
        """Whether AWS answers ec2:DescribeInstances, from this machine."""
        try:
            self._client("ec2", credentials).describe_instances()
        except ClientError as error:
            if error.response["Error"]["Code"] in {"UnauthorizedOperation", "AccessDenied"}:
                return False
            raise UnexpectedError(f"ec2:DescribeInstances: expected an answer or a refusal, found {error}") from error
        return True

    def _client(self, service: str, credentials: Mapping[str, Any]) -> Any:
        return boto3.client(
            service,  # type: ignore[call-overload] # a service by a name that is not written out
            endpoint_url=self.cloud.aws_endpoint,
            region_name=self.cloud.region,
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"],
            aws_session_token=credentials["SessionToken"],
        )

    def audit(self, index: str, key: str) -> Sequence[AuditLine]:
        """Entries of the audit table by `person` or `target`, oldest first, read from DynamoDB itself."""
        rows = self.cloud.client("dynamodb").query(
            TableName=f"{stack.TABLE_PREFIX}audit",
            IndexName=index,
            KeyConditionExpression="#key = :key",
            ExpressionAttributeNames={"#key": index},
            ExpressionAttributeValues={":key": {"S": key}},
        )["Items"]
        links = [json.loads(row["link"]["S"]) for row in rows]
        return [AuditLine(at=link["occurred_at"], **link["entry"]) for link in links]


def account_of(arn: str) -> str:
    return arn.split(":")[4]


def name_of(arn: str) -> str:
    """Without its path."""
    return arn.rpartition("/")[2]
