"""Rights as the map holds them, from grants as tests like to write them."""

from typing import Any

from chalicelib.access.messages import GrantMessage
from chalicelib.access.rights import CONFIGURATION, ROLE, Claim, GrantChange, HeldRole, Kind, RoleGrant, Word
from chalicelib.access.store import AccessStore
from chalicelib.access.words import gone
from chalicelib.core.roles import Use
from tests.support.clock import START

TAGS = {
    Use.BOTH: "consoleme-authorized",
    Use.CLI_ONLY: "consoleme-authorized-cli-only",
    Use.CONSOLE_ONLY: "consoleme-authorized-console-only",
}


def claim(source: str = "", use: Use = Use.BOTH, **more: Any) -> Claim:
    """By a source as people are shown it (`tag x`, `configuration`, `grant x`); by default the tag that gives this use."""
    kind, _, name = (source or f"tag {TAGS[use]}").partition(" ")
    return Claim(kind=Kind(kind), name="" if kind == Kind.CONFIGURATION else name, use=use, **more)


def use_of(*, cli_only: bool = False, console_only: bool = False) -> Use:
    return Use.CLI_ONLY if cli_only else Use.CONSOLE_ONLY if console_only else Use.BOTH


def held_role(grant: RoleGrant, at: int = START, version: int = 0) -> HeldRole:
    channels = {one.channel for one in grant.claims} | {ROLE}
    words = {
        channel: Word(
            tuple(one for one in grant.claims if one.channel == channel), version if channel == CONFIGURATION else at
        )
        for channel in sorted(channels)
    }
    return HeldRole(terms=grant.terms, terms_at=at, terms_turn=version, words=words)


def change(arn: str, grant: RoleGrant | None, at: int = START) -> GrantChange:
    """What a visit says that found the role, or (None) found it gone."""
    if grant is None:
        return gone(arn, at)
    held = held_role(grant, at)
    return GrantChange(role_arn=arn, words=dict(held.words), terms=held.terms, terms_at=at, terms_turn=held.terms_turn)


def message(identity: str, *changes: tuple[str, RoleGrant | None], at: int = START) -> GrantMessage:
    return GrantMessage(identity=identity, changes=tuple(change(arn, grant, at) for arn, grant in changes))


def entitle(store: AccessStore, identity: str, *grants: RoleGrant, at: int = START) -> None:
    """These roles, and all that the identity has already."""
    before = store.identity(identity)
    held = {grant.role_arn: held_role(grant, at) for grant in grants}
    store.replace(before, {**before.roles, **held}, list(held))
