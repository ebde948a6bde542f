"""What is kept of each person in the table `notifications`: their preferences, and which messages were mailed to them.

pk PREFERENCES#<user>  sk META    what they want
pk MAILED#<event>      sk <user>  told by mail
"""

from collections.abc import Collection, Iterable

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.core.clock import Clock
from chalicelib.core.principals import fold
from chalicelib.db.base import Table
from chalicelib.db.errors import translated
from chalicelib.notifications.preferences import Preferences

_META = "META"
_KEEP = 3 * 86_400
"""Seconds: longer than anybody tries to tell the same again."""


class PersonRow(Table):
    suffix = "notifications"

    body = UnicodeAttribute(null=True)
    expires_at = NumberAttribute(null=True)


class PreferenceStore:
    def of(self, users: Iterable[str]) -> dict[str, Preferences]:
        """By folded name; who never said anything is missing."""
        keys = [(_key(user), _META) for user in sorted(set(map(fold, users)))]
        with translated("the preferences"):
            rows = list(PersonRow.batch_get(keys)) if keys else []
        return {row.pk.partition("#")[2]: Preferences.model_validate_json(row.body or "") for row in rows}

    def put(self, user: str, preferences: Preferences) -> None:
        """The last word counts: only the person themselves says anything here."""
        with translated("the preferences"):
            PersonRow(_key(user), _META).update(actions=[PersonRow.body.set(preferences.model_dump_json())])


class MailedStore:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def told(self, event: str, users: Collection[str]) -> frozenset[str]:
        """Those among them who have been told already."""
        keys = [(f"MAILED#{event}", user) for user in sorted(users)]
        with translated("the mails"):
            return frozenset(row.sk for row in PersonRow.batch_get(keys, consistent_read=True)) if keys else frozenset()

    def note(self, event: str, user: str) -> None:
        with translated("the mails"):
            PersonRow(f"MAILED#{event}", user).update(actions=[PersonRow.expires_at.set(self._clock.now() + _KEEP)])


def _key(user: str) -> str:
    return f"PREFERENCES#{fold(user)}"
