"""Pages of buckets, queues, topics and managed policies, what managed policies say, and what any resource was before."""

from typing import TYPE_CHECKING, Any

from chalicelib import bootstrap
from chalicelib.api.authenticator import new_api
from chalicelib.api.envelopes import WebResponse
from chalicelib.api.resource_bodies import (
    Age,
    Look,
    Note,
    WireExposure,
    age_of,
    exposure_of,
    notes_of,
)
from chalicelib.core.decisions import Permission
from chalicelib.core.errors import InvalidInput
from chalicelib.core.model import Frozen
from chalicelib.core.principals import Caller
from chalicelib.identity.permissions import View
from chalicelib.wire.authentication import Access
from chalicelib.wire.http import Reply

if TYPE_CHECKING:
    from chalicelib.inventory.pages.show_history import ShownVersion

api = new_api(__name__)

_ACCOUNT_DIGITS = 12
_SEEN = "Everybody who is signed in, for accounts and resources that they see."


class PolicyVersionBody(Frozen):
    version_id: str
    create_date: str
    is_default: bool
    document: dict[str, Any]


class ResourceDetails(Frozen):
    """ConsoleMe's keys first, then what it did not tell. `versions` are a managed policy's, newest first."""

    arn: str
    resource_details: dict[str, Any]
    account_id: str
    account_name: str | None
    read_only: bool = False
    can_save_delete: tuple[bool, ...]
    s3_errors: tuple[dict[str, Any], ...] = ()
    error_url: str | None = None
    config_timeline_url: str | None
    name: str
    technology: str
    owner: str | None
    console_url: str | None
    observed_at: int | None
    age: Age
    refused: tuple[str, ...]
    exposure: WireExposure
    versions: tuple[PolicyVersionBody, ...]
    notes: tuple[Note, ...]


class PolicyQuery(Frozen):
    arn: str


class AttachedBody(Frozen):
    """`kind` is `role`, `user` or `group`."""

    kind: str
    name: str
    arn: str


class AttachedList(Frozen):
    principals: tuple[AttachedBody, ...]


class HistoryQuery(Frozen):
    arn: str
    version: str = ""
    """Also tells this version's content, and that of the one before it."""


class VersionBody(Frozen):
    """Since `at` (epoch seconds) it has been like this, `gone` if there was none from then on. `who` changed it, when AWS's event told.

    `changed` are the fields that differ from the version before; empty for the first one that is known.
    """

    id: str
    at: int
    who: str | None
    gone: bool
    changed: tuple[str, ...]


class DifferenceBody(Frozen):
    """None where there was nothing, or nothing is known."""

    version: VersionBody
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class ResourceHistoryBody(Frozen):
    """The newest version first. A resource that has not changed since it was first seen has none."""

    arn: str
    account_id: str
    versions: tuple[VersionBody, ...]
    difference: DifferenceBody | None = None


def _version(one: "ShownVersion") -> VersionBody:
    return VersionBody(id=one.id, at=one.at, who=one.who or None, gone=one.gone, changed=one.changed)


def _view(caller: Caller) -> View:
    return bootstrap.container().identity.permissions.view(caller)


@api.endpoint("GET", "/api/v2/resources/{account_id}/{kind}/{rest+}", access=Access.SESSION, rule=_SEEN)
def get_resource(account_id: str, kind: str, rest: str, query: Look, caller: Caller) -> ResourceDetails:
    """`s3/{bucket}`, `sqs/{region}/{queue}`, `sns/{region}/{topic}` or `managed_policy/{path and name}`."""
    from chalicelib.inventory.pages.addresses import resource
    from chalicelib.inventory.pages.resource_details import details_of, versions_of

    container = bootstrap.container()
    show = container.inventory.pages.show_resource
    page = show.of(resource(kind, show.partition, account_id, rest), _view(caller), fresh=query.fresh)
    record = page.record
    may_edit = container.identity.permissions.of_caller_over(caller, Permission.ADMIN_POLICIES, [record.arn]).allowed
    return ResourceDetails(
        arn=record.arn,
        resource_details={**details_of(record), "config_timeline_url": page.config_timeline_url},
        account_id=record.account_id,
        account_name=page.account_name,
        can_save_delete=(may_edit,),
        config_timeline_url=page.config_timeline_url,
        name=record.name,
        technology=page.technology,
        owner=page.owner,
        console_url=page.console_url,
        observed_at=page.observed_at,
        age=age_of(page),
        refused=page.refused,
        exposure=exposure_of(page),
        versions=tuple(
            PolicyVersionBody(
                version_id=one.version_id, create_date=one.create_date, is_default=default, document=one.document
            )
            for one, default in versions_of(record)
        ),
        notes=notes_of(page.notes),
    )


@api.endpoint("GET", "/api/v2/managed_policies/{wanted+}", access=Access.SESSION, rule=_SEEN)
def get_managed_policies(wanted: str, caller: Caller) -> list[str] | WebResponse:
    """By an account's number the ARNs of all that can be attached there; by a policy's ARN what it says now."""
    documents = bootstrap.container().inventory.pages.policy_documents
    if len(wanted) == _ACCOUNT_DIGITS and wanted.isdecimal():
        return documents.arns(wanted, _view(caller))
    data = documents.document(wanted, _view(caller))
    return WebResponse(status="success", status_code=200, data=data)


@api.endpoint(
    "GET",
    "/api/v2/managed_policies_on_principal/{principal+}",
    access=Access.SESSION,
    rule=_SEEN,
    answers=WebResponse,
)
def get_managed_policies_on_principal(principal: str, caller: Caller) -> Reply:
    """What the managed policies of a role or user say, by their names; `errors` name those that could not be read."""
    try:
        attached = bootstrap.container().inventory.pages.policy_documents.of_principal(principal, _view(caller))
    except InvalidInput as error:
        refusal = WebResponse(status="error", reason="bad_request", status_code=400, errors=[error.message])
        return Reply(refusal, 400)
    failures = list(attached.failures) or None
    return Reply(WebResponse(status="success", status_code=200, data=attached.documents, errors=failures))


@api.endpoint("GET", "/api/v2/attached_principals", access=Access.SESSION, rule=_SEEN)
def list_attached_principals(query: PolicyQuery, caller: Caller) -> AttachedList:
    """The roles, users and groups that an account's own managed policy is attached to, as AWS says now."""
    found = bootstrap.container().inventory.pages.attached_principals.of(query.arn, _view(caller))
    return AttachedList(principals=tuple(AttachedBody(kind=one.kind, name=one.name, arn=one.arn) for one in found))


@api.endpoint("GET", "/api/v2/resource_history", access=Access.SESSION, rule=_SEEN)
def get_resource_history(query: HistoryQuery, caller: Caller) -> ResourceHistoryBody:
    """The last twenty contents of a resource: since when, by whom if that is known, and what changed."""
    shown, view = bootstrap.container().inventory.pages.show_history, _view(caller)
    history = shown.of(query.arn, view)
    difference = shown.difference(query.arn, query.version, view) if query.version else None
    return ResourceHistoryBody(
        arn=history.arn,
        account_id=history.account_id,
        versions=tuple(map(_version, history.versions)),
        difference=DifferenceBody(
            version=_version(difference.version), before=difference.before, after=difference.after
        )
        if difference
        else None,
    )
