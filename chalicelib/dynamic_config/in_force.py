"""The configuration in force, as a process knows it: looked up once a minute, and never guessed."""

from chalicelib.core.clock import Clock
from chalicelib.core.errors import AppError, Misconfigured, NotFound, Upstream
from chalicelib.dynamic_config.document import Configuration
from chalicelib.dynamic_config.packaged import Packaged
from chalicelib.dynamic_config.store import ConfigStore
from chalicelib.observability import logger

CHECK_EVERY = 60
"""Seconds after which a save is seen by every process."""
TRY_AGAIN = 5
"""Seconds between two tries while the look fails."""
KEEP = 600
"""Seconds since the last successful look for which what is known stays in force. After that nothing is answered."""


class InForce:
    """One small, strongly consistent read a minute; the document itself is read when another one is in force."""

    def __init__(self, *, packaged: Packaged, store: ConfigStore, clock: Clock) -> None:
        self._packaged = packaged
        self._store = store
        self._clock = clock
        self._held: Configuration | None = None
        self._seen: tuple[int, str] | None = None
        self._confirmed_at = 0
        self._look_at = 0
        self._failure: AppError | None = None

    def get(self) -> Configuration:
        """Raises Upstream when the table can't be read for too long, Misconfigured for an unusable document at the start."""
        now = self._clock.now()
        if self._held is None or now >= self._look_at:
            self._look(now)
        if self._failure is not None and now - self._confirmed_at > KEEP:
            raise Upstream(
                f"The configuration could not be looked up for {now - self._confirmed_at} seconds, so nothing is decided by it: "
                f"{self._failure.message}",
                reason="configuration_unknown",
            ) from self._failure
        assert self._held is not None  # noqa: S101 _look raises when it finds none
        return self._held

    def look_again(self) -> None:
        """The next `get` looks, whatever the time."""
        self._look_at = 0

    def _look(self, now: int) -> None:
        try:
            self._held = self._found()
        except AppError as error:
            if self._held is None:
                raise
            self._failure, self._look_at = error, now + TRY_AGAIN
            logger.warning("the configuration could not be looked up", extra={"cause": error.message[:500]})
        else:
            self._failure, self._look_at, self._confirmed_at = None, now + CHECK_EVERY, now

    def _found(self) -> Configuration:
        current = self._store.current()
        seen = (current.number, current.sha256) if current else (0, "")
        if self._held is not None and seen == self._seen:
            return self._held
        try:
            found = self._packaged.configuration if current is None else self._stored(current.number)
        except Misconfigured as error:
            if self._held is None:
                raise
            # It was checked before it was saved; what refuses it now is another release of the program.
            logger.error("a stored configuration is not usable", extra={"cause": error.message[:2000]})
            return self._held
        self._seen = seen
        return found

    def _stored(self, number: int) -> Configuration:
        """A process that knows nothing yet reads each section when it is asked for, and then refuses with its faults."""
        try:
            version = self._store.version(number)
        except NotFound as error:
            raise Misconfigured(
                f"Version {number} of the configuration should be in force, but the table does not have it: restore the table."
            ) from error
        found = self._packaged.stored(version)
        if self._held is not None:
            self._packaged.check(found)
        return found
