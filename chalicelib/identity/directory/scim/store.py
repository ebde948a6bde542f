"""Table `directory`, what was pushed: `SCIM#USERS` and `SCIM#GROUPS` / <id>, who is in which group from both sides, and an index of
names. A resource and what finds it are written at once.
"""

from collections.abc import Iterable, Iterator

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from chalicelib.db.base import Table, connection
from chalicelib.db.errors import translated
from chalicelib.identity.directory.scim.models import Member, StoredGroup, StoredUser

_USERS, _GROUPS, _META = "SCIM#USERS", "SCIM#GROUPS", "META"
_AT_ONCE = 40
"""Memberships in one transaction; each is two rows."""


class ScimRow(Table):
    suffix = "directory"

    body = UnicodeAttribute(null=True)
    resource_id = UnicodeAttribute(null=True)
    changed_at = NumberAttribute(null=True)


class ScimStore:
    def user(self, user_id: str) -> StoredUser | None:
        row = self._get(_USERS, user_id)
        return StoredUser.model_validate_json(row.body) if row is not None and row.body else None

    def group(self, group_id: str) -> StoredGroup | None:
        row = self._get(_GROUPS, group_id)
        return StoredGroup.model_validate_json(row.body) if row is not None and row.body else None

    def find(self, kind: str, attribute: str, value: str) -> str | None:
        """The id of the `user` or `group` whose `name` (folded) or `externalid` is so."""
        row = self._get(_index(kind, attribute, value), _META)
        return row.resource_id if row is not None else None

    def users(self) -> Iterator[StoredUser]:
        """In the order of their making."""
        for row in self._all(_USERS):
            yield StoredUser.model_validate_json(row.body or "")

    def groups(self) -> Iterator[StoredGroup]:
        for row in self._all(_GROUPS):
            yield StoredGroup.model_validate_json(row.body or "")

    def put_user(self, user: StoredUser, before: StoredUser | None) -> None:
        """Raises Conflict when one of its names is taken, or when somebody changed the user since `before` was read."""
        row = ScimRow(_USERS, user.id, body=user.model_dump_json(), changed_at=user.changed_at)
        self._put(row, before, _names("user", user), _names("user", before))

    def put_group(self, group: StoredGroup, before: StoredGroup | None) -> None:
        row = ScimRow(_GROUPS, group.id, body=group.model_dump_json(), changed_at=group.changed_at)
        self._put(row, before, _names("group", group), _names("group", before))

    def _put(self, row: ScimRow, before: StoredUser | StoredGroup | None, now: set[str], was: set[str]) -> None:
        free: Condition = ScimRow.pk.does_not_exist()
        unchanged = ScimRow.body == before.model_dump_json() if before is not None else free
        with translated("this resource or its name"), TransactWrite(connection=connection()) as transaction:
            transaction.save(row, condition=unchanged)
            for name in sorted(now - was):
                transaction.save(ScimRow(name, _META, resource_id=row.sk), condition=free)
            for name in sorted(was - now):
                transaction.delete(ScimRow(name, _META))

    def drop_user(self, user: StoredUser) -> None:
        self._drop(_USERS, user.id, _names("user", user))

    def drop_group(self, group: StoredGroup) -> None:
        self._drop(_GROUPS, group.id, _names("group", group))

    def _drop(self, partition: str, resource_id: str, names: set[str]) -> None:
        with translated("this resource"), TransactWrite(connection=connection()) as transaction:
            transaction.delete(ScimRow(partition, resource_id))
            for name in sorted(names):
                transaction.delete(ScimRow(name, _META))

    def members(self, group_id: str) -> dict[str, Member]:
        """By id of the user."""
        return {row.sk: Member(id=row.sk, user=row.body or "") for row in self._all(_members(group_id))}

    def groups_of(self, user_id: str) -> tuple[StoredGroup, ...]:
        """Groups that are gone are left out."""
        ids = [row.sk for row in self._all(_groups_of(user_id))]
        if not ids:
            return ()
        with translated("the groups of a user"):
            rows = list(ScimRow.batch_get([(_GROUPS, group_id) for group_id in ids], consistent_read=True))
        found = [StoredGroup.model_validate_json(row.body or "") for row in rows]
        return tuple(sorted(found, key=lambda group: group.id))

    def join(self, group_id: str, members: Iterable[Member]) -> None:
        """Again for those who are in it already: their names may have changed."""
        for some in _chunks(members):
            with translated("the members of a group"), TransactWrite(connection=connection()) as transaction:
                for member in some:
                    transaction.save(ScimRow(_members(group_id), member.id, body=member.user))
                    transaction.save(ScimRow(_groups_of(member.id), group_id))

    def leave(self, group_id: str, members: Iterable[Member]) -> None:
        for some in _chunks(members):
            with translated("the members of a group"), TransactWrite(connection=connection()) as transaction:
                for member in some:
                    transaction.delete(ScimRow(_members(group_id), member.id))
                    transaction.delete(ScimRow(_groups_of(member.id), group_id))

    def found_users(self, ids: Iterable[str]) -> dict[str, StoredUser]:
        """Those of the ids that are users."""
        wanted = [(_USERS, user_id) for user_id in dict.fromkeys(ids)]
        if not wanted:
            return {}
        with translated("the users that were pushed"):
            rows = list(ScimRow.batch_get(wanted, consistent_read=True))
        return {row.sk: StoredUser.model_validate_json(row.body or "") for row in rows}

    def _get(self, pk: str, sk: str) -> ScimRow | None:
        with translated("what was pushed"):
            try:
                return ScimRow.get(pk, sk, consistent_read=True)
            except DoesNotExist:
                return None

    def _all(self, pk: str) -> Iterator[ScimRow]:
        with translated("what was pushed"):
            yield from ScimRow.query(pk, consistent_read=True)


def _chunks(members: Iterable[Member]) -> Iterator[list[Member]]:
    listed = list(members)
    for start in range(0, len(listed), _AT_ONCE):
        yield listed[start : start + _AT_ONCE]


def _index(kind: str, attribute: str, value: str) -> str:
    return f"SCIM#INDEX#{kind}#{attribute}#{value}"


def _names(kind: str, resource: StoredUser | StoredGroup | None) -> set[str]:
    """Keys of the index by which the resource is found, each of them its alone."""
    if resource is None:
        return set()
    found = {_index(kind, "name", resource.name)}
    return found | ({_index(kind, "externalid", resource.fields.externalid)} if resource.fields.externalid else set())


def _members(group_id: str) -> str:
    return f"SCIM#MEMBERS#{group_id}"


def _groups_of(user_id: str) -> str:
    return f"SCIM#OF#{user_id}"
