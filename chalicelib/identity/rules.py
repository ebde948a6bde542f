"""Who may do what, over which part of the estate: pure, one question, one answer.

Every question takes the principals of one person (their user and groups) and, where it is about something, the targets as plain
facts. The API, the workflow, tasks and messages with buttons all ask here.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.core.decisions import Decision, Permission
from chalicelib.core.principals import Principal
from chalicelib.core.targets import Target
from chalicelib.identity.scopes import SCOPED_PERMISSIONS, GroupsConfig, ScopedGrant, VisibilityConfig

ADMINISTRATOR = "administrator"
_SEES_ALL = (Permission.ADMIN_POLICIES, Permission.AUDIT)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """What the configuration says about who may do what. `administrators` stand in its packaged part."""

    groups: GroupsConfig
    administrators: tuple[str, ...]
    visibility: VisibilityConfig = field(default_factory=VisibilityConfig)

    @property
    def needs_facts(self) -> bool:
        """Whether any scope or rule asks for more of a target than its ARN."""
        places = [scope.where for scope in self.groups.scopes] + [rule.where for rule in self.visibility.rules]
        return any(where.needs_facts for where in places)

    @property
    def hides(self) -> bool:
        """Whether anything is hidden from anybody."""
        return bool(self.visibility.rules) or not self.visibility.everybody_sees_the_rest


def holds(
    principals: Iterable[Principal], permission: Permission, groups: GroupsConfig, administrators: Iterable[str]
) -> Decision:
    """Everywhere. Administrators hold every permission; it is no right to any role's credentials."""
    names = _names(principals)
    everything = set(administrators) | set(groups.can_admin)
    if by := sorted(names & everything):
        return Decision.yes(f"{by[0]} is an administrator", ADMINISTRATOR)
    if by := sorted(names & set(getattr(groups, permission.value))):
        return Decision.yes(f"{by[0]} holds {permission.value}", permission.value)
    return Decision.no(
        f"This needs the permission {permission.value}; an administrator grants it in the configuration, section groups.",
        permission.value,
    )


def holds_over(
    principals: Iterable[Principal], permission: Permission, targets: Sequence[Target], book: Rulebook
) -> Decision:
    """Everywhere, or over every one of the targets. Over nothing at all: no."""
    who = tuple(principals)
    everywhere = holds(who, permission, book.groups, book.administrators)
    scopes = scopes_of(who, permission, book)
    if everywhere.allowed or not scopes:
        return everywhere
    if not targets:
        return Decision.no("Nothing was named that this could be allowed for.", "no_target")
    for target in targets:
        if not any(scope.where.covers(target) for scope in scopes):
            parts = " and ".join(f"[{scope.where}]" for scope in scopes)
            return Decision.no(
                f"You hold {permission.value} over {parts} only, and {target} is not known to belong there. An administrator"
                " grants more in the configuration, section groups.",
                "out_of_scope",
            )
    return Decision.yes(f"{permission.value} is held over {', '.join(map(str, targets))}", "scope")


def scopes_of(principals: Iterable[Principal], permission: Permission, book: Rulebook) -> tuple[ScopedGrant, ...]:
    """Over which parts of the estate somebody holds a permission: `can_admin` of a part implies the others there.

    Nobody holds a permission about the product itself over a part.
    """
    names = _names(principals)
    enough = {permission, Permission.ADMIN} if permission in SCOPED_PERMISSIONS else set()
    return tuple(scope for scope in book.groups.scopes if scope.permission in enough and names & set(scope.principals))


def may_approve(principals: Iterable[Principal], targets: Sequence[Target], book: Rulebook) -> Decision:
    """Decide about a request, and edit and cancel other people's: every target must be theirs to decide about."""
    return holds_over(principals, Permission.ADMIN_POLICIES, targets, book)


def may_administer(principals: Iterable[Principal], targets: Sequence[Target], book: Rulebook) -> Decision:
    """Look after accounts: refresh them, for one."""
    return holds_over(principals, Permission.ADMIN, targets, book)


def may_create_principal(principals: Iterable[Principal], targets: Sequence[Target], book: Rulebook) -> Decision:
    return holds_over(principals, Permission.CREATE_ROLES, targets, book)


def may_delete_principal(principals: Iterable[Principal], targets: Sequence[Target], book: Rulebook) -> Decision:
    return holds_over(principals, Permission.DELETE_IAM_PRINCIPALS, targets, book)


ABOUT_TARGETS: Mapping[Permission, Callable[[Iterable[Principal], Sequence[Target], Rulebook], Decision]] = {
    Permission.ADMIN_POLICIES: may_approve,
    Permission.ADMIN: may_administer,
    Permission.CREATE_ROLES: may_create_principal,
    Permission.DELETE_IAM_PRINCIPALS: may_delete_principal,
}
"""The question that each permission over a part of the estate answers."""


def may_audit(principals: Iterable[Principal], book: Rulebook) -> Decision:
    return holds(principals, Permission.AUDIT, book.groups, book.administrators)


def may_waive_ip_restriction(principals: Iterable[Principal], book: Rulebook) -> Decision:
    return holds(principals, Permission.WAIVE_IP_RESTRICTION, book.groups, book.administrators)


def may_manage_sessions(principals: Iterable[Principal], owner: Principal, book: Rulebook) -> Decision:
    """Everybody looks after their own."""
    who = tuple(principals)
    if owner in who:
        return Decision.yes("their own sessions", "own_session")
    return holds(who, Permission.MANAGE_SESSIONS, book.groups, book.administrators)


def may_edit_configuration(principals: Iterable[Principal], book: Rulebook) -> Decision:
    return holds(principals, Permission.EDIT_CONFIG, book.groups, book.administrators)


def may_save_configuration(principals: Iterable[Principal], before: Rulebook, after: Rulebook) -> Decision:
    """Who may edit may save, but who may do and see what is changed by administrators alone: an editor can't make themselves one.

    Judged by the rules before.
    """
    who = tuple(principals)
    editor = may_edit_configuration(who, before)
    if not editor.allowed or (before.groups, before.visibility) == (after.groups, after.visibility):
        return editor
    administrator = holds(who, Permission.ADMIN, before.groups, before.administrators)
    if administrator.allowed:
        return administrator
    return Decision.no(
        "The sections groups and visibility say who may do and see what: only administrators change them. Leave them as they"
        " are, or ask an administrator.",
        "permissions_unchanged",
    )


def sees_all(principals: Iterable[Principal], book: Rulebook) -> Decision:
    """Every account and resource, whatever it is."""
    if not book.hides:
        return Decision.yes("everybody sees everything", "visible_to_all")
    who = tuple(principals)
    for permission in _SEES_ALL:
        if (held := holds(who, permission, book.groups, book.administrators)).allowed:
            return held
    return Decision.no("Not everything is shown to you: the configuration's section visibility says what is.", "hides")


def may_be_mixed(account: Target, book: Rulebook) -> bool:
    """Whether resources of an account may be seen by different people: some rule or scope names resources there."""
    places = [scope.where for scope in book.groups.scopes] + [rule.where for rule in book.visibility.rules]
    return any(where.splits(account) for where in places)


def may_see(principals: Iterable[Principal], target: Target, book: Rulebook) -> Decision:
    """An account or a resource. A rule that can't be judged, because a fact is missing, hides and never shows."""
    who = tuple(principals)
    if (everything := sees_all(who, book)).allowed:
        return everything
    names = _names(who)
    if any(names & set(scope.principals) and scope.where.covers(target) for scope in book.groups.scopes):
        return Decision.yes("a permission is held there", "scope")
    naming = [rule for rule in book.visibility.rules if rule.where.covers(target) is not False]
    if not naming and book.visibility.everybody_sees_the_rest:
        return Decision.yes("no rule hides it", "visible_to_all")
    if any(rule.where.covers(target) and names & set(rule.principals) for rule in naming):
        return Decision.yes("a rule of the section visibility shows it", "visibility_rule")
    return Decision.no("It is not shown to you: the configuration's section visibility says to whom.", "hidden")


def _names(principals: Iterable[Principal]) -> set[str]:
    return {str(principal) for principal in principals}
