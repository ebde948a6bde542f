"""The answerer that `wire` asks who is calling: composition of identity's services."""

from urllib.parse import urlencode, urlsplit, urlunsplit

from chalicelib import bootstrap
from chalicelib.core.decisions import Decision, Permission
from chalicelib.core.errors import NotAuthenticated
from chalicelib.core.principals import Caller, SessionKind
from chalicelib.wire.api import Api
from chalicelib.wire.authentication import Access
from chalicelib.wire.http import HttpRequest


class SessionAuthenticator:
    """Reads the session cookie; class M routes take web and CLI sessions alike, pages only web sessions."""

    @property
    def public_url(self) -> str:
        return bootstrap.container().settings.public_url

    @property
    def cdn_secret(self) -> str:
        return bootstrap.container().settings.cdn_secret

    def caller(self, request: HttpRequest, *, access: Access, live: bool) -> Caller:
        sessions = bootstrap.container().identity.sessions
        token = request.cookies.get(sessions.cookie_name)
        if not token:
            raise NotAuthenticated("You are not signed in.", reason="no_session")
        caller = sessions.read(token, request.address)
        if access is Access.SESSION and caller.kind is not SessionKind.WEB:
            raise NotAuthenticated("This page needs a sign-in in the browser.", reason="wrong_session_kind")
        return sessions.live(caller) if live else caller

    def sign_in_url(self, return_to: str) -> str:
        path = own_path(return_to, self.public_url)
        answer: str | None = bootstrap.container().plugins.hook.sign_in_url(return_to=path)
        return answer or f"/login?{urlencode({'redirect_after_auth': path})}"

    def may(self, caller: Caller, permission: Permission) -> Decision:
        return bootstrap.container().identity.permissions.of_caller(caller, permission)


def own_path(return_to: str, public_url: str) -> str:
    """The path of ours that `return_to` means; the start page for anything that is not ours: no open redirect."""
    try:
        wanted = urlsplit(return_to.removeprefix(public_url) or "/")
    except ValueError:
        return "/"
    if wanted.scheme or wanted.netloc or not wanted.path.startswith("/") or "\\" in return_to:
        return "/"
    return urlunsplit(("", "", wanted.path, wanted.query, ""))


def new_api(name: str) -> Api:
    """An Api blueprint for the module `name`, wired to this authenticator."""
    return Api(name, SessionAuthenticator)
