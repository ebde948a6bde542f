"""Searching for somebody: every answer is out of what they see."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from chalicelib.access.selection import Application
from chalicelib.core.arn import Arn
from chalicelib.core.errors import InvalidInput, NotFound
from chalicelib.inventory.search import everything
from chalicelib.inventory.search.conditions import UNKNOWN
from chalicelib.inventory.search.current import CurrentIndex
from chalicelib.inventory.search.export import ExportPart, part
from chalicelib.inventory.search.index import SearchIndex, place_of
from chalicelib.inventory.search.links import link
from chalicelib.inventory.search.models import Column, ExportSearch, Search, Sight
from chalicelib.inventory.search.tables import shown, table
from chalicelib.inventory.search.typeahead import account_titles, applications, arns, self_service, titles
from chalicelib.inventory.search.wire import (
    ApplicationRoles,
    InventoryHits,
    ResourceTable,
    SearchPage,
    SelfServiceEntry,
    TableQuery,
    Title,
    TitleOfAccount,
    Typed,
    TypedArn,
)


class Viewer(Protocol):
    """What one person sees."""

    @property
    def sees_everything(self) -> bool: ...

    def accounts(self, account_ids: Iterable[str]) -> frozenset[str]: ...

    def mixed(self, account_ids: Iterable[str]) -> frozenset[str]: ...

    def shows(self, account_id: str, arn: str) -> bool: ...


class SearchResources:
    """Indexes belong to one thread at a time: Lambda serves one request at a time, and so does this."""

    def __init__(self, current: CurrentIndex, applications: Mapping[str, Application], regions: Sequence[str]) -> None:
        self._current = current
        self._applications = applications
        self._regions = regions

    def table(self, query: TableQuery, viewer: Viewer, *, links: bool) -> ResourceTable:
        """Raises InvalidInput for a filter of a shape that is none, or one that takes too long."""
        index, sight = self._for(viewer)
        return table(index, query, sight, links=links, regions=self._regions)

    def page(self, search: Search, viewer: Viewer) -> SearchPage:
        """Raises InvalidInput for a condition that makes no sense, or an expression that takes too long."""
        index, sight = self._for(viewer)
        found = index.page(search, sight)
        last = found.rows[-1] if found.more else None
        names = index.account_names
        return SearchPage(
            rows=[shown(row, names.get(row.account_id, UNKNOWN), self._regions) for row in found.rows],
            total=found.total,
            matching=found.matching,
            after=None if last is None else place_of(last, search.sort),
            as_of=self._current.built_at,
        )

    def export(self, asked: ExportSearch, viewer: Viewer) -> ExportPart:
        """Raises InvalidInput as a page does."""
        index, sight = self._for(viewer)
        return part(index, asked, sight)

    def everything(self, typed: str, viewer: Viewer, limit: int) -> InventoryHits:
        """What the search box of every page finds here; nothing for no text."""
        if not typed.strip():
            return InventoryHits(accounts=[], roles=[], resources=[])
        index, sight = self._for(viewer)
        return InventoryHits(
            accounts=everything.accounts(index, typed, limit=limit, seen=viewer.accounts(index.account_names)),
            roles=everything.roles(index, typed, limit=limit, sight=sight),
            resources=everything.resources(index, typed, limit=limit, sight=sight),
        )

    def suggest(self, query: Typed, viewer: Viewer) -> list[TitleOfAccount] | list[Title] | dict[str, ApplicationRoles]:
        """Raises InvalidInput when something is missing, NotFound for a kind that can't be searched so."""
        if not query.resource or query.search is None:
            raise InvalidInput("Say what is searched (resource), and the letters typed so far (search).")
        index, sight = self._for(viewer)
        if query.resource == "account":
            seen = viewer.accounts(index.account_names)
            return account_titles(index.account_names, query.search, seen.__contains__)
        if query.resource == "app":
            return applications(index, query.search, self._applications, sight)
        return titles(
            index,
            query.resource,
            query.search,
            account_id=query.account_id,
            limit=query.limit,
            full_arn=bool(query.show_full_arn_for_s3_buckets),
            sight=sight,
        )

    def arns(self, query: TypedArn, viewer: Viewer) -> list[str] | list[Title]:
        """Best first; with `ui_formatted` as objects."""
        index, sight = self._for(viewer)
        found = arns(
            index,
            query.typeahead,
            account_id=query.account_id,
            service=query.resource_type,
            region=query.region,
            limit=query.limit,
            sight=sight,
        )
        return [Title(title=arn) for arn in found] if query.ui_formatted else found

    def self_service(self, query: TypedArn, viewer: Viewer) -> list[SelfServiceEntry]:
        index, sight = self._for(viewer)
        return self_service(index, query.typeahead, limit=query.limit, sight=sight)

    def url(self, arn: str, viewer: Viewer) -> str:
        """The path of ours that shows a resource. Raises NotFound, saying by its reason what is wrong."""
        if not arn:
            raise NotFound("Say which resource: arn.", reason="missing_data")
        try:
            Arn.parse(arn)
        except InvalidInput as error:
            raise NotFound(error.message, reason="malformed_data") from error
        index, sight = self._for(viewer)
        row = index.find(arn)
        if row is None or (sight is not None and not sight.shows(row.account_id, row.arn)):
            raise NotFound(f"The inventory has no {arn[:300]}.", reason="invalid_data")
        where = link(row)
        if not where:
            raise NotFound(f"Resources like {arn[:300]} have no page.", reason="invalid_data")
        return where

    def _for(self, viewer: Viewer) -> tuple[SearchIndex, Sight | None]:
        """The index, and what is seen of it: None for all."""
        index = self._current.get()
        if viewer.sees_everything:
            return index, None
        known = index.values(Column.ACCOUNT_ID)
        mixed = viewer.mixed(known)
        return index, Sight(viewer.accounts(known - mixed), mixed, viewer.shows)
