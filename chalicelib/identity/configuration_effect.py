"""What a new configuration does to people: pure. Who gets and loses which permission, and who would be locked out."""

from collections.abc import Iterable

from chalicelib.core.configuration_hooks import Effect, Finding, Guard
from chalicelib.core.decisions import Decision, Permission
from chalicelib.core.principals import Principal
from chalicelib.identity.known_people import Members, people_behind
from chalicelib.identity.models import SessionsConfig
from chalicelib.identity.rules import Rulebook, holds, may_edit_configuration, may_save_configuration
from chalicelib.identity.scopes import GroupsConfig, ScopedGrant

OWN_LOCKOUT = "own_lockout"
LAST_ADMINISTRATOR = "last_administrator"
_GROUPS = "groups"


def administrators_of(book: Rulebook) -> frozenset[str]:
    """Principals that hold everything: those of the package, and those of the document."""
    return frozenset(book.administrators) | frozenset(book.groups.can_admin)


def save_refusals(
    principals: Iterable[Principal], before: Rulebook, after: Rulebook, others: Iterable[str]
) -> list[Guard]:
    """Whether these principals may make this change: what says who is who and who may do what, only administrators change.

    `others` names changed sections of that kind that the rulebooks do not hold.
    """
    who = tuple(principals)
    decision = may_save_configuration(who, before, after)
    changed = sorted(others)
    if (
        decision.allowed
        and changed
        and not (held := holds(who, Permission.ADMIN, before.groups, before.administrators)).allowed
    ):
        decision = Decision.no(
            f"The section {changed[0]} says who somebody is: only administrators change it. Leave it as it is, or ask an"
            " administrator.",
            held.rule,
        )
    return [] if decision.allowed else [Guard(section=_GROUPS, rule=decision.rule, reason=decision.reason)]


def lockouts(principals: Iterable[Principal], before: Rulebook, after: Rulebook, members: Members) -> list[Finding]:
    """Somebody known must be left who may administer; whoever saves is asked before they lock themselves out."""
    who, found = tuple(principals), list[Finding]()
    if people_behind(administrators_of(before), members) and not people_behind(administrators_of(after), members):
        reason = (
            "Nobody who was ever seen here would be an administrator any more. Leave one in groups.can_admin, or let a member of"
            f" {', '.join(sorted(administrators_of(after)))} sign in first."
        )
        found.append(Guard(section=_GROUPS, rule=LAST_ADMINISTRATOR, reason=reason))
    if lost := _lost_by(who, before, after):
        reason = f"You would lose {lost} by this, and could not take it back yourself."
        found.append(Guard(section=_GROUPS, rule=OWN_LOCKOUT, reason=reason, confirmable=True))
    return found


def _lost_by(who: tuple[Principal, ...], before: Rulebook, after: Rulebook) -> str:
    if holds(who, Permission.ADMIN, before.groups, before.administrators).allowed:
        still = holds(who, Permission.ADMIN, after.groups, after.administrators).allowed
        return "" if still else "the right to administer"
    return "" if may_edit_configuration(who, after).allowed else "the right to edit the configuration"


def permission_effects(before: GroupsConfig, after: GroupsConfig, members: Members) -> list[Effect]:
    """One line per principal and permission."""
    found: list[Effect] = []
    for permission in Permission:
        old, new = set(getattr(before, permission.value)), set(getattr(after, permission.value))
        found += [_gains(principal, permission, members) for principal in sorted(new - old)]
        found += [_line(f"{principal} loses {permission}.") for principal in sorted(old - new)]
    found += [_line(f"{_scoped(grant)} is new.") for grant in after.scopes if grant not in before.scopes]
    found += [_line(f"{_scoped(grant)} ends.") for grant in before.scopes if grant not in after.scopes]
    return found


def _gains(principal: str, permission: Permission, members: Members) -> Effect:
    text = f"{principal} gets {permission}"
    known = people_behind([principal], members)
    if not known:
        return _line(
            f"{text}, but nobody is known to be in that group: it is nobody's until a member signs in.", warning=True
        )
    if principal.startswith("group:"):
        text = f"{text}: {counted(len(known), 'person', 'people')} known so far"
    return _line(f"{text}.", warning=permission is Permission.ADMIN)


def _scoped(grant: ScopedGrant) -> str:
    return f"{grant.permission} over [{grant.where}] for {', '.join(grant.principals)}"


def _line(text: str, *, warning: bool = False) -> Effect:
    return Effect(section=_GROUPS, text=text, warning=warning)


def session_effects(before: SessionsConfig, after: SessionsConfig) -> list[Effect]:
    """What people notice of other rules for sessions."""
    found: list[Effect] = []
    if before.cookie_name != after.cookie_name:
        found.append(
            Effect(
                section="sessions", text="Everybody has to sign in again: the cookie gets another name.", warning=True
            )
        )
    if after.address_check == "off" != before.address_check:
        text = "A command line's sign-in may be approved from any address: a phished link then works from anywhere."
        found.append(Effect(section="sessions", text=text, warning=True))
    return found


def counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
