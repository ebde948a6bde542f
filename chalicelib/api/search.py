"""Finding resources: the table of all of them, search boxes, and the page of one."""

import json
from typing import Any

from pydantic import Field

from chalicelib import bootstrap
from chalicelib.api.authenticator import new_api
from chalicelib.api.envelopes import Column as TableColumn
from chalicelib.api.envelopes import PageConfig, TableConfig, WebResponse
from chalicelib.core.errors import InvalidInput
from chalicelib.core.model import Frozen, OldWire
from chalicelib.core.principals import Caller
from chalicelib.identity.permissions import View
from chalicelib.inventory.search.models import TERM_LIMIT, ExportForm, ExportSearch, Search
from chalicelib.inventory.search.wire import (
    ApplicationRoles,
    CompletedAction,
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
from chalicelib.requests.wire_list import RequestHit
from chalicelib.wire.authentication import Access
from chalicelib.wire.failures import Shape
from chalicelib.wire.http import Reply

api = new_api(__name__)

NEXT_PLACE = "X-Next-Place"
_MEDIA = {ExportForm.CSV: "text/csv; charset=utf-8", ExportForm.JSON: "application/json; charset=utf-8"}


class TableLook(OldWire):
    """Anything but nothing turns cells into links."""

    markdown: str = ""


class WantedArn(OldWire):
    arn: str = ""


class Wanted(Frozen):
    """`limit` of each kind."""

    text: str = Field(max_length=TERM_LIMIT)
    limit: int = Field(default=6, ge=1, le=50)


class Everything(InventoryHits):
    requests: list[RequestHit]


class TypedAction(OldWire):
    """`only_filter_services`: `true` for services alone."""

    prefix: str | None = Field(default=None, max_length=TERM_LIMIT)
    only_filter_services: str = ""


def _view(caller: Caller) -> View:
    return bootstrap.container().identity.permissions.view(caller)


@api.endpoint(
    "POST", "/api/v2/policies", access=Access.SESSION, rule="Everybody who is signed in, the resources that they see."
)
def list_resources(query: TableLook, body: TableQuery, caller: Caller) -> ResourceTable:
    """The table of all resources that the caller sees, by ARN."""
    return bootstrap.container().inventory.search.table(body, _view(caller), links=bool(query.markdown))


@api.endpoint(
    "POST", "/api/v2/search", access=Access.SESSION, rule="Everybody who is signed in, the resources that they see."
)
def search_resources(body: Search, caller: Caller) -> SearchPage:
    """A page of resources by structured conditions, in the wanted order; both counts are exact."""
    return bootstrap.container().inventory.search.page(body, _view(caller))


@api.endpoint(
    "POST",
    "/api/v2/search/export",
    access=Access.SESSION,
    rule="Everybody who is signed in, the resources that they see.",
    answers=str,
)
def export_resources(body: ExportSearch, caller: Caller) -> Reply:
    """The same as a file, in parts: where there is more, the header X-Next-Place has what to send as `after`."""
    part = bootstrap.container().inventory.search.export(body, _view(caller))
    headers: dict[str, Any] = {
        "Content-Type": _MEDIA[body.form],
        "Content-Disposition": f'attachment; filename="resources.{body.form}"',
        **({NEXT_PLACE: json.dumps(part.after)} if part.after else {}),
    }
    return Reply(part.text, headers=headers)


@api.endpoint(
    "GET",
    "/api/v2/search/everything",
    access=Access.SESSION,
    rule="Everybody who is signed in, the accounts, resources and requests that they see.",
)
def search_everything(query: Wanted, caller: Caller) -> Everything:
    """What the search box of every page finds: each kind best first, an exact name before a beginning, a word, and any letters."""
    container = bootstrap.container()
    if not query.text.strip():
        return Everything(accounts=[], roles=[], resources=[], requests=[])
    found = container.inventory.search.everything(query.text, _view(caller), query.limit)
    requests = container.requests.finder.find(query.text, container.requests.person(caller), query.limit)
    return Everything(accounts=found.accounts, roles=found.roles, resources=found.resources, requests=requests)


@api.endpoint(
    "GET",
    "/api/v1/policyuniverse/autocomplete",
    access=Access.SESSION,
    rule="Everybody who is signed in: it holds nothing of anybody's.",
)
def complete_actions(query: TypedAction, caller: Caller) -> list[CompletedAction] | list[Title]:  # noqa: ARG001 the caller is required, not used
    """IAM's actions that begin with what was typed, or their services."""
    if query.prefix is None:
        raise InvalidInput("Say how the action begins: prefix.", reason="missing_data")
    complete = bootstrap.container().inventory.complete_actions
    services = query.only_filter_services.strip().lower() == "true"
    return complete.services(query.prefix) if services else complete.actions(query.prefix)


@api.endpoint(
    "GET",
    "/api/v2/policies_page_config",
    access=Access.SESSION,
    rule="Everybody who is signed in: it holds nothing of anybody's.",
)
def policies_page_config(caller: Caller) -> PageConfig:  # noqa: ARG001 the caller is required, not used
    """The layout of ConsoleMe's table of all resources."""
    columns = [
        TableColumn(placeholder="Account ID", key="account_id", type="input", style={"width": "110px"}),
        TableColumn(placeholder="Account", key="account_name", type="input", style={"width": "90px"}),
        TableColumn(placeholder="Resource", key="arn", type="link", width=6),
        TableColumn(placeholder="Tech", key="technology", type="input", style={"width": "70px"}),
    ]
    return PageConfig(
        pageName="Policies",
        pageDescription="View all of the resources we know about.",
        tableConfig=TableConfig(
            dataEndpoint="/api/v2/policies?markdown=true",
            totalRows=1000,
            serverSideFiltering=True,
            allowCsvExport=True,
            allowJsonExport=True,
            columns=columns,
        ),
    )


@api.endpoint(
    "GET", "/policies/typeahead", access=Access.SESSION, rule="Everybody who is signed in, the resources that they see."
)
def page_typeahead(query: Typed, caller: Caller) -> list[TitleOfAccount] | list[Title] | dict[str, ApplicationRoles]:
    """Suggestions for a page's search box."""
    return bootstrap.container().inventory.search.suggest(query, _view(caller))


@api.endpoint(
    "GET",
    "/api/v1/policies/typeahead",
    access=Access.CLI,
    rule="Everybody who is signed in, the resources that they see.",
    shape=Shape.UNIVERSAL,
)
def cli_typeahead(query: Typed, caller: Caller) -> list[TitleOfAccount] | list[Title] | dict[str, ApplicationRoles]:
    """Suggestions for a command line."""
    return bootstrap.container().inventory.search.suggest(query, _view(caller))


@api.endpoint(
    "GET",
    "/api/v2/typeahead/resources",
    access=Access.SESSION,
    rule="Everybody who is signed in, the resources that they see.",
)
def arn_typeahead(query: TypedArn, caller: Caller) -> list[str] | list[Title]:
    """ARNs that contain what was typed, best first; with `ui_formatted` as objects."""
    return bootstrap.container().inventory.search.arns(query, _view(caller))


@api.endpoint(
    "GET",
    "/api/v2/typeahead/self_service_resources",
    access=Access.SESSION,
    rule="Everybody who is signed in, the resources that they see.",
)
def self_service_typeahead(query: TypedArn, caller: Caller) -> list[SelfServiceEntry]:
    """Principals that somebody may ask permissions for: roles, then users."""
    return bootstrap.container().inventory.search.self_service(query, _view(caller))


@api.endpoint(
    "GET",
    "/api/v2/get_resource_url",
    access=Access.CLI,
    rule="Everybody who is signed in, the resources that they see.",
    answers=WebResponse,
    shape=Shape.UNIVERSAL,
)
def get_resource_url(query: WantedArn, caller: Caller) -> WebResponse:
    """Where the resource is shown, as a path of this site."""
    where = bootstrap.container().inventory.search.url(query.arn, _view(caller))
    return WebResponse(status="success", status_code=200, data={"url": where})
