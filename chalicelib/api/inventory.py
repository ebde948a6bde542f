"""Pages of roles and users, from the inventory."""

from typing import TYPE_CHECKING, Any

from chalicelib import bootstrap
from chalicelib.api.authenticator import new_api
from chalicelib.api.deny_bodies import CloudTrailDetails, cloudtrail_details
from chalicelib.api.resource_bodies import (
    Age,
    Look,
    Note,
    WireExposure,
    WireTag,
    age_of,
    exposure_of,
    notes_of,
    tags_of,
)
from chalicelib.core.model import Frozen
from chalicelib.core.principals import Caller
from chalicelib.core.roles import Use
from chalicelib.inventory.models import AttachedPolicy, NamedPolicy
from chalicelib.wire.authentication import Access
from chalicelib.wire.failures import Shape

if TYPE_CHECKING:
    from chalicelib.inventory.pages.show_user import UserPage
    from chalicelib.inventory.show_role import RolePage

api = new_api(__name__)


class WireInlinePolicy(Frozen):
    PolicyName: str
    PolicyDocument: dict[str, Any]


class WireManagedPolicy(Frozen):
    PolicyName: str
    PolicyArn: str


class S3Errors(Frozen):
    s3_errors: tuple[dict[str, Any], ...] = ()


class S3Details(Frozen):
    query_url: str = ""
    error_url: str = ""
    errors: S3Errors = S3Errors()


class AppDetails(Frozen):
    app_details: tuple[dict[str, str | None], ...] = ()


class Trust(Frozen):
    """What the trust policy lets the hub send, and the statement that mends what is missing."""

    source_identity: bool
    session_tags: bool
    mending_statement: dict[str, Any] | None


class Authorized(Frozen):
    """One reason for an identity to have the role, for `use` (`both`, `cli_only`, `console_only`), until epoch seconds. Of one that does
    not count now, `because` says why.
    """

    identity: str
    cli_only: bool
    reason: str
    use: Use
    until: int | None
    counts: bool
    because: str


class IdentityDetails(Frozen):
    """A role or a user: ConsoleMe's keys first, then what it did not tell."""

    name: str
    account_id: str
    account_name: str | None
    arn: str
    inline_policies: tuple[WireInlinePolicy, ...]
    assume_role_policy_document: dict[str, Any] | None
    managed_policies: tuple[WireManagedPolicy, ...]
    permissions_boundary: dict[str, str]
    tags: tuple[WireTag, ...]
    cloudtrail_details: CloudTrailDetails = CloudTrailDetails()
    s3_details: S3Details = S3Details()
    apps: AppDetails = AppDetails()
    config_timeline_url: str | None
    templated: bool = False
    template_link: str | None = None
    created_time: str | None
    updated_time: str | None = None
    last_used_time: str | None
    description: str | None
    owner: str | None
    console_url: str | None
    observed_at: int | None
    age: Age
    notes: tuple[Note, ...]


class RoleDetails(IdentityDetails):
    max_session_duration: int
    instance_profiles: tuple[str, ...]
    last_used_region: str | None
    trust: Trust
    exposure: WireExposure
    authorized: tuple[Authorized, ...]


class UserDetails(IdentityDetails):
    groups: tuple[str, ...]


@api.endpoint(
    "GET",
    "/api/v2/roles/{account_id}/{role+}",
    access=Access.SESSION,
    rule="Everybody who is signed in, for accounts and resources that they see.",
)
def get_role(account_id: str, role: str, query: Look, caller: Caller) -> RoleDetails:
    """A role by its name, or by its path and name; read in AWS when the inventory does not know it, or when that is asked for."""
    return _role(_role_page(account_id, role, query, caller), caller)


@api.endpoint(
    "GET",
    "/api/v2/mtls/roles/{account_id}/{role+}",
    access=Access.CLI,
    rule="Everybody who is signed in, for accounts and resources that they see.",
    shape=Shape.UNIVERSAL,
)
def get_role_for_programs(account_id: str, role: str, query: Look, caller: Caller) -> RoleDetails:
    """The same for the command line."""
    return _role(_role_page(account_id, role, query, caller), caller)


@api.endpoint(
    "GET",
    "/api/v2/users/{account_id}/{user+}",
    access=Access.SESSION,
    rule="Everybody who is signed in, for accounts and resources that they see.",
)
def get_user(account_id: str, user: str, query: Look, caller: Caller) -> UserDetails:
    """An IAM user by their name, or by their path and name."""
    container = bootstrap.container()
    view = container.identity.permissions.view(caller)
    return _user(container.inventory.pages.show_user.of(account_id, user, view, fresh=query.fresh), caller)


def _role_page(account_id: str, role: str, query: Look, caller: Caller) -> "RolePage":
    container = bootstrap.container()
    view = container.identity.permissions.view(caller)
    return container.inventory.pages.show_role.of(account_id, role, view, fresh=query.fresh)


def _role(shown: "RolePage", caller: Caller) -> RoleDetails:
    page, found = shown.page, shown.role
    return RoleDetails(
        name=found.name,
        account_id=found.account_id,
        account_name=page.account_name,
        arn=found.arn,
        inline_policies=_inline(found.inline_policies),
        assume_role_policy_document=found.trust_policy,
        managed_policies=_managed(found.attached_policies),
        permissions_boundary=_boundary(found.permissions_boundary),
        tags=tags_of(found.tags),
        cloudtrail_details=cloudtrail_details(found.arn, caller),
        apps=AppDetails(
            app_details=tuple(
                {"name": name, "owner": app.owner, "owner_url": app.owner_url, "app_url": app.app_url}
                for name, app in shown.apps
            )
        ),
        config_timeline_url=page.config_timeline_url,
        created_time=found.create_date,
        last_used_time=found.last_used.at if found.last_used else None,
        description=found.description,
        owner=page.owner,
        console_url=page.console_url,
        observed_at=page.observed_at,
        age=age_of(page),
        notes=notes_of(page.notes),
        max_session_duration=found.max_session_duration,
        instance_profiles=found.instance_profiles,
        last_used_region=found.last_used.region if found.last_used else None,
        trust=Trust(
            source_identity=shown.trust.source_identity,
            session_tags=shown.trust.session_tags,
            mending_statement=shown.trust.mending_statement,
        ),
        exposure=exposure_of(page),
        authorized=tuple(
            Authorized(
                identity=why.identity,
                cli_only=why.use is Use.CLI_ONLY,
                reason=why.source,
                use=why.use,
                until=why.until,
                counts=why.counts,
                because=why.because,
            )
            for why in shown.authorized
        ),
    )


def _user(shown: "UserPage", caller: Caller) -> UserDetails:
    page, found = shown.page, shown.user
    return UserDetails(
        name=found.name,
        account_id=found.account_id,
        account_name=page.account_name,
        arn=found.arn,
        inline_policies=_inline(found.inline_policies),
        assume_role_policy_document=None,
        managed_policies=_managed(found.attached_policies),
        permissions_boundary=_boundary(found.permissions_boundary),
        tags=tags_of(found.tags),
        cloudtrail_details=cloudtrail_details(found.arn, caller),
        config_timeline_url=page.config_timeline_url,
        created_time=found.create_date,
        last_used_time=None,
        description=None,
        owner=page.owner,
        console_url=page.console_url,
        observed_at=page.observed_at,
        age=age_of(page),
        notes=notes_of(page.notes),
        groups=found.groups,
    )


def _inline(policies: tuple[NamedPolicy, ...]) -> tuple[WireInlinePolicy, ...]:
    return tuple(WireInlinePolicy(PolicyName=policy.name, PolicyDocument=policy.document) for policy in policies)


def _managed(policies: tuple[AttachedPolicy, ...]) -> tuple[WireManagedPolicy, ...]:
    return tuple(WireManagedPolicy(PolicyName=policy.name, PolicyArn=policy.arn) for policy in policies)


def _boundary(arn: str | None) -> dict[str, str]:
    return {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn} if arn else {}
