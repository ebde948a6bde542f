"""SCIM's part of the directory's composition root."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.core.clock import Clock

if TYPE_CHECKING:
    from chalicelib.audit.store import AuditLog
    from chalicelib.identity.directory.carry_out import CarryOut
    from chalicelib.identity.directory.scim.groups import ScimGroups
    from chalicelib.identity.directory.scim.push import Push
    from chalicelib.identity.directory.scim.store import ScimStore
    from chalicelib.identity.directory.scim.tokens import ScimTokens
    from chalicelib.identity.directory.scim.users import ScimUsers
    from chalicelib.identity.directory.store import DirectoryStore


class ScimServices:
    def __init__(
        self,
        *,
        switched_on: bool,
        secret: Callable[[str], str],
        directory: "DirectoryStore",
        carry_out: Callable[[], "CarryOut"],
        audit: "AuditLog",
        clock: Clock,
    ) -> None:
        self._switched_on = switched_on
        self._secret = secret
        self._directory = directory
        self._carry_out = carry_out
        self._audit = audit
        self._clock = clock

    @cached_property
    def _store(self) -> "ScimStore":
        from chalicelib.identity.directory.scim.store import ScimStore

        return ScimStore()

    @cached_property
    def tokens(self) -> "ScimTokens":
        from chalicelib.identity.directory.scim.tokens import ScimTokens

        return ScimTokens(secret=self._secret, switched_on=self._switched_on)

    @cached_property
    def push(self) -> "Push":
        from chalicelib.identity.directory.scim.push import Push

        return Push(
            store=self._store,
            directory=self._directory,
            carry_out=self._carry_out(),
            audit=self._audit,
            clock=self._clock,
        )

    @cached_property
    def users(self) -> "ScimUsers":
        from chalicelib.identity.directory.scim.users import ScimUsers

        return ScimUsers(store=self._store, push=self.push, clock=self._clock)

    @cached_property
    def groups(self) -> "ScimGroups":
        from chalicelib.identity.directory.scim.groups import ScimGroups

        return ScimGroups(store=self._store, push=self.push, clock=self._clock)
