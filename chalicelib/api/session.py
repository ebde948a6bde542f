"""Signing in and out as pages see it, and who the signed-in person is."""

from typing import Any

from chalicelib import bootstrap
from chalicelib.api.authenticator import new_api
from chalicelib.api.envelopes import WebResponse
from chalicelib.core.decisions import Permission
from chalicelib.core.model import Frozen
from chalicelib.core.principals import Caller
from chalicelib.identity.models import SessionToken
from chalicelib.wire.authentication import Access
from chalicelib.wire.http import Cookie, Reply

api = new_api(__name__)

_PAGES_NAMES = {Permission.ADMIN_POLICIES: "can_edit_policies"}
"""ConsoleMe's pages call it otherwise than its configuration."""


def session_cookie(token: SessionToken) -> Cookie:
    """What carries a session in a browser, for as long as the token counts."""
    return Cookie(token.cookie_name, token.value, token.expires_at - token.issued_at, secure=token.secure)


class AuthReply(Frozen):
    """Epoch seconds."""

    authCookieExpiration: int  # noqa: N815 the wire's name
    currentServerTime: int  # noqa: N815 the wire's name


class Flag(Frozen):
    enabled: bool


class HeldScope(Frozen):
    """A permission that is held over a part of the estate only, and that part in words."""

    permission: str
    where: str


class UserProfile(Frozen):
    """ConsoleMe's document; `groups`, `scopes` and `site_config.laptop` are ours.

    `authorization` says what the person may do somewhere (`can_admin`: everywhere); what they may do over a part only stands in
    `scopes` too. `accounts` are those that they see.
    """

    site_config: dict[str, Any]
    user: str
    groups: list[str]
    can_logout: bool = True
    is_contractor: bool = False
    employee_photo_url: str | None = None
    employee_info_url: str | None = None
    authorization: dict[str, bool]
    scopes: list[HeldScope]
    pages: dict[str, Flag | dict[str, str]]
    accounts: dict[str, str]


@api.endpoint(
    "POST",
    "/auth",
    access=Access.SESSION,
    rule="Everybody who is signed in, about their own session.",
    answers=AuthReply,
)
def confirm_auth(caller: Caller) -> Reply:
    """The same answer to ConsoleMe's other method."""
    return until_when(caller)


def until_when(caller: Caller) -> Reply:
    """Until when the session lasts, with a new cookie when it was renewed."""
    container = bootstrap.container()
    now = container.clock.now()
    token = container.identity.sessions.renew(caller)
    if token is None:
        return Reply(AuthReply(authCookieExpiration=caller.expires_at, currentServerTime=now))
    return Reply(
        AuthReply(authCookieExpiration=token.expires_at, currentServerTime=now), cookies=(session_cookie(token),)
    )


@api.endpoint(
    "GET",
    "/api/v2/logout",
    access=Access.SESSION,
    rule="Everybody who is signed in, for their own session.",
    answers=WebResponse,
)
def logout(caller: Caller) -> Reply:
    """Ends the session itself, not only its cookie, and says where the provider's own session is ended."""
    identity = bootstrap.container().identity
    sessions, ended = identity.sessions, identity.sessions.end(caller.session_id)
    away = identity.sign_in.sign_out_url(ended.method, ended.sign_out) if ended else None
    body = WebResponse(
        status="redirect", reason="logout_redirect", redirect_url=away or "/", status_code=200, message="Signed out."
    )
    return Reply(body, cookies=(Cookie(sessions.cookie_name, "", 0, secure=sessions.secure),))


@api.endpoint(
    "GET",
    "/api/v2/user_profile",
    access=Access.SESSION,
    rule="Everybody who is signed in, about themselves; accounts are those that they see.",
)
def user_profile(caller: Caller) -> UserProfile:
    """Who is signed in, what they may do, and what the pages need to know of the site."""
    container = bootstrap.container()
    permissions = container.identity.permissions
    known = container.access.store.accounts()
    seen = permissions.view(caller).accounts(known)
    site = container.identity.site
    header = {
        "custom_header_message_title": site.message_title,
        "custom_header_message_text": site.message_text,
        "custom_header_message_route": site.message_route,
    }
    enabled = {
        "policies": False,
        "self_service": False,
        "audit": permissions.of_caller(caller, Permission.AUDIT).allowed,
        "config": permissions.of_caller(caller, Permission.EDIT_CONFIG).allowed,
        "api_health": False,
    }
    return UserProfile(
        site_config={
            "consoleme_logo": None,
            "google_analytics": {"tracking_id": None, "options": {}},
            "documentation_url": site.documentation_url,
            "support_contact": site.support_contact,
            "support_chat_url": site.support_chat_url,
            "security_logo": None,
            "security_url": None,
            "landing_url": None,
            "temp_policy_support": False,
            "notifications": {
                "enabled": container.notifications.config.enabled,
                "request_interval": container.notifications.config.request_interval,
            },
            "cloudtrail_denies_policy_generation": True,
            "laptop": container.settings.on_laptop,
        },
        user=caller.user,
        groups=sorted(caller.groups),
        authorization={
            _PAGES_NAMES.get(wanted, wanted.value): permissions.somewhere(caller, wanted)
            if wanted is not Permission.ADMIN
            else permissions.of_caller(caller, wanted).allowed
            for wanted in Permission
        },
        scopes=[
            HeldScope(permission=scope.permission, where=str(scope.where)) for scope in permissions.scopes_of(caller)
        ],
        pages={
            "header": header,
            "groups": Flag(enabled=False),
            "users": Flag(enabled=False),
            **{name: Flag(enabled=on) for name, on in enabled.items()},
        },
        accounts={account: fact.name for account, fact in sorted(known.items()) if account in seen},
    )
