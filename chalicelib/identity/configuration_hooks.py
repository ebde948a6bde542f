"""Identity's word on a configuration that somebody is about to save."""

from chalicelib.core.configuration_hooks import Effect, Finding, Sections, changed_fields
from chalicelib.core.deployment import Deployment
from chalicelib.core.model import Frozen
from chalicelib.core.principals import Caller
from chalicelib.identity.configuration_effect import (
    administrators_of,
    lockouts,
    permission_effects,
    save_refusals,
    session_effects,
)
from chalicelib.identity.directory.models import DirectoryConfig
from chalicelib.identity.known_people import People, groups_among
from chalicelib.identity.models import SessionsConfig
from chalicelib.identity.rules import Rulebook
from chalicelib.identity.scopes import GroupsConfig, VisibilityConfig
from chalicelib.plugins.hookspecs import hookimpl

WHO_IS_WHO: dict[str, type[Frozen]] = {"directory": DirectoryConfig}
"""Sections that say who somebody is: whoever changes them could become anybody."""


class IdentityConfigurationHooks:
    def __init__(self, people: People) -> None:
        self._people = people

    @hookimpl
    def configuration_check(self, before: Sections, after: Sections, caller: Caller) -> list[Finding]:
        old, new = rulebook(before), rulebook(after)
        found = list[Finding](save_refusals(caller.principals, old, new, _who_is_who(before, after)))
        if old.groups != new.groups:
            named = {name for permissions in (old.groups, new.groups) for name in _principals(permissions)}
            members = self._people.members(groups_among(named | administrators_of(old) | administrators_of(new)))
            found += lockouts(caller.principals, old, new, members)
            found += permission_effects(old.groups, new.groups, members)
        if old.visibility != new.visibility:
            found.append(Effect(section="visibility", text="Who sees which accounts and resources changes."))
        sessions = before.section("sessions", SessionsConfig), after.section("sessions", SessionsConfig)
        return [*found, *changed_fields("sessions", *sessions), *session_effects(*sessions)]


def rulebook(sections: Sections) -> Rulebook:
    return Rulebook(
        groups=sections.section("groups", GroupsConfig),
        administrators=sections.section("deployment", Deployment).administrators,
        visibility=sections.section("visibility", VisibilityConfig),
    )


def _who_is_who(before: Sections, after: Sections) -> list[str]:
    return [name for name, model in WHO_IS_WHO.items() if before.section(name, model) != after.section(name, model)]


def _principals(groups: GroupsConfig) -> set[str]:
    return {name for field, names in groups if field != "scopes" for name in names}
