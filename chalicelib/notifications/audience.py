"""Which people a message means, by a way that knows people and not groups."""

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from chalicelib.identity.known_people import Members, groups_among, people_behind
from chalicelib.notifications.messages import Message, Why
from chalicelib.notifications.preferences import Preferences, Way
from chalicelib.observability import logger

MOST = 50
"""Of those who may decide; a company-wide group is told by the channel, and by the inbox."""


class Said(Protocol):
    def of(self, users: Iterable[str]) -> Mapping[str, Preferences]:
        """By folded name; who never said anything is missing."""


class Audience:
    def __init__(self, *, members: Callable[[Iterable[str]], Members], preferences: Said) -> None:
        """`members` tells who is known to be in a group."""
        self._members = members
        self._preferences = preferences

    def people(self, message: Message, way: Way) -> Mapping[str, Why]:
        """Folded names of users who want to be told by that way. Who made it is told as that, though they may decide too."""
        members = self._members(groups_among(message.named()))
        deciding = sorted(people_behind(message.named(Why.DECIDES), members))
        if len(deciding) > MOST:
            logger.info("not everybody is told", extra={"way": way, "people": len(deciding), "most": MOST})
        found = dict.fromkeys(deciding[:MOST], Why.DECIDES)
        found |= dict.fromkeys(people_behind(message.named(Why.REQUESTER), members), Why.REQUESTER)
        actor = message.notice.actor.removeprefix("user:")
        found.pop(actor, None)
        said = self._preferences.of(found)
        return {user: why for user, why in found.items() if said.get(user, Preferences()).wants(way, why)}
