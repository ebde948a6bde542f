"""Groups as a client pushes them."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib.core.clock import Clock
from chalicelib.core.errors import Conflict, InvalidInput, NotFound
from chalicelib.core.principals import Principal, fold
from chalicelib.identity.directory.scim.models import (
    GroupFields,
    Member,
    StoredGroup,
    group_fields,
    lowered,
    member_ids,
)
from chalicelib.identity.directory.scim.patch import MEMBERS, member_change, operations, patched
from chalicelib.identity.directory.scim.paths import parse_filter
from chalicelib.identity.directory.scim.push import Push
from chalicelib.identity.directory.scim.store import ScimStore

_BY_INDEX = {"displayname": "name", "externalid": "externalid"}


class ScimGroups:
    """`by` names the client in the audit log, such as `system:scim:okta`."""

    def __init__(self, *, store: ScimStore, push: Push, clock: Clock) -> None:
        self._store = store
        self._push = push
        self._clock = clock

    def get(self, group_id: str) -> StoredGroup:
        found = self._store.group(group_id)
        if found is None:
            raise NotFound(f"There is no group {group_id[:100]}.")
        return found

    def members(self, group: StoredGroup) -> tuple[Member, ...]:
        return tuple(self._store.members(group.id).values())

    def listed(self, filter_text: str) -> list[StoredGroup]:
        """All, or the one that the filter means. Raises InvalidInput for a filter that is not understood."""
        if not filter_text:
            return list(self._store.groups())
        wanted = parse_filter(filter_text)
        if wanted.attribute == "id":
            found = self._store.group(wanted.value)
        elif wanted.attribute in _BY_INDEX:
            value = fold(wanted.value) if wanted.attribute == "displayname" else wanted.value
            group_id = self._store.find("group", _BY_INDEX[wanted.attribute], value)
            found = self._store.group(group_id) if group_id is not None else None
        else:
            raise InvalidInput(f"Groups are not found by {wanted.attribute}.", reason="invalidFilter")
        return [found] if found is not None else []

    def create(self, document: Mapping[str, Any], by: str) -> StoredGroup:
        """Raises Conflict for a name that is taken, InvalidInput for a member that is no user."""
        sent, now = lowered(document), self._clock.now()
        group = StoredGroup(id=str(uuid.uuid4()), fields=group_fields(sent), created_at=now, changed_at=now)
        self._refuse_taken(group)
        members = self._users(member_ids(sent.get(MEMBERS)))
        self._store.put_group(group, None)
        self._moved(group, joining=members, leaving=(), by=by)
        self._push.tell("created", _target(group), by, members=len(members))
        return group

    def replace(self, group_id: str, document: Mapping[str, Any], by: str) -> StoredGroup:
        """Without `members` there are none: a replacement is whole."""
        before, sent = self.get(group_id), lowered(document)
        wanted = frozenset(member_ids(sent.get(MEMBERS)))
        return self._changed(before, group_fields(sent), wanted, by, "replaced")

    def patch(self, group_id: str, document: Mapping[str, Any], by: str) -> StoredGroup:
        before, todo = self.get(group_id), operations(document)
        fields = group_fields(lowered(patched(before.fields.model_dump(mode="json"), todo)))
        change = member_change(todo)
        if change.nothing:
            return self._changed(before, fields, None, by, "patched")
        return self._changed(before, fields, change.of(frozenset(self._store.members(group_id))), by, "patched")

    def _changed(
        self, before: StoredGroup, fields: GroupFields, wanted: frozenset[str] | None, by: str, what: str
    ) -> StoredGroup:
        """`wanted` are the ids of all members from now on; None leaves them."""
        group = before
        inside = self._store.members(before.id)
        joining = self._users(wanted - inside.keys()) if wanted is not None else ()
        leaving = tuple(inside[one] for one in sorted(inside.keys() - wanted)) if wanted is not None else ()
        if fields != before.fields:
            group = before.model_copy(update={"fields": fields, "changed_at": self._clock.now()})
            self._refuse_taken(group)
            self._store.put_group(group, before)
        stay = [member for one, member in inside.items() if wanted is None or one in wanted]
        renamed = stay if group.name != before.name else []
        self._moved(group, joining=joining, leaving=leaving, renamed=renamed, by=by)
        if group.name != before.name:
            self._push.group_gone(before.name)
        self._push.tell(what, _target(group), by, joined=len(joining), left=len(leaving))
        return group

    def _moved(
        self,
        group: StoredGroup,
        *,
        joining: Iterable[Member],
        leaving: Iterable[Member],
        by: str,
        renamed: Iterable[Member] = (),
    ) -> None:
        """Whoever is in a group that has another name now loses the old one."""
        leaving, joining = tuple(leaving), tuple(joining)
        self._store.leave(group.id, leaving)
        self._store.join(group.id, joining)
        self._push.people([*leaving, *renamed], joining, by)
        self._push.group(group)

    def delete(self, group_id: str, by: str) -> None:
        """The group goes before its memberships: interrupted in between, it means nothing to anybody any more."""
        group = self.get(group_id)
        members = self.members(group)
        self._store.drop_group(group)
        self._push.people(members, (), by)
        self._store.leave(group.id, members)
        self._push.group_gone(group.name)
        self._push.tell("deleted", _target(group), by, left=len(members))

    def _users(self, ids: Iterable[str]) -> tuple[Member, ...]:
        wanted = tuple(ids)
        found = self._store.found_users(wanted)
        if unknown := [one for one in wanted if one not in found]:
            raise InvalidInput(
                f"There is no user {unknown[0][:100]}: push the user first. Groups inside groups are not taken.",
                reason="invalidValue",
            )
        return tuple(Member(id=one, user=found[one].name) for one in wanted)

    def _refuse_taken(self, group: StoredGroup) -> None:
        taken = {"name": group.name, "externalid": group.fields.externalid or ""}
        for attribute, value in taken.items():
            if value and self._store.find("group", attribute, value) not in {None, group.id}:
                raise Conflict(f"There is another group with this {attribute}: {value}.", reason="uniqueness")


def _target(group: StoredGroup) -> str:
    return str(Principal.group(group.name))
