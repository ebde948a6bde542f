"""What goes over the wire: ConsoleMe's table and search boxes, and our own page. Importing this loads no index."""

from typing import Any

from pydantic import Field

from chalicelib.core.model import Frozen, OldWire

_DEFAULT_LIMIT = 1000


class TableQuery(OldWire):
    """A regular expression, or two numbers that a column lies between, per column; all must fit. `limit` null: as many as fit."""

    limit: int | None = Field(default=_DEFAULT_LIMIT, ge=1)
    filters: dict[str, Any] | None = None


class ResourceCell(Frozen):
    """A row of ConsoleMe's table; `region`, `owner` and `name` are ours."""

    account_id: str
    account_name: str
    arn: str
    technology: str
    templated: str | None
    errors: int
    name: str
    region: str
    owner: str


class ResourceTable(Frozen):
    """`filteredCount` is the number of rows that are answered, as ConsoleMe counts; `matchingCount` is ours and exact."""

    totalCount: int  # noqa: N815 the wire's name
    filteredCount: int  # noqa: N815 the wire's name
    matchingCount: int  # noqa: N815 the wire's name
    data: list[ResourceCell]


class SearchPage(Frozen):
    """A page of a structured search. `after` is given back to get the next one; None at the end. `as_of`: epoch second of the file
    that was searched, with every change since laid over it; None before the first.
    """

    rows: list[ResourceCell]
    total: int
    matching: int
    after: tuple[str | int, str] | None
    as_of: int | None


class Title(Frozen):
    title: str


class TitleOfAccount(Frozen):
    title: str
    account_id: str


class Principal(Frozen):
    """Whom a request of the wizard is for."""

    principal_type: str = "AwsResource"
    principal_arn: str


class SelfServiceEntry(Frozen):
    icon: str
    number_of_affected_resources: int = 1
    display_text: str
    account: str
    details_endpoint: str
    application_name: str | None = None
    principal: Principal


class Typed(OldWire):
    """What a search box asks. `show_full_arn_for_s3_buckets`: anything but nothing."""

    resource: str = ""
    search: str | None = Field(default=None, max_length=500)
    account_id: str = ""
    limit: int = Field(default=10, ge=1)
    show_full_arn_for_s3_buckets: str = ""


class TypedArn(OldWire):
    """`resource_type` is the service part of the ARN."""

    typeahead: str = Field(default="", max_length=500)
    account_id: str = ""
    resource_type: str = ""
    region: str = ""
    limit: int = Field(default=20, ge=1)
    ui_formatted: str = ""
