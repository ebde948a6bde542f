"""Reading the resources of one page each by its own calls: a few at once, and what can't be read does not end the page."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from chalicelib.core.errors import InvalidInput, NotFound
from chalicelib.inventory.resource_type import Page, Resource

AT_ONCE = 4
"""Calls in flight for one page: SNS grants an account thirty a second."""

T = TypeVar("T")
R = TypeVar("R", bound=Resource)


@dataclass(frozen=True, slots=True)
class _Unreadable:
    arn: str
    reason: str


def page_of(
    told: Sequence[T], *, arn_of: Callable[[T], str], describe: Callable[[T], R | None], after: str = ""
) -> Page[R]:
    """What `describe` makes of each that a listing told of, in that order.

    One that has vanished (None, or NotFound) is left out; one that can't be understood (InvalidInput) is unreadable. Everything else
    that `describe` raises ends the page.
    """

    def described(one: T) -> R | _Unreadable | None:
        try:
            return describe(one)
        except NotFound:
            return None
        except InvalidInput as error:
            return _Unreadable(arn_of(one), error.message)

    found = _together(described, told)
    return Page(
        tuple(one for one in found if one is not None and not isinstance(one, _Unreadable)),
        {one.arn: one.reason for one in found if isinstance(one, _Unreadable)},
        after,
    )


def _together(work: Callable[[T], R | _Unreadable | None], told: Sequence[T]) -> list[R | _Unreadable | None]:
    if len(told) <= 1:
        return [work(one) for one in told]
    with ThreadPoolExecutor(max_workers=min(AT_ONCE, len(told)), thread_name_prefix="describe") as pool:
        return list(pool.map(work, told))
