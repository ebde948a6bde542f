"""The audit log, and who may use what: for auditors."""

import math
from typing import Any

from pydantic import Field

from chalicelib import bootstrap
from chalicelib.access.reviews import Holder, PersonReview, RoleReview
from chalicelib.api.authenticator import new_api
from chalicelib.api.envelopes import Sparse
from chalicelib.audit.activity import ActivityFilter, Format
from chalicelib.audit.models import ChainedEntry, Outcome
from chalicelib.core.arn import parse_role_arn, role_arn
from chalicelib.core.decisions import Permission
from chalicelib.core.model import Frozen, OldWire
from chalicelib.core.principals import Caller, Principal
from chalicelib.wire.authentication import Access
from chalicelib.wire.failures import Shape
from chalicelib.wire.http import Reply

api = new_api(__name__)

_ROLES_OF_A_PAGE = 1000
_MOST_ROLES = 10_000
_ACCESS = "/access"
_MEDIA: dict[Format, str] = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson; charset=utf-8"}
NEXT_CURSOR = "X-Next-Cursor"


class RolesQuery(OldWire):
    """What is no number counts as not said."""

    page: str = ""
    count: str = ""

    def number(self, text: str, least: int, otherwise: int) -> int:
        return int(text) if text.isdecimal() and int(text[:12]) >= least else otherwise


class RolePage(Sparse):
    """`page` and `last_page` count from zero."""

    status: str = "success"
    status_code: int = 200
    count: int
    total: int
    page: int
    last_page: int
    data: list[str]


class RoleUsers(Sparse):
    """Names of the users and groups that may use the role; or why there are none."""

    status: str = "success"
    status_code: int = 200
    message: str | None = None
    data: list[str] | None = None


class ActivityQuery(ActivityFilter):
    cursor: str | None = Field(default=None, max_length=2000)
    limit: int = Field(default=50, ge=1, le=500)


class ExportQuery(ActivityFilter):
    format: Format = "csv"
    cursor: str | None = Field(default=None, max_length=2000)


class WireEntry(Frozen):
    """One entry; `chain` and `number` are its place in the log."""

    occurred_at: int
    person: str
    action: str
    target: str
    outcome: Outcome
    reason: str
    details: dict[str, str | int | bool | None]
    chain: str
    number: int


class WireActivity(Frozen):
    """Newest first. `cursor` carries on; a page that is short of its limit may still have one, when much was read and little fits.

    `unreadable` counts entries of this page that somebody has damaged.
    """

    entries: tuple[WireEntry, ...]
    cursor: str | None
    unreadable: int


class RoleQuery(Frozen):
    role: str


class UserQuery(Frozen):
    user: str = Field(min_length=1, max_length=300)


@api.endpoint("GET", "/api/v2/audit/roles", access=Access.CLI, permission=Permission.AUDIT, shape=Shape.UNIVERSAL)
def audit_roles(query: RolesQuery) -> RolePage:
    """Every role that is known, sorted by ARN, page by page."""
    arns = bootstrap.container().inventory.list_roles.arns()
    page = query.number(query.page, 0, 0)
    count = min(query.number(query.count, 1, _ROLES_OF_A_PAGE), _MOST_ROLES)
    data = list(arns[page * count : (page + 1) * count])
    last = max(0, math.ceil(len(arns) / count) - 1)
    return RolePage(count=len(data), total=len(arns), page=page, last_page=last, data=data)


@api.endpoint(
    "GET",
    "/api/v2/audit/roles/{account}/{rest+}",
    access=Access.CLI,
    permission=Permission.AUDIT,
    shape=Shape.UNIVERSAL,
    answers=RoleUsers,
)
def audit_role_users(account: str, rest: str) -> Reply:
    """Who may use a role: `.../{role name, with or without its path}/access`."""
    container = bootstrap.container()
    name = rest.removesuffix(_ACCESS)
    users: tuple[Holder, ...] = ()
    if rest.endswith(_ACCESS) and account.isdecimal():
        arn = container.inventory.list_roles.find(account, name)
        unlisted = role_arn(container.deployment.hub.partition, account, name)
        users = container.review_access.role(arn or unlisted).holders
    if not users:
        wanted = f"{account}/{name}"[:300]
        return Reply(RoleUsers(status="error", status_code=404, message=f"Nobody is known who may use {wanted}."), 404)
    return Reply(RoleUsers(data=sorted({Principal.parse(user.identity).name for user in users})))


@api.endpoint("GET", "/api/v2/audit/role_access", access=Access.CLI, permission=Permission.AUDIT)
def audit_role_access(query: RoleQuery) -> RoleReview:
    """Who may use a role, by its ARN, and where each right comes from."""
    return bootstrap.container().review_access.role(str(parse_role_arn(query.role.strip())))


@api.endpoint("GET", "/api/v2/audit/user_access", access=Access.CLI, permission=Permission.AUDIT)
def audit_user_access(query: UserQuery) -> PersonReview:
    """Which roles a person may use and why, by the groups that the directory knows of them."""
    return bootstrap.container().review_access.person(query.user)


@api.endpoint("GET", "/api/v2/audit/activity", access=Access.CLI, permission=Permission.AUDIT)
def audit_activity(query: ActivityQuery) -> WireActivity:
    """Who did what to what, newest first, filtered."""
    page = bootstrap.container().auditing.activity.page(_filter(query), query.cursor, query.limit)
    return WireActivity(entries=tuple(map(_wire, page.entries)), cursor=page.cursor, unreadable=page.unreadable)


@api.endpoint("GET", "/api/v2/audit/activity/export", access=Access.CLI, permission=Permission.AUDIT, answers=str)
def audit_export(query: ExportQuery, caller: Caller) -> Reply:
    """The same as a file, in parts: where there is more, the header X-Next-Cursor says where it begins. Recorded itself."""
    part = bootstrap.container().auditing.export.part(caller.user, _filter(query), query.format, query.cursor)
    headers: dict[str, Any] = {
        "Content-Type": _MEDIA[query.format],
        "Content-Disposition": f'attachment; filename="audit.{query.format}"',
        **({NEXT_CURSOR: part.cursor} if part.cursor else {}),
    }
    return Reply(part.text, headers=headers)


def _filter(query: ActivityFilter) -> ActivityFilter:
    """The filter alone: a cursor is bound to it, and to nothing else that a query holds."""
    return ActivityFilter.model_validate({name: getattr(query, name) for name in ActivityFilter.model_fields})


def _wire(link: ChainedEntry) -> WireEntry:
    return WireEntry(
        occurred_at=link.occurred_at, chain=link.writer, number=link.number, **link.entry.model_dump(mode="python")
    )
