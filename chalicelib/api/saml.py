"""What SAML 2.0 providers call, and what they want to know of us."""

from urllib.parse import urlencode

from chalicelib import bootstrap
from chalicelib.api.authenticator import new_api
from chalicelib.api.session import session_cookie
from chalicelib.api.sign_in import browser_secret, refused, sent_to, xsrf_cookie
from chalicelib.core.errors import AppError, InvalidInput, NotFound
from chalicelib.identity.methods.base import DescribedMethod
from chalicelib.wire.authentication import Access
from chalicelib.wire.forms import form_of
from chalicelib.wire.http import HttpRequest, Reply

api = new_api(__name__)


@api.endpoint(
    "POST", "/saml/acs", access=Access.PUBLIC, rule="Anybody: the signed assertion says who it is.", answers=str
)
def saml_answer(request: HttpRequest) -> Reply:
    """Where a provider's page posts its answer. The form comes from another site, so no cookie of ours comes along: the answer is
    judged here, and the session is given at `/saml/finish` to the browser that began.
    """
    sign_in = bootstrap.container().identity.sign_in
    link = "/"
    try:
        # RelayState is our own random word or nothing: where the person goes afterwards is kept here.
        attempt = sign_in.take(form_of(request).get("RelayState", ""), browser_secret(request) or "")
        link = f"/auth?{urlencode({'use_sso': attempt.method, 'redirect_url': attempt.return_to})}"
        ticket = sign_in.hold(attempt, request)
    except AppError as error:
        return refused(error, request, link)
    return sent_to(f"/saml/finish?{urlencode({'ticket': ticket})}")


@api.endpoint(
    "GET",
    "/saml/finish",
    access=Access.PUBLIC,
    rule="The browser that began the sign-in, with the ticket of a proved one.",
    answers=str,
)
def saml_finish(request: HttpRequest) -> Reply:
    """Begins the session of the browser that began the sign-in, and leads back to where the person was."""
    sign_in = bootstrap.container().identity.sign_in
    try:
        token, return_to = sign_in.collect(request.query.get("ticket", ""), browser_secret(request) or "", request)
    except AppError as error:
        return refused(error, request)
    return sent_to(return_to, session_cookie(token), *xsrf_cookie(request, token))


@api.endpoint(
    "POST", "/saml/sso", access=Access.PUBLIC, rule="Anybody: the signed assertion says who it is.", answers=str
)
def saml_start(request: HttpRequest) -> Reply:
    """ConsoleMe's way to begin a sign-in; it changes nothing."""
    try:
        return sent_to(f"/auth?{urlencode({'use_sso': _described().name})}")
    except AppError as error:
        return refused(error, request)


@api.endpoint(
    "GET", "/saml/sls", access=Access.PUBLIC, rule="Anybody: it ends a session only by a signed message.", answers=str
)
def saml_signed_out(request: HttpRequest) -> Reply:
    """Where a provider sends the browser after a sign-out that was begun here. The session here has ended already."""
    if "SAMLRequest" in request.query:
        error = InvalidInput(
            "A sign-out that begins elsewhere does not end sessions here. Sign out here, or have an administrator end the sessions.",
            reason="sign_out_elsewhere",
        )
        return refused(error, request)
    return sent_to("/")


@api.endpoint(
    "GET", "/saml/metadata", access=Access.PUBLIC, rule="Anybody: an identity provider reads it.", answers=str
)
def saml_metadata(request: HttpRequest) -> Reply:
    """What a provider is told of us; of several configured ones the one that `method` names."""
    text = _described(request.query.get("method")).metadata()
    return Reply(text, headers={"Content-Type": "application/samlmetadata+xml; charset=utf-8"})


def _described(name: str | None = None) -> DescribedMethod:
    """Raises NotFound where SAML is not configured."""
    for method in bootstrap.container().identity.sign_in.choices:
        if isinstance(method, DescribedMethod) and name in {None, method.name}:
            return method
    raise NotFound("No such SAML provider is configured here.", reason="unknown_method")
