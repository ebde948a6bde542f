"""Handing out credentials: match, ask STS, record, release. What could not be recorded is not released.

Every attempt that was understood leaves exactly one audit entry with its outcome: what was refused before STS was asked, too.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol, TypeVar

from chalicelib.access.eligibility import EligibleRoles
from chalicelib.access.measured_audit import Recorder
from chalicelib.access.prepare_session import PrepareSession
from chalicelib.access.rules import EligibleRole
from chalicelib.access.session_request import SessionRequest
from chalicelib.access.wishes import BROKER_FAILED, NOTHING_RETURNED, Wish
from chalicelib.audit.models import AuditEntry, Outcome
from chalicelib.aws.assume_role import AssumeRole
from chalicelib.aws.sessions import IssuedCredentials
from chalicelib.core.clock import Clock
from chalicelib.core.errors import AppError, Forbidden, LimitExceeded, Upstream
from chalicelib.core.principals import Caller, Principal

Made = TypeVar("Made")

_MINUTE = 60
_SLOW = 30
"""Seconds by which a session may outlive the right when STS was slow to answer. Later, it is dropped."""


class Throttle(Protocol):
    def count_attempt(self, name: str, *, limit: int, window: int) -> None:
        """Raises LimitExceeded."""


class Assumer(Protocol):
    def assume(self, call: AssumeRole) -> IssuedCredentials: ...


@dataclass(frozen=True, slots=True)
class Issued:
    """Credentials and the role that they are for; `expiration` in epoch seconds, never after the end of the right."""

    credentials: IssuedCredentials
    role_arn: str
    expiration: int
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What is known of an attempt, for its entry; `request` once nothing forbade it."""

    caller: Caller
    wish: Wish
    target: str
    request: SessionRequest | None = None


class CredentialBroker:
    def __init__(
        self,
        *,
        roles: EligibleRoles,
        prepare: PrepareSession,
        aws: Assumer,
        audit: Recorder,
        throttle: Throttle,
        attempts_per_minute: int,
        clock: Clock,
    ) -> None:
        self._roles = roles
        self._prepare = prepare
        self._aws = aws
        self._audit = audit
        self._throttle = throttle
        self._attempts_per_minute = attempts_per_minute
        self._clock = clock

    def issue(self, caller: Caller, wish: Wish) -> Issued:
        """Four round trips: session and rights, throttle, STS, audit.

        Raises NotAuthenticated, LimitExceeded, InvalidInput or Forbidden with the client's code, or Upstream when the act could
        not be recorded.
        """
        return self.hand_out(caller, wish, lambda issued: issued)

    def hand_out(self, caller: Caller, wish: Wish, make: Callable[[Issued], Made]) -> Made:
        """`make` turns the credentials into what leaves. It runs before the entry is written, so that the entry tells how it
        ended; what it made is dropped when the entry can't be written. Raises what `issue` and `make` raise.
        """
        eligibility = self._roles.of(caller)
        live = eligibility.caller
        self._throttle.count_attempt(f"credentials:{live.user}", limit=self._attempts_per_minute, window=_MINUTE)
        attempt = _Attempt(live, wish, f"search:{wish.wanted[:300]}")
        try:
            role = self._prepare.role(eligibility, wish)
            attempt = _Attempt(live, wish, role.arn)
            request = self._prepare.request(live, role, wish)
        except AppError as refusal:
            self._note(attempt, Outcome.REFUSED, refusal)
            raise
        return self._hand_out(_Attempt(live, wish, role.arn, request), role, request, make)

    def _hand_out(
        self, attempt: _Attempt, role: EligibleRole, request: SessionRequest, make: Callable[[Issued], Made]
    ) -> Made:
        asked_at, key_id = self._clock.now(), ""
        try:
            credentials = self._assume(request.call, attempt.wish)
            key_id = credentials.access_key_id
            self._refuse_late(request, role, self._clock.now() - asked_at)
            end = credentials.expiration if role.ends_at is None else min(credentials.expiration, role.ends_at)
            made = make(Issued(credentials, role.arn, end, request.notices))
        except AppError as failure:
            self._note(attempt, Outcome.FAILED, failure, key_id)
            raise
        self._record(attempt, key_id)
        return made

    def _assume(self, call: AssumeRole, wish: Wish) -> IssuedCredentials:
        try:
            return self._aws.assume(call)
        except AppError as error:
            extra: dict[str, object] = {"requested_role": wish.wanted, "matching_role": call.role_arn}
            if isinstance(error, LimitExceeded):
                raise Forbidden(
                    f"AWS takes no session policy and tags of this size: {error.message} "
                    "Ask for fewer or larger ranges of addresses.",
                    reason="policy_too_large",
                    code="policy_too_large",
                    extra=extra,
                ) from error
            nothing = error.reason == "no_credentials"
            raise Forbidden(
                f"AWS did not hand out {call.role_arn}: {error.message}",
                reason="assume_role_failed",
                code=NOTHING_RETURNED if nothing else BROKER_FAILED,
                extra={**extra, **({"eligible roles": [call.role_arn]} if nothing else {}), "exception": error.message},
            ) from error

    @staticmethod
    def _refuse_late(request: SessionRequest, role: EligibleRole, waited: int) -> None:
        """The duration was reckoned from before the call. Without a Deny in the policy, a late session would outlive the right."""
        if role.ends_at is not None and not request.cut and waited > _SLOW:
            message = f"AWS took {waited} seconds to answer, and your right to {role.arn} ends soon. Try again."
            raise Forbidden(message, reason="assume_role_failed", code=BROKER_FAILED, extra={"exception": message})

    def _record(self, attempt: _Attempt, key_id: str) -> None:
        try:
            self._audit.record(_entry(attempt, Outcome.DONE, key_id, ""))
        except AppError as error:
            raise Upstream(
                "The credentials could not be recorded in the audit log, so they were dropped. Try again.",
                reason="audit_unavailable",
                code=BROKER_FAILED,
            ) from error

    def _note(self, attempt: _Attempt, outcome: Outcome, cause: AppError, key_id: str = "") -> None:
        """Nothing leaves, recorded or not: an audit log that fails changes no refusal."""
        with suppress(AppError):
            self._audit.record(_entry(attempt, outcome, key_id, cause.message, cause.code or cause.reason))


def _entry(attempt: _Attempt, outcome: Outcome, key_id: str, reason: str, code: str = "") -> AuditEntry:
    caller, wish, request = attempt.caller, attempt.wish, attempt.request
    details: dict[str, str | int | bool | None] = {
        "code": code,
        "search": wish.wanted[:300],
        "address": caller.address,
        "client": wish.client,
        "session_id": caller.session_id,
        "read_only": wish.read_only,
        "ip_ranges_asked_for": len(wish.custom_ip_restrictions),
        "access_key_id": key_id,
    }
    if request is not None:
        details |= {
            "session_name": request.call.session_name,
            "duration": request.call.duration,
            "source_identity": bool(request.call.source_identity),
            "session_tags": bool(request.call.tags),
            "ip_restriction": request.network,
            "hops": len(request.call.via),
        }
    return AuditEntry(
        action=wish.purpose,
        person=str(Principal.user(caller.user)),
        target=attempt.target,
        outcome=outcome,
        reason=reason[:1000],
        details=details,
    )
