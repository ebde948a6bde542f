"""Table `sessions` (sessions, challenges, throttles) and the people's part of table `directory`."""

from contextlib import suppress

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist

from chalicelib.core.clock import Clock
from chalicelib.core.errors import Conflict, LimitExceeded
from chalicelib.core.model import Frozen
from chalicelib.db.base import Table
from chalicelib.db.errors import translated
from chalicelib.identity.models import Session

META = "META"


class SessionRow(Table):
    """TTL deletes rows lazily: whoever reads one looks at `expires_at` too."""

    suffix = "sessions"

    body = UnicodeAttribute(null=True)
    status = UnicodeAttribute(null=True)
    attempts = NumberAttribute(null=True)
    expires_at = NumberAttribute()


class DirectoryRow(Table):
    suffix = "directory"

    body = UnicodeAttribute()
    observed_at = NumberAttribute()


class Person(Frozen):
    """What is known of a user: groups (folded), who said so, and when (epoch seconds)."""

    user: str
    groups: frozenset[str]
    source: str
    observed_at: int


def session_key(session_id: str) -> tuple[str, str]:
    return f"SESSION#{session_id}", META


class SessionStore:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def add(self, session: Session) -> None:
        with translated("the session"):
            row = SessionRow(
                *session_key(session.session_id), body=session.model_dump_json(), expires_at=session.expires_at
            )
            row.save(condition=SessionRow.pk.does_not_exist())

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
        return Session.model_validate_json(row.body)

    def end(self, session_id: str) -> None:
        with translated("the session"):
            SessionRow(*session_key(session_id)).delete()

    def add_challenge(self, key: str, body: str, status: str, expires_at: int) -> None:
        with translated("the sign-in"):
            row = SessionRow(f"CHALLENGE#{key}", META, body=body, status=status, expires_at=expires_at)
            row.save(condition=SessionRow.pk.does_not_exist())

    def find_challenge(self, key: str) -> tuple[str, str, int] | None:
        """Body, status and end, strongly consistent."""
        with translated("the sign-in"):
            try:
                row = SessionRow.get(f"CHALLENGE#{key}", META, consistent_read=True)
            except DoesNotExist:
                return None
        return str(row.body), str(row.status), int(row.expires_at)

    def move_challenge(self, key: str, before: str, after: str, body: str) -> None:
        """Raises Conflict when the challenge is no longer in the state `before`."""
        with translated("the sign-in"):
            SessionRow(f"CHALLENGE#{key}", META).update(
                actions=[SessionRow.status.set(after), SessionRow.body.set(body)], condition=SessionRow.status == before
            )

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


class PeopleStore:
    """Groups of people as their last sign-in (or a directory sync) told them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def saw(self, user: str, groups: frozenset[str], source: str) -> None:
        now = self._clock.now()
        person = Person(user=user, groups=groups, source=source, observed_at=now)
        newer = DirectoryRow.pk.does_not_exist() | (DirectoryRow.observed_at <= now)
        # What was seen later stands; this older word is no reason to refuse anything.
        with suppress(Conflict), translated("the directory"):
            DirectoryRow(f"USER#{user}", META, body=person.model_dump_json(), observed_at=now).save(condition=newer)

    def find(self, user: str) -> Person | None:
        with translated("the directory"):
            try:
                row = DirectoryRow.get(f"USER#{user}", META, consistent_read=True)
            except DoesNotExist:
                return None
        return Person.model_validate_json(row.body)
