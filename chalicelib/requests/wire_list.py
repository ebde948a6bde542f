"""The table of requests: ConsoleMe's data table with our filters, tabs and pages; and what the search of every page finds of them."""

from enum import StrEnum
from typing import Any

from pydantic import Field

from chalicelib.core.model import Frozen, OldWire
from chalicelib.requests.states import State
from chalicelib.requests.wire import ExtendedRequest, ShownPrincipal
from chalicelib.requests.wire_review import ChangeName


class Tab(StrEnum):
    ALL = "all"
    MINE = "mine"
    """Those of the person who asks, their drafts too."""
    REVIEW = "review"
    """Those that wait for a decision which this person may make."""


class RequestWhere(OldWire):
    """Our filters: all of them must hold, and of a list one of its values. What is left out filters nothing."""

    states: list[State] = Field(default_factory=list)
    change_types: list[ChangeName] = Field(default_factory=list)
    requester: str | None = None
    target: str | None = None
    """The ARN of the principal, or of anything that the request changes."""
    account_id: str | None = None
    text: str | None = None
    """Found in the id, requester, ARNs, titles of changes or justification, in upper or lower case."""
    temporary: bool | None = None
    created_from: int | None = None
    created_before: int | None = None


class TableQuery(OldWire):
    """`limit` null is everything. `sort` and what else ConsoleMe's table sends is ignored; everything from `tab` on is ours."""

    limit: int | None = Field(default=1000, ge=0)
    filters: dict[str, Any] | None = None
    tab: Tab = Tab.ALL
    where: RequestWhere | None = None
    cursor: str | None = Field(default=None, max_length=500)
    """Of the page before, to read on after it."""
    count: bool = True
    """Whether to count what there is; a first page without filters comes faster without."""


class RequestRow(Frozen):
    request_id: str
    principal: ShownPrincipal
    arn: str
    status: str
    state: State
    """Ours: the exact one of the states that `status` lumps together."""
    title: str
    """Ours: its changes in a few words."""
    until: int | None
    """Ours: when the first of what it asks for is to end; null is never."""
    justification: str
    request_time: int
    last_updated: int
    version: str = "2"
    username: str
    extended_request: ExtendedRequest
    """Without documents and comments: a list holds what a list shows."""


class TabCounts(Frozen):
    """How many requests the tabs hold, whatever is filtered. Drafts are counted where they are listed: while the own ones are shown."""

    all: int
    mine: int
    review: int


class RequestTable(Frozen):
    totalCount: int | None  # noqa: N815 the wire's name
    """Before filters. Null only for whoever asked not to count."""
    filteredCount: int  # noqa: N815 the wire's name
    """Rows in this answer."""
    data: list[RequestRow]
    matchingCount: int | None = None  # noqa: N815 as its neighbours
    """Ours: all that the filters leave, on this page or not. Null only for whoever asked not to count."""
    cursor: str | None = None
    """Ours: what to send for the next page; null is the last one."""
    tabs: TabCounts | None = None
    """Ours. Null for whoever asked not to count, and where counting the others would make the own ones wait."""


class RequestHit(Frozen):
    """A request that the search box of every page found. `rank`: 0 exact, 1 prefix, 2 word, 3 substring."""

    rank: int
    title: str
    detail: str
    justification: str
    url: str
