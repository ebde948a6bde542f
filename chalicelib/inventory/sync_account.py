"""One account of a run: its due scopes visited, a few at once, and what came of each written down.

A visit is one step or several: before its function's time is up it writes down where its listings are, and the next step goes on. A
scope that fails stops no other one.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from chalicelib.accounts.facts import AccountFacts
from chalicelib.accounts.models import AccountStatus
from chalicelib.accounts.store import AccountStore
from chalicelib.core.clock import Clock
from chalicelib.core.errors import AccessDeniedByAws, AppError, NotFound, Upstream
from chalicelib.db.scopes import Scopes
from chalicelib.inventory.refresh.models import AccountOutcome, OutcomeStatus, Run, Tally, Wishes
from chalicelib.inventory.refresh.rules import Scope, scopes_of, to_visit
from chalicelib.inventory.refresh.store import RunStore
from chalicelib.inventory.refresh.visit_scopes import Done, Step, VisitScopes
from chalicelib.inventory.resource_type import ResourceType
from chalicelib.inventory.resources import iam_role
from chalicelib.inventory.withdraw_account import WithdrawAccount

FactsOf = Callable[[str], AccountFacts]
"""Raises Throttled or Upstream when AWS does not say whether we get into the account."""
_FAILURES, _WORDS = 20, 300
"""Failed scopes that an outcome names, and characters of each reason."""


@dataclass
class _Visit:
    account_id: str
    observed_at: int
    before: AccountOutcome | None
    tally: Tally = field(default_factory=Tally)
    roles_at: int | None = None
    warnings: list[str] = field(default_factory=list)
    failures: dict[str, AppError] = field(default_factory=dict)

    def add(self, done: Done) -> None:
        """What came of one scope in this step."""
        visit = done.visit
        is_roles = done.scope.kind.name == iam_role.TYPE
        found = visit.found if visit.finished else 0
        self.tally = self.tally.plus(
            Tally(
                scopes=int(visit.finished),
                resources=found,
                roles=found if is_roles else 0,
                written=visit.written,
                removed=visit.removed,
                messages=visit.messages,
            )
        )
        if visit.finished and is_roles:
            self.roles_at = visit.observed_at
        if visit.warning:
            self.warnings.append(visit.warning)
        if done.error:
            self.failures[done.scope.label] = done.error

    def outcome(self, status: OutcomeStatus, error: str | None = None) -> AccountOutcome:
        """With what the steps before told."""
        before = self.before
        tally = before.tally.plus(self.tally) if before else self.tally
        warnings = [*([before.warning] if before and before.warning and status != "withdrawn" else []), *self.warnings]
        return AccountOutcome(
            **tally.model_dump(),
            account_id=self.account_id,
            status=status,
            observed_at=before.observed_at if before else self.observed_at,
            roles_at=self.roles_at if self.roles_at is not None or before is None else before.roles_at,
            warning=" ".join(warnings)[:2000] or None,
            error=error[:1000] if error else None,
            failures={label: one.message[:_WORDS] for label, one in sorted(self.failures.items())[:_FAILURES]},
        )


@dataclass(frozen=True, slots=True)
class Reach:
    """What there is to list in an account: types, in the regions that this product is configured for and the account has enabled."""

    kinds: Sequence[ResourceType[Any]]
    regions: Sequence[str]
    facts: FactsOf

    def scopes(self, facts: AccountFacts) -> list[Scope]:
        enabled = [region for region in self.regions if not facts.regions_known or region in facts.regions]
        return scopes_of(facts.account_id, self.kinds, enabled)


class SyncAccount:
    def __init__(
        self,
        *,
        visit_scopes: VisitScopes,
        withdraw: WithdrawAccount,
        reach: Reach,
        accounts: AccountStore,
        runs: RunStore,
        scopes: Scopes,
        clock: Clock,
    ) -> None:
        self._visit_scopes = visit_scopes
        self._withdraw = withdraw
        self._reach = reach
        self._accounts = accounts
        self._runs = runs
        self._scopes = scopes
        self._clock = clock

    def run(
        self, run_id: str, account_id: str, time_left: Callable[[], float] = lambda: float("inf")
    ) -> AccountOutcome:
        """One step of a visit; with the status `running` there is more to do. `time_left` is in seconds.

        A failure is recorded with its reason, and goes on upwards when another try may help or nothing succeeded; what was there
        before stays. Another try leaves out what has succeeded in this run.
        """
        now = self._clock.now()
        before = self._runs.outcome(run_id, account_id)
        visit = _Visit(account_id, now, before if before and before.status != "succeeded" else None)
        try:
            outcome = self._step(run_id, visit, time_left)
        except AppError as error:
            self._runs.record(run_id, visit.outcome("failed", error.message))
            raise
        self._runs.record(run_id, outcome)
        if visit.failures and outcome.status != "running":
            _raise_if_worth_it(outcome, visit.failures.values())
        return outcome

    def _step(self, run_id: str, visit: _Visit, time_left: Callable[[], float]) -> AccountOutcome:
        found = self._accounts.find(visit.account_id)
        if found is None:
            raise NotFound(f"The account {visit.account_id} is not in the directory. Refresh all accounts first.")
        if found.account.status is not AccountStatus.ACTIVE:
            visit.tally = Tally(messages=self._withdraw.run(visit.account_id, visit.observed_at))
            self._accounts.rights_withdrawn(found)
            return visit.outcome("withdrawn")
        step = Step(run_id, visit.account_id, time_left)
        wanted = self._wanted(self._runs.find(run_id), visit)
        done = self._visit_scopes.run(step, wanted, resumed=visit.before is not None)
        for one in done:
            visit.add(one)
        if step.more:
            return visit.outcome("running")
        status = _status(visit)
        first = next(iter(visit.failures.values())).message if status == "failed" else None
        return visit.outcome(status, first)

    def _wanted(self, run: Run | None, visit: _Visit) -> list[Scope]:
        """Raises AccessDeniedByAws for an account that nobody gets into, once each of its scopes is told so."""
        facts = self._reach.facts(visit.account_id)
        scopes = self._reach.scopes(facts)
        states = self._scopes.states(scope.key for scope in scopes)
        wishes, since = (run.wishes, run.started_at) if run else (Wishes(), None)
        wanted = to_visit(scopes, wishes, states, now=visit.observed_at, since=since, first=iam_role.TYPE)
        try:
            facts.require()
        except AccessDeniedByAws as error:
            for scope in wanted:
                self._scopes.failed(*scope.key, visit.observed_at, error.message)
            raise
        return wanted


def _status(visit: _Visit) -> OutcomeStatus:
    if not visit.failures:
        return "succeeded"
    before = visit.before.scopes if visit.before else 0
    return "partial" if visit.tally.scopes + before else "failed"


def _raise_if_worth_it(outcome: AccountOutcome, failures: Iterable[AppError]) -> None:
    """Raises a failure that may pass by itself; of others the first, unless something has succeeded."""
    passing = [error for error in failures if isinstance(error, Upstream) and not isinstance(error, AccessDeniedByAws)]
    if passing:
        raise passing[0]
    if outcome.status == "failed":
        raise next(iter(failures))
