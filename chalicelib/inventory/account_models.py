"""What is told of accounts: how each stands, how fresh each type is in each place, and what looking after them did."""

from enum import StrEnum

from chalicelib.accounts.facts import AccountFacts
from chalicelib.accounts.models import AccountRecord
from chalicelib.core.model import Frozen


class Freshness(StrEnum):
    """Of one type in one place. NEVER: it was not listed yet, or nobody could. FAILING: the last listing failed, what is shown is
    from the one before. OLD: it was not listed in time. FRESH: it was.
    """

    NEVER = "never"
    FAILING = "failing"
    OLD = "old"
    FRESH = "fresh"


class Standing(StrEnum):
    """Of an account. INACTIVE: nobody looks at it any more. UNREACHED: nobody gets in. NEW: nobody has looked yet. The others as the
    worst of its places.
    """

    INACTIVE = "inactive"
    UNREACHED = "unreached"
    FAILING = "failing"
    STALE = "stale"
    NEW = "new"
    OK = "ok"


class ScopeHealth(Frozen):
    """Epoch seconds, None means never; `reason` says why it is not fresh. `held`: something vanished, and waits for a second look."""

    kind: str
    region: str
    freshness: Freshness
    reason: str | None
    succeeded_at: int | None
    failed_at: int | None
    held: bool


class AccountTold(Frozen):
    """An account with what it told of itself, None before the first visit."""

    record: AccountRecord
    facts: AccountFacts | None
    standing: Standing
    scopes: tuple[ScopeHealth, ...]

    @property
    def troubled(self) -> tuple[ScopeHealth, ...]:
        """Places that are not fresh, the worst first."""
        found = [scope for scope in self.scopes if scope.freshness is not Freshness.FRESH]
        order = list(Freshness)
        return tuple(sorted(found, key=lambda scope: (order.index(scope.freshness), scope.kind, scope.region)))


class LookedAfter(Frozen):
    """`unsettled` accounts came or are not active any more, and are visited by the run `run_id`. `policies` counts those that were read
    now, `purged` the rows that were forgotten.
    """

    accounts: int = 0
    unsettled: tuple[str, ...] = ()
    run_id: str | None = None
    policies: int = 0
    policies_changed: int = 0
    purged: int = 0
    warnings: tuple[str, ...] = ()
