"""Table `jobs`, the part about scopes: what was last listed whole, when, and what waits for a second look.

A scope is a kind (`iam_role`) and an id (an account): what succeeds or fails as one.
"""

from collections.abc import Iterable, Mapping

from pydantic import Field
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.core.errors import Conflict
from chalicelib.core.model import Frozen
from chalicelib.db.base import Table
from chalicelib.db.counts import packed, unpacked
from chalicelib.db.errors import translated

_ERROR_LIMIT = 1000


class ScopeRow(Table):
    suffix = "jobs"

    succeeded_at = NumberAttribute(null=True)
    failed_at = NumberAttribute(null=True)
    error = UnicodeAttribute(null=True)
    held = UnicodeAttribute(null=True)
    duration = NumberAttribute(null=True)
    counts = UnicodeAttribute(null=True)
    failures = NumberAttribute(null=True)
    dirty_at = NumberAttribute(null=True)


class ScopeState(Frozen):
    """Times in epoch seconds, None means never; a success has the time at which its listing began. `error` is the reason of the last
    failure, until the next success, and `failures` their number since the last one. `duration` in seconds and `counts` are of the
    last success.
    """

    scope_id: str
    succeeded_at: int | None
    failed_at: int | None
    error: str | None
    held: str
    duration: int | None = None
    counts: dict[str, int] = Field(default_factory=dict)
    failures: int = 0
    dirty_at: int | None = None
    """When something was last heard of it that could not be looked at."""

    @property
    def dirty(self) -> bool:
        """Whether it changed after it was last listed, or may have."""
        return self.dirty_at is not None and (self.succeeded_at is None or self.dirty_at >= self.succeeded_at)


class Scopes:
    def of_kind(self, kind: str) -> dict[str, ScopeState]:
        """By id, all of a kind."""
        with translated(f"the state of {kind}"):
            return {row.sk: _state(row) for row in ScopeRow.query(_key(kind))}

    def find(self, kind: str, scope_id: str) -> ScopeState | None:
        """One, strongly consistent; None when nothing was ever said of it."""
        with translated(f"the state of {kind} {scope_id}"):
            try:
                return _state(ScopeRow.get(_key(kind), scope_id, consistent_read=True))
            except DoesNotExist:
                return None

    def states(self, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], ScopeState]:
        """By kind and id, of those of which something was ever said; a hundred in one round trip, strongly consistent."""
        keys = [(_key(kind), scope_id) for kind, scope_id in wanted]
        with translated("the state of scopes"):
            rows = list(ScopeRow.batch_get(keys, consistent_read=True)) if keys else []
        return {(row.pk.removeprefix(_key("")), row.sk): _state(row) for row in rows}

    def mark_dirty(self, kind: str, scope_id: str, at: int) -> None:
        """Something changed there that was not looked at: the next refresh lists it first."""
        later = ScopeRow.dirty_at.does_not_exist() | (ScopeRow.dirty_at <= at)
        self._update(kind, scope_id, [ScopeRow.dirty_at.set(at)], later)

    def held(self, kind: str, scope_id: str) -> str:
        """Digest of what the last look saw missing and did not dare to remove; empty for nothing."""
        with translated(f"the state of {kind} {scope_id}"):
            try:
                return ScopeRow.get(_key(kind), scope_id, consistent_read=True).held or ""
            except DoesNotExist:
                return ""

    def succeeded(
        self,
        kind: str,
        scope_id: str,
        at: int,
        held: str = "",
        *,
        duration: int | None = None,
        counts: Mapping[str, int] | None = None,
    ) -> None:
        """`at` is when the listing began. An older success never replaces a newer one."""
        newer = ScopeRow.succeeded_at.does_not_exist() | (ScopeRow.succeeded_at <= at)
        actions: list[Action] = [
            ScopeRow.succeeded_at.set(at),
            ScopeRow.error.remove(),
            ScopeRow.failures.remove(),
            ScopeRow.held.set(held) if held else ScopeRow.held.remove(),
            ScopeRow.counts.set(packed(counts or {})),
            ScopeRow.duration.remove() if duration is None else ScopeRow.duration.set(duration),
        ]
        self._update(kind, scope_id, actions, newer)

    def failed(self, kind: str, scope_id: str, at: int, error: str) -> None:
        """A failure that is older than the last success is not told: that success has mended it."""
        newer = ScopeRow.succeeded_at.does_not_exist() | (ScopeRow.succeeded_at <= at)
        actions: list[Action] = [
            ScopeRow.failed_at.set(at),
            ScopeRow.error.set(error[:_ERROR_LIMIT]),
            ScopeRow.failures.add(1),
        ]
        self._update(kind, scope_id, actions, newer)

    def _update(self, kind: str, scope_id: str, actions: list[Action], condition: Condition) -> None:
        try:
            with translated(f"the state of {kind} {scope_id}"):
                ScopeRow(_key(kind), scope_id).update(actions=actions, condition=condition)
        except Conflict:
            return


def _key(kind: str) -> str:
    return f"SCOPE#{kind}"


def _state(row: ScopeRow) -> ScopeState:
    return ScopeState(
        scope_id=row.sk,
        succeeded_at=_whole(row.succeeded_at),
        failed_at=_whole(row.failed_at),
        error=row.error,
        held=row.held or "",
        duration=_whole(row.duration),
        counts=unpacked(row.counts),
        failures=_whole(row.failures) or 0,
        dirty_at=_whole(row.dirty_at),
    )


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)
