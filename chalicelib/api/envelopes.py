"""Bodies that several families of ConsoleMe's wire share."""

from typing import Any

from pydantic import Field, model_serializer

from chalicelib.core.model import Frozen


class WebResponse(Frozen):
    """The full envelope: all eleven keys, unset ones null."""

    status: str
    reason: str | None = None
    redirect_url: str | None = None
    status_code: int
    message: str | None = None
    errors: list[str] | None = None
    count: int | None = None
    total: int | None = None
    page: int | None = None
    last_page: int | None = None
    data: dict[str, Any] | list[Any] | None = None


class Sparse(Frozen):
    """A body whose unset keys are absent, not null."""

    @model_serializer(mode="wrap")
    def _only_set(self, handler: Any) -> dict[str, Any]:
        return {key: value for key, value in handler(self).items() if value is not None}


class Column(Sparse):
    """A column of ConsoleMe's generic table."""

    placeholder: str
    key: str
    type: str
    icon: str | None = None
    content: str | None = None
    on_click: dict[str, str] | None = Field(default=None, serialization_alias="onClick")
    style: dict[str, str] | None = None
    width: int | None = None


class TableConfig(Frozen):
    """The layout of a table, in the words of ConsoleMe's pages."""

    expandableRows: bool = True  # noqa: N815 the wire's name
    dataEndpoint: str  # noqa: N815 the wire's name
    sortable: bool = False
    totalRows: int  # noqa: N815 the wire's name
    rowsPerPage: int = 50  # noqa: N815 the wire's name
    serverSideFiltering: bool  # noqa: N815 the wire's name
    allowCsvExport: bool  # noqa: N815 the wire's name
    allowJsonExport: bool  # noqa: N815 the wire's name
    columns: list[Column]


class PageConfig(Frozen):
    pageName: str  # noqa: N815 the wire's name
    pageDescription: str  # noqa: N815 the wire's name
    tableConfig: TableConfig  # noqa: N815 the wire's name
