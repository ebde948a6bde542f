"""Dynamic configuration's part of the composition root: `bootstrap` makes one of these and hands it what lies below."""

from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.core.clock import Clock
from chalicelib.core.configuration_hooks import Finding, Sections
from chalicelib.core.principals import Caller

if TYPE_CHECKING:
    from chalicelib.audit.store import AuditLog
    from chalicelib.dynamic_config.edit import ConfigurationEditor
    from chalicelib.dynamic_config.follow_up import FollowUp
    from chalicelib.dynamic_config.packaged import Packaged
    from chalicelib.dynamic_config.store import ConfigStore
    from chalicelib.plugins.calls import Calls


class ConfigurationServices:
    def __init__(self, *, clock: Clock, packaged: "Packaged", audit: "AuditLog", hooks: "Calls") -> None:
        self._clock = clock
        self._packaged = packaged
        self._audit = audit
        self._hooks = hooks

    @cached_property
    def store(self) -> "ConfigStore":
        from chalicelib.dynamic_config.store import ConfigStore

        return ConfigStore()

    @cached_property
    def follow_up(self) -> "FollowUp":
        from chalicelib.dynamic_config.follow_up import FollowUp

        return FollowUp(
            store=self.store, packaged=self._packaged, audit=self._audit, saved=self._tell_saved, clock=self._clock
        )

    @cached_property
    def editor(self) -> "ConfigurationEditor":
        from chalicelib.dynamic_config.edit import ConfigurationEditor

        return ConfigurationEditor(
            store=self.store,
            packaged=self._packaged,
            check=self._check,
            follow_up=self.follow_up,
            audit=self._audit,
            clock=self._clock,
        )

    def _check(self, before: Sections, after: Sections, caller: Caller) -> list[Finding]:
        said = self._hooks.lists("configuration_check", Finding, before=before, after=after, caller=caller)
        return [one.answer for one in said]

    def _tell_saved(self, before: Sections, after: Sections) -> None:
        self._hooks.insistent("configuration_saved", before=before, after=after)
