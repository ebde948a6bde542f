"""A person's inbox: what is for them or for their groups."""

from collections.abc import Collection, Sequence

from chalicelib.core.clock import Clock
from chalicelib.core.errors import Conflict, Forbidden
from chalicelib.core.principals import Caller, fold
from chalicelib.notifications.models import InboxAction, InboxPage
from chalicelib.notifications.rules import is_read, may_change, shown
from chalicelib.notifications.store import NoteStore


class Inbox:
    def __init__(self, store: NoteStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def page(self, caller: Caller, most: int) -> InboxPage:
        user, principals = fold(caller.user), _principals(caller)
        now = self._clock.now()
        seen = [kept for kept in self._store.of(principals) if shown(kept, user, principals, now)][:most]
        return InboxPage(unread=sum(not is_read(kept, user) for kept in seen), notes=tuple(seen))

    def change(self, caller: Caller, action: InboxAction, keys: Sequence[str]) -> None:
        """Of those keys that are somebody else's nothing happens. Raises Forbidden when all are, or there are none such."""
        user, principals = fold(caller.user), _principals(caller)
        found = self._store.find(keys)
        mine = [kept for kept in found.values() if may_change(kept, principals).allowed]
        if keys and not mine:
            raise Forbidden(
                "None of these notifications is for you, or they have expired. Reload the page.", reason="no_recipient"
            )
        for kept in mine:
            try:
                self._store.mark(kept, user, action)
            except Conflict:
                # It expired just now: there is nothing left to mark.
                continue


def _principals(caller: Caller) -> Collection[str]:
    return frozenset(map(str, caller.principals))
