"""What was pushed, read back: the sync carries out what a push could not finish."""

from collections.abc import Iterator

from chalicelib.core.directory import DirectoryGroup, DirectoryUser
from chalicelib.identity.directory.models import SCIM
from chalicelib.identity.directory.scim.convert import directory_group, directory_user
from chalicelib.identity.directory.scim.models import Member
from chalicelib.identity.directory.scim.store import ScimStore
from chalicelib.identity.directory.sources.base import SourceType


class PushedDirectory:
    def __init__(self, store: ScimStore) -> None:
        self._store = store
        self._names: dict[str, str] = {}

    def users(self) -> Iterator[DirectoryUser]:
        self._names = {}
        for user in self._store.users():
            self._names[user.id] = user.name
            yield directory_user(user)

    def groups(self) -> Iterator[DirectoryGroup]:
        for group in self._store.groups():
            ids = self._store.members(group.id)
            members = [Member(id=one, user=self._names[one]) for one in ids if one in self._names]
            yield directory_group(group, members)


SOURCE = SourceType(SCIM, lambda _: PushedDirectory(ScimStore()))
