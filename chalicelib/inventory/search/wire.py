"""What goes over the wire: ConsoleMe's table and search boxes, and our own page. Importing this loads no index."""

from typing import Any

from pydantic import Field

from chalicelib.core.model import Frozen, OldWire
from chalicelib.inventory.search.models import Place

_DEFAULT_LIMIT = 1000


class TableQuery(OldWire):
    """A regular expression, or two numbers that a column lies between, per column; all must fit. `limit` null: as many as fit."""

    limit: int | None = Field(default=_DEFAULT_LIMIT, ge=1)
    filters: dict[str, Any] | None = None


class ResourceCell(Frozen):
    """A row of ConsoleMe's table; `region`, `owner` and `name` are ours. `config_history_url`: of roles and users, AWS Config's page of
    what it was before.
    """

    account_id: str
    account_name: str
    arn: str
    technology: str
    templated: str | None
    errors: int
    config_history_url: str | None
    name: str
    region: str
    owner: str


class FoundResource(ResourceCell):
    """`url` is our page of it, or the AWS console's; empty when neither has one. `observed_at`: epoch second of its last change here."""

    url: str
    tags: str
    observed_at: int


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

    rows: list[FoundResource]
    total: int
    matching: int
    after: Place | None
    as_of: int | None


class ExportedCell(Frozen):
    """A row of an exported table. `tags` are lines of `key=value`."""

    arn: str
    name: str
    account_id: str
    account_name: str
    technology: str
    region: str
    owner: str
    errors: int
    templated: str
    tags: str


class Hit(Frozen):
    """Something that the search box of every page found. `rank`: 0 exact, 1 prefix, 2 word, 3 substring; `url` may be empty."""

    rank: int
    title: str
    detail: str
    kind: str
    url: str
    arn: str = ""


class InventoryHits(Frozen):
    """Each best first."""

    accounts: list[Hit]
    roles: list[Hit]
    resources: list[Hit]


class CompletedAction(Frozen):
    """An action in lower case, as `s3:getobject`."""

    permission: str


class Title(Frozen):
    title: str


class RoleOfApplication(Frozen):
    """`title` is the ARN, `description` the account's name."""

    title: str
    description: str


class ApplicationRoles(Frozen):
    name: str
    results: list[RoleOfApplication]


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
