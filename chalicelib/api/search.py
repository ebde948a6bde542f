"""Finding resources: the table of all of them, search boxes, and the page of one."""

from chalicelib import bootstrap
from chalicelib.api.authenticator import new_api
from chalicelib.api.envelopes import Column as TableColumn
from chalicelib.api.envelopes import PageConfig, TableConfig, WebResponse
from chalicelib.core.model import OldWire
from chalicelib.core.principals import Caller
from chalicelib.identity.permissions import View
from chalicelib.inventory.search.models import Search
from chalicelib.inventory.search.wire import (
    ResourceTable,
    SearchPage,
    SelfServiceEntry,
    TableQuery,
    Title,
    TitleOfAccount,
    Typed,
    TypedArn,
)
from chalicelib.wire.authentication import Access
from chalicelib.wire.failures import Shape

api = new_api(__name__)


class TableLook(OldWire):
    """Anything but nothing turns cells into links."""

    markdown: str = ""


class WantedArn(OldWire):
    arn: str = ""


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
def page_typeahead(query: Typed, caller: Caller) -> list[TitleOfAccount] | list[Title]:
    """Suggestions for a page's search box."""
    return bootstrap.container().inventory.search.suggest(query, _view(caller))


@api.endpoint(
    "GET",
    "/api/v1/policies/typeahead",
    access=Access.CLI,
    rule="Everybody who is signed in, the resources that they see.",
    shape=Shape.UNIVERSAL,
)
def cli_typeahead(query: Typed, caller: Caller) -> list[TitleOfAccount] | list[Title]:
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
