"""Signing in as browsers see it: the way to a provider, the way back, and the choice between several."""

import re
import secrets
from urllib.parse import urlencode

from chalicelib import bootstrap
from chalicelib.api.authenticator import SessionAuthenticator, new_api, own_path
from chalicelib.api.session import AuthReply, session_cookie, until_when
from chalicelib.core.errors import AppError, NotAuthenticated
from chalicelib.core.model import Frozen, OldWire
from chalicelib.identity.models import SessionToken
from chalicelib.observability import logger
from chalicelib.wire import csrf
from chalicelib.wire.authentication import Access
from chalicelib.wire.http import Cookie, HttpRequest, Reply
from chalicelib.wire.pages import refusal_page

api = new_api(__name__)

BROWSER_LIFE = 600
"""Seconds for which a browser is known as the one that began."""
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
_FOUND = 303


class WayBack(OldWire):
    """Where the person wants to be when they are signed in."""

    redirect_after_auth: str = "/"


class LoginMethod(Frozen):
    """A way to sign in: the words on its button, and where the button leads."""

    name: str
    label: str
    url: str


class LoginConfiguration(Frozen):
    """ConsoleMe's document; `methods` is ours."""

    enabled: bool = False
    page_title: str = "ConsoleMe"
    allow_password_login: bool = False
    allow_sso_login: bool = True
    allow_sign_up: bool = False
    custom_message: str = ""
    methods: list[LoginMethod]


@api.endpoint(
    "GET",
    "/auth",
    access=Access.PUBLIC,
    rule="Anybody: it is how a sign-in begins; who has a session learns until when it lasts.",
    answers=AuthReply,
)
def auth(request: HttpRequest) -> Reply:
    """Until when the session lasts, renewed in the second half of its life; without one, where to sign in.

    Also where identity providers send browsers back to (`code`, `state`), and where a sign-in begins (`use_sso`).
    """
    csrf.refuse_cross_site(request, bootstrap.container().settings.public_url)
    if _asked_by_script(request):
        return _checked(request)
    comes_back = "state" in request.query or "error" in request.query
    try:
        if comes_back:
            return _finished(request)
        return _begun(request) if "use_sso" in request.query else _checked(request)
    except AppError as error:
        if comes_back or not isinstance(error, NotAuthenticated):
            return refused(error, request)
        if "text/html" not in request.headers.get("accept", ""):
            raise
        return sent_to(SessionAuthenticator().sign_in_url(request.query.get("redirect_url", "/")))


@api.endpoint("GET", "/api/v2/login_configuration", access=Access.PUBLIC, rule="Anybody: the sign-in page shows it.")
def login_configuration(query: WayBack) -> LoginConfiguration:
    """The ways to sign in here, each with a link that comes back to `redirect_after_auth`; never a password of our own."""
    container = bootstrap.container()
    path = own_path(query.redirect_after_auth, container.settings.public_url)
    methods = [LoginMethod(name=way.name, label=way.label, url=way.url) for way in SessionAuthenticator().ways(path)]
    return LoginConfiguration(custom_message=container.deployment.sign_in_message, methods=methods)


def _asked_by_script(request: HttpRequest) -> bool:
    """Whether a page's script reads the answer, and no person."""
    asked_with = request.headers.get("x-requested-with", "").lower()
    return asked_with == "xmlhttprequest" or request.headers.get("accept") == "application/json"


def _checked(request: HttpRequest) -> Reply:
    """Raises NotAuthenticated for whoever has no session, and is not named by a proxy that may."""
    try:
        caller = SessionAuthenticator().caller(request, access=Access.SESSION, live=True)
    except NotAuthenticated:
        sign_in = bootstrap.container().identity.sign_in
        identified = sign_in.identify(request)
        if identified is None:
            raise
        token = sign_in.start(identified, request)
        body = AuthReply(authCookieExpiration=token.expires_at, currentServerTime=token.issued_at)
        return Reply(body, cookies=(session_cookie(token), *xsrf_cookie(request, token)))
    reply = until_when(caller)
    return Reply(reply.body, cookies=(*reply.cookies, *xsrf_cookie(request)))


def _begun(request: HttpRequest) -> Reply:
    container = bootstrap.container()
    return_to = own_path(request.query.get("redirect_url", "/"), container.settings.public_url)
    name = request.query["use_sso"]
    if name not in {method.name for method in container.identity.sign_in.choices}:
        return sent_to(SessionAuthenticator().sign_in_url(return_to))
    browser = browser_secret(request) or secrets.token_urlsafe(32)
    url = container.identity.sign_in.begin(name, return_to, browser, request.address)
    return sent_to(url, _browser_cookie(browser))


def _finished(request: HttpRequest) -> Reply:
    """The person's session, when the provider's answer proves one; else a page that says why not."""
    container = bootstrap.container()
    sign_in = container.identity.sign_in
    attempt = sign_in.take(request.query.get("state", ""), browser_secret(request) or "")
    try:
        token = sign_in.finish(attempt, request)
    except AppError as error:
        again = urlencode({"use_sso": attempt.method, "redirect_url": attempt.return_to})
        return refused(error, request, f"/auth?{again}", attempt.method)
    return sent_to(attempt.return_to, session_cookie(token), *xsrf_cookie(request, token))


def refused(error: AppError, request: HttpRequest, link: str = "/", method: str = "") -> Reply:
    """A page that names cause and way on; the log learns the reason, and nothing that came from a provider."""
    said = {"reason": error.reason, "cause": error.message[:500], "method": method, "address": request.address}
    logger.info("sign-in refused", extra=said)
    return refusal_page(error, request.request_id, title="You are not signed in", link=link, invitation="Try again")


def sent_to(url: str, *cookies: Cookie) -> Reply:
    """A path of ours is written out whole: no path, however odd, leads to another host."""
    container = bootstrap.container()
    target = container.settings.public_url + url if url.startswith("/") else url
    return Reply("", status=_FOUND, headers={"Location": target}, cookies=cookies)


def xsrf_cookie(request: HttpRequest, token: SessionToken | None = None) -> tuple[Cookie, ...]:
    """A new one with a new session, or for a browser that has none."""
    if token is None and csrf.XSRF_COOKIE in request.cookies:
        return ()
    secure = bootstrap.container().identity.sessions.secure
    return (Cookie(csrf.XSRF_COOKIE, csrf.new_token(), csrf.LIFE, http_only=False, secure=secure),)


def _browser_name() -> str:
    return "__Host-consoleme_browser" if bootstrap.container().identity.sessions.secure else "consoleme_browser"


def browser_secret(request: HttpRequest) -> str | None:
    """The secret by which this browser is known as the one that began; one for all its tabs."""
    value = request.cookies.get(_browser_name(), "")
    return value if _SECRET.fullmatch(value) else None


def _browser_cookie(secret: str) -> Cookie:
    return Cookie(_browser_name(), secret, BROWSER_LIFE, secure=bootstrap.container().identity.sessions.secure)
