"""Organisations of the embedded AWS: each is managed by an account of its own, in which a role reads it."""

import json
from itertools import count
from typing import Any

import boto3

from tests.support.aws import REGION

_numbers = count(800_000_000_000)


class Org:
    def __init__(self) -> None:
        self.management = str(next(_numbers))
        self.role_arn = f"arn:aws:iam::{self.management}:role/ReadOrganization"
        keys = boto3.client("sts", REGION).assume_role(RoleArn=self.role_arn, RoleSessionName="somebody")["Credentials"]
        self.client: Any = boto3.client(
            "organizations",
            REGION,
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
        )
        self.organization_id: str = self.client.create_organization(FeatureSet="ALL")["Organization"]["Id"]
        (self.root,) = [root["Id"] for root in self.client.list_roots()["Roots"]]
        self.client.enable_policy_type(RootId=self.root, PolicyType="SERVICE_CONTROL_POLICY")

    @property
    def source(self) -> str:
        """What its accounts remember as the source that speaks for them."""
        return f"organizations {self.role_arn}"

    def unit(self, name: str, parent: str = "") -> str:
        made = self.client.create_organizational_unit(ParentId=parent or self.root, Name=name)
        unit_id: str = made["OrganizationalUnit"]["Id"]
        return unit_id

    def account(self, name: str, unit: str = "") -> str:
        made = self.client.create_account(AccountName=name, Email=f"{name}@example.com")["CreateAccountStatus"]
        account_id: str = made["AccountId"]
        if unit:
            self.client.move_account(AccountId=account_id, SourceParentId=self.root, DestinationParentId=unit)
        return account_id

    def policy(self, name: str, *targets: str) -> str:
        content = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": name, "Resource": "*"}]}
        made = self.client.create_policy(
            Name=name, Description=f"No {name}", Type="SERVICE_CONTROL_POLICY", Content=json.dumps(content)
        )
        policy_id: str = made["Policy"]["PolicySummary"]["Id"]
        for target in targets:
            self.client.attach_policy(PolicyId=policy_id, TargetId=target)
        return policy_id
