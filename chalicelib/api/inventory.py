"""Pages of resources, from the inventory."""

from typing import Any

from chalicelib import bootstrap
from chalicelib.api.authenticator import new_api
from chalicelib.core.model import Frozen
from chalicelib.core.principals import Caller
from chalicelib.core.roles import Use
from chalicelib.wire.authentication import Access

api = new_api(__name__)


class WireInlinePolicy(Frozen):
    PolicyName: str
    PolicyDocument: dict[str, Any]


class WireManagedPolicy(Frozen):
    PolicyName: str
    PolicyArn: str


class WireTag(Frozen):
    Key: str
    Value: str


class CloudTrailErrors(Frozen):
    cloudtrail_errors: tuple[dict[str, Any], ...] = ()


class CloudTrailDetails(Frozen):
    error_url: str = ""
    errors: CloudTrailErrors = CloudTrailErrors()


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


class Note(Frozen):
    """A line that a company's plugin adds: plain text, and where it leads further."""

    title: str
    text: str
    url: str | None


class RoleDetails(Frozen):
    """ConsoleMe's keys first, then what it did not tell."""

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
    max_session_duration: int
    instance_profiles: tuple[str, ...]
    trust: Trust
    observed_at: int
    authorized: tuple[Authorized, ...]
    notes: tuple[Note, ...]


@api.endpoint(
    "GET",
    "/api/v2/roles/{account_id}/{role+}",
    access=Access.SESSION,
    rule="Everybody who is signed in, for accounts and resources that they see.",
)
def get_role(account_id: str, role: str, caller: Caller) -> RoleDetails:
    """A role as the last refresh saw it, by its name or by its path and name."""
    container = bootstrap.container()
    page = container.inventory.show_role.of(account_id, role, container.identity.permissions.view(caller))
    found, boundary = page.role, page.role.permissions_boundary
    return RoleDetails(
        name=found.name,
        account_id=found.account_id,
        account_name=page.account_name,
        arn=found.arn,
        inline_policies=tuple(
            WireInlinePolicy(PolicyName=policy.name, PolicyDocument=policy.document) for policy in found.inline_policies
        ),
        assume_role_policy_document=found.trust_policy,
        managed_policies=tuple(
            WireManagedPolicy(PolicyName=policy.name, PolicyArn=policy.arn) for policy in found.attached_policies
        ),
        permissions_boundary=(
            {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": boundary} if boundary else {}
        ),
        tags=tuple(WireTag(Key=key, Value=value) for key, value in sorted(found.tags.items())),
        config_timeline_url=page.config_timeline_url,
        created_time=found.create_date,
        last_used_time=found.last_used.at if found.last_used else None,
        description=found.description,
        owner=page.owner,
        max_session_duration=found.max_session_duration,
        instance_profiles=found.instance_profiles,
        trust=Trust(
            source_identity=page.trust.source_identity,
            session_tags=page.trust.session_tags,
            mending_statement=page.trust.mending_statement,
        ),
        observed_at=page.observed_at,
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
            for why in page.authorized
        ),
        notes=tuple(Note(title=note.title, text=note.text, url=note.url) for note in page.notes),
    )
