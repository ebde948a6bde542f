"""Table `jobs`, the part about scopes: what was last listed whole, when, and what waits for a second look.

A scope is a kind (`iam_role`) and an id (an account): what succeeds or fails as one.
"""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.core.errors import Conflict
from chalicelib.core.model import Frozen
from chalicelib.db.base import Table
from chalicelib.db.errors import translated

_ERROR_LIMIT = 1000


class ScopeRow(Table):
    suffix = "jobs"

    succeeded_at = NumberAttribute(null=True)
    failed_at = NumberAttribute(null=True)
    error = UnicodeAttribute(null=True)
    held = UnicodeAttribute(null=True)


class ScopeState(Frozen):
    """Epoch seconds, None means never. `error` is the reason of the last failure, until the next success."""

    scope_id: str
    succeeded_at: int | None
    failed_at: int | None
    error: str | None
    held: str


class Scopes:
    def of_kind(self, kind: str) -> dict[str, ScopeState]:
        """By id, all of a kind."""
        with translated(f"the state of {kind}"):
            return {row.sk: _state(row) for row in ScopeRow.query(_key(kind))}

    def held(self, kind: str, scope_id: str) -> str:
        """Digest of what the last look saw missing and did not dare to remove; empty for nothing."""
        with translated(f"the state of {kind} {scope_id}"):
            try:
                return ScopeRow.get(_key(kind), scope_id, consistent_read=True).held or ""
            except DoesNotExist:
                return ""

    def succeeded(self, kind: str, scope_id: str, at: int, held: str = "") -> None:
        """An older success never replaces a newer one."""
        newer = ScopeRow.succeeded_at.does_not_exist() | (ScopeRow.succeeded_at <= at)
        actions: list[Action] = [
            ScopeRow.succeeded_at.set(at),
            ScopeRow.error.remove(),
            ScopeRow.held.set(held) if held else ScopeRow.held.remove(),
        ]
        self._update(kind, scope_id, actions, newer)

    def failed(self, kind: str, scope_id: str, at: int, error: str) -> None:
        """A failure that is older than the last success is not told: that success has mended it."""
        newer = ScopeRow.succeeded_at.does_not_exist() | (ScopeRow.succeeded_at <= at)
        self._update(kind, scope_id, [ScopeRow.failed_at.set(at), ScopeRow.error.set(error[:_ERROR_LIMIT])], newer)

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
    )


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)
