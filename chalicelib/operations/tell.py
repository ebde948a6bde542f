"""How every task and every scope stands now."""

from collections.abc import Callable, Mapping, Sequence

from chalicelib.accounts.facts_store import FactsStore
from chalicelib.accounts.store import AccountStore
from chalicelib.core.clock import Clock
from chalicelib.core.hooks import PluginJob
from chalicelib.core.tasks import DeclaredTask, TaskKind, late_after
from chalicelib.db.jobs import Jobs, TaskRecord
from chalicelib.db.scopes import Scopes
from chalicelib.operations.catalogue import declared_tasks
from chalicelib.operations.models import KindSummary, Scope, ToldTask
from chalicelib.operations.rules import may_run, seconds_since_success, state_of_task, summary_of
from chalicelib.operations.scopes import Estate, Kind


class TellOperations:
    def __init__(
        self,
        *,
        jobs: Jobs,
        plugin_jobs: Callable[[], Mapping[str, PluginJob]],
        kinds: Callable[[], Mapping[str, Kind]],
        accounts: AccountStore,
        facts: FactsStore,
        scopes: Scopes,
        clock: Clock,
    ) -> None:
        self._jobs = jobs
        self._plugin_jobs = plugin_jobs
        self._kinds = kinds
        self._accounts = accounts
        self._facts = facts
        self._scopes = scopes
        self._clock = clock

    def declared(self) -> dict[str, DeclaredTask]:
        """Functions and jobs of plugins, by name."""
        jobs = {
            name: DeclaredTask(name, TaskKind.PLUGIN, "A job of a plugin.", job.every_minutes * 60)
            for name, job in self._plugin_jobs().items()
        }
        return {**declared_tasks(), **jobs}

    def watched(self) -> dict[str, tuple[DeclaredTask, TaskRecord]]:
        """Those that must succeed at a rate, whether they ever ran or not; from now on all of them are waited for."""
        declared = {name: task for name, task in self.declared().items() if task.every is not None}
        records = self._jobs.awaited(declared)
        return {name: (task, records[name]) for name, task in declared.items()}

    def tasks(self) -> list[ToldTask]:
        """All of them, in the order of their names."""
        records, now = {record.name: record for record in self._jobs.tasks()}, self._clock.now()
        return [
            _told(task, records.get(name, TaskRecord(name=name)), now) for name, task in sorted(self.declared().items())
        ]

    def scopes(self) -> list[Scope]:
        """All of them: what was listed, and what nobody has listed yet."""
        kinds = self._kinds()
        estate = Estate(
            accounts=self._accounts.all(),
            facts=self._facts.all(),
            states={name: self._scopes.of_kind(name) for name in kinds},
        )
        return list(estate.scopes(kinds, self._clock.now()))

    def summaries(self, scopes: Sequence[Scope]) -> list[KindSummary]:
        """Of every kind, also of one without any scope."""
        return [summary_of(name, kind.every, scopes) for name, kind in self._kinds().items()]


def _told(task: DeclaredTask, record: TaskRecord, now: int) -> ToldTask:
    watched = task.every is not None
    return ToldTask(
        name=task.name,
        kind=task.kind,
        purpose=task.purpose,
        every=task.every,
        late_after=late_after(task.every) if task.every is not None else None,
        state=state_of_task(task, record, now),
        runs_on_demand=may_run(task, None, now).allowed,
        started_at=record.started_at,
        succeeded_at=record.succeeded_at,
        failed_at=record.failed_at,
        duration=record.duration,
        seconds_since_success=seconds_since_success(record, now) if watched else None,
        failures=record.failures,
        error=record.error,
        counts=record.counts,
    )
