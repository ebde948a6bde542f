"""Requests for permissions: making them, listing them, reading one, and giving it a command."""

import re

from chalicelib import bootstrap
from chalicelib.api.authenticator import new_api
from chalicelib.api.envelopes import Column, PageConfig, TableConfig
from chalicelib.core.errors import InvalidInput
from chalicelib.core.model import Frozen, OldWire
from chalicelib.core.principals import Caller
from chalicelib.requests.rules import Person, not_found
from chalicelib.requests.wire import Modification, ModificationResult, NewRequest, RequestCreated, RequestDetail
from chalicelib.requests.wire_list import RequestTable, TableQuery
from chalicelib.requests.wire_review import ComparedRevisions
from chalicelib.wire.authentication import Access
from chalicelib.wire.http import HttpRequest

api = new_api(__name__)

_ID = re.compile(r"[\w-]{1,64}", re.ASCII)
_NARROW = {"whiteSpace": "normal", "wordBreak": "break-all"}


class TableLook(OldWire):
    """Anything but nothing turns cells into links."""

    markdown: str = ""


def _person(caller: Caller) -> Person:
    return bootstrap.container().requests.person(caller)


@api.endpoint(
    "POST",
    "/api/v2/request",
    access=Access.SESSION,
    rule="Everybody who is signed in; changes that only administrators may ask for are refused one by one.",
)
def create_request(body: NewRequest, caller: Caller, request: HttpRequest) -> RequestCreated:
    """Stores a request and starts its workflow; with `dry_run` shows what it would be."""
    return bootstrap.container().requests.submit.submit(
        body, _person(caller), key=request.headers.get("idempotency-key"), wait=not request.from_browser
    )


@api.endpoint(
    "POST", "/api/v2/requests", access=Access.SESSION, rule="Everybody who is signed in, the requests that they see."
)
def list_requests(query: TableLook, body: TableQuery, caller: Caller) -> RequestTable:
    """The table of the requests that the caller sees, newest first."""
    return bootstrap.container().requests.table.table(body, _person(caller), links=bool(query.markdown))


@api.endpoint(
    "GET",
    "/api/v2/requests/{request_id}",
    access=Access.SESSION,
    rule="Everybody who is signed in and sees what the request is about.",
)
def read_request(request_id: str, caller: Caller) -> RequestDetail:
    """One request, and what the caller may do with it."""
    if not _ID.fullmatch(request_id):
        raise not_found()
    return bootstrap.container().requests.read.read(request_id, _person(caller))


class RevisionsQuery(Frozen):
    older: int | None = None
    newer: int | None = None


@api.endpoint(
    "GET",
    "/api/v2/requests/{request_id}/revisions",
    access=Access.SESSION,
    rule="Everybody who is signed in and sees what the request is about.",
)
def compare_revisions(request_id: str, query: RevisionsQuery, caller: Caller) -> ComparedRevisions:
    """What one revision does otherwise than another: the last one than the one before, unless others are asked for."""
    if not _ID.fullmatch(request_id):
        raise not_found()
    reader = bootstrap.container().requests.read
    return reader.compare(request_id, _person(caller), query.older, query.newer)


@api.endpoint(
    "PUT",
    "/api/v2/requests/{request_id}",
    access=Access.SESSION,
    rule="Its author, or who holds can_admin_policies over everything that it changes; each command has its own rule.",
)
def modify_request(request_id: str, body: Modification, caller: Caller, request: HttpRequest) -> ModificationResult:
    """One command: comment, edit, approve, reject, cancel."""
    if not _ID.fullmatch(request_id):
        raise InvalidInput("Request with that ID not found", reason="request_not_found")
    return bootstrap.container().requests.modify.modify(
        request_id, body.modification_model, _person(caller), wait=not request.from_browser
    )


@api.endpoint(
    "GET",
    "/api/v2/requests_page_config",
    access=Access.SESSION,
    rule="Everybody who is signed in: it holds nothing of anybody's.",
)
def requests_page_config(caller: Caller) -> PageConfig:  # noqa: ARG001 the caller is required, not used
    """The layout of ConsoleMe's table of requests."""
    return PageConfig(
        pageName="Requests",
        pageDescription="View all IAM policy requests created through ConsoleMe",
        tableConfig=TableConfig(
            dataEndpoint="/api/v2/requests?markdown=true",
            totalRows=200,
            serverSideFiltering=True,
            allowCsvExport=True,
            allowJsonExport=True,
            columns=[
                Column(placeholder="Username", key="username", type="input", style={"width": "100px"}),
                Column(placeholder="Arn", key="arn", type="link", style=_NARROW, width=3),
                Column(placeholder="Request Time", key="request_time", type="daterange"),
                Column(placeholder="Status", key="status", type="dropdown", style={"width": "90px"}),
                Column(placeholder="Request ID", key="request_id", type="link", style=_NARROW, width=2),
            ],
        ),
    )
