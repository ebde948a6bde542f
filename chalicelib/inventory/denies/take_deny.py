"""From an event of CloudTrail to a counted deny: what was refused, which policy is in the way, and to whom it is told."""

from collections.abc import Callable
from typing import Protocol

from chalicelib.core.clock import Clock
from chalicelib.core.errors import Conflict, Throttled
from chalicelib.inventory.denies.limit import RateLimit
from chalicelib.inventory.denies.models import DeniesConfig, Deny
from chalicelib.inventory.denies.parse import Said, read_decoded, read_message, together
from chalicelib.inventory.denies.rules import deny_of, gets_row, is_copy, is_deny, worth_telling
from chalicelib.inventory.denies.store import DenyStore
from chalicelib.inventory.events.models import TrailEvent
from chalicelib.observability import MetricUnit, metrics

_TRIES = 4
"""Of a count that somebody else's count gets in the way of."""


class Decode(Protocol):
    def text(self, account_id: str, encoded: str, region: str) -> str:
        """The decoded message; empty when it can't be had."""


class TakeDeny:
    def __init__(
        self,
        *,
        store: DenyStore,
        decode: Decode,
        knows_account: Callable[[str], bool],
        tell_search: Callable[[str], None],
        notify: Callable[[Deny], object],
        config: DeniesConfig,
        clock: Clock,
    ) -> None:
        self._store = store
        self._decode = decode
        self._knows_account = knows_account
        self._tell_search = tell_search
        self._notify = notify
        self._config = config
        self._clock = clock
        self._limit = RateLimit(config.most_per_minute, clock)

    def take(self, event: TrailEvent) -> Deny | None:
        """The deny, once it is counted; None for what is none, was counted before, is too old or comes too often. May be repeated.

        Raises Throttled or Upstream when the event must come again.
        """
        if not is_deny(event) or (is_copy(event) and self._knows_account(event.identity.account)):
            return None
        deny = deny_of(event, self._said(event))
        if deny is None:
            return None
        if not self._limit.allows(deny.principal):
            metrics.add_metric(name="DeniesDropped", unit=MetricUnit.Count, value=1)
            return None
        return deny if self._counted(deny) else None

    def _said(self, event: TrailEvent) -> Said:
        said = read_message(event.error_message)
        if not said.encoded or (said.action and said.resource and said.explicit is not None):
            return said
        return together(said, read_decoded(self._decode.text(event.account_id, said.encoded, event.region)))

    def _counted(self, deny: Deny) -> bool:
        for _ in range(_TRIES):
            standing = self._store.standing(deny)
            if standing.counted or deny.at <= self._clock.now() - self._store.horizon:
                return False
            kinds_of = [
                side.arn for side in standing.sides if gets_row(side.times, side.kinds, self._config.most_kinds_per_day)
            ]
            # Told first: what is told twice is told once, and what is counted does not come again.
            if deny.suggestion and deny.principal in kinds_of and worth_telling(standing.principal.times + 1):
                self._notify(deny)
            try:
                self._store.count(deny, standing, kinds_of)
            except Conflict:
                continue
            for side in standing.sides:
                if worth_telling(side.total + 1):
                    self._tell_search(side.arn)
            return True
        raise Throttled(f"Denies of {deny.principal} are being counted elsewhere at this moment.")
