"""Leases in table `grants`: who is changing a target just now. A fence that only grows tells an old holder from a new one."""

from dataclasses import dataclass

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.core.clock import Clock
from chalicelib.core.errors import Conflict, Throttled
from chalicelib.db.base import Table
from chalicelib.db.errors import translated

_LEASE = "LEASE"


class GrantRow(Table):
    suffix = "grants"

    owner = UnicodeAttribute(null=True)
    fence = NumberAttribute(null=True)
    until = NumberAttribute(null=True)


def target_key(target: str) -> str:
    """The partition of everything that is held about one target."""
    return f"TARGET#{target}"


@dataclass(frozen=True, slots=True)
class Lease:
    """`owner` is one invocation, never two. `until` in epoch seconds."""

    target: str
    owner: str
    fence: int
    until: int

    @property
    def key(self) -> tuple[str, str]:
        return target_key(self.target), _LEASE

    def held(self, now: int) -> Condition:
        """The condition that nobody took it over, for whoever writes in a transaction."""
        held: Condition = (GrantRow.fence == self.fence) & (GrantRow.owner == self.owner) & (GrantRow.until > now)
        return held

    @property
    def not_taken_over(self) -> Condition:
        """Also of a lease that has run out."""
        same: Condition = GrantRow.fence == self.fence
        return same


FREED: tuple[Action, ...] = (GrantRow.until.set(0), GrantRow.owner.remove())
"""Lets a lease go. The row stays, so that the fence goes on growing."""


class Leases:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def take(self, target: str, owner: str, seconds: int) -> Lease:
        """One round trip. Raises Throttled while somebody else holds it: worth another try."""
        now = self._clock.now()
        row = GrantRow(target_key(target), _LEASE)
        # The owner's own second try, after an answer that was lost, is let in.
        free = GrantRow.until.does_not_exist() | (GrantRow.until <= now) | (GrantRow.owner == owner)
        try:
            with translated(f"the lease of {target}"):
                row.update(
                    actions=[GrantRow.fence.add(1), GrantRow.owner.set(owner), GrantRow.until.set(now + seconds)],
                    condition=free,
                )
        except Conflict as error:
            raise Throttled(
                f"Another change of {target} is under way. Try again in {seconds} seconds.", reason="lease_busy"
            ) from error
        return Lease(target, owner, int(row.fence or 0), now + seconds)

    def still_held(self, lease: Lease) -> bool:
        """Strongly consistent."""
        with translated(f"the lease of {lease.target}"):
            try:
                row = GrantRow.get(*lease.key, consistent_read=True)
            except DoesNotExist:
                return False
        return row.fence == lease.fence and row.owner == lease.owner and int(row.until or 0) > self._clock.now()

    def release(self, lease: Lease) -> None:
        """A lease that somebody else took over is left alone."""
        try:
            with translated(f"the lease of {lease.target}"):
                GrantRow(*lease.key).update(actions=list(FREED), condition=lease.not_taken_over)
        except Conflict:
            return
