"""Access's word on a configuration that somebody is about to save."""

from chalicelib.access.authorization import AuthorizationConfig
from chalicelib.access.configuration_effect import (
    credential_effects,
    given_anew,
    identities_changed,
    mapping_effects,
    rule_effects,
    save_refusals,
    tag_effects,
)
from chalicelib.access.models import ConsoleConfig, CredentialsConfig
from chalicelib.core.configuration_hooks import Finding, Sections, changed_fields
from chalicelib.core.decisions import Permission
from chalicelib.core.principals import Caller
from chalicelib.identity.configuration_hooks import rulebook
from chalicelib.identity.known_people import People, groups_among
from chalicelib.identity.rules import holds
from chalicelib.plugins.hookspecs import hookimpl

_HIDDEN = frozenset({"external_id", "external_ids"})


class AccessConfigurationHooks:
    def __init__(self, people: People) -> None:
        self._people = people

    @hookimpl
    def configuration_check(self, before: Sections, after: Sections, caller: Caller) -> list[Finding]:
        old, new = _authorization(before), _authorization(after)
        consoles = before.section("console", ConsoleConfig), after.section("console", ConsoleConfig)
        credentials = before.section("credentials", CredentialsConfig), after.section("credentials", CredentialsConfig)
        book = rulebook(before)
        administrator = holds(caller.principals, Permission.ADMIN, book.groups, book.administrators)
        members = self._people.members(groups_among(identities_changed(old, new)))
        return [
            *save_refusals(caller.principals, given_anew(old, new), consoles, administrator),
            *mapping_effects(old, new, members),
            *tag_effects(old.role_tags, new.role_tags),
            *rule_effects(old, new),
            *changed_fields("credentials", *credentials, hidden=_HIDDEN),
            *credential_effects(*credentials),
            *changed_fields("console", *consoles),
        ]


def _authorization(sections: Sections) -> AuthorizationConfig:
    return sections.section("authorization", AuthorizationConfig)
