"""The last step: adds up what the accounts said, speaks for those that could not, and lets what succeeded decide again."""

import json
from collections.abc import Iterable, Mapping

from chalicelib.access.messages import FRESHNESS_GROUP, FreshnessMessage
from chalicelib.access.rights import AccountFreshness
from chalicelib.accounts.store import AccountStore
from chalicelib.aws.queues import FifoMessage, FifoQueue
from chalicelib.core.clock import Clock
from chalicelib.db.scopes import Scopes
from chalicelib.inventory.refresh.models import AccountOutcome, Failure, Run, RunStatus, RunSummary, StepResult
from chalicelib.inventory.refresh.store import RunStore
from chalicelib.inventory.resources import iam_role
from chalicelib.observability import MetricUnit, metrics

_ACCOUNTS = 1000
"""Accounts in one message."""


class FinishRefresh:
    def __init__(
        self, *, runs: RunStore, accounts: AccountStore, queue: FifoQueue, scopes: Scopes, clock: Clock
    ) -> None:
        self._runs = runs
        self._accounts = accounts
        self._queue = queue
        self._scopes = scopes
        self._clock = clock

    def run(self, run_id: str, results: Iterable[StepResult], failure: Failure | None) -> RunSummary:
        """May be repeated. `failure` is what stopped the workflow before or around the visits."""
        now = self._clock.now()
        run = self._runs.find(run_id) or Run(run_id=run_id, status="running", started_at=now)
        said = self._runs.outcomes(run_id)
        told = {key: outcome for key, outcome in said.items() if outcome.status != "running"}
        silent = self._silent(run, told, {result.account_id: result.error for result in results}, now)
        outcomes = {**told, **silent}
        self._tell_freshness(outcomes)
        status = _status(outcomes, failure)
        failed = sum(outcome.status == "failed" for outcome in outcomes.values())
        ended = run.model_copy(
            update={"status": status, "finished_at": now, "error": _reason(failure) if failure else None}
        )
        if self._runs.finish(ended):
            _count(outcomes, failed)
        return RunSummary(run_id=run_id, status=status, succeeded=len(outcomes) - failed, failed=failed)

    def _silent(
        self, run: Run, told: Mapping[str, AccountOutcome], errors: Mapping[str, str | None], now: int
    ) -> dict[str, AccountOutcome]:
        """Accounts that left no record, or none of their end: the function ended before it could."""
        found: dict[str, AccountOutcome] = {}
        for account_id in sorted(set(run.accounts) - told.keys()):
            cause = errors.get(account_id) or "no result"
            outcome = AccountOutcome(
                account_id=account_id,
                status="failed",
                observed_at=now,
                error=f"The visit ended before it could say why ({cause}); its log has more. Nothing was removed.",
            )
            self._runs.record(run.run_id, outcome)
            self._scopes.failed(iam_role.TYPE, account_id, now, outcome.error or "")
            found[account_id] = outcome
        return found

    def _tell_freshness(self, outcomes: Mapping[str, AccountOutcome]) -> None:
        """To the one writer of the authorisation map, after the changes of rights that these visits sent."""
        seen = {key: outcome.roles_at for key, outcome in outcomes.items() if outcome.roles_at is not None}
        if not seen:
            return
        names = {key: record.account.name for key, record in self._accounts.all().items()}
        fresh = [(key, AccountFreshness(name=names.get(key, ""), synced_at=at)) for key, at in sorted(seen.items())]
        chunks = [fresh[start : start + _ACCOUNTS] for start in range(0, len(fresh), _ACCOUNTS)]
        self._queue.send(
            FifoMessage(group=FRESHNESS_GROUP, body=FreshnessMessage(fresh=dict(chunk)).model_dump_json())
            for chunk in chunks
        )


def _status(outcomes: Mapping[str, AccountOutcome], failure: Failure | None) -> RunStatus:
    failed = [outcome for outcome in outcomes.values() if outcome.status == "failed"]
    if len(failed) == len(outcomes):
        return "failed"
    partial = any(outcome.status == "partial" for outcome in outcomes.values())
    return "partial" if failed or partial or failure else "succeeded"


def _reason(failure: Failure) -> str:
    """Lambda's cause is JSON that holds our own words; other causes are told as they are."""
    try:
        words = json.loads(failure.Cause or "{}")
    except ValueError:
        words = {}
    message = words.get("errorMessage") if isinstance(words, dict) else None
    return f"{failure.Error}: {message or failure.Cause or 'no cause was told'}"[:1000]


def _count(outcomes: Mapping[str, AccountOutcome], failed: int) -> None:
    counted = {
        "AccountsSynced": len(outcomes) - failed,
        "AccountsFailed": failed,
        "RolesSeen": sum(outcome.roles for outcome in outcomes.values()),
        "ResourcesSeen": sum(outcome.resources for outcome in outcomes.values()),
        "ResourcesChanged": sum(outcome.written + outcome.removed for outcome in outcomes.values()),
    }
    for name, value in counted.items():
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)
