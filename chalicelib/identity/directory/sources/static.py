"""The people whom the configuration lists."""

from collections import defaultdict
from collections.abc import Iterator

from chalicelib.core.directory import DirectoryGroup, DirectoryUser
from chalicelib.identity.directory.models import StaticDirectoryConfig
from chalicelib.identity.directory.sources.base import SourceType


class StaticDirectory:
    def __init__(self, config: StaticDirectoryConfig) -> None:
        self._people = config.people

    def users(self) -> Iterator[DirectoryUser]:
        for name, person in self._people.items():
            yield DirectoryUser(name=name, display_name=person.name, suspended=person.suspended)

    def groups(self) -> Iterator[DirectoryGroup]:
        members: dict[str, set[str]] = defaultdict(set)
        for name, person in self._people.items():
            for group in person.groups:
                members[group].add(name)
        for group, found in members.items():
            yield DirectoryGroup(name=group, members=frozenset(found))


SOURCE = SourceType("static", lambda surroundings: StaticDirectory(surroundings.config.static))
