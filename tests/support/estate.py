"""Accounts with IAM roles in the embedded AWS of a test, and this product beside them, read through its own services."""

import functools
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from botocore.loaders import create_loader

from chalicelib.access.rights import HeldRole
from chalicelib.bootstrap import Container
from chalicelib.inventory.search.models import Search
from chalicelib.inventory.show_role import RolePage
from chalicelib.settings import Settings, load
from chalicelib.tasks.runtime import QueueRecord
from tests.support import aws
from tests.support.builders import caller
from tests.support.calls import AwsCalls, watched
from tests.support.clock import FrozenClock

HUB = aws.HUB
FIRST, SECOND = "222222222222", "333333333333"
TAG, CLI_TAG = "consoleme-authorized", "consoleme-authorized-cli-only"
TRUST: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{HUB}:role/ConsoleMeApi"},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
        }
    ],
}
CONFIGURATION: dict[str, Any] = {
    "deployment": {"administrators": ["user:ada@example.com"], "hub": {"account_id": HUB}},
    "accounts": {
        "sources": ["static"],
        "static": {FIRST: {"name": "payments-prod", "environment": "prod"}, SECOND: {"name": "payments-test"}},
    },
    "inventory": {"types": ["iam_role"]},
}


_descriptions = functools.cache(create_loader)
"""AWS's service descriptions are read from disk once, not by every process that a test pretends to start."""


class Estate:
    """`container()` is a warm process; `crash()` ends it, and the next one starts with nothing in memory."""

    def __init__(self, clock: FrozenClock, calls: AwsCalls, config_file: Path) -> None:
        self.clock = clock
        self.calls = calls
        self._config_file = config_file
        self._container: Container | None = None
        self._clients: dict[tuple[str, str, str], Any] = {}
        self._sqs: Any = boto3.client("sqs", aws.REGION)

    @property
    def settings(self) -> Settings:
        return load()

    @property
    def table(self) -> str:
        return self.settings.table_prefix + "inventory"

    def configure(self, **sections: Any) -> None:
        """Lays sections over the configuration; the next process reads it."""
        self._config_file.write_text(yaml.safe_dump({**CONFIGURATION, **sections}), encoding="utf-8")
        self.crash()

    def container(self) -> Container:
        if self._container is None:
            self._container = Container(self.settings, self.clock)
        return self._container

    def crash(self) -> None:
        self._container = None
        aws.forget_everything()

    def iam(self, account_id: str) -> Any:
        """IAM of an account, for whoever works there."""
        return self.client(account_id, "iam")

    def client(self, account_id: str, service: str, region: str = aws.REGION) -> Any:
        """Another service of an account."""
        key = (account_id, service, region)
        if key not in self._clients:
            self._clients[key] = self._new_client(*key)
        return self._clients[key]

    def _new_client(self, account_id: str, service: str, region: str) -> Any:
        keys = boto3.client("sts", aws.REGION).assume_role(
            RoleArn=f"arn:aws:iam::{account_id}:role/somebody", RoleSessionName="somebody"
        )["Credentials"]
        new: Any = boto3.client
        return new(
            service,
            region,
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
        )

    def create_role(self, account_id: str, name: str, tags: dict[str, str] | None = None, **more: Any) -> str:
        """The new role's ARN."""
        arguments: dict[str, Any] = {
            "RoleName": name,
            "AssumeRolePolicyDocument": json.dumps(TRUST),
            "Tags": [{"Key": key, "Value": value} for key, value in (tags or {}).items()],
            **more,
        }
        arn: str = self.iam(account_id).create_role(**arguments)["Role"]["Arn"]
        return arn

    def tag_role(self, account_id: str, name: str, **tags: str) -> None:
        self.iam(account_id).tag_role(
            RoleName=name, Tags=[{"Key": key.replace("_", "-"), "Value": value} for key, value in tags.items()]
        )

    def sync(self, account_id: str, run_id: str = "run") -> Any:
        """One visit, a second after the last; then the queue is emptied."""
        self.clock.advance(1)
        outcome = self.container().inventory.refresh.sync_account.run(run_id, account_id)
        self.deliver()
        return outcome

    def begin(self, run_id: str = "run", asked: list[str] | None = None) -> Any:
        self.clock.advance(1)
        return self.container().inventory.refresh.begin.run(run_id, asked)

    def messages(self) -> list[dict[str, Any]]:
        """Takes what waits in the authorisation queue."""
        sqs = self._sqs
        url = self.settings.authorization_queue_url
        found: list[dict[str, Any]] = []
        while batch := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            found += [json.loads(message["Body"]) for message in batch]
            for message in batch:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return found

    def deliver(self) -> None:
        """What the consumer of the queue does with all of it, and with what it tells itself meanwhile."""
        while waiting := self.messages():
            for number, message in enumerate(waiting):
                record = QueueRecord(message_id=str(number), group=str(number), body=json.dumps(message))
                assert self.container().access.update_map.take([record]) == ()

    def rights(self, identity: str) -> set[str]:
        """ARNs of the roles that the map gives to an identity."""
        held = self.container().access.store.identity(identity).roles
        return {arn for arn, role in held.items() if role.stands}

    def held(self, arn: str, identity: str) -> HeldRole:
        return self.container().access.store.of_role(arn)[identity]

    def role_page(self, account_id: str, name: str, user: str = "ada@example.com") -> RolePage:
        view = self.container().identity.permissions.view(caller(user))
        return self.container().inventory.pages.show_role.of(account_id, name, view)

    def searched(self, account_id: str) -> set[str]:
        """ARNs of the account's roles that a process that starts now finds by searching."""
        process = self.container().renewed(self.container().configuration)
        found = process.inventory.search.page(Search(limit=3000), process.identity.permissions.view(caller()))
        return {row.arn for row in found.rows if row.account_id == account_id}

    def rows(self, account_id: str) -> set[str]:
        """ARNs of the roles that the table knows."""
        return set(self.container().inventory.resources.of_scope(account_id, "iam_role"))


@contextmanager
def estate(monkeypatch: pytest.MonkeyPatch, directory: Path) -> Iterator[Estate]:
    """For a test that has our tables."""
    config_file = directory / "configuration.yaml"
    monkeypatch.setenv("CONSOLEME_CONFIG_FILE", str(config_file))
    monkeypatch.setattr("botocore.session.create_loader", _descriptions)
    with watched(monkeypatch) as calls:
        # Beginning today: the embedded STS ends its credentials by the real time.
        running = Estate(FrozenClock(int(time.time())), calls, config_file)
        running.configure()
        yield running
