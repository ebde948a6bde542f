"""Why somebody has a role, or why not, as data: every claim with its verdict, and everything that stands in the way. Pure.

The same rules decide here and when credentials are asked for.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from chalicelib.access.authorization import AuthorizationConfig
from chalicelib.access.rights import AccountFreshness, HeldRole, Holding
from chalicelib.access.rules import (
    Holder,
    Rulebook,
    claim_counts,
    never_brokered,
    over_which_others_are_reached,
    use_now,
    withheld_now,
)
from chalicelib.core.arn import Arn
from chalicelib.core.model import Frozen
from chalicelib.core.roles import Use


class Why(Frozen):
    """A claim of an identity (`user:x`, `group:x`) to a role. `because` says, by `rule`, why it counts or does not; times are epoch
    seconds.
    """

    identity: str
    source: str
    use: Use
    not_before: int | None = None
    until: int | None = None
    counts: bool
    rule: str
    because: str


class Obstacle(Frozen):
    """Something that keeps the person from the role, whatever claims there are, and what mends it."""

    rule: str
    reason: str
    fix: str


class Explanation(Frozen):
    """`use` is for what the person may use the role now; None for nothing. `held_by` are identities that have it, or would but for an
    obstacle.
    """

    role_arn: str
    user: str
    identities: tuple[str, ...]
    use: Use | None
    ends_at: int | None
    whys: tuple[Why, ...]
    obstacles: tuple[Obstacle, ...]
    held_by: tuple[str, ...]

    @property
    def allowed(self) -> bool:
        return self.use is not None


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """`groups_as_of` is None for somebody who is on the line, whose session knows; 0 for somebody whom nobody has seen."""

    user: str
    identities: tuple[str, ...]
    suspended: bool = False
    groups_as_of: int | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """What is known when it is asked: the map's word on the person's identities, on everybody who holds the role, and on its account."""

    role_arn: str
    person: PersonFacts
    holdings: Mapping[str, Holding]
    holders: Mapping[str, HeldRole] = field(default_factory=dict)
    account: AccountFreshness | None = None


GROUP_AGE = 86_400
"""Seconds for which the groups of somebody who is not on the line are worth anything."""


def explained(question: Question, book: Rulebook, now: int) -> Explanation:
    whys = [
        why
        for identity in question.person.identities
        if (holding := question.holdings.get(identity)) is not None
        for why in whys_of(identity, question.role_arn, holding, book, now)
    ]
    counting = [why for why in whys if why.counts]
    obstacles = tuple(_obstacles(question, whys, book, now))
    use: Use | None = None
    for why in counting if not obstacles else ():
        use = why.use if use is None else use | why.use
    ends = [why.until for why in counting if why.until is not None]
    return Explanation(
        role_arn=question.role_arn,
        user=question.person.user,
        identities=question.person.identities,
        use=use,
        ends_at=max(ends) if use is not None and len(ends) == len(counting) else None,
        whys=tuple(whys),
        obstacles=obstacles,
        held_by=tuple(sorted(identity for identity, held in question.holders.items() if held.stands)),
    )


def whys_of(identity: str, role_arn: str, holding: Holding, book: Rulebook, now: int) -> list[Why]:
    """Every claim of one identity to one role."""
    held = holding.roles.get(role_arn)
    holder = Holder(identity, role_arn, holding.ambiguous)
    found: list[Why] = []
    for claim in held.claims if held else ():
        verdict = claim_counts(claim, holder, book.authorization, now)
        found.append(
            Why(
                identity=identity,
                source=claim.source,
                use=use_now(claim, identity, role_arn, book.authorization) or claim.use,
                not_before=claim.not_before,
                until=claim.not_after,
                counts=verdict.allowed,
                rule=verdict.rule,
                because=verdict.reason,
            )
        )
    return found


def _obstacles(question: Question, whys: Iterable[Why], book: Rulebook, now: int) -> Iterable[Obstacle]:
    yield from _of_the_person(question.person, now)
    arn = Arn.parse(question.role_arn)
    if refusal := never_brokered(arn, book.hub, book.spoke):
        yield Obstacle(rule=refusal.rule, reason=refusal.reason, fix="Nothing gives this role to anybody.")
    if refusal := over_which_others_are_reached(arn, book.credentials):
        fix = "Take it out of credentials.routes, if it is to be a role like others."
        yield Obstacle(rule=refusal.rule, reason=refusal.reason, fix=fix)
    yield from _of_the_role(question, book.authorization)
    if not any(why.counts for why in whys):
        yield _nothing(question, list(whys))
    yield from _of_the_account(question.account, arn, book, now)


def _of_the_person(person: PersonFacts, now: int) -> Iterable[Obstacle]:
    if person.suspended:
        yield Obstacle(
            rule="suspended",
            reason=f"{person.user} is suspended in the directory.",
            fix="Whoever keeps the directory can end that.",
        )
    if person.groups_as_of is not None and now - person.groups_as_of > GROUP_AGE:
        seen = f"were last seen {now - person.groups_as_of} seconds ago" if person.groups_as_of else "are not known"
        yield Obstacle(
            rule="stale_groups",
            reason=f"The groups of {person.user} {seen}, which is too old to say anything.",
            fix=f"Ask {person.user} to sign in, or sync the directory.",
        )


def _of_the_role(question: Question, config: AuthorizationConfig) -> Iterable[Obstacle]:
    known = [
        held
        for identity in question.person.identities
        if (held := question.holdings.get(identity, Holding()).roles.get(question.role_arn)) is not None
    ]
    whys = {withheld_now(held.terms, config) for held in known if held.terms is not None}
    if withheld := sorted(whys - {""}):
        yield Obstacle(rule="withheld", reason=withheld[0], fix="Mend the role's trust policy, or the configuration.")
    if known and all(held.terms is None for held in known):
        yield Obstacle(
            rule="gone",
            reason="The role does not exist any more, or its account is not active.",
            fix="If that is wrong, refresh the account.",
        )


def _nothing(question: Question, whys: list[Why]) -> Obstacle:
    if whys:
        causes = "; ".join(f"{why.source} for {why.identity}: {why.because}" for why in whys)
        return Obstacle(
            rule="no_claim_counts", reason=f"Nothing that names them counts now ({causes}).", fix=_fix(whys)
        )
    others = ", ".join(sorted(identity for identity, held in question.holders.items() if held.stands)[:5])
    return Obstacle(
        rule="no_claim",
        reason=f"No tag of the role, no mapping, no plugin and no grant names {question.person.user} or one of their groups.",
        fix=f"It is held by {others}: join one of them, or ask for the role."
        if others
        else "Nobody has it: grant it first.",
    )


_FIXES = {
    "ambiguous_name": "Write user: or group: before the name in the role's tag.",
    "ended": "Ask for it again.",
    "not_yet": "Wait until it begins.",
    "tag_not_configured": "The tag's key must stand in authorization.role_tags.",
    "other_delimiters": "Wait until the role was read again: that is under way.",
    "not_mapped": "The role must stand in authorization.group_mapping.",
}


def _fix(whys: list[Why]) -> str:
    return " ".join(_FIXES[rule] for rule in sorted({why.rule for why in whys}))


def _of_the_account(seen: AccountFreshness | None, arn: Arn, book: Rulebook, now: int) -> Iterable[Obstacle]:
    if seen is not None and now - seen.synced_at <= book.authorization.max_authorization_age:
        return
    since = f"was last synced {now - seen.synced_at} seconds ago" if seen else "was never synced"
    yield Obstacle(
        rule="stale_authorization",
        reason=f"Account {arn.account} {since}: what is known of it is too old to decide by.",
        fix="Asked for by its full ARN, the role is read from IAM at that moment. Otherwise refresh the account.",
    )
