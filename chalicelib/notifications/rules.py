"""Who is told, and who sees what. Pure."""

from collections.abc import Collection, Iterable, Mapping
from typing import Protocol

from chalicelib.core.decisions import Decision
from chalicelib.core.principals import Principal, fold
from chalicelib.notifications.models import Kept


class Known(Protocol):
    """As what a bare name is known."""

    @property
    def user(self) -> bool: ...

    @property
    def group(self) -> bool: ...


def recipients_of(
    owner: str | None, source_identity: str, named: Iterable[str], known: Mapping[str, Known]
) -> frozenset[str]:
    """The owner that a tag names, the person whom the session belongs to, and whom the configuration names.

    A bare name that is both a user's and a group's means nobody; one that nobody knows yet may become either. A session's source identity
    can be set by whoever may assume the role, so it counts only for a person who is known. What a session is called counts for nothing.
    """
    found = {str(Principal.parse(name)) for name in named}
    name = fold(owner or "")
    if name.startswith(("user:", "group:")) and name.partition(":")[2].strip():
        found.add(str(Principal.parse(name)))
    elif name:
        kinds = known.get(name)
        user, group = (kinds.user, kinds.group) if kinds else (False, False)
        if not (user and group):
            found |= {str(Principal.user(name))} if not group else set()
            found |= {str(Principal.group(name))} if not user else set()
    person = known.get(fold(source_identity))
    if person is not None and person.user and not person.group:
        found.add(str(Principal.user(source_identity)))
    return frozenset(found)


def may_change(kept: Kept, principals: Collection[str]) -> Decision:
    if kept.note.recipients & set(principals):
        return Decision.yes("You are among those whom it is for.", "recipient")
    return Decision.no("This notification is not for you.", "no_recipient")


def is_read(kept: Kept, user: str) -> bool:
    return kept.read_by_all or user in kept.read_by


def shown(kept: Kept, user: str, principals: Collection[str], now: int) -> bool:
    hidden = kept.hidden_for_all or user in kept.hidden_for
    return not hidden and kept.note.expires_at > now and may_change(kept, principals).allowed
