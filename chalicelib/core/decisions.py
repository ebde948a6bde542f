"""A decision is a value: yes or no, why, and by which rule."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from chalicelib.core.errors import Forbidden


class Permission(StrEnum):
    """What a person may do, beyond being signed in. Names are ConsoleMe's where it has one."""

    ADMIN = "can_admin"
    ADMIN_POLICIES = "can_admin_policies"
    CREATE_ROLES = "can_create_roles"
    DELETE_IAM_PRINCIPALS = "can_delete_iam_principals"
    EDIT_CONFIG = "can_edit_config"
    AUDIT = "can_audit"
    MANAGE_SESSIONS = "can_manage_sessions"
    """Ours: see and end the sessions of other people."""
    OPERATE = "can_operate"
    """Ours: see how tasks and accounts are doing, and run a task now."""
    WAIVE_IP_RESTRICTION = "can_waive_ip_restriction"
    """Ours: credentials that work from any address."""


@dataclass(frozen=True, slots=True)
class Decision:
    allowed: bool
    reason: str
    rule: str

    @classmethod
    def yes(cls, reason: str, rule: str) -> Self:
        return cls(allowed=True, reason=reason, rule=rule)

    @classmethod
    def no(cls, reason: str, rule: str) -> Self:
        return cls(allowed=False, reason=reason, rule=rule)

    def require(self) -> None:
        """Raises Forbidden with the reason when the answer is no."""
        if not self.allowed:
            raise Forbidden(self.reason, reason=self.rule)
