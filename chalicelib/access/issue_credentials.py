"""Handing out credentials: match, ask STS, record, release. What could not be recorded is not released."""

from dataclasses import dataclass

import pluggy

from chalicelib.access.eligibility import Eligibility, EligibleRoles
from chalicelib.access.models import CredentialsConfig
from chalicelib.access.rules import EligibleRole, match_role, never_brokered
from chalicelib.access.session_request import session_request
from chalicelib.audit.models import AuditEntry, Outcome
from chalicelib.audit.store import AuditLog
from chalicelib.aws.sessions import AssumeRole, IssuedCredentials, Sessions
from chalicelib.core.arn import Arn
from chalicelib.core.clock import Clock
from chalicelib.core.deployment import Deployment
from chalicelib.core.errors import AppError, Forbidden, Upstream
from chalicelib.core.model import Frozen
from chalicelib.core.principals import Caller, Principal

NO_MATCH, SEVERAL, BROKER_FAILED = "900", "901", "902"


class Wish(Frozen):
    """What somebody wants credentials for: an ARN or a search, and how the request came."""

    search: str
    console_only: bool = False
    purpose: str = "credentials.issue"
    client: str = ""


@dataclass(frozen=True, slots=True)
class Issued:
    """Credentials and the role that they are for; `expiration` in epoch seconds."""

    credentials: IssuedCredentials
    role_arn: str
    expiration: int


class CredentialBroker:
    def __init__(
        self,
        *,
        roles: EligibleRoles,
        aws: Sessions,
        audit: AuditLog,
        plugins: pluggy.PluginManager,
        deployment: Deployment,
        config: CredentialsConfig,
        clock: Clock,
    ) -> None:
        self._roles = roles
        self._aws = aws
        self._audit = audit
        self._plugins = plugins
        self._deployment = deployment
        self._config = config
        self._clock = clock

    def issue(self, caller: Caller, wish: Wish) -> Issued:
        """Three round trips: session and rights, STS, audit.

        Raises NotAuthenticated, Forbidden (codes 900, 901, 902) or Upstream when the act could not be recorded.
        """
        eligibility = self._roles.of(caller)
        role = self._the_one(eligibility, wish)
        self._refuse_vetoed(eligibility.caller, role)
        call = session_request(role, caller.user, self._config, self._clock.now())
        credentials = self._assume(eligibility.caller, call, wish)
        expiration = credentials.expiration if role.ends_at is None else min(credentials.expiration, role.ends_at)
        self._record(eligibility.caller, call, wish, Outcome.DONE, credentials.access_key_id)
        return Issued(credentials=credentials, role_arn=role.arn, expiration=expiration)

    def _the_one(self, eligibility: Eligibility, wish: Wish) -> EligibleRole:
        wanted: dict[str, object] = {"requested_role": wish.search}
        usable = eligibility.visible(cli=not wish.console_only)
        matches = match_role(usable, wish.search, eligibility.account_names)
        if len(matches) > 1:
            arns: list[object] = [role.arn for role in matches]
            raise Forbidden(
                f"{len(matches)} of your roles match '{wish.search[:200]}'; ask for one by its ARN.",
                reason="multiple_roles",
                code=SEVERAL,
                extra={**wanted, "matching roles": arns},
            )
        if matches:
            return matches[0]
        return self._from_stale(eligibility, wish, wanted)

    def _from_stale(self, eligibility: Eligibility, wish: Wish, wanted: dict[str, object]) -> EligibleRole:
        stale = [role for role in eligibility.stale if not (wish.console_only and role.grant.cli_only)]
        matches = match_role(stale, wish.search, eligibility.account_names)
        if not matches:
            raise Forbidden(
                f"None of your roles matches '{wish.search[:200]}'. Your roles are on the start page.",
                reason="no_matching_roles",
                code=NO_MATCH,
                extra=wanted,
            )
        exact = next((role for role in matches if role.arn.casefold() == wish.search.casefold().strip()), None)
        live = self._roles.read_live(eligibility.caller, exact.arn) if exact else None
        if live is not None and not (wish.console_only and live.grant.cli_only):
            return live
        account = Arn.parse(matches[0].arn).account
        seen = eligibility.accounts.get(account)
        since = f"was last synced {self._clock.now() - seen.synced_at} seconds ago" if seen else "was never synced"
        raise Forbidden(
            f"Account {account} {since}, which is too old to decide by, and the role could not be confirmed in IAM. "
            "Ask an administrator to look at the account on the inventory page.",
            reason="stale_authorization",
            code="stale_authorization",
            extra=wanted,
        )

    def _refuse_vetoed(self, caller: Caller, role: EligibleRole) -> None:
        refusal = never_brokered(Arn.parse(role.arn), self._deployment.hub, self._deployment.spoke)
        verdicts = [refusal, *self._plugins.hook.credential_decision(caller=caller, role_arn=role.arn)]
        for verdict in verdicts:
            if verdict is not None and not verdict.allowed:
                raise Forbidden(verdict.reason, reason=verdict.rule, code=verdict.rule)

    def _assume(self, caller: Caller, call: AssumeRole, wish: Wish) -> IssuedCredentials:
        try:
            return self._aws.assume(call)
        except AppError as error:
            self._record(caller, call, wish, Outcome.FAILED, "", error.message)
            raise Forbidden(
                f"AWS did not hand out {call.role_arn}: {error.message}",
                reason="assume_role_failed",
                code=BROKER_FAILED,
                extra={"requested_role": wish.search, "matching_role": call.role_arn, "exception": error.message},
            ) from error

    def _record(
        self, caller: Caller, call: AssumeRole, wish: Wish, outcome: Outcome, key_id: str, reason: str = ""
    ) -> None:
        entry = AuditEntry(
            action=wish.purpose,
            person=str(Principal.user(caller.user)),
            target=call.role_arn,
            outcome=outcome,
            reason=reason[:1000],
            details={
                "access_key_id": key_id,
                "session_name": call.session_name,
                "duration": call.duration,
                "source_identity": bool(call.source_identity),
                "search": wish.search[:300],
                "address": caller.address,
                "client": wish.client,
                "session_id": caller.session_id,
            },
        )
        try:
            self._audit.record(entry)
        except AppError as error:
            raise Upstream(
                "The credentials could not be recorded in the audit log, so they were dropped. Try again.",
                reason="audit_unavailable",
                code=BROKER_FAILED,
            ) from error
