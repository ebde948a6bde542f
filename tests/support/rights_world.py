"""People, roles and a configuration that changes: the whole way from a role's tag, a mapping, a name or a grant to what somebody may use.

Processes are real ones on the test's tables and queue; IAM is what the test says it is.
"""

import functools
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from botocore.loaders import create_loader

from chalicelib.access.eligibility import Eligibility
from chalicelib.access.grants import TimedGrant
from chalicelib.access.messages import FreshnessMessage
from chalicelib.access.rights import AccountFreshness
from chalicelib.bootstrap import Container, Process
from chalicelib.core.arn import Arn
from chalicelib.core.principals import Caller, SessionKind
from chalicelib.dynamic_config.models import SaveWish
from chalicelib.inventory.models import RoleRecord
from chalicelib.inventory.resource_type import Page, Place
from chalicelib.inventory.resources.iam_role import IamRoles
from chalicelib.inventory.sync_scope import ScopeVisit
from chalicelib.inventory.withdraw_account import WithdrawAccount
from chalicelib.settings import load
from chalicelib.tasks.runtime import QueueRecord
from tests.support import aws
from tests.support.aws import forget_everything
from tests.support.builders import ACCOUNT, HUB, allow, caller, role_arn, trust_policy
from tests.support.clock import START, FrozenClock
from tests.support.request_world import empty

PACKAGED = {"deployment": {"administrators": ["user:root@example.com"], "hub": {"account_id": HUB.account_id}}}
ROOT = "root@example.com"

_descriptions = functools.cache(create_loader)
"""AWS's service descriptions are read from disk once, not by every process that a test pretends to start."""


def record(name: str, tags: Mapping[str, str], account: str = ACCOUNT, **more: Any) -> RoleRecord:
    base: dict[str, Any] = {
        "arn": role_arn(name, account),
        "name": name,
        "path": "/",
        "account_id": account,
        "role_id": f"AROA{name}",
        "create_date": "2026-01-01T00:00:00Z",
        "description": None,
        "max_session_duration": 3600,
        "tags": dict(tags),
        "trust_policy": trust_policy(allow("sts:*")),
        "inline_policies": (),
        "attached_policies": (),
        "permissions_boundary": None,
        "instance_profiles": (),
        "last_used": None,
    }
    return RoleRecord.model_validate({**base, **more})


@dataclass
class FakeIam(IamRoles):
    """Roles by ARN, as they are at this moment."""

    roles: dict[str, RoleRecord] = field(default_factory=dict)

    def pages(self, reader: object, place: Place, after: str = "") -> Iterator[Page[RoleRecord]]:
        yield Page(tuple(one for _, one in sorted(self.roles.items()) if one.account_id == place.account_id))


class RightsWorld:
    def __init__(self, clock: FrozenClock) -> None:
        self.clock = clock
        self.iam = FakeIam()
        self.api, self.worker = self.process(), self.process()
        self.accounts: set[str] = set()
        self._sqs: Any = boto3.client("sqs", aws.REGION)

    def process(self) -> Process:
        return Process(load(), self.clock)

    def put_role(self, name: str, account: str = ACCOUNT, *, trust: dict[str, Any] | None = None, **tags: str) -> str:
        """Keys of tags with underscores for hyphens. The role's ARN."""
        more = {} if trust is None else {"trust_policy": trust}
        found = record(name, {key.replace("_", "-"): value for key, value in tags.items()}, account, **more)
        self.iam.roles[found.arn] = found
        return found.arn

    def sync(self, account: str = ACCOUNT, by: Container | None = None) -> ScopeVisit:
        """One visit to the account a second later; its messages wait in the queue. `by` may know an older configuration."""
        self.clock.advance(1)
        visit = ScopeVisit(self.iam, Place(account), self.clock.now())
        (by or self.worker()).inventory.refresh.sync_scope.sync(visit)
        return visit

    def withdraw(self, account: str = ACCOUNT) -> None:
        self.clock.advance(1)
        parts = self.worker().inventory
        WithdrawAccount(store=parts.resources, keep=parts.refresh.keep).run(account, self.clock.now())

    def freshen(self, *accounts: str, seconds_ago: int = 0) -> None:
        """Those accounts were synced so long ago."""
        at = self.clock.now() - seconds_ago
        fresh = {account: AccountFreshness(name=f"account {account[:2]}", synced_at=at) for account in accounts}
        self.worker().access.tell_rights.send([FreshnessMessage(fresh=fresh)])

    def waiting(self) -> list[QueueRecord]:
        """Takes what waits in the queue, in order."""
        found: list[QueueRecord] = []
        url = load().authorization_queue_url
        while batch := self._sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["MessageGroupId"]
        ).get("Messages"):
            for message in batch:
                group = message["Attributes"]["MessageGroupId"]
                found.append(QueueRecord(message_id=message["MessageId"], group=group, body=message["Body"]))
                self._sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return found

    def deliver(self) -> int:
        """Everything that waits, and what that leads to. How many messages."""
        count = 0
        while records := self.waiting():
            assert self.worker().access.update_map.take(records) == ()
            count += len(records)
        return count

    def settle(self, *accounts: str) -> None:
        """Syncs the accounts and delivers all there is."""
        for account in accounts or (ACCOUNT,):
            self.sync(account)
            self.freshen(account)
        self.deliver()

    def save(self, **sections: Any) -> int:
        """Puts a configuration in force, as an administrator does. The version."""
        self.clock.advance(1)
        editor = self.api().dynamic_config.editor
        wish = SaveWish(text=yaml.safe_dump(sections or {"site": {}}), existing_sha256=editor.shown().sha256)
        saved = editor.save(caller(ROOT), wish)
        assert saved.applied
        self.api().in_force.look_again()
        return saved.info.number

    def map_to(self, **identities: list[str]) -> int:
        """`group_ops=[arn]`."""
        mapping = {name.replace("_", ":", 1): {"roles": arns} for name, arns in identities.items()}
        return self.save(authorization={"group_mapping": mapping})

    def put_grant(
        self,
        identity: str,
        arn: str,
        source: str = "request 1",
        *,
        not_before: int | None = None,
        not_after: int | None = None,
    ) -> None:
        self.api().access.grants.put_grant(TimedGrant(identity, arn, source, not_before, not_after))

    def drop_grant(self, identity: str, arn: str, source: str = "request 1") -> None:
        self.api().access.grants.drop_grant(identity, arn, source)

    def person(self, user: str, *groups: str) -> Caller:
        sessions = self.api().identity.sessions
        token = sessions.start(
            user=user, groups=frozenset(groups), kind=SessionKind.CLI, method="test", address="127.0.0.1"
        )
        return sessions.read(token.value, "127.0.0.1")

    def of(self, who: Caller) -> Eligibility:
        return self.api().access.eligible_roles.of(who)

    def roles(self, who: Caller) -> set[str]:
        """ARNs of what they may use now."""
        return {role.arn for role in self.of(who).roles}

    def sources(self, who: Caller) -> dict[str, list[str]]:
        """By role: why they have it."""
        return {Arn.parse(role.arn).name: [reason.source for reason in role.reasons] for role in self.of(who).roles}


_TABLES = ("access", "audit", "config", "directory", "inventory", "jobs", "sessions")


@contextmanager
def rights_world(monkeypatch: pytest.MonkeyPatch, folder: Path, start: int = START) -> Iterator[RightsWorld]:
    """For a test that has our tables; what others have left there is gone."""
    file = folder / "configuration.yaml"
    file.write_text(yaml.safe_dump(PACKAGED), encoding="utf-8")
    monkeypatch.setenv("CONSOLEME_CONFIG_FILE", str(file))
    monkeypatch.setattr("botocore.session.create_loader", _descriptions)
    forget_everything()
    empty(*_TABLES)
    world = RightsWorld(FrozenClock(start))
    world.waiting()
    yield world
    forget_everything()


def body_of(record: QueueRecord) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(record.body)
    return found
