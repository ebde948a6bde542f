"""Table `sessions`: sessions, challenges, throttles."""

import json
from collections.abc import Set as AbstractSet
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.exceptions import DoesNotExist
from pynamodb.transactions import TransactGet, TransactWrite

from chalicelib.core.clock import Clock
from chalicelib.core.errors import Conflict, LimitExceeded
from chalicelib.db.base import Table, connection
from chalicelib.db.errors import translated
from chalicelib.identity.directory.models import Person
from chalicelib.identity.directory.people import PeopleStore
from chalicelib.identity.models import Session

__all__ = ["META", "PeopleStore", "Person", "SessionRow", "SessionStore", "session_key", "user_key"]

META = "META"


class SessionRow(Table):
    """TTL deletes rows lazily: whoever reads one looks at `expires_at` too."""

    suffix = "sessions"

    body = UnicodeAttribute(null=True)
    status = UnicodeAttribute(null=True)
    attempts = NumberAttribute(null=True)
    groups = UnicodeSetAttribute(null=True)
    renewed_at = NumberAttribute(null=True)
    expires_at = NumberAttribute()


def session_key(session_id: str) -> tuple[str, str]:
    return f"SESSION#{session_id}", META


_BELOW_USER = "SESSION#"


def _pointer(user: str, session_id: str) -> tuple[str, str]:
    return user_key(user), f"{_BELOW_USER}{session_id}"


def user_key(user: str) -> str:
    """Below it stand the ids of a person's sessions and of what they are asked to approve."""
    return f"USER#{user}"


_NOT_IN_BODY = {"groups", "renewed_at", "expires_at"}
"""Attributes of their own: they change while the row lives, each without touching the others."""
_GETS, _PAIRS = 100, 50
"""Items in one transaction; a session is a pair of them."""


class SessionStore:
    """A session is a row of its own, and below its user a pointer to that row."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def add(self, session: Session) -> None:
        row = SessionRow(
            *session_key(session.session_id),
            body=session.model_dump_json(exclude=_NOT_IN_BODY),
            groups=set(session.groups) or None,
            renewed_at=session.renewed_at,
            expires_at=session.expires_at,
        )
        with translated("the session"), TransactWrite(connection=connection()) as transaction:
            transaction.save(row, condition=SessionRow.pk.does_not_exist())
            transaction.save(SessionRow(*_pointer(session.user, session.session_id), expires_at=session.ends_at))

    def find(self, session_id: str) -> Session | None:
        """Strongly consistent: a session that was ended is gone for the next request."""
        with translated("the session"):
            try:
                row = SessionRow.get(*session_key(session_id), consistent_read=True)
            except DoesNotExist:
                return None
        return self.live(row)

    def live(self, row: SessionRow) -> Session | None:
        """The session of a row that was read, unless it has ended."""
        if not row.body or int(row.expires_at) <= self._clock.now():
            return None
        changing = {
            "groups": sorted(row.groups or ()),
            "renewed_at": int(row.renewed_at or 0),
            "expires_at": int(row.expires_at),
        }
        return Session.model_validate({**json.loads(row.body), **changing})

    def of(self, user: str) -> tuple[Session, ...]:
        """The person's sessions that stand, the newest first."""
        ids, found = self._ids(user), list[Session]()
        for start in range(0, len(ids), _GETS):
            with translated("the sessions"):
                with TransactGet(connection=connection()) as transaction:
                    rows = [
                        transaction.get(SessionRow, *session_key(session_id))
                        for session_id in ids[start : start + _GETS]
                    ]
                found += filter(None, map(self._found, rows))
        return tuple(sorted(found, key=lambda session: (session.created_at, session.session_id), reverse=True))

    def _found(self, future: Any) -> Session | None:
        try:
            return self.live(future.get())
        except DoesNotExist:
            return None

    def _ids(self, user: str) -> list[str]:
        below = SessionRow.sk.startswith(_BELOW_USER)
        with translated("the sessions"):
            rows = list(SessionRow.query(user_key(user), below, consistent_read=True))
        return [row.sk.removeprefix(_BELOW_USER) for row in rows]

    def renew(self, session: Session, expires_at: int) -> None:
        """Raises Conflict when the session was ended or renewed meanwhile: what is gone is never written again."""
        unchanged = SessionRow.expires_at == session.expires_at
        with translated("the session"):
            SessionRow(*session_key(session.session_id)).update(
                actions=[SessionRow.expires_at.set(expires_at), SessionRow.renewed_at.set(self._clock.now())],
                condition=unchanged,
            )

    def drop_groups(self, session_id: str, groups: AbstractSet[str]) -> None:
        """Takes the groups from the row, whatever others it holds by then. Raises Conflict when the session was ended."""
        with translated("the session"):
            SessionRow(*session_key(session_id)).update(
                actions=[SessionRow.groups.delete(set(groups))], condition=SessionRow.pk.exists()
            )

    def end(self, user: str, session_id: str) -> None:
        """Raises Conflict when the person has no such session, ended or not."""
        with translated("the session"), TransactWrite(connection=connection()) as transaction:
            transaction.delete(SessionRow(*_pointer(user, session_id)), condition=SessionRow.pk.exists())
            transaction.delete(SessionRow(*session_key(session_id)))

    def end_all(self, user: str, *, keep: str | None = None) -> int:
        """Ends every session of the person but `keep`; how many stood or were not cleared away yet."""
        ids = [session_id for session_id in self._ids(user) if session_id != keep]
        for start in range(0, len(ids), _PAIRS):
            with translated("the sessions"), TransactWrite(connection=connection()) as transaction:
                for session_id in ids[start : start + _PAIRS]:
                    transaction.delete(SessionRow(*_pointer(user, session_id)))
                    transaction.delete(SessionRow(*session_key(session_id)))
        return len(ids)

    def count_attempt(self, name: str, *, limit: int, window: int) -> None:
        """Counts one attempt in the current window of `window` seconds. Raises LimitExceeded above `limit`."""
        now = self._clock.now()
        slot = now - now % window
        row = SessionRow(f"THROTTLE#{name}", f"{slot}")
        below = SessionRow.attempts.does_not_exist() | (SessionRow.attempts < limit)
        try:
            with translated("the throttle"):
                row.update(
                    actions=[SessionRow.attempts.add(1), SessionRow.expires_at.set(slot + 2 * window)], condition=below
                )
        except Conflict as error:
            raise LimitExceeded(f"Too many attempts; try again in {slot + window - now} seconds.") from error
