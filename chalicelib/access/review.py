"""Who may use a role and why, and which roles a person may use and why: the authorisation map read from both ends, for auditors.

It tells what the map and the directory say now. It decides nothing: credentials are decided by `eligibility`, on the session's groups.
"""

from collections.abc import Callable
from itertools import groupby

from chalicelib.access.explain import Why
from chalicelib.access.explain_access import ExplainAccess
from chalicelib.access.reviews import HeldRole, Holder, PersonReview, Reason, RoleReview
from chalicelib.access.rights import AccountFreshness
from chalicelib.access.rules import EligibleRole, never_brokered
from chalicelib.access.store import AccessStore
from chalicelib.core.arn import Arn
from chalicelib.core.clock import Clock
from chalicelib.core.deployment import Deployment
from chalicelib.core.principals import Principal
from chalicelib.core.roles import Use
from chalicelib.identity.directory.models import Person


class ReviewAccess:
    def __init__(
        self,
        *,
        store: AccessStore,
        explain: ExplainAccess,
        find_person: Callable[[str], Person | None],
        deployment: Deployment,
        max_age: int,
        clock: Clock,
    ) -> None:
        self._store = store
        self._explain = explain
        self._find_person = find_person
        self._deployment = deployment
        self._max_age = max_age
        self._clock = clock

    def role(self, arn: str) -> RoleReview:
        """A role that nobody may use has no holders; so has one that does not exist."""
        account = Arn.parse(arn).account
        seen = self._store.accounts().get(account)
        refusal = never_brokered(Arn.parse(arn), self._deployment.hub, self._deployment.spoke)
        by_identity = groupby(self._explain.holders(arn), key=lambda why: why.identity)
        return RoleReview(
            role_arn=arn,
            account_name=_name(seen),
            synced_at=seen.synced_at if seen else None,
            too_old=self._is_too_old(seen),
            refusal=refusal.reason if refusal else None,
            holders=tuple(_holder(identity, list(whys)) for identity, whys in by_identity),
        )

    def person(self, user: str) -> PersonReview:
        principal = Principal.user(user)
        known = self._find_person(principal.name)
        groups = known.groups if known else frozenset()
        accounts = self._store.accounts()
        return PersonReview(
            user=principal.name,
            groups=tuple(sorted(groups)),
            source=known.source if known else None,
            observed_at=known.observed_at if known else None,
            suspended=known.suspended if known else False,
            roles=tuple(self._held(role, accounts) for role in self._explain.roles_of(principal.name, groups)),
        )

    def _held(self, role: EligibleRole, accounts: dict[str, AccountFreshness]) -> HeldRole:
        seen = accounts.get(Arn.parse(role.arn).account)
        return HeldRole(
            role_arn=role.arn,
            account_name=_name(seen),
            reasons=tuple(Reason(identity=reason.identity, source=reason.source) for reason in role.reasons),
            cli_only=role.grant.cli_only,
            not_after=role.ends_at,
            too_old=self._is_too_old(seen),
        )

    def _is_too_old(self, seen: AccountFreshness | None) -> bool:
        return seen is None or seen.synced_at < self._clock.now() - self._max_age


def _name(seen: AccountFreshness | None) -> str | None:
    return seen.name if seen and seen.name else None


def _holder(identity: str, whys: list[Why]) -> Holder:
    """Times and use are of what counts, or, when nothing does, of all."""
    counting = [why for why in whys if why.counts]
    told = counting or whys
    begins = [why.not_before for why in told if why.not_before is not None]
    ends = [why.until for why in told if why.until is not None]
    return Holder(
        identity=identity,
        sources=tuple(sorted({why.source for why in whys})),
        cli_only=all(why.use is Use.CLI_ONLY for why in told),
        not_before=min(begins) if len(begins) == len(told) else None,
        not_after=max(ends) if len(ends) == len(told) else None,
        in_force=bool(counting),
    )
