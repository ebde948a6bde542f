"""The guardrails' word on a configuration that somebody is about to save."""

from chalicelib.core.configuration_hooks import Finding, Guard, Sections, changed_fields
from chalicelib.core.decisions import Permission
from chalicelib.core.principals import Caller
from chalicelib.identity.configuration_hooks import rulebook
from chalicelib.identity.rules import holds
from chalicelib.plugins.hookspecs import hookimpl
from chalicelib.requests.guardrails.config import GuardrailsConfig

_SECTION = "guardrails"


class GuardrailConfigurationHooks:
    @hookimpl
    def configuration_check(self, before: Sections, after: Sections, caller: Caller) -> list[Finding]:
        """Whoever could take a guardrail away could ask for what it stops."""
        old, new = before.section(_SECTION, GuardrailsConfig), after.section(_SECTION, GuardrailsConfig)
        effects = changed_fields(_SECTION, old, new)
        book = rulebook(before)
        held = holds(caller.principals, Permission.ADMIN, book.groups, book.administrators)
        if not effects or held.allowed:
            return [*effects]
        reason = "Only administrators change the guardrails. Leave the section as it is, or ask an administrator."
        return [*effects, Guard(section=_SECTION, rule=held.rule, reason=reason)]
