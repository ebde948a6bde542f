"""Users as a client pushes them."""

import uuid
from collections.abc import Mapping
from typing import Any

from chalicelib.core.clock import Clock
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.principals import Principal, fold
from chalicelib.identity.directory.scim.models import Member, StoredUser, UserFields, lowered, user_fields
from chalicelib.identity.directory.scim.patch import operations, patched
from chalicelib.identity.directory.scim.paths import Filter, parse_filter
from chalicelib.identity.directory.scim.push import Push
from chalicelib.identity.directory.scim.store import ScimStore

_BY_INDEX = {"username": "name", "externalid": "externalid"}


class ScimUsers:
    """`by` names the client in the audit log, such as `system:scim:okta`."""

    def __init__(self, *, store: ScimStore, push: Push, clock: Clock) -> None:
        self._store = store
        self._push = push
        self._clock = clock

    def get(self, user_id: str) -> StoredUser:
        found = self._store.user(user_id)
        if found is None:
            raise NotFound(f"There is no user {user_id[:100]}.")
        return found

    def listed(self, filter_text: str) -> list[StoredUser]:
        """All, or the one that the filter means. Raises InvalidInput for a filter that is not understood."""
        if not filter_text:
            return list(self._store.users())
        wanted = parse_filter(filter_text)
        if wanted.attribute in _BY_INDEX or wanted.attribute == "id":
            found = self._found(wanted)
            return [found] if found is not None else []
        return [user for user in self._store.users() if _matches(user.fields, wanted)]

    def _found(self, wanted: Filter) -> StoredUser | None:
        if wanted.attribute == "id":
            return self._store.user(wanted.value)
        value = fold(wanted.value) if wanted.attribute == "username" else wanted.value
        user_id = self._store.find("user", _BY_INDEX[wanted.attribute], value)
        return self._store.user(user_id) if user_id is not None else None

    def create(self, document: Mapping[str, Any], by: str) -> StoredUser:
        """Raises Conflict for a name that is taken."""
        fields, now = user_fields(lowered(document)), self._clock.now()
        user = StoredUser(id=str(uuid.uuid4()), fields=fields, created_at=now, changed_at=now)
        self._refuse_taken(user)
        self._written(user, None, by, "created")
        return user

    def replace(self, user_id: str, document: Mapping[str, Any], by: str) -> StoredUser:
        return self._changed(self.get(user_id), user_fields(lowered(document)), by, "replaced")

    def patch(self, user_id: str, document: Mapping[str, Any], by: str) -> StoredUser:
        before = self.get(user_id)
        after = patched(before.fields.model_dump(mode="json"), operations(document))
        return self._changed(before, user_fields(lowered(after)), by, "patched")

    def _changed(self, before: StoredUser, fields: UserFields, by: str, what: str) -> StoredUser:
        user = before.model_copy(update={"fields": fields, "changed_at": self._clock.now()})
        self._refuse_taken(user)
        self._written(user, before, by, what)
        return user

    def _refuse_taken(self, user: StoredUser) -> None:
        taken = {"name": user.name, "externalid": user.fields.externalid or ""}
        for attribute, value in taken.items():
            if value and self._store.find("user", attribute, value) not in {None, user.id}:
                raise Conflict(f"There is another user with this {attribute}: {value}.", reason="uniqueness")

    def _written(self, user: StoredUser, before: StoredUser | None, by: str, what: str) -> None:
        """Keeping somebody out comes before everything that could fail."""
        if not user.fields.active:
            self._push.keep_out(user.name)
        self._store.put_user(user, before)
        if before is not None and before.name != user.name:
            self._push.keep_out(before.name)
            for group in self._store.groups_of(user.id):
                self._store.join(group.id, [Member(id=user.id, user=user.name)])
                self._push.group(group)
            self._push.gone(before.name, by)
        self._push.person(user, by)
        self._push.tell(what, str(Principal.user(user.name)), by, active=user.fields.active)

    def delete(self, user_id: str, by: str) -> None:
        """The rows go before what follows from it: interrupted in between, the next sync finds them gone."""
        user = self.get(user_id)
        self._push.keep_out(user.name)
        groups = self._store.groups_of(user.id)
        for group in groups:
            self._store.leave(group.id, [Member(id=user.id, user=user.name)])
        self._store.drop_user(user)
        self._push.gone(user.name, by)
        for group in groups:
            self._push.group(group)
        self._push.tell("deleted", str(Principal.user(user.name)), by)


def _matches(fields: UserFields, wanted: Filter) -> bool:
    if wanted.attribute in {"emails.value", "emails"}:
        return any(fold(email.value) == fold(wanted.value) for email in fields.emails)
    values = {"displayname": fields.displayname, "active": str(fields.active)}
    return wanted.attribute in values and fold(values[wanted.attribute]) == fold(wanted.value)
