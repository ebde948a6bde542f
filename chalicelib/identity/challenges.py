"""A command line signs in through a browser: it asks for a challenge, a person approves it there, it polls for its session.

A challenge moves pending -> approved -> delivered (or denied), each step a conditional write, so that it is used once. Reading
it changes nothing: a link preview can't burn it. The link that the browser opens holds a hash of what the command line polls
with: whoever sees the link can't collect the session.
"""

import hashlib
import hmac
import ipaddress
import secrets
from enum import StrEnum

from pydantic import Field

from chalicelib.audit.models import AuditEntry, Outcome
from chalicelib.audit.store import AuditLog
from chalicelib.core.clock import Clock
from chalicelib.core.errors import AppError, Conflict, Forbidden, InvalidInput, LimitExceeded, NotFound
from chalicelib.core.model import Frozen
from chalicelib.core.principals import Caller, Principal, SessionKind, fold
from chalicelib.identity.challenge_store import ChallengeStore
from chalicelib.identity.models import SessionsConfig, SessionToken
from chalicelib.identity.sessions import SessionService
from chalicelib.identity.store import SessionStore

LIFE = 150
"""Seconds. Weep polls for two minutes; the last poll must still find it."""
PENDING_PER_PLACE, PENDING_PER_USER = 10, 50
"""Unanswered challenges of a user: from one address, so that nobody elsewhere can use up what the user has, and in all."""
PER_ADDRESS = 100
_WINDOW = 120


class ChallengeStatus(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    DELIVERED = "delivered"


class Challenge(Frozen):
    """Who asked, from where, with what, and when (epoch seconds). The rest is the approver's: their groups and session."""

    user: str
    address: str
    client: str
    created_at: int
    nonce: str = Field(repr=False)
    groups: frozenset[str] = frozenset()
    session_id: str = ""


class Asked(Frozen):
    """What the browser opens, and what the command line polls with."""

    link_token: str = Field(repr=False)
    poll_token: str = Field(repr=False)


class Poll(Frozen):
    """`status` in the words that Weep polls for; the token only with `success`."""

    status: str
    token: SessionToken | None = None
    user: str = ""


class Challenges:
    def __init__(
        self,
        *,
        store: ChallengeStore,
        session_store: SessionStore,
        sessions: SessionService,
        audit: AuditLog,
        config: SessionsConfig,
        clock: Clock,
    ) -> None:
        self._store = store
        self._session_store = session_store
        self._sessions = sessions
        self._audit = audit
        self._config = config
        self._clock = clock

    def ask(self, user: str, address: str, client: str) -> Asked:
        """Raises LimitExceeded for an address that asks too often and a user who is asked too much."""
        name = fold(user)
        if not name or len(name) > 200:  # noqa: PLR2004 the longest e-mail address is shorter
            raise InvalidInput("Say who signs in: your user name, as your company's directory knows it.")
        self._session_store.count_attempt(f"challenge-address:{address}", limit=PER_ADDRESS, window=_WINDOW)
        pending = self._store.pending(name)
        if pending.count(address) >= PENDING_PER_PLACE or len(pending) >= PENDING_PER_USER:
            raise LimitExceeded(
                f"Too many sign-ins of {name} wait for an answer. Answer one in the browser, or try again in {LIFE} seconds."
            )
        poll_token = secrets.token_urlsafe(32)
        link_token = _hash(poll_token)
        now = self._clock.now()
        challenge = Challenge(
            user=name, address=address, client=client, created_at=now, nonce=secrets.token_urlsafe(16)
        )
        self._store.add(
            _hash(link_token),
            user=name,
            address=address,
            body=challenge.model_dump_json(),
            status=ChallengeStatus.PENDING,
            expires_at=now + LIFE,
        )
        return Asked(link_token=link_token, poll_token=poll_token)

    def show(self, link_token: str, caller: Caller) -> Challenge:
        """What the person is asked to approve.

        Raises NotFound (unknown, expired), Forbidden (another person's, another address) or Conflict (already answered).
        """
        challenge, status = self._read(_hash(link_token))
        try:
            self._refuse_foreign(challenge, caller)
        except Forbidden as refusal:
            self._record("challenge.approve", challenge, caller, Outcome.REFUSED, refusal.message)
            raise
        if status is not ChallengeStatus.PENDING:
            raise Conflict("This sign-in was already answered. Start again in the client.", reason="already_answered")
        return challenge

    def _refuse_foreign(self, challenge: Challenge, caller: Caller) -> None:
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

    def answer(self, link_token: str, caller: Caller, nonce: str, *, approve: bool) -> None:
        """Raises as `show` does, InvalidInput for a wrong nonce, Conflict when another answer was faster."""
        challenge = self.show(link_token, caller)
        if not hmac.compare_digest(challenge.nonce.encode(), nonce.encode()):
            raise InvalidInput("The page is out of date; open the link again.", reason="bad_nonce")
        after = ChallengeStatus.APPROVED if approve else ChallengeStatus.DENIED
        answered = challenge.model_copy(update={"groups": caller.groups, "session_id": caller.session_id})
        key = _hash(link_token)
        self._store.answer(key, challenge.user, ChallengeStatus.PENDING, after, answered.model_dump_json())
        try:
            self._record(f"challenge.{'approve' if approve else 'deny'}", challenge, caller, Outcome.DONE)
        except AppError:
            if approve:
                self._store.move(key, ChallengeStatus.APPROVED, ChallengeStatus.DENIED)
            raise

    def poll(self, poll_token: str, address: str) -> Poll:
        """Never raises for a token's sake: Weep reads the status of whatever comes back."""
        key = _hash(_hash(poll_token))
        try:
            challenge, status = self._read(key)
        except NotFound as missing:
            return Poll(status=missing.reason)
        if not self._same_place(challenge.address, address):
            return Poll(status="unauthorized")
        if status is not ChallengeStatus.APPROVED:
            return Poll(status=_WORDS[status])
        # Who has signed out since everywhere approves nothing any more, and groups that were lost since are lost.
        approver = self._session_store.find(challenge.session_id)
        if approver is None:
            return Poll(status="unauthorized")
        try:
            self._store.move(key, ChallengeStatus.APPROVED, ChallengeStatus.DELIVERED)
        except Conflict:
            return Poll(status="unknown")
        session = self._sessions.start(
            user=challenge.user,
            groups=challenge.groups & approver.groups,
            kind=SessionKind.CLI,
            method="challenge",
            address=address,
            client=challenge.client,
            # They are as old as the approver's own sign-in: no news to the directory.
            note_groups=False,
        )
        return Poll(status="success", token=session, user=challenge.user)

    def _read(self, key: str) -> tuple[Challenge, ChallengeStatus]:
        row = self._store.find(key)
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

    def _record(self, action: str, challenge: Challenge, caller: Caller, outcome: Outcome, reason: str = "") -> None:
        self._audit.record(
            AuditEntry(
                action=action,
                person=str(Principal.user(caller.user)),
                target=str(Principal.user(challenge.user)),
                outcome=outcome,
                reason=reason,
                details={
                    "asked_from": challenge.address,
                    "asked_with": challenge.client,
                    "asked_at": challenge.created_at,
                    "address": caller.address,
                    "session": caller.session_id,
                },
            )
        )


_WORDS = {
    ChallengeStatus.PENDING: "pending",
    ChallengeStatus.DENIED: "unauthorized",
    ChallengeStatus.DELIVERED: "unknown",
}
"""What a poll is told while there is nothing to collect."""


def _version(address: str) -> int:
    try:
        return ipaddress.ip_address(address).version
    except ValueError:
        return 0


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
