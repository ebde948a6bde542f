"""A command line signs in through a browser: generator, validator and poller, as Weep knows them."""

import re

from chalicelib import bootstrap
from chalicelib.api.authenticator import new_api
from chalicelib.api.envelopes import Sparse
from chalicelib.core.model import Frozen, OldWire
from chalicelib.core.principals import Caller
from chalicelib.wire.authentication import Access
from chalicelib.wire.failures import Shape
from chalicelib.wire.http import HttpRequest

api = new_api(__name__)

_PLAIN = re.compile(r"[^A-Za-z0-9 ./;:,()+-]")
"""What a client calls itself is shown in a text with markup: it must not bring links or marks of its own."""


class ChallengeLinks(Frozen):
    """Both absolute, from the configured URL and never from the Host header."""

    challenge_url: str
    polling_url: str


class ChallengePage(Frozen):
    message: str
    nonce: str
    show_approve_button: bool = True


class ChallengeAnswer(OldWire):
    nonce: str
    approve: bool = True


class ChallengeDone(Frozen):
    message: str


class PollReply(Sparse):
    """Weep stops at `success` only; `expiration` is a whole number of epoch seconds."""

    status: str
    cookie_name: str | None = None
    expiration: int | None = None
    encoded_jwt: str | None = None
    user: str | None = None
    secure: bool | None = None
    http_only: bool | None = None


@api.endpoint(
    "GET",
    "/noauth/v1/challenge_generator/{user}",
    access=Access.PUBLIC,
    rule="Anybody: a command line has no session yet. Throttled by user and by address.",
    shape=Shape.UNIVERSAL,
)
def challenge_generator(user: str, request: HttpRequest) -> ChallengeLinks:
    """Begins a command line's sign-in."""
    container = bootstrap.container()
    asked = container.identity.challenges.ask(user, request.address, request.user_agent)
    base = container.settings.public_url
    return ChallengeLinks(
        challenge_url=f"{base}/challenge_validator/{asked.link_token}",
        polling_url=f"{base}/noauth/v1/challenge_poller/{asked.poll_token}",
    )


@api.endpoint(
    "GET", "/api/v2/challenge_validator/{token}", access=Access.SESSION, rule="The person whom the challenge names."
)
def show_challenge(token: str, caller: Caller) -> ChallengePage:
    """What the person is asked to approve: who asked, from where, with what, and how long ago."""
    container = bootstrap.container()
    challenge = container.identity.challenges.show(token, caller)
    age = container.clock.now() - challenge.created_at
    client = _PLAIN.sub("", challenge.client).strip() or "an unnamed client"
    return ChallengePage(
        message=(
            f"A command line at **{challenge.address}** ({client}) asked **{age} seconds ago** to sign in as "
            f"**{challenge.user}**.\n\nApprove only if you started this yourself, just now, on that machine. "
            "If you did not, deny it and tell your security team."
        ),
        nonce=challenge.nonce,
    )


@api.endpoint(
    "POST",
    "/api/v2/challenge_validator/{token}",
    access=Access.SESSION,
    rule="The person whom the challenge names, in the browser that was shown it.",
)
def answer_challenge(token: str, body: ChallengeAnswer, caller: Caller) -> ChallengeDone:
    """Approves, or with `approve` false denies."""
    bootstrap.container().identity.challenges.answer(token, caller, body.nonce, approve=body.approve)
    if body.approve:
        return ChallengeDone(message="The command line is signed in. You may close this page.")
    return ChallengeDone(message="The sign-in was denied. You may close this page.")


@api.endpoint(
    "GET",
    "/noauth/v1/challenge_poller/{token}",
    access=Access.PUBLIC,
    rule="Whoever holds the token of the challenge, from the address that asked for it.",
    shape=Shape.UNIVERSAL,
)
def challenge_poller(token: str, request: HttpRequest) -> PollReply:
    """The session, once, when the person has approved."""
    poll = bootstrap.container().identity.challenges.poll(token, request.address)
    if poll.token is None:
        return PollReply(status=poll.status)
    return PollReply(
        status=poll.status,
        cookie_name=poll.token.cookie_name,
        expiration=poll.token.expires_at,
        encoded_jwt=poll.token.value,
        user=poll.user,
        secure=poll.token.secure,
        http_only=True,
    )
