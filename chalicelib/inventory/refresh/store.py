"""Table `jobs`, the part about runs of the refresh. Rows of runs are forgotten after two weeks."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.condition import Condition

from chalicelib.core.clock import Clock
from chalicelib.core.errors import Conflict
from chalicelib.db.base import Table
from chalicelib.db.errors import translated
from chalicelib.inventory.refresh.models import AccountOutcome, Lease, Run

_KEPT = 14 * 86_400
_RUNS = "RUNS"
_LEASE = ("LEASE", "refresh")


class RunRow(Table):
    suffix = "jobs"

    body = UnicodeAttribute()
    status = UnicodeAttribute(null=True)
    expires_at = NumberAttribute(null=True)


class RunStore:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def begin(self, run: Run) -> None:
        """Writes the run down; again when its first step is repeated. Raises Conflict for a run that has ended."""
        self._put(run, RunRow.pk.does_not_exist() | (RunRow.status == "running"))

    def finish(self, run: Run) -> bool:
        """Whether it was written: a run ends once."""
        try:
            self._put(run, RunRow.pk.does_not_exist() | (RunRow.status == "running"))
        except Conflict:
            return False
        return True

    def find(self, run_id: str) -> Run | None:
        with translated(f"the refresh {run_id}"):
            try:
                return Run.model_validate_json(RunRow.get(_RUNS, run_id, consistent_read=True).body)
            except DoesNotExist:
                return None

    def latest(self, limit: int) -> tuple[Run, ...]:
        """Newest first: run ids sort by time."""
        with translated("the refreshes"):
            rows = list(RunRow.query(_RUNS, scan_index_forward=False, limit=limit, page_size=limit))
        return tuple(Run.model_validate_json(row.body) for row in rows)

    def record(self, run_id: str, outcome: AccountOutcome) -> None:
        """A success stays: what a late or repeated visit says after it is not told."""
        row = RunRow(
            f"RUN#{run_id}",
            f"ACCOUNT#{outcome.account_id}",
            body=outcome.model_dump_json(),
            status=outcome.status,
            expires_at=self._clock.now() + _KEPT,
        )
        try:
            with translated(f"the refresh {run_id}"):
                row.save(condition=RunRow.pk.does_not_exist() | RunRow.status.is_in("failed", "partial", "running"))
        except Conflict:
            return

    def outcome(self, run_id: str, account_id: str) -> AccountOutcome | None:
        """What the steps of a visit have told so far; strongly consistent."""
        with translated(f"the refresh {run_id}"):
            try:
                row = RunRow.get(f"RUN#{run_id}", f"ACCOUNT#{account_id}", consistent_read=True)
            except DoesNotExist:
                return None
        return AccountOutcome.model_validate_json(row.body)

    def outcomes(self, run_id: str) -> dict[str, AccountOutcome]:
        """By account id, of those that said something."""
        with translated(f"the refresh {run_id}"):
            rows = list(RunRow.query(f"RUN#{run_id}", consistent_read=True))
        found = [AccountOutcome.model_validate_json(row.body) for row in rows]
        return {outcome.account_id: outcome for outcome in found}

    def lease(self) -> Lease | None:
        with translated("the lease of the refresh"):
            try:
                return Lease.model_validate_json(RunRow.get(*_LEASE, consistent_read=True).body)
            except DoesNotExist:
                return None

    def take_lease(self, lease: Lease, before: Lease | None) -> None:
        """Raises Conflict when somebody took it since `before` was read."""
        unchanged = RunRow.body == before.model_dump_json() if before else RunRow.pk.does_not_exist()
        with translated("the lease of the refresh"):
            RunRow(*_LEASE, body=lease.model_dump_json()).save(condition=unchanged)

    def _put(self, run: Run, condition: Condition) -> None:
        row = RunRow(_RUNS, run.run_id, body=run.model_dump_json(), status=run.status)
        row.expires_at = self._clock.now() + _KEPT
        with translated(f"the refresh {run.run_id}"):
            row.save(condition=condition)
