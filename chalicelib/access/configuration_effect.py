"""What a new configuration does to rights to roles: pure. Who is mapped to how many roles more or fewer, and what tags grant."""

from collections.abc import Iterable, Mapping

from chalicelib.access.authorization import AuthorizationConfig, MappedRoles, RoleTags
from chalicelib.access.models import ConsoleConfig, CredentialsConfig
from chalicelib.core.configuration_hooks import Effect, Guard
from chalicelib.core.decisions import Decision
from chalicelib.core.principals import Principal
from chalicelib.core.roles import Use
from chalicelib.identity.configuration_effect import counted
from chalicelib.identity.known_people import Members, people_behind

_SECTION = "authorization"
_LINES = 20
"""Identities that are named one by one."""
_NAMED = 5
"""Roles that are named in a line."""
Roles = Mapping[str, frozenset[str]]
"""Identity (`user:x`, `group:x`) to ARNs of roles."""


def mapped_more(before: AuthorizationConfig, after: AuthorizationConfig) -> Roles:
    """What the mapping gives to each identity that it did not give before, however it may be used."""
    found = {
        identity: _roles(mapped) - _roles(before.group_mapping.get(identity))
        for identity, mapped in after.group_mapping.items()
    }
    return {identity: roles for identity, roles in found.items() if roles}


def given_anew(before: AuthorizationConfig, after: AuthorizationConfig) -> Roles:
    """The same, and what may be used in more ways than before."""
    found = {
        identity: frozenset(arn for arn, use in mapped.uses.items() if _is_wider(before.mapped_use(identity, arn), use))
        for identity, mapped in after.group_mapping.items()
    }
    return {identity: roles for identity, roles in found.items() if roles}


def _is_wider(before: Use | None, after: Use) -> bool:
    return before is None or before | after is not before


def identities_changed(before: AuthorizationConfig, after: AuthorizationConfig) -> frozenset[str]:
    names = before.group_mapping.keys() | after.group_mapping.keys()
    return frozenset(name for name in names if before.group_mapping.get(name) != after.group_mapping.get(name))


def mapping_effects(before: AuthorizationConfig, after: AuthorizationConfig, members: Members) -> list[Effect]:
    """Sums first, then each identity. What somebody can use anyway, by a tag, is counted too: the mapping does not know it."""
    more, fewer = mapped_more(before, after), mapped_more(after, before)
    found = [*_sum(more, "more", members), *_sum(fewer, "fewer", members)]
    lines = [_line(identity, more, fewer, members) for identity in sorted(more.keys() | fewer.keys())]
    found += [_effect(text) for text in lines[:_LINES]]
    if len(lines) > _LINES:
        found.append(_effect(f"And {counted(len(lines) - _LINES, 'identity', 'identities')} more."))
    return found + _ways_of_use(before, after)


def _sum(roles: Roles, word: str, members: Members) -> list[Effect]:
    if not roles:
        return []
    number = len(frozenset().union(*roles.values()))
    people = len(people_behind(roles, members))
    return [
        _effect(f"{counted(number, 'role', 'roles')} {word} for {counted(people, 'person', 'people')} known so far.")
    ]


def _line(identity: str, more: Roles, fewer: Roles, members: Members) -> str:
    parts = [
        f"{len(roles)} {word} ({_named(roles)})"
        for roles, word in ((more.get(identity), "more"), (fewer.get(identity), "fewer"))
        if roles
    ]
    known = "" if people_behind([identity], members) else ", nobody of which was ever seen here"
    return f"{identity}{known}: {' and '.join(parts)}."


def _named(roles: frozenset[str]) -> str:
    names = sorted(roles)
    rest = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {rest} others" if rest > 0 else "")


def _ways_of_use(before: AuthorizationConfig, after: AuthorizationConfig) -> list[Effect]:
    """Roles that stay mapped, but for one use only from now on, or no longer only for it."""
    found: list[Effect] = []
    for identity in sorted(identities_changed(before, after)):
        old, new = before.group_mapping.get(identity), after.group_mapping.get(identity)
        for use, place in _PLACES.items():
            for verb, gone, come in (("only for", old, new), ("no longer only for", new, old)):
                if moved := _only(come, use) & _roles(gone) - _only(gone, use):
                    found.append(_effect(f"{identity}: {_named(moved)} {verb} {place}."))
    return found


_PLACES = {Use.CLI_ONLY: "the command line", Use.CONSOLE_ONLY: "the console"}


def _roles(mapped: MappedRoles | None) -> frozenset[str]:
    return frozenset(mapped.uses) if mapped else frozenset()


def _only(mapped: MappedRoles | None, use: Use) -> frozenset[str]:
    return frozenset(arn for arn, found in mapped.uses.items() if found is use) if mapped else frozenset()


def tag_effects(before: RoleTags, after: RoleTags) -> list[Effect]:
    """How many roles carry a tag is not known here; every role is read anew after the save."""
    found: list[Effect] = []
    old, new = before.uses, after.uses
    for key in sorted(new.keys() - old.keys()):
        text = f"The tag {key} gives rights from now on: whoever may tag roles with it decides who uses them."
        found.append(_effect(text, warning=True))
    for key in sorted(old.keys() - new.keys()):
        text = f"The tag {key} gives no rights any more: who may use a role by it alone loses the role."
        found.append(_effect(text, warning=True))
    found += [
        _effect(f"Roles that the tag {key} opens are {no_longer}for {place} only.")
        for use, place in _PLACES.items()
        for no_longer, gone, come in (("", old, new), ("no longer ", new, old))
        for key in sorted(new.keys() & old.keys())
        if come[key] is use and gone[key] is not use
    ]
    if before.delimiters != after.delimiters:
        text = f"Names in tags are divided by {_quoted(after)} instead of {_quoted(before)}: other people are meant. Until "
        text += "a role was judged anew, which begins at once, its tags give nobody anything."
        found.append(_effect(text, warning=True))
    return found


def _quoted(tags: RoleTags) -> str:
    return " or ".join(f"'{delimiter}'" for delimiter in tags.delimiters)


def rule_effects(before: AuthorizationConfig, after: AuthorizationConfig) -> list[Effect]:
    """What decides about every role alike."""
    found: list[Effect] = []
    if after.required_trust_entity not in (None, before.required_trust_entity):
        text = (
            f"Only roles that trust {after.required_trust_entity} are handed out: all others are taken from everybody, and each role "
            "until it was judged anew, which begins at once."
        )
        found.append(_effect(text, warning=True))
    if after.required_trust_entity is None and before.required_trust_entity is not None:
        text = f"Roles need not trust {before.required_trust_entity} any more to be handed out."
        found.append(_effect(text, warning=True))
    if before.max_authorization_age != after.max_authorization_age:
        ages = before.max_authorization_age, after.max_authorization_age
        found.append(_effect(f"Rights of an account decide for {ages[1]} s after its last sync, not for {ages[0]}."))
    return found


def credential_effects(before: CredentialsConfig, after: CredentialsConfig) -> list[Effect]:
    """What is easily overlooked; each changed field has a line of its own anyway."""
    found: list[Effect] = []
    if after.require_source_identity and not before.require_source_identity:
        text = "Roles whose trust policy does not let the hub set SourceIdentity are no longer handed out."
        found.append(Effect(section="credentials", text=text, warning=True))
    if before.require_source_identity and not after.require_source_identity:
        text = "Roles are handed out even where CloudTrail will not show who used them."
        found.append(Effect(section="credentials", text=text, warning=True))
    return found


def save_refusals(
    principals: Iterable[Principal], more: Roles, consoles: tuple[ConsoleConfig, ConsoleConfig], administrator: Decision
) -> list[Guard]:
    """What an editor who is no administrator may not do: give roles to themselves, or choose where session keys are sent."""
    if administrator.allowed:
        return []
    found: list[Guard] = []
    if own := sorted({str(principal) for principal in principals} & more.keys()):
        reason = (
            f"This maps more roles to {', '.join(own)}, which is you: nobody but an administrator gives roles to themselves. Ask"
            " another editor, or an administrator."
        )
        found.append(Guard(section=_SECTION, rule="own_rights", reason=reason))
    if consoles[0].federation_url != consoles[1].federation_url:
        reason = "console.federation_url is where session keys are sent: only administrators change it."
        found.append(Guard(section="console", rule="federation_url", reason=reason))
    return found


def _effect(text: str, *, warning: bool = False) -> Effect:
    return Effect(section=_SECTION, text=text, warning=warning)
