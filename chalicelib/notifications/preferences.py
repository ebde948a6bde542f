"""What each person wants to be told by which way; the inbox has everything. Pure."""

from enum import StrEnum

from chalicelib.core.model import Frozen
from chalicelib.notifications.messages import Why


class Way(StrEnum):
    SLACK = "slack"
    EMAIL = "email"


class Wishes(Frozen):
    """By one way."""

    requester: bool = True
    """What becomes of their own requests."""
    decides: bool = True
    """Requests that they may decide about."""


class Preferences(Frozen):
    slack: Wishes = Wishes()
    email: Wishes = Wishes()

    def wants(self, way: Way, why: Why) -> bool:
        wishes: Wishes = getattr(self, way)
        return bool(getattr(wishes, why))
