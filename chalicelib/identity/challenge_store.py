"""Challenges in table `sessions`: a row each, and below the user who is asked a pointer for as long as nobody has answered."""

from pynamodb.exceptions import DoesNotExist
from pynamodb.transactions import TransactWrite

from chalicelib.core.clock import Clock
from chalicelib.db.base import connection
from chalicelib.db.errors import translated
from chalicelib.identity.store import META, SessionRow, user_key

_BELOW_USER = "CHALLENGE#"


class ChallengeStore:
    """`key` is a hash: whoever reads the table can neither answer nor collect what stands in it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def add(self, key: str, *, user: str, address: str, body: str, status: str, expires_at: int) -> None:
        with translated("the sign-in"), TransactWrite(connection=connection()) as transaction:
            transaction.save(
                SessionRow(*_row(key), body=body, status=status, expires_at=expires_at),
                condition=SessionRow.pk.does_not_exist(),
            )
            transaction.save(SessionRow(*_pointer(user, key), body=address, expires_at=expires_at))

    def pending(self, user: str) -> tuple[str, ...]:
        """The addresses from which the user's unanswered challenges were asked for."""
        with translated("the sign-ins"):
            rows = list(SessionRow.query(user_key(user), SessionRow.sk.startswith(_BELOW_USER), consistent_read=True))
        now = self._clock.now()
        return tuple(str(row.body) for row in rows if int(row.expires_at) > now)

    def find(self, key: str) -> tuple[str, str, int] | None:
        """Body, status and end, strongly consistent."""
        with translated("the sign-in"):
            try:
                row = SessionRow.get(*_row(key), consistent_read=True)
            except DoesNotExist:
                return None
        return str(row.body), str(row.status), int(row.expires_at)

    def answer(self, key: str, user: str, before: str, after: str, body: str) -> None:
        """Raises Conflict when the challenge is no longer in the state `before`."""
        with translated("the sign-in"), TransactWrite(connection=connection()) as transaction:
            transaction.update(
                SessionRow(*_row(key)),
                actions=[SessionRow.status.set(after), SessionRow.body.set(body)],
                condition=SessionRow.status == before,
            )
            transaction.delete(SessionRow(*_pointer(user, key)))

    def move(self, key: str, before: str, after: str) -> None:
        """Raises Conflict when the challenge is no longer in the state `before`."""
        with translated("the sign-in"):
            SessionRow(*_row(key)).update(actions=[SessionRow.status.set(after)], condition=SessionRow.status == before)


def _row(key: str) -> tuple[str, str]:
    return f"CHALLENGE#{key}", META


def _pointer(user: str, key: str) -> tuple[str, str]:
    return user_key(user), f"{_BELOW_USER}{key}"
