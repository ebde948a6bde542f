"""The table of requests, newest first: tabs, filters, pages and counts, of what the person sees."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Protocol

from chalicelib.core.errors import InvalidInput
from chalicelib.requests.approval.models import ADMINISTRATORS
from chalicelib.requests.catalog.filters import filters_of, where_of
from chalicelib.requests.catalog.models import Listed, ListedChange
from chalicelib.requests.present import row, with_links
from chalicelib.requests.rules import Person
from chalicelib.requests.states import UNDECIDED, State
from chalicelib.requests.wire_list import RequestTable, Tab, TabCounts, TableQuery

ROWS_LIMIT = 3000
"""Rows in one answer: Lambda's answers end at 6 MB."""
_CURSOR = re.compile(r"([0-9]{1,12})\.([\w-]{1,64})", re.ASCII)


class Everything(Protocol):
    @property
    def at_hand(self) -> bool: ...

    def rows(self) -> Sequence[Listed]: ...


class Indexes(Protocol):
    def newest(self, page: int) -> Iterable[Listed]: ...

    def own(self, user: str) -> Iterable[Listed]: ...


class RequestLister:
    """`everything` has each request but drafts at hand; `indexes` read the first ones, or one person's, drafts too."""

    def __init__(self, *, everything: Everything, indexes: Indexes) -> None:
        self._everything = everything
        self._indexes = indexes

    def table(self, query: TableQuery, person: Person, *, links: bool) -> RequestTable:
        """What the person sees. Raises InvalidInput for a filter of a shape that is none, or one that takes too long."""
        filters = filters_of(query.filters or {}) + (where_of(query.where) if query.where else [])
        limit = ROWS_LIMIT if query.limit is None else min(query.limit, ROWS_LIMIT)
        plain = query.tab is Tab.ALL and not filters and query.cursor is None
        if plain and not query.count:
            rows, more = _first_page(self._indexes.newest(limit), person, limit)
            return _table(rows, links=links, more=more)
        tabs = self._tabs(query, person)
        matching = [listed for listed in tabs[query.tab] if all(matches(listed) for matches in filters)]
        page = _after(matching, query.cursor)
        table = _table(page[:limit], links=links, more=len(page) > limit > 0)
        if not query.count:
            return table
        return table.model_copy(
            update={
                "totalCount": len(tabs[query.tab]),
                "matchingCount": len(matching),
                "tabs": TabCounts(**{tab: len(rows) for tab, rows in tabs.items()}) if len(tabs) == len(Tab) else None,
            }
        )

    def _tabs(self, query: TableQuery, person: Person) -> dict[Tab, list[Listed]]:
        """The tab that is asked for, and the others to be counted, where that takes no more than two round trips."""
        tabs: dict[Tab, list[Listed]] = {}
        if query.tab is Tab.MINE:
            own = (listed for listed in self._indexes.own(person.user) if listed.requester == person.user)
            tabs[Tab.MINE] = sorted(own, key=lambda listed: listed.place)
            if not (query.count and self._everything.at_hand):
                return tabs
        tabs[Tab.ALL] = [listed for listed in self._everything.rows() if visible_to(listed, person)]
        if query.count or query.tab is Tab.REVIEW:
            tabs[Tab.REVIEW] = [listed for listed in tabs[Tab.ALL] if _waits_for(listed, person)]
        if query.count:
            tabs.setdefault(Tab.MINE, [listed for listed in tabs[Tab.ALL] if listed.requester == person.user])
        return tabs


def visible_to(listed: Listed, person: Person) -> bool:
    """As the person sees what it changes. No list but its author's holds a draft."""
    return listed.state is not State.DRAFT and person.may_look_at(listed.requester, listed.targets)


def _waits_for(listed: Listed, person: Person) -> bool:
    waits = listed.state in UNDECIDED and listed.requester != person.user
    return waits and any(_asked(change, listed, person) for change in listed.summary)


def _asked(change: ListedChange, listed: Listed, person: Person) -> bool:
    """As the approval rules said when it was submitted: whether it is this person's turn, the request itself says."""
    if person.principals & set(change.approvers):
        return True
    administers = not change.approvers or ADMINISTRATORS in change.approvers
    return administers and person.may_decide((change.target or listed.principal_arn,)).allowed


def _first_page(newest: Iterable[Listed], person: Person, limit: int) -> tuple[list[Listed], bool]:
    """Rows of one second are taken together: how the index orders them is not how lists do."""
    seen = (listed for listed in newest if visible_to(listed, person))
    taken = _whole_seconds(seen, limit)
    taken.sort(key=lambda listed: listed.place)
    return taken[:limit], len(taken) > limit > 0


def _whole_seconds(seen: Iterator[Listed], limit: int) -> list[Listed]:
    """As many as asked for, those of the last one's second, and one of those before, if there is one."""
    taken = list(islice(seen, limit))
    for listed in seen:
        taken.append(listed)
        if len(taken) > limit and listed.created_at != taken[limit - 1].created_at:
            break
    return taken


def _after(matching: list[Listed], cursor: str | None) -> list[Listed]:
    if cursor is None:
        return matching
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        raise InvalidInput("cursor: send what the page before has given, unchanged.", reason="bad_cursor")
    place = -int(found[1]), found[2]
    return [listed for listed in matching if listed.place > place]


def _table(rows: Sequence[Listed], *, links: bool, more: bool) -> RequestTable:
    shown = [row(listed) for listed in rows]
    return RequestTable(
        totalCount=None,
        filteredCount=len(shown),
        data=[with_links(one) for one in shown] if links else shown,
        cursor=f"{rows[-1].created_at}.{rows[-1].id}" if more else None,
    )
