"""Table `jobs`, the part about who visits an account just now. A fence that only grows tells an old visitor from a new one.

A lease keeps two visits from doing the same work twice. What keeps an old one from doing harm, should it wake up again, is that each row
takes only what was seen later than what it holds.
"""

from dataclasses import dataclass

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.core.clock import Clock
from chalicelib.core.errors import Conflict, Throttled
from chalicelib.db.base import Table
from chalicelib.db.errors import translated

LEASE = 300
"""Seconds without a word after which a visitor counts as gone."""
RENEWED_AFTER = 60
_PARTITION = "VISITS"


class VisitRow(Table):
    suffix = "jobs"

    owner = UnicodeAttribute(null=True)
    fence = NumberAttribute(null=True)
    until = NumberAttribute(null=True)


@dataclass(frozen=True, slots=True)
class VisitLease:
    account_id: str
    owner: str
    fence: int
    until: int


class VisitLeases:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def take(self, account_id: str, owner: str) -> VisitLease:
        """For the run `owner`, which is let in again. Raises Throttled while another run visits the account: worth another try."""
        now = self._clock.now()
        row = VisitRow(_PARTITION, account_id)
        free = VisitRow.until.does_not_exist() | (VisitRow.until <= now) | (VisitRow.owner == owner)
        try:
            with translated(f"the visit to {account_id}"):
                row.update(
                    actions=[VisitRow.fence.add(1), VisitRow.owner.set(owner), VisitRow.until.set(now + LEASE)],
                    condition=free,
                )
        except Conflict as error:
            raise Throttled(
                f"Another refresh is visiting account {account_id} just now; it ends, or counts as gone after {LEASE} seconds.",
                reason="account_busy",
            ) from error
        return VisitLease(account_id, owner, int(row.fence or 0), now + LEASE)

    def renew(self, lease: VisitLease) -> VisitLease:
        """Raises Conflict when somebody took it over: whoever held it stops."""
        until = self._clock.now() + LEASE
        try:
            with translated(f"the visit to {lease.account_id}"):
                VisitRow(_PARTITION, lease.account_id).update(
                    actions=[VisitRow.until.set(until)], condition=VisitRow.fence == lease.fence
                )
        except Conflict as error:
            raise Conflict(
                f"Another refresh has taken over the visit to account {lease.account_id}; this one stops.",
                reason="taken_over",
            ) from error
        return VisitLease(lease.account_id, lease.owner, lease.fence, until)

    def release(self, lease: VisitLease) -> None:
        """The row stays, so that the fence goes on growing. One that somebody else took over is left alone."""
        try:
            with translated(f"the visit to {lease.account_id}"):
                VisitRow(_PARTITION, lease.account_id).update(
                    actions=[VisitRow.until.set(0), VisitRow.owner.remove()], condition=VisitRow.fence == lease.fence
                )
        except Conflict:
            return
