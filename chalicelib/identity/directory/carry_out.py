"""One word of a source about one person or group, and everything that follows from it.

The order is what makes it safe to be interrupted anywhere: the word that decides is written first, then sessions end or lose
groups, and the receipt is written last. Without a receipt the next run finds the same word again and does it all once more.
"""

from typing import Protocol

from chalicelib.audit.models import AuditEntry, Outcome
from chalicelib.audit.store import AuditLog
from chalicelib.core.principals import Principal, PrincipalKind
from chalicelib.identity.directory.models import GroupRecord, PersonRecord
from chalicelib.identity.directory.people import PeopleStore
from chalicelib.identity.directory.store import DirectoryStore


class SessionEnder(Protocol):
    def end_all(self, user: str, *, by: str) -> int:
        """Ends every session of the user at once."""

    def narrow(self, user: str, groups: frozenset[str]) -> int:
        """Takes all groups but these from the user's sessions."""


class CarryOut:
    def __init__(self, *, store: DirectoryStore, people: PeopleStore, sessions: SessionEnder, audit: AuditLog) -> None:
        self._store = store
        self._people = people
        self._sessions = sessions
        self._audit = audit

    def person(self, record: PersonRecord, before: PersonRecord | None, by: str) -> None:
        """`before` is the last receipt; `by` whose doing it is, such as `system:directory`. Repeatable.

        Raises what the database raised; then nothing is lost, and it is done by the next run.
        """
        if not self._store.say(record):
            return
        now_known = self._people.find(record.user, fresh={record.source: record.observed_at})
        if now_known is None or now_known.suspended:
            self._sessions.end_all(record.user, by=by)
        elif now_known.speaks:
            self._sessions.narrow(record.user, now_known.groups)
        if record.removed:
            self._people.names.drop(record.user, PrincipalKind.USER, record.source)
        elif before is None:
            self._people.names.add(record.user, PrincipalKind.USER, record.source)
        self._tell(record, before, by)
        self._store.receipt(record)

    def group(self, record: GroupRecord, before: GroupRecord | None) -> None:
        if before is None:
            self._people.names.add(record.group, PrincipalKind.GROUP, record.source)
        self._store.group_receipt(record)

    def group_gone(self, source: str, group: str, observed_at: int) -> None:
        self._people.names.drop(group, PrincipalKind.GROUP, source)
        self._store.drop_group(source, group, observed_at)

    def _tell(self, record: PersonRecord, before: PersonRecord | None, by: str) -> None:
        """What changes whether somebody may come in has an entry of its own."""
        was_out, is_out = before is not None and before.suspended, record.suspended or record.removed
        if was_out == is_out and not record.removed:
            return
        self._audit.record(
            AuditEntry(
                action="directory.suspend" if is_out else "directory.restore",
                person=by,
                target=str(Principal.user(record.user)),
                outcome=Outcome.DONE,
                reason="removed" if record.removed else "suspended" if record.suspended else "",
                details={"source": record.source},
            )
        )
