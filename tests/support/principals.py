"""IAM's roles and users in memory, and accounts that answer badly. Passes the tests of the real gateway."""

import copy
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.changes.base import Writing
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.iam import Described, NewRole
from tests.support.resources import FakeResources
from tests.support.rights_gateway import FakeRights

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111111111111:root"}, "Action": "sts:AssumeRole"}
    ],
}


@dataclass
class FakePrincipal:
    described: Described
    inline: dict[str, dict[str, Any]] = field(default_factory=dict)
    attached: set[str] = field(default_factory=set)
    profiles: set[str] = field(default_factory=set)


@dataclass
class FakePrincipals:
    """Roles and users by ARN. `before_write` is somebody who is faster."""

    held: dict[str, FakePrincipal] = field(default_factory=dict)
    policies: set[str] = field(default_factory=set)
    """Managed policies that there are."""
    limits: dict[str, int] = field(default_factory=dict)
    written: list[str] = field(default_factory=list)
    before_write: Callable[[], None] = lambda: None
    made: int = 0
    resources: FakeResources = field(default_factory=FakeResources)
    rights: FakeRights = field(default_factory=FakeRights)

    def add(self, arn: str, identity: str = "AROA1", **policies: dict[str, Any]) -> None:
        trust = TRUST if ":role/" in arn else None
        self.held[arn] = FakePrincipal(Described(arn=arn, id=identity, trust=trust), dict(policies))

    @property
    def gateways(self) -> Writing:
        return Writing(self, self.resources, self.rights)

    def _of(self, arn: str) -> FakePrincipal:
        if arn not in self.held:
            raise NotFound(f"there is no {arn}", reason="NoSuchEntity")
        return self.held[arn]

    def find(self, arn: str) -> Described:
        return self._of(arn).described

    def inline_names(self, arn: str) -> tuple[str, ...]:
        return tuple(sorted(self._of(arn).inline))

    def inline_policy(self, arn: str, name: str) -> dict[str, Any] | None:
        return copy.deepcopy(self.held[arn].inline.get(name)) if arn in self.held else None

    def put_inline(self, arn: str, name: str, document: Mapping[str, Any]) -> None:
        self.before_write()
        self._of(arn).inline[name] = copy.deepcopy(dict(document))
        self.written.append(name)

    def remove_inline(self, arn: str, name: str) -> None:
        self.before_write()
        if name not in self._of(arn).inline:
            raise NotFound(f"there is no policy {name}", reason="NoSuchEntity")
        del self._of(arn).inline[name]
        self.written.append(name)

    def attached(self, arn: str) -> tuple[str, ...]:
        return tuple(sorted(self._of(arn).attached))

    def instance_profiles(self, role_arn: str) -> tuple[str, ...]:
        return tuple(sorted(self._of(role_arn).profiles))

    def policy_exists(self, arn: str, policy_arn: str) -> bool:
        del arn
        return policy_arn in self.policies

    def quotas(self, arn: str) -> Mapping[str, int]:
        del arn
        return self.limits

    def attach(self, arn: str, policy_arn: str) -> None:
        self.before_write()
        if policy_arn not in self.policies:
            raise NotFound(f"there is no policy {policy_arn}", reason="NoSuchEntity")
        self._of(arn).attached.add(policy_arn)

    def detach(self, arn: str, policy_arn: str) -> None:
        self.before_write()
        if policy_arn not in self._of(arn).attached:
            raise NotFound(f"{policy_arn} is not attached", reason="NoSuchEntity")
        self._of(arn).attached.remove(policy_arn)

    def _become(self, arn: str, **changed: Any) -> None:
        self.before_write()
        held = self._of(arn)
        held.described = held.described.model_copy(update=changed)

    def set_boundary(self, arn: str, policy_arn: str | None) -> None:
        self._become(arn, boundary=policy_arn)

    def set_trust(self, role_arn: str, document: Mapping[str, Any]) -> None:
        self._become(role_arn, trust=copy.deepcopy(dict(document)))

    def tag(self, arn: str, tags: Mapping[str, str]) -> None:
        self._become(arn, tags={**self._of(arn).described.tags, **tags})

    def untag(self, arn: str, keys: Collection[str]) -> None:
        kept = {key: value for key, value in self._of(arn).described.tags.items() if key not in keys}
        self._become(arn, tags=kept)

    def create_role(self, role_arn: str, role: NewRole) -> None:
        self.before_write()
        if role_arn in self.held:
            raise Conflict(f"there is a {role_arn}", reason="EntityAlreadyExists")
        self.made += 1
        self.held[role_arn] = FakePrincipal(
            Described(arn=role_arn, id=f"AROAMADE{self.made}", **role.model_dump(mode="python"))
        )

    def delete_role(self, role_arn: str) -> None:
        self.before_write()
        held = self._of(role_arn)
        if held.inline or held.attached or held.profiles:
            raise Conflict("something is still attached", reason="DeleteConflict")
        del self.held[role_arn]

    def add_instance_profile(self, role_arn: str, name: str) -> None:
        self.before_write()
        self._of(role_arn).profiles.add(name)

    def remove_instance_profile(self, role_arn: str, name: str) -> None:
        self.before_write()
        self._of(role_arn).profiles.remove(name)
