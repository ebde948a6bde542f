"""IAM's inline policies in memory, and accounts that answer badly. Passes the tests of the real gateway."""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.changes.base import Writing
from chalicelib.core.errors import NotFound


@dataclass
class FakeRolePolicies:
    """Roles by ARN: their id and their policies. `before_write` is somebody who is faster."""

    roles: dict[str, tuple[str, dict[str, dict[str, Any]]]] = field(default_factory=dict)
    written: list[str] = field(default_factory=list)
    before_write: Callable[[], None] = lambda: None

    def add_role(self, arn: str, role_id: str = "AROA1", **policies: dict[str, Any]) -> None:
        self.roles[arn] = (role_id, dict(policies))

    @property
    def gateways(self) -> Writing:
        return Writing(self)

    def _role(self, role_arn: str) -> tuple[str, dict[str, dict[str, Any]]]:
        if role_arn not in self.roles:
            raise NotFound(f"there is no role {role_arn}", reason="NoSuchEntity")
        return self.roles[role_arn]

    def role_id(self, role_arn: str) -> str:
        return self._role(role_arn)[0]

    def names(self, role_arn: str) -> tuple[str, ...]:
        return tuple(sorted(self._role(role_arn)[1]))

    def document(self, role_arn: str, name: str) -> dict[str, Any] | None:
        if role_arn not in self.roles:
            return None
        return copy.deepcopy(self.roles[role_arn][1].get(name))

    def put(self, role_arn: str, name: str, document: Mapping[str, Any]) -> None:
        self.before_write()
        self._role(role_arn)[1][name] = copy.deepcopy(dict(document))
        self.written.append(name)

    def remove(self, role_arn: str, name: str) -> None:
        self.before_write()
        if name not in self._role(role_arn)[1]:
            raise NotFound(f"there is no policy {name}", reason="NoSuchEntity")
        del self._role(role_arn)[1][name]
        self.written.append(name)
