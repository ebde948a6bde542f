"""Rows of table `sessions` that only signing in needs. Each is used once, and counts for nothing after its time."""

import hashlib
import json

from pynamodb.exceptions import DoesNotExist

from chalicelib.core.clock import Clock
from chalicelib.core.errors import Conflict
from chalicelib.db.errors import translated
from chalicelib.identity.methods.base import Attempt
from chalicelib.identity.store import META, SessionRow, SessionStore

ATTEMPT_LIFE = 600
"""Seconds in which a person must get through the provider's pages."""
PER_ADDRESS = 300
"""Sign-ins that may begin from one address in a window: a whole office behind it in the morning, and no flood of rows."""
_WINDOW = 120


class SignInStore:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def count(self, address: str) -> None:
        """Raises LimitExceeded for an address from which too many begin."""
        SessionStore(self._clock).count_attempt(f"sign-in-address:{address}", limit=PER_ADDRESS, window=_WINDOW)

    def add(self, attempt: Attempt) -> None:
        """The state itself stays out of the row: whoever reads the table can't finish what somebody else began."""
        body = attempt.model_dump_json(exclude={"state"})
        row = SessionRow(_attempt_key(attempt.state), META, body=body, expires_at=attempt.begun_at + ATTEMPT_LIFE)
        with translated("the sign-in"):
            row.save(condition=SessionRow.pk.does_not_exist())

    def take(self, state: str) -> Attempt | None:
        """The attempt, once: whoever asks again, or too late, gets nothing."""
        row = self._taken(_attempt_key(state))
        if row is None or not row.body or int(row.expires_at) <= self._clock.now():
            return None
        return Attempt.model_validate({**json.loads(row.body), "state": state})

    def _taken(self, key: str) -> SessionRow | None:
        """The row, and it is gone: of two that come at once only one gets it."""
        with translated("the sign-in"):
            try:
                row = SessionRow.get(key, META, consistent_read=True)
            except DoesNotExist:
                return None
        try:
            with translated("the sign-in"):
                row.delete(condition=SessionRow.pk.exists())
        except Conflict:
            return None
        return row

    def use_once(self, kind: str, name: str, until: int) -> None:
        """Notes that `name` (an assertion's id, say) was used. Raises Conflict when it was used before."""
        row = SessionRow(f"REPLAY#{hashed(f'{kind}:{name}')}", META, expires_at=until)
        unused = SessionRow.pk.does_not_exist() | (SessionRow.expires_at <= self._clock.now())
        with translated("the sign-in"):
            row.save(condition=unused)


def hashed(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _attempt_key(state: str) -> str:
    return f"SIGNIN#{hashed(state)}"
