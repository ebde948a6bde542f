"""The caller's own roles: for Weep (`get_roles`), for the start page (`eligible_roles`), and the way into the AWS console."""

import base64
from typing import Any
from urllib.parse import urlencode

from chalicelib import bootstrap
from chalicelib.access.models import CredentialsConfig
from chalicelib.api.authenticator import new_api
from chalicelib.api.envelopes import Column, PageConfig, Sparse, TableConfig
from chalicelib.core.arn import Arn
from chalicelib.core.errors import Forbidden, InvalidInput, Upstream
from chalicelib.core.model import Frozen, OldWire
from chalicelib.core.roles import Use
from chalicelib.wire.authentication import Access, UncheckedCaller
from chalicelib.wire.failures import Shape
from chalicelib.wire.http import HttpRequest, Reply

api = new_api(__name__)

_SEVERAL = "You have more than one role matching your query. Please select one."


class RolesQuery(OldWire):
    all: str = ""
    """Exactly `true` adds the roles that are for the command line only."""


class Apps(Frozen):
    app_details: list[dict[str, str | None]] = []  # noqa: RUF012 pydantic copies defaults


class WireRole(Frozen):
    arn: str
    account_id: str
    account_friendly_name: str
    role_name: str
    apps: Apps = Apps()


def _apps_of(arn: str, config: CredentialsConfig) -> Apps:
    details: list[dict[str, str | None]] = [
        {"name": name, "owner": app.owner, "owner_url": app.owner_url, "app_url": app.app_url}
        for name, app in config.applications.items()
        if app.owns(arn)
    ]
    return Apps(app_details=details)


class RoleList(Frozen):
    roles: list[WireRole]


class RolesReply(Frozen):
    status: str = "success"
    status_code: int = 200
    data: RoleList


class EligibleWish(OldWire):
    include_cli_only: bool = False


class WhyRow(Frozen):
    """By which identity (`user:x`, `group:x`), from where, for which use, and until when (epoch seconds) somebody has a role."""

    identity: str
    source: str
    use: Use
    until: int | None


class EligibleRow(Frozen):
    """A row of the start page: ConsoleMe's keys first, then why, and what the trust policy lacks."""

    arn: str
    account_name: str
    account_id: str
    role_name: str
    redirect_uri: str
    cli_only: bool
    console_only: bool
    reasons: list[str]
    whys: list[WhyRow]
    ends_at: int | None
    source_identity: bool
    session_tags: bool
    mending_statement: dict[str, Any] | None


class EligibleTable(Frozen):
    totalCount: int  # noqa: N815 the wire's name
    filteredCount: int  # noqa: N815 the wire's name
    data: list[EligibleRow]


class LoginQuery(OldWire):
    r: str = ""
    """The region."""
    redirect: str = ""
    """The page of the console to land on."""
    read_only: str = ""
    """Ours: exactly `true` signs in with a session that may read, whatever else the role may."""


class LoginReply(Sparse):
    type: str
    reason: str | None = None
    redirect_url: str | None = None
    role: str | None = None
    message: str | None = None
    error: str | None = None


@api.endpoint(
    "GET",
    "/api/v1/get_roles",
    access=Access.CLI,
    rule="Everybody who is signed in, their own roles.",
    shape=Shape.UNIVERSAL,
)
def get_role_arns(query: RolesQuery, caller: UncheckedCaller) -> list[str]:
    """The caller's role ARNs, sorted."""
    eligibility = bootstrap.container().access.eligible_roles.of(caller)
    return [role.arn for role in eligibility.visible(cli=query.all == "true", console=False)]


@api.endpoint(
    "GET",
    "/api/v2/get_roles",
    access=Access.CLI,
    rule="Everybody who is signed in, their own roles.",
    shape=Shape.UNIVERSAL,
)
def get_roles(query: RolesQuery, caller: UncheckedCaller) -> RolesReply:
    """The caller's roles with their accounts and applications, sorted by ARN."""
    container = bootstrap.container()
    eligibility = container.access.eligible_roles.of(caller)
    roles = [
        WireRole(
            arn=role.arn,
            account_id=Arn.parse(role.arn).account,
            account_friendly_name=eligibility.account_name(role.arn),
            role_name=Arn.parse(role.arn).path_and_name,
            apps=_apps_of(role.arn, container.access.credentials_config),
        )
        for role in eligibility.visible(cli=query.all == "true", console=False)
    ]
    return RolesReply(data=RoleList(roles=roles))


@api.endpoint(
    "POST", "/api/v2/eligible_roles", access=Access.SESSION, rule="Everybody who is signed in, their own roles."
)
def eligible_roles(body: EligibleWish, caller: UncheckedCaller) -> EligibleTable:
    """The start page's table, by account name and ARN."""
    from chalicelib.access.routes import trust_context
    from chalicelib.access.session_request import missing_trust

    container = bootstrap.container()
    eligibility = container.access.eligible_roles.of(caller)
    hub, credentials = container.deployment.hub, container.access.credentials_config
    rows = []
    for role in eligibility.visible(cli=body.include_cli_only):
        arn = Arn.parse(role.arn)
        rows.append(
            EligibleRow(
                arn=role.arn,
                account_name=eligibility.account_name(role.arn),
                account_id=arn.account,
                role_name=f"[{arn.path_and_name}](/policies/edit/{arn.account}/iamrole/{arn.name})",
                redirect_uri=f"/role/{role.arn}",
                cli_only=role.grant.cli_only,
                console_only=role.grant.console_only,
                reasons=[f"{reason.identity} by {reason.source}" for reason in role.reasons],
                whys=[
                    WhyRow(identity=reason.identity, source=reason.source, use=reason.use, until=reason.until)
                    for reason in role.reasons
                ],
                ends_at=role.ends_at,
                source_identity=role.grant.source_identity,
                session_tags=role.grant.session_tags,
                mending_statement=missing_trust(role, trust_context(arn, credentials, hub).principal_arn),
            )
        )
    rows.sort(key=lambda row: (row.account_name, row.arn))
    return EligibleTable(totalCount=len(rows), filteredCount=len(rows), data=rows)


@api.endpoint(
    "GET",
    "/api/v2/eligible_roles_page_config",
    access=Access.SESSION,
    rule="Everybody who is signed in: it holds nothing of anybody's.",
)
def eligible_roles_page_config() -> PageConfig:
    """The start page's layout, for ConsoleMe's own pages. It holds nothing of anybody's."""
    sign_in = Column(
        placeholder="AWS Console Sign-In",
        key="redirect_uri",
        type="button",
        icon="sign-in",
        content="Sign-In",
        on_click={"action": "redirect"},
        style={"maxWidth": "300px"},
    )
    return PageConfig(
        pageName="Select a Role",
        pageDescription="Select a role to sign in to the AWS console.",
        tableConfig=TableConfig(
            dataEndpoint="/api/v2/eligible_roles",
            totalRows=1000,
            serverSideFiltering=False,
            allowCsvExport=False,
            allowJsonExport=False,
            columns=[
                sign_in,
                Column(placeholder="Account Name", key="account_name", type="input"),
                Column(placeholder="Role Name", key="role_name", type="link"),
                Column(placeholder="Account ID", key="account_id", type="input"),
            ],
        ),
    )


@api.endpoint(
    "GET",
    "/api/v2/role_login/{role+}",
    access=Access.SESSION,
    rule="Everybody who is signed in, for roles that are theirs.",
    answers=LoginReply,
)
def role_login(role: str, query: LoginQuery, caller: UncheckedCaller, request: HttpRequest) -> Reply:
    """A link into the AWS console for the one role that the search means."""
    from chalicelib.access.console_sign_in import Visit

    visit = Visit(search=role, region=query.r, destination=query.redirect, read_only=query.read_only == "true")
    try:
        link = bootstrap.container().access.console.link(caller, visit, client=request.user_agent)
    except InvalidInput as error:
        return Reply(LoginReply(type="error", reason=error.reason, message=error.message), 400)
    except Upstream as error:
        return Reply(LoginReply(type="console_url", message=error.message, error=error.reason), 502)
    except Forbidden as error:
        return _refused(error, role, query)
    return Reply(LoginReply(type="redirect", redirect_url=link.url, reason="console_login", role=link.role_arn))


def _refused(error: Forbidden, role: str, query: LoginQuery) -> Reply:
    match error.reason:
        case "multiple_roles":
            rest = {key: value for key, value in query.model_dump().items() if value}
            warning = base64.b64encode(_SEVERAL.encode()).decode()
            url = f"/?{urlencode({'arn': role, **rest, 'warningMessage': warning})}"
            return Reply(LoginReply(type="redirect", message=_SEVERAL, reason="multiple_roles", redirect_url=url))
        case "assume_role_failed":
            cause = str(error.extra.get("exception", ""))
            return Reply(LoginReply(type="console_url", message=error.message, error=cause), 502)
        case "no_matching_roles" | "not_a_role_arn":
            return Reply(LoginReply(type="error", reason=error.reason, message=error.message), 404)
    return Reply(LoginReply(type="error", reason=error.reason, message=error.message), 403)
