"""Permissions of the person on the line, and of somebody who is not: the facts are gathered here, `rules` decides."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from chalicelib.accounts.models import Account
from chalicelib.core.clock import Clock
from chalicelib.core.decisions import Decision, Permission
from chalicelib.core.principals import Caller, Principal, SessionKind
from chalicelib.core.targets import Target
from chalicelib.identity.directory.models import Person
from chalicelib.identity.rules import ABOUT_TARGETS, Rulebook, holds, may_be_mixed, may_see, scopes_of, sees_all
from chalicelib.identity.scopes import ScopedGrant
from chalicelib.identity.targets import AccountFacts, AccountOf, Targets, target_of_account, unknown_account

MAX_GROUP_AGE = 86_400
"""Seconds for which groups that were noted at a sign-in or by a directory sync may decide."""


class People(Protocol):
    """The directory's people."""

    def find(self, user: str) -> Person | None: ...


@dataclass(frozen=True, slots=True)
class Absent:
    """Somebody who is not on the line. `known` says whether their groups are fresh enough to decide by; without that they are nobody."""

    known: Decision
    principals: tuple[Principal, ...]
    over: Callable[[Permission, Sequence[str]], Decision]


class View:
    """What one person sees. Holds what it has read of accounts: made anew for each request."""

    def __init__(
        self,
        principals: Iterable[Principal],
        book: Rulebook,
        accounts: AccountFacts,
        account_of: AccountOf = unknown_account,
    ) -> None:
        self._principals = tuple(principals)
        self._book = book
        self._targets = Targets(
            accounts if book.hides and book.needs_facts else None, account_of if book.hides else unknown_account
        )
        self._accounts: dict[str, Target] = {}

    def account(self, account: Account) -> Decision:
        return may_see(self._principals, target_of_account(account), self._book)

    def accounts(self, account_ids: Iterable[str]) -> frozenset[str]:
        """Those that the person sees."""
        targets = self._targets.of_accounts(account_ids)
        return frozenset(
            target.account_id for target in targets if may_see(self._principals, target, self._book).allowed
        )

    @property
    def sees_everything(self) -> bool:
        """Whether nothing is hidden from them; then nobody need be asked row by row."""
        return sees_all(self._principals, self._book).allowed

    def mixed(self, account_ids: Iterable[str]) -> frozenset[str]:
        """Those of which the person may see one resource and not another; of all others they see what they see of the account."""
        targets = self._targets.of_accounts(account_ids)
        return frozenset(target.account_id for target in targets if may_be_mixed(target, self._book))

    def shows(self, account_id: str, arn: str) -> bool:
        """A resource whose account is known, though its ARN may not say it."""
        if account_id not in self._accounts:
            (self._accounts[account_id],) = self._targets.of_accounts([account_id])
        return may_see(self._principals, replace(self._accounts[account_id], arn=arn), self._book).allowed

    def resource(self, arn: str) -> Decision:
        """Raises InvalidInput for what is no ARN."""
        (target,) = self._targets.of([arn])
        return may_see(self._principals, target, self._book)


class Permissions:
    def __init__(
        self,
        *,
        book: Rulebook,
        people: People,
        accounts: AccountFacts,
        clock: Clock,
        account_of: AccountOf = unknown_account,
    ) -> None:
        self._book = book
        self._people = people
        self._accounts = accounts
        self._clock = clock
        self._account_of = account_of

    @property
    def book(self) -> Rulebook:
        """For whoever asks a question of `rules` directly."""
        return self._book

    def of_caller(self, caller: Caller, permission: Permission) -> Decision:
        """Everywhere: a permission over a part of the estate is not enough."""
        return holds(caller.principals, permission, self._book.groups, self._book.administrators)

    def of_caller_over(self, caller: Caller, permission: Permission, arns: Sequence[str]) -> Decision:
        """Over every one of these resources."""
        return self._over(caller.principals, permission, lambda targets: targets.of(arns))

    def of_caller_over_accounts(self, caller: Caller, permission: Permission, account_ids: Sequence[str]) -> Decision:
        return self._over(caller.principals, permission, lambda targets: targets.of_accounts(account_ids))

    def of_absent(self, user: str, permission: Permission) -> Decision:
        """For somebody who is not on the line: their groups as last seen. Everywhere."""
        person = self._people.find(user)
        fresh = self._fresh(user, person)
        return (
            holds(_principals(person), permission, self._book.groups, self._book.administrators)
            if fresh.allowed
            else fresh
        )

    def of_absent_over(self, user: str, permission: Permission, arns: Sequence[str]) -> Decision:
        """For an approver when a change is applied: over every one of these resources."""
        return self.absent(user).over(permission, arns)

    def absent(self, user: str) -> Absent:
        """Somebody who is not on the line, looked up once for several questions."""
        person = self._people.find(user)
        fresh, principals = self._fresh(user, person), _principals(person)

        def over(permission: Permission, arns: Sequence[str]) -> Decision:
            return self._over(principals, permission, lambda targets: targets.of(arns)) if fresh.allowed else fresh

        return Absent(fresh, principals if fresh.allowed else (), over)

    def absent_caller(self, user: str) -> Caller:
        """Somebody who is not on the line as if they were, with their groups as last seen. Raises Forbidden when that is too long ago, or
        they are suspended.
        """
        person = self._people.find(user)
        self._fresh(user, person).require()
        assert person is not None  # noqa: S101 nobody unknown is fresh
        return Caller(
            user=person.user, groups=person.groups, session_id="", kind=SessionKind.WEB, expires_at=self._clock.now()
        )

    def facts(self, arns: Sequence[str]) -> tuple[Target, ...]:
        """What is known of resources, in the same order. Raises InvalidInput for what is no ARN."""
        return Targets(self._accounts, self._account_of).of(arns)

    def scopes(self, caller: Caller, permission: Permission) -> tuple[ScopedGrant, ...]:
        """Over which parts of the estate the caller holds it, beside what they hold everywhere."""
        return scopes_of(caller.principals, permission, self._book)

    def scopes_of(self, caller: Caller) -> tuple[ScopedGrant, ...]:
        """Everything that the caller holds over a part of the estate, as the configuration has it."""
        names = set(map(str, caller.principals))
        return tuple(scope for scope in self._book.groups.scopes if names & set(scope.principals))

    def somewhere(self, caller: Caller, permission: Permission) -> bool:
        """Everywhere or over some part: what pages ask to know which buttons to show. Decides nothing."""
        return self.of_caller(caller, permission).allowed or bool(self.scopes(caller, permission))

    def view(self, caller: Caller) -> View:
        return View(caller.principals, self._book, self._accounts, self._account_of)

    def _over(
        self, principals: Sequence[Principal], permission: Permission, wanted: Callable[[Targets], tuple[Target, ...]]
    ) -> Decision:
        """Facts are read only for people whose answer hangs on them."""
        scopes = scopes_of(principals, permission, self._book)
        everywhere = holds(principals, permission, self._book.groups, self._book.administrators)
        if everywhere.allowed or not scopes:
            return everywhere
        needed = any(scope.where.needs_facts for scope in scopes)
        targets = Targets(self._accounts if needed else None, self._account_of)
        return ABOUT_TARGETS[permission](principals, wanted(targets), self._book)

    def _fresh(self, user: str, person: Person | None) -> Decision:
        """Groups older than a day decide nothing: the answer is no, and says what to do. Whoever is suspended decides nothing."""
        if person is not None and person.suspended:
            return Decision.no(f"{user} is suspended in the directory.", "suspended")
        if person is None or self._clock.now() - person.observed_at > MAX_GROUP_AGE:
            return Decision.no(
                f"The groups of {user} were not seen for a day: ask {user} to sign in again.", "stale_groups"
            )
        return Decision.yes("seen within a day", "fresh_groups")


def _principals(person: Person | None) -> tuple[Principal, ...]:
    if person is None:
        return ()
    return (Principal.user(person.user), *(Principal.group(name) for name in sorted(person.groups)))
