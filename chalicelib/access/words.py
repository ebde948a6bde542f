"""How what is heard of a role changes what is held of it. Pure: an older word never replaces a newer one."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from chalicelib.access.rights import CONFIGURATION, ROLE, Claim, GrantChange, HeldRole, Terms, Word

MEMORY = 15 * 86_400
"""Seconds for which what has ended is remembered, so that a late word of before does not bring it back: longer than a queue keeps one."""


_LAST = 2**31
"""The turn of an end: of one second it counts, whatever else was seen."""


def said_of_role(role_arn: str, claims: Iterable[Claim], terms: Terms, *, at: int, version: int) -> GrantChange:
    """What a look at a role says of one identity: all that the role (read at `at`) and the configuration (of `version`) claim."""
    claims = tuple(claims)
    words = {
        ROLE: Word(_of_channel(claims, ROLE), at, version),
        CONFIGURATION: Word(_of_channel(claims, CONFIGURATION), version),
    }
    return GrantChange(role_arn=role_arn, words=words, terms=terms, terms_at=at, terms_turn=version)


def new_terms(role_arn: str, terms: Terms, *, at: int, version: int) -> GrantChange:
    """For whoever holds the role for another reason than the role itself or the configuration."""
    return GrantChange(role_arn=role_arn, terms=terms, terms_at=at, terms_turn=version)


def gone(role_arn: str, at: int) -> GrantChange:
    return GrantChange(role_arn=role_arn, terms_at=at, terms_turn=_LAST)


def _of_channel(claims: Iterable[Claim], channel: str) -> tuple[Claim, ...]:
    return tuple(claim for claim in claims if claim.channel == channel)


def heard(held: HeldRole | None, change: GrantChange) -> HeldRole:
    """What is held after the change was heard."""
    found = held or HeldRole()
    words = dict(found.words)
    for channel, word in change.words.items():
        if channel not in words or words[channel].moment <= word.moment:
            words[channel] = word
    if change.terms_at is None or (change.terms_at, change.terms_turn) < (found.terms_at, found.terms_turn):
        return replace(found, words=words)
    if change.terms is None:
        words |= _ended_with_the_role(words, change.terms_at)
    return HeldRole(change.terms, change.terms_at, words, change.terms_turn)


def _ended_with_the_role(words: Mapping[str, Word], at: int) -> dict[str, Word]:
    """A role that comes back under its old name brings back only what the configuration says of that name."""
    end = Word((), at, _LAST)
    concerned = {ROLE, *words} - {CONFIGURATION}
    return {channel: end for channel in concerned if channel not in words or words[channel].moment <= end.moment}


def news_of(before: Mapping[str, HeldRole], changes: Iterable[GrantChange]) -> dict[str, HeldRole]:
    """What is held anew after all the changes, by role ARN; nothing for what they leave as it was."""
    news: dict[str, HeldRole] = {}
    for change in changes:
        news[change.role_arn] = heard(news.get(change.role_arn) or before.get(change.role_arn), change)
    return {arn: held for arn, held in news.items() if held != before.get(arn)}


def forgotten(held: HeldRole, now: int) -> HeldRole | None:
    """What is still worth remembering; None for nothing."""
    oldest = now - MEMORY
    words = {channel: _lasting(word, oldest) for channel, word in held.words.items()}
    if words != held.words:
        held = replace(held, words=words)
    times = [held.terms_at, *(word.at for channel, word in words.items() if channel != CONFIGURATION)]
    return held if held.stands or max(times) > oldest else None


def _lasting(word: Word, oldest: int) -> Word:
    return word._replace(
        claims=tuple(claim for claim in word.claims if claim.not_after is None or claim.not_after > oldest)
    )
