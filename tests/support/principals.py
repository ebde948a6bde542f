"""IAM's roles and users in memory, and accounts that answer badly. Passes the tests of the real gateway."""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.changes.base import Writing
from chalicelib.core.errors import NotFound
from chalicelib.core.iam import Described

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


@dataclass
class FakePrincipals:
    """Roles and users by ARN. `before_write` is somebody who is faster."""

    held: dict[str, FakePrincipal] = field(default_factory=dict)
    written: list[str] = field(default_factory=list)
    before_write: Callable[[], None] = lambda: None

    def add(self, arn: str, identity: str = "AROA1", **policies: dict[str, Any]) -> None:
        trust = TRUST if ":role/" in arn else None
        self.held[arn] = FakePrincipal(Described(arn=arn, id=identity, trust=trust), dict(policies))

    @property
    def gateways(self) -> Writing:
        return Writing(self)

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
