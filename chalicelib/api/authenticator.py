"""The answerer that `wire` asks who is calling: composition of identity's services."""

from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

from chalicelib import bootstrap
from chalicelib.core.decisions import Decision, Permission
from chalicelib.core.deployment import PLUGIN, SESSION
from chalicelib.core.errors import NotAuthenticated
from chalicelib.core.principals import Caller, SessionKind
from chalicelib.settings import load
from chalicelib.wire.api import Api
from chalicelib.wire.authentication import Access, PushClient
from chalicelib.wire.http import HttpRequest

_LONGEST_PATH = 2_000
_NO_PAGES = ("/api/", "/auth", "/login", "/logout", "/noauth/", "/saml/")
"""Coming back there would act in a person's name, or begin the sign-in again."""
_LONGEST_TOKEN = 8_000


@dataclass(frozen=True, slots=True)
class Way:
    """A way to sign in, and where it begins."""

    name: str
    label: str
    url: str


class SessionAuthenticator:
    """Reads the session cookie; class M routes take web and CLI sessions alike, pages only web sessions."""

    @property
    def public_url(self) -> str:
        """Asked before anything is looked up: a configuration that can't be read is a refusal in our own shape."""
        return load().public_url

    @property
    def cdn_secret(self) -> str:
        return load().cdn_secret

    def caller(self, request: HttpRequest, *, access: Access, live: bool) -> Caller:
        sessions = bootstrap.container().identity.sessions
        token = request.cookies.get(sessions.cookie_name)
        if not token:
            raise NotAuthenticated("You are not signed in.", reason="no_session")
        if len(token) > _LONGEST_TOKEN:
            raise NotAuthenticated("The session's cookie is far too large. Sign in again.", reason="cookie_too_large")
        caller = sessions.read(token, request.address)
        self._refuse_other_person(caller, request)
        if access is Access.SESSION and caller.kind is not SessionKind.WEB:
            raise NotAuthenticated("This page needs a sign-in in the browser.", reason="wrong_session_kind")
        return sessions.live(caller) if live or not caller.groups_known else caller

    def _refuse_other_person(self, caller: Caller, request: HttpRequest) -> None:
        """A proxy that now names somebody else means that somebody else sits there. Raises NotAuthenticated, and Forbidden for a
        header that is not the proxy's.
        """
        named = bootstrap.container().identity.sign_in.identify(request)
        if named is not None and named.user != caller.user:
            raise NotAuthenticated(
                "The proxy says that you are somebody else by now. Sign in again.", reason="other_person"
            )

    def sign_in_url(self, return_to: str) -> str:
        """The only way there is to sign in, or the page on which a person chooses."""
        path = own_path(return_to, self.public_url)
        ways = self.ways(path)
        return ways[0].url if len(ways) == 1 else f"/login?{urlencode({'redirect_after_auth': path})}"

    def ways(self, path: str) -> tuple[Way, ...]:
        """The ways to sign in and come back to a path of ours, in the deployment's order."""
        container = bootstrap.container()
        named = [name for name in container.deployment.sign_in if name != SESSION] or [PLUGIN]
        choices = {method.name: method for method in container.identity.sign_in.choices}
        found: list[Way] = []
        for name in named:
            if name in choices:
                url = f"/auth?{urlencode({'use_sso': name, 'redirect_url': path})}"
                found.append(Way(name, choices[name].label, url))
            elif name == PLUGIN and (answer := container.plugins.hook.sign_in_url(return_to=path)):
                found.append(Way(PLUGIN, "Sign in", str(answer)))
        return tuple(found)

    def push_client(self, request: HttpRequest) -> PushClient:
        tokens = bootstrap.container().identity.directory.scim.tokens
        return PushClient(tokens.client(request.headers.get("authorization", "")))

    def may(self, caller: Caller, permission: Permission) -> Decision:
        return bootstrap.container().identity.permissions.of_caller(caller, permission)


def own_path(return_to: str, public_url: str) -> str:
    """The path of ours that `return_to` means; the start page for anything that is not ours, or no page: no open redirect."""
    said = return_to.removeprefix(public_url)
    if "\\" in said or said.startswith("//") or not said.isprintable() or len(said) > _LONGEST_PATH:
        return "/"
    try:
        wanted = urlsplit(said)
    except ValueError:
        return "/"
    if wanted.scheme or wanted.netloc or not wanted.path.startswith("/") or wanted.path.lower().startswith(_NO_PAGES):
        return "/"
    return urlunsplit(("", "", wanted.path, wanted.query, ""))


def new_api(name: str) -> Api:
    """An Api blueprint for the module `name`, wired to this authenticator."""
    return Api(name, SessionAuthenticator)
