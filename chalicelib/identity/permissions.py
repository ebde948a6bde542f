"""Permissions of the person on the line, and of somebody who is not."""

from chalicelib.core.clock import Clock
from chalicelib.core.decisions import Decision, Permission
from chalicelib.core.principals import Caller, Principal
from chalicelib.identity.models import GroupsConfig
from chalicelib.identity.rules import holds
from chalicelib.identity.store import PeopleStore

MAX_GROUP_AGE = 86_400
"""Seconds for which groups that were noted at a sign-in or by a directory sync may decide."""


class Permissions:
    def __init__(
        self, *, groups: GroupsConfig, administrators: tuple[str, ...], people: PeopleStore, clock: Clock
    ) -> None:
        self._groups = groups
        self._administrators = administrators
        self._people = people
        self._clock = clock

    def of_caller(self, caller: Caller, permission: Permission) -> Decision:
        return holds(caller.principals, permission, self._groups, self._administrators)

    def of_absent(self, user: str, permission: Permission) -> Decision:
        """For somebody who is not on the line (an approver when a change is applied): their groups as last seen.

        Groups older than a day decide nothing: the answer is no, and says what to do.
        """
        person = self._people.find(user)
        if person is None or self._clock.now() - person.observed_at > MAX_GROUP_AGE:
            return Decision.no(
                f"The groups of {user} were not seen for a day: ask {user} to sign in again.", "stale_groups"
            )
        principals = (Principal.user(user), *(Principal.group(name) for name in sorted(person.groups)))
        return holds(principals, permission, self._groups, self._administrators)
