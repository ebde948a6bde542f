"""Signing in and out as pages see it, and who the signed-in person is."""

from typing import Any

from chalicelib import bootstrap
from chalicelib.api.authenticator import new_api
from chalicelib.api.envelopes import WebResponse
from chalicelib.core.decisions import Permission
from chalicelib.core.model import Frozen
from chalicelib.core.principals import Caller
from chalicelib.wire.authentication import Access
from chalicelib.wire.http import Cookie, Reply

api = new_api(__name__)


class AuthReply(Frozen):
    """Epoch seconds."""

    authCookieExpiration: int  # noqa: N815 the wire's name
    currentServerTime: int  # noqa: N815 the wire's name


class LoginConfiguration(Frozen):
    enabled: bool = False
    page_title: str = "ConsoleMe"
    allow_password_login: bool = False
    allow_sso_login: bool = True
    allow_sign_up: bool = False
    custom_message: str = ""


class Flag(Frozen):
    enabled: bool


class UserProfile(Frozen):
    """ConsoleMe's document; `groups` and `site_config.laptop` are ours."""

    site_config: dict[str, Any]
    user: str
    groups: list[str]
    can_logout: bool = True
    is_contractor: bool = False
    employee_photo_url: str | None = None
    employee_info_url: str | None = None
    authorization: dict[str, bool]
    pages: dict[str, Flag | dict[str, str]]
    accounts: dict[str, str]


@api.endpoint("GET", "/auth", access=Access.SESSION)
def auth(caller: Caller) -> AuthReply:
    """Until when the session lasts; without one, where to sign in and come back to `redirect_url`."""
    return AuthReply(authCookieExpiration=caller.expires_at, currentServerTime=bootstrap.container().clock.now())


@api.endpoint("POST", "/auth", access=Access.SESSION)
def confirm_auth(caller: Caller) -> AuthReply:
    """The same answer to ConsoleMe's other method."""
    return AuthReply(authCookieExpiration=caller.expires_at, currentServerTime=bootstrap.container().clock.now())


@api.endpoint("GET", "/api/v2/login_configuration", access=Access.PUBLIC)
def login_configuration() -> LoginConfiguration:
    """How this deployment signs people in: never with passwords of its own."""
    return LoginConfiguration()


@api.endpoint("GET", "/api/v2/logout", access=Access.SESSION, answers=WebResponse)
def logout(caller: Caller) -> Reply:
    """Ends the session itself, not only its cookie."""
    sessions = bootstrap.container().identity.sessions
    sessions.end(caller.session_id)
    body = WebResponse(
        status="redirect", reason="logout_redirect", redirect_url="/", status_code=200, message="Signed out."
    )
    return Reply(body, cookies=(Cookie(sessions.cookie_name, "", 0, secure=sessions.secure),))


@api.endpoint("GET", "/api/v2/user_profile", access=Access.SESSION)
def user_profile(caller: Caller) -> UserProfile:
    """Who is signed in, what they may do, and what the pages need to know of the site."""
    container = bootstrap.container()
    held = {wanted: container.identity.permissions.of_caller(caller, wanted).allowed for wanted in Permission}
    site = container.identity.site
    header = {
        "custom_header_message_title": site.message_title,
        "custom_header_message_text": site.message_text,
        "custom_header_message_route": site.message_route,
    }
    enabled = {"policies": False, "self_service": False, "audit": False, "config": False, "api_health": False}
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
            "notifications": {"enabled": False, "request_interval": 60},
            "cloudtrail_denies_policy_generation": False,
            "laptop": container.settings.on_laptop,
        },
        user=caller.user,
        groups=sorted(caller.groups),
        authorization={
            "can_admin": held[Permission.ADMIN],
            "can_edit_policies": held[Permission.ADMIN_POLICIES],
            "can_create_roles": held[Permission.CREATE_ROLES],
            "can_delete_iam_principals": held[Permission.DELETE_IAM_PRINCIPALS],
        },
        pages={
            "header": header,
            "groups": Flag(enabled=False),
            "users": Flag(enabled=False),
            **{name: Flag(enabled=on) for name, on in enabled.items()},
        },
        accounts={account: known.name for account, known in sorted(container.access.store.accounts().items())},
    )
