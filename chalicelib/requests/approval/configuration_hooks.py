"""A word on a configuration that somebody is about to save: who approves is a permission, and only administrators give one."""

from chalicelib.core.configuration_hooks import Effect, Finding, Guard, Sections, changed_fields
from chalicelib.core.decisions import Permission
from chalicelib.core.principals import Caller
from chalicelib.identity.configuration_hooks import rulebook
from chalicelib.identity.rules import holds
from chalicelib.plugins.hookspecs import hookimpl
from chalicelib.requests.models import RequestsConfig

_SECTION = "requests"
_PERMISSIONS = ("allow_self_approval", "auto_approval", "approval_rules")
"""What decides who may approve."""


class ApprovalConfigurationHooks:
    @hookimpl
    def configuration_check(self, before: Sections, after: Sections, caller: Caller) -> list[Finding]:
        old, new = before.section(_SECTION, RequestsConfig), after.section(_SECTION, RequestsConfig)
        book = rulebook(before)
        administrator = holds(caller.principals, Permission.ADMIN, book.groups, book.administrators)
        changed = [name for name in _PERMISSIONS if getattr(old, name) != getattr(new, name)]
        found: list[Finding] = [*changed_fields(_SECTION, old, new), *_loosened(old, new)]
        if changed and not administrator.allowed:
            reason = (
                f"requests.{changed[0]} says who may approve requests: only administrators change it. Leave it as it is, or ask an"
                " administrator."
            )
            found.append(Guard(section=_SECTION, rule=administrator.rule, reason=reason))
        return found


def _loosened(old: RequestsConfig, new: RequestsConfig) -> list[Effect]:
    """What deserves a second look: fewer eyes than before."""
    names = {rule.name for rule in new.approval_rules}
    texts = [
        f"The approval rule {rule.name} goes: what it was about is for the next one that fits, or for one administrator."
        for rule in old.approval_rules
        if rule.name not in names
    ]
    texts += [
        f"The approval rule {rule.name} may approve without a person."
        for rule in new.approval_rules
        if rule.auto is not None and rule not in old.approval_rules
    ]
    if new.allow_self_approval and not old.allow_self_approval:
        texts.append("People may approve what they have written themselves.")
    return [Effect(section=_SECTION, text=text, warning=True) for text in texts]
