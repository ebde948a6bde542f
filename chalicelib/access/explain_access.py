"""Why somebody has a role or not, who has a role, and which roles somebody has: what the explanations are made from."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from chalicelib.access.explain import Explanation, PersonFacts, Question, Why, explained, whys_of
from chalicelib.access.rights import HeldRole, Holding
from chalicelib.access.rules import EligibleRole, Rulebook, eligible
from chalicelib.access.store import AccessStore
from chalicelib.access.update_map import NameKinds
from chalicelib.core.arn import parse_role_arn
from chalicelib.core.clock import Clock
from chalicelib.core.principals import Principal
from chalicelib.identity.directory.models import Person


class People(Protocol):
    def find(self, user: str) -> Person | None: ...

    def knows(self, names: Iterable[str]) -> Mapping[str, NameKinds]: ...


class ExplainAccess:
    def __init__(self, *, store: AccessStore, people: People, book: Rulebook, clock: Clock) -> None:
        self._store = store
        self._people = people
        self._book = book
        self._clock = clock

    def why(self, user: str, role_arn: str, groups: Iterable[str] | None = None) -> Explanation:
        """With the groups of a person who is on the line; without, with those that the directory knows. Raises InvalidInput for
        what is no role's ARN.
        """
        arn = parse_role_arn(role_arn)
        person = self._person(user, groups)
        question = Question(
            role_arn=str(arn),
            person=person,
            holdings=self._store.holdings(person.identities),
            holders=self._store.of_role(str(arn)),
            account=self._store.accounts().get(arn.account),
        )
        return explained(question, self._book, self._clock.now())

    def holders(self, role_arn: str) -> tuple[Why, ...]:
        """Every claim to the role that the map knows of, whether it counts or not. Raises InvalidInput."""
        arn = str(parse_role_arn(role_arn))
        held = self._store.of_role(arn)
        ambiguous = self._ambiguous(held)
        now = self._clock.now()
        return tuple(
            why
            for identity, one in sorted(held.items())
            for why in whys_of(identity, arn, Holding({arn: one}, _name(identity) in ambiguous), self._book, now)
        )

    def roles_of(self, user: str, groups: Iterable[str] | None = None) -> tuple[EligibleRole, ...]:
        """What claims give them now, whatever stands in the way otherwise."""
        person = self._person(user, groups)
        held = self._store.holdings(person.identities)
        holdings = {Principal.parse(identity): holding for identity, holding in held.items()}
        return eligible(holdings, self._book.authorization, self._clock.now())

    def _person(self, user: str, groups: Iterable[str] | None) -> PersonFacts:
        me = Principal.user(user)
        known = self._people.find(me.name)
        suspended = known is not None and known.suspended
        if groups is not None:
            return PersonFacts(me.name, _identities(me, groups), suspended)
        mine = known.groups if known else ()
        return PersonFacts(me.name, _identities(me, mine), suspended, known.observed_at if known else 0)

    def _ambiguous(self, held: Mapping[str, HeldRole]) -> set[str]:
        bare = {_name(identity) for identity, one in held.items() if any(claim.bare for claim in one.claims)}
        return {name for name, kinds in self._people.knows(bare).items() if kinds.ambiguous} if bare else set()


def _name(identity: str) -> str:
    return Principal.parse(identity).name


def _identities(user: Principal, groups: Iterable[str]) -> tuple[str, ...]:
    return (str(user), *sorted({str(Principal.group(name)) for name in groups}))
