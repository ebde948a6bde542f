"""Who keeps what at which place of a target: one row for each change that ends some day, or that lies where such a one does.

What several requests keep stays until the last of them lets go. Pure; `ledger_store` holds the rows.
"""

from collections.abc import Iterable

from chalicelib.changes.base import Image
from chalicelib.changes.registry import change_type
from chalicelib.core.canonical import content_hash
from chalicelib.core.model import Frozen
from chalicelib.requests.models import PlannedChange


class Hold(Frozen):
    """One change keeps what it has put at a place. `base` is what the place holds again once nobody keeps anything there."""

    target: str
    place: str
    request_id: str
    change_id: str
    until: int | None
    base: Image
    after: Image

    @property
    def temporary(self) -> bool:
        return self.until is not None


def place_of(change: PlannedChange) -> str:
    return f"{change.change_type}#{change_type(change.change_type).place(change.spec)}"


def digest_of(place: str) -> str:
    """Places have names of any length and letters; keys have not."""
    return content_hash(place)[:32]


def hold_of(request_id: str, change: PlannedChange, until: int | None) -> Hold:
    """`base` of a change that joins another one is what was there before either."""
    return Hold(
        target=change.target,
        place=place_of(change),
        request_id=request_id,
        change_id=change.id,
        until=until,
        base=change.base or change.preview.before,
        after=change.preview.after,
    )


def of_others(holds: Iterable[Hold], request_id: str, change_id: str) -> tuple[Hold, ...]:
    return tuple(hold for hold in holds if (hold.request_id, hold.change_id) != (request_id, change_id))


def keeping(holds: Iterable[Hold], content: Image) -> tuple[Hold, ...]:
    """Those that keep exactly this."""
    return tuple(hold for hold in holds if hold.after.hash == content.hash)
