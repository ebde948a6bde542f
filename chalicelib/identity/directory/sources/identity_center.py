"""The people and groups of AWS IAM Identity Center."""

from collections.abc import Iterator

from chalicelib.aws.identity_store import IdentityStore, StoredUser
from chalicelib.core.directory import DirectoryGroup, DirectorySource, DirectoryUser
from chalicelib.core.errors import Misconfigured
from chalicelib.identity.directory.models import IdentityCenterConfig
from chalicelib.identity.directory.sources.base import SourceType, Surroundings


class IdentityCenterDirectory:
    def __init__(self, store: IdentityStore, config: IdentityCenterConfig) -> None:
        self._store = store
        self._by_email = config.user_name == "email"
        self._names: dict[str, str] = {}

    def users(self) -> Iterator[DirectoryUser]:
        self._names = {}
        for user in self._store.users():
            if name := self._name(user):
                self._names[user.user_id] = name
                yield DirectoryUser(
                    name=name, display_name=user.display_name, external_id=user.user_id, suspended=user.disabled
                )

    def _name(self, user: StoredUser) -> str:
        return (self._by_email and user.email.strip()) or user.user_name.strip()

    def groups(self) -> Iterator[DirectoryGroup]:
        for group in self._store.groups():
            if name := group.display_name.strip():
                ids = self._store.members(group.group_id)
                members = frozenset(self._names[user_id] for user_id in ids if user_id in self._names)
                yield DirectoryGroup(name=name, external_id=group.group_id, members=members)


def _build(surroundings: Surroundings) -> DirectorySource:
    config = surroundings.config.identity_center
    if not config.identity_store_id:
        raise Misconfigured(
            "directory.identity_center.identity_store_id is missing: the console shows it among the settings of IAM Identity "
            "Center, such as d-1234567890."
        )
    store = IdentityStore(
        surroundings.aws, store_id=config.identity_store_id, region=config.region, role_arn=config.role_arn
    )
    return IdentityCenterDirectory(store, config)


SOURCE = SourceType("identity_center", _build)
