"""Reads the demo back as a stranger would: with keys of the accounts, through the APIs."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any, Self

import boto3
import yaml
from botocore.exceptions import ClientError

from infra.local.demo import DemoOrganisation, Person
from infra.local.embedded import Credentials, EmbeddedAws

REGIONS = ("us-east-1", "eu-west-1", "ap-southeast-2")
KINDS = ("RoleDetailList", "UserDetailList", "GroupDetailList", "Policies")
AUTHORIZED = "consoleme-authorized"
CLI_ONLY = "consoleme-authorized-cli-only"


class Written:
    """The demo and the AWS that it was written into."""

    def __init__(self, aws: EmbeddedAws, demo: DemoOrganisation) -> None:
        self.aws = aws
        self.demo = demo
        self.config: dict[str, Any] = yaml.safe_load(demo.config_yaml)
        self._session = boto3.Session()
        self._clients: list[Any] = []
        self._hub = cache(self._hub_sts)
        self.client = cache(self._client)
        self.details = cache(self._details)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for client in self._clients:
            client.close()

    def _client(self, service: str, account: str, region: str = REGIONS[0]) -> Any:
        return self.client_with(self.aws.root_credentials(self.demo.accounts[account]), service, region)

    def client_with(self, credentials: Credentials, service: str, region: str = REGIONS[0]) -> Any:
        client: Any = self._session.client(  # type: ignore[call-overload]
            service, region_name=region, endpoint_url=self.aws.endpoint_url, **credentials.client_arguments()
        )
        self._clients.append(client)
        return client

    def _details(self, account: str) -> dict[str, list[dict[str, Any]]]:
        """GetAccountAuthorizationDetails, all pages joined."""
        pages = self.client("iam", account).get_paginator("get_account_authorization_details").paginate()
        found: dict[str, list[dict[str, Any]]] = {kind: [] for kind in KINDS}
        for page in pages:
            for key, rows in found.items():
                rows.extend(page.get(key, []))
        return found

    def roles(self, account: str) -> list[dict[str, Any]]:
        return self.details(account)["RoleDetailList"]

    def role(self, account: str, name: str) -> dict[str, Any]:
        return next(role for role in self.roles(account) if role["RoleName"] == name)

    def synchronised_accounts(self) -> list[str]:
        """The accounts that the product can look into."""
        return [
            account
            for account in self.demo.accounts
            if any(role["RoleName"] == "ConsoleMeSpokeRead" for role in self.roles(account))
        ]

    def authorised(self, person: Person, *, cli: bool) -> set[str]:
        """`account/name` of the roles that tags and configuration give to the person, for the console or the CLI only."""
        identities = {person.email, *person.groups}
        key = CLI_ONLY if cli else AUTHORIZED
        tagged = {
            f"{account}/{role['RoleName']}"
            for account in self.synchronised_accounts()
            for role in self.roles(account)
            for tag in role.get("Tags", [])
            if tag["Key"] == key and identities & set(tag["Value"].split(":"))
        }
        explicit = {f"user:{person.email}", *(f"group:{group}" for group in person.groups)}
        mapping = self.config["authorization"]["group_mapping"]
        arns = [
            arn
            for identity in explicit & set(mapping)
            for arn in mapping[identity].get("cli_only_roles" if cli else "roles", [])
        ]
        return tagged | {self.named(arn) for arn in arns}

    def named(self, arn: str) -> str:
        names = {account_id: name for name, account_id in self.demo.accounts.items()}
        return f"{names[arn.split(':')[4]]}/{arn.rsplit('/', 1)[-1]}"

    def assume(self, hub_role: str, name: str, **more: Any) -> str:
        """`ok`, or the error code with which STS refuses the hub role."""
        account, _, role_name = name.partition("/")
        arn = self.role(account, role_name)["Arn"]
        try:
            self._hub(hub_role).assume_role(RoleArn=arn, RoleSessionName="somebody@example.com", **more)
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return "ok"

    def _hub_sts(self, hub_role: str) -> Any:
        arn = f"arn:aws:iam::{self.demo.hub_account_id}:role/{hub_role}"
        return self.client_with(self.aws.function_credentials(arn, "test", REGIONS[0]), "sts")

    def resource_policies(self, kind: str) -> Iterator[tuple[str, dict[str, Any] | None]]:
        """Every bucket's, queue's or topic's `region:name` and policy."""
        readers = {"buckets": self._buckets, "queues": self._queues, "topics": self._topics}
        for account in self.demo.accounts:
            yield from readers[kind](account)

    def _buckets(self, account: str) -> Iterator[tuple[str, dict[str, Any] | None]]:
        s3 = self.client("s3", account)
        for bucket in s3.list_buckets()["Buckets"]:
            region = s3.get_bucket_location(Bucket=bucket["Name"])["LocationConstraint"] or REGIONS[0]
            policy = self._bucket_policy(s3, bucket["Name"])
            yield f"{region}:{bucket['Name']}", policy

    @staticmethod
    def _bucket_policy(s3: Any, name: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])
        except s3.exceptions.from_code("NoSuchBucketPolicy"):
            return None
        return found

    def _queues(self, account: str) -> Iterator[tuple[str, dict[str, Any] | None]]:
        for region in REGIONS:
            sqs = self.client("sqs", account, region)
            for url in sqs.list_queues().get("QueueUrls", []):
                found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"]).get("Attributes", {})
                yield f"{region}:{url}", json.loads(found["Policy"]) if "Policy" in found else None

    def _topics(self, account: str) -> Iterator[tuple[str, dict[str, Any] | None]]:
        for region in REGIONS:
            sns = self.client("sns", account, region)
            for topic in sns.list_topics()["Topics"]:
                found = sns.get_topic_attributes(TopicArn=topic["TopicArn"])["Attributes"]
                yield f"{region}:{topic['TopicArn']}", json.loads(found["Policy"])
