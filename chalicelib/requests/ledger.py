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
    """One change keeps what it has put at a place. `base` is what the place holds again once nobody keeps anything there.

    The row is there before AWS is touched; `applied` says that the write is known to have been made.
    """

    target: str
    place: str
    request_id: str
    change_id: str
    until: int | None
    base: Image
    after: Image
    applied: bool = False

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


def base_of(change: PlannedChange, mine: Hold | None, others: Iterable[Hold]) -> Image:
    """What the place holds again once nobody keeps anything there. An earlier try of ours, or whoever keeps the same, knows."""
    known = mine or next((hold for hold in keeping(others, change.preview.after) if hold.applied), None)
    return known.base if known else change.base or change.preview.before
