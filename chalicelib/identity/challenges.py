"""A command line signs in through a browser: it asks for a challenge, a person approves it there, it polls for its session.

A challenge moves pending -> approved -> delivered (or denied), each step a conditional write, so that it is used once. Reading
it changes nothing: a link preview can't burn it. Its token is stored hashed.
"""

import hashlib
import hmac
import ipaddress
import secrets
from enum import StrEnum

from pydantic import Field

from chalicelib.core.clock import Clock
from chalicelib.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from chalicelib.core.model import Frozen
from chalicelib.core.principals import Caller, SessionKind, fold
from chalicelib.identity.models import SessionsConfig, SessionToken
from chalicelib.identity.sessions import SessionService
from chalicelib.identity.store import SessionStore

LIFE = 150
"""Seconds. Weep polls for two minutes; the last poll must still find it."""
_PER_USER = 10
_PER_ADDRESS = 30
_WINDOW = 120


class ChallengeStatus(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    DELIVERED = "delivered"


class Challenge(Frozen):
    """Who asked, from where, with what, and when (epoch seconds). `groups` are the approver's."""

    user: str
    address: str
    client: str
    created_at: int
    nonce: str = Field(repr=False)
    groups: frozenset[str] = frozenset()


class Poll(Frozen):
    """`status` in the words that Weep polls for; the token only with `success`."""

    status: str
    token: SessionToken | None = None
    user: str = ""


class Challenges:
    def __init__(self, *, store: SessionStore, sessions: SessionService, config: SessionsConfig, clock: Clock) -> None:
        self._store = store
        self._sessions = sessions
        self._config = config
        self._clock = clock

    def ask(self, user: str, address: str, client: str) -> str:
        """A new challenge's token. Raises LimitExceeded for a user or an address that asks too often."""
        name = fold(user)
        if not name or len(name) > 200:  # noqa: PLR2004 the longest e-mail address is shorter
            raise InvalidInput("Say who signs in: your user name, as your company's directory knows it.")
        self._store.count_attempt(f"challenge-address:{address}", limit=_PER_ADDRESS, window=_WINDOW)
        self._store.count_attempt(f"challenge-user:{name}", limit=_PER_USER, window=_WINDOW)
        token = secrets.token_urlsafe(32)
        now = self._clock.now()
        challenge = Challenge(
            user=name, address=address, client=client, created_at=now, nonce=secrets.token_urlsafe(16)
        )
        self._store.add_challenge(_key(token), challenge.model_dump_json(), ChallengeStatus.PENDING, now + LIFE)
        return token

    def show(self, token: str, caller: Caller) -> Challenge:
        """What the person is asked to approve.

        Raises NotFound (unknown, expired), Forbidden (another person's, another address) or Conflict (already answered).
        """
        challenge, status = self._read(token)
        if challenge.user != caller.user:
            raise Forbidden(
                f"This sign-in was asked for {challenge.user}, and you are {caller.user}. "
                "Check the user name in the client's configuration.",
                reason="other_user",
            )
        if not self._same_place(challenge.address, caller.address):
            raise Forbidden(
                f"This sign-in was asked for from {challenge.address}, and you come from {caller.address}. "
                "Approve it in a browser on the machine that runs the client.",
                reason="other_address",
            )
        if status is not ChallengeStatus.PENDING:
            raise Conflict("This sign-in was already answered. Start again in the client.", reason="already_answered")
        return challenge

    def answer(self, token: str, caller: Caller, nonce: str, *, approve: bool) -> None:
        """Raises as `show` does, InvalidInput for a wrong nonce, Conflict when another answer was faster."""
        challenge = self.show(token, caller)
        if not hmac.compare_digest(challenge.nonce.encode(), nonce.encode()):
            raise InvalidInput("The page is out of date; open the link again.", reason="bad_nonce")
        after = ChallengeStatus.APPROVED if approve else ChallengeStatus.DENIED
        body = challenge.model_copy(update={"groups": caller.groups}).model_dump_json()
        self._store.move_challenge(_key(token), ChallengeStatus.PENDING, after, body)

    def poll(self, token: str, address: str) -> Poll:
        """Never raises for a token's sake: Weep reads the status of whatever comes back."""
        try:
            challenge, status = self._read(token)
        except NotFound as missing:
            return Poll(status=missing.reason)
        if challenge.address != address:
            return Poll(status="unauthorized")
        if status is not ChallengeStatus.APPROVED:
            return Poll(status="unauthorized" if status is ChallengeStatus.DENIED else "pending")
        try:
            self._store.move_challenge(
                _key(token), ChallengeStatus.APPROVED, ChallengeStatus.DELIVERED, challenge.model_dump_json()
            )
        except Conflict:
            return Poll(status="unknown")
        session = self._sessions.start(
            user=challenge.user,
            groups=challenge.groups,
            kind=SessionKind.CLI,
            method="challenge",
            address=address,
        )
        return Poll(status="success", token=session, user=challenge.user)

    def _read(self, token: str) -> tuple[Challenge, ChallengeStatus]:
        row = self._store.find_challenge(_key(token))
        if row is None:
            raise NotFound("This sign-in is not known. Start again in the client.", reason="unknown")
        body, status, expires_at = row
        if expires_at <= self._clock.now():
            raise NotFound("This sign-in has expired. Start again in the client.", reason="expired")
        return Challenge.model_validate_json(body), ChallengeStatus(status)

    def _same_place(self, asked: str, here: str) -> bool:
        if self._config.address_check == "off" or asked == here:
            return True
        return self._config.address_check == "same_family" and _version(asked) != _version(here)


def _version(address: str) -> int:
    try:
        return ipaddress.ip_address(address).version
    except ValueError:
        return 0


def _key(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
