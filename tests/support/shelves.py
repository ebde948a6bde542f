"""Types of resources that a test fills: what is listed where, in pages, and what goes wrong at which page."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chalicelib.core.arn import Arn
from chalicelib.core.errors import AppError, InvalidInput
from chalicelib.inventory.resource_type import Page, Place, Resource, Shown

if TYPE_CHECKING:
    from chalicelib.aws.spoke_read import AccountReader


@dataclass
class Shelf:
    """`names` by scope; `failing` are errors by scope, raised after the first `after_pages` pages."""

    name: str = "sqs_queue"
    technology: str = "AWS::SQS::Queue"
    regional: bool = True
    every: int = 6 * 3600
    actions: frozenset[str] = frozenset()
    record: type[Resource] = Resource
    size: int = 2
    cuttable: bool = True
    names: dict[str, list[str]] = field(default_factory=dict)
    failing: dict[str, AppError] = field(default_factory=dict)
    after_pages: int = 0
    forgets: bool = False
    """Whether it no longer knows where a listing was to go on."""
    asked: list[tuple[str, str]] = field(default_factory=list)
    """Scopes that were listed, and where each listing began."""

    def pages(self, reader: "AccountReader", place: Place, after: str = "") -> Iterator[Page[Resource]]:
        self.asked.append((place.scope, after))
        if after and self.forgets:
            raise InvalidInput("Invalid marker", reason="ValidationError")
        names = self.names.get(place.scope, [])
        starts = range(0, max(len(names), 1), self.size)
        for number, start in enumerate(starts):
            if start < int(after or 0):
                continue
            if place.scope in self.failing and number >= self.after_pages:
                raise self.failing[place.scope]
            following = start + self.size
            more = self.cuttable and following < len(names)
            records = tuple(self.resource(place, name) for name in names[start:following])
            yield Page(records, after=str(following) if more else "")

    def resource(self, place: Place, name: str) -> Resource:
        arn = f"arn:aws:sqs:{place.region}:{place.account_id}:{name}"
        return Resource(arn=arn, name=name, account_id=place.account_id, region=place.region)

    def read(self, reader: "AccountReader", arn: Arn) -> Resource | None:
        place = Place(arn.account, arn.region)
        return self.resource(place, arn.resource) if arn.resource in self.names.get(place.scope, []) else None

    def owns(self, arn: Arn) -> bool:
        return arn.service == "sqs"

    def console(self, record: Shown) -> str:
        return f"/sqs/{record.name}"
