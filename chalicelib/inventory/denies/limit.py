"""How many denies of one principal are taken in a minute. Each process counts in its own memory: what is dropped costs nothing."""

from chalicelib.core.clock import Clock

_MINUTE = 60
_MOST_PRINCIPALS = 10_000


class RateLimit:
    def __init__(self, most_per_minute: int, clock: Clock) -> None:
        self._most = most_per_minute
        self._clock = clock
        self._minute = 0
        self._taken: dict[str, int] = {}

    def allows(self, principal: str) -> bool:
        """Counts it too."""
        minute = self._clock.now() // _MINUTE
        if minute != self._minute or len(self._taken) > _MOST_PRINCIPALS:
            self._minute, self._taken = minute, {}
        taken = self._taken.get(principal, 0)
        self._taken[principal] = taken + 1
        return taken < self._most
