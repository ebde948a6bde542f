"""What is asked of STS for a person and a role: pure. A right that ends bounds the session, whatever else does."""

import hashlib
from dataclasses import dataclass

from chalicelib.access.models import CredentialsConfig
from chalicelib.access.routes import external_id, hops
from chalicelib.access.rules import EligibleRole
from chalicelib.access.selection import IpRestrictions
from chalicelib.access.session_names import filled
from chalicelib.access.session_policy import managed_policy, session_policy
from chalicelib.aws.assume_role import AssumeRole, session_name
from chalicelib.core.arn import Arn
from chalicelib.core.decisions import Decision
from chalicelib.core.errors import Forbidden
from chalicelib.core.principals import Caller, fold
from chalicelib.core.trust import SET_SOURCE_IDENTITY, TAG_SESSION, mending_statement

CHAINED_LIMIT = 3600
"""Seconds. The hub is itself a role session, and AWS limits what a role session assumes to one hour."""
SHORTEST = 900
"""Seconds. AWS mints no shorter session."""
USER_TAG = "consoleme-user"
SOURCE_TAG = "consoleme-source"
CHAINED_NOTICE = (
    "AWS limits a session that is opened from another role's session to one hour, and this product runs as a role: the "
    "configured {configured} seconds were cut to {limit}."
)
_NAME_LIMIT = 64
_DIGEST = 8


@dataclass(frozen=True, slots=True)
class Ask:
    """Who asks, and what for. `source` is where from: `web`, `cli` or `console`.

    `no_ip_restrictions` asks for credentials that work from everywhere, which `may_waive` decides; `custom_ranges` restricts
    them further.
    """

    caller: Caller
    source: str
    no_ip_restrictions: bool = False
    may_waive: Decision | None = None
    custom_ranges: tuple[str, ...] = ()
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class SessionRequest:
    """`network` says how the credentials are bound to addresses: `restricted`, `waived`, `exempt` or `open`.

    `cut` tells that AWS's shortest session would outlive the right, and that a Deny from its end on stands in the policy.
    """

    call: AssumeRole
    network: str
    cut: bool = False
    notices: tuple[str, ...] = ()


def session_request(role: EligibleRole, ask: Ask, config: CredentialsConfig, now: int) -> SessionRequest:
    """SourceIdentity and session tags are sent exactly where the role's trust policy allows them.

    Raises Forbidden for a right that is over, for SourceIdentity that is required and not allowed (without it, what happens
    next could not be traced), for a waiver that may not be had, and for a policy that is too large.
    """
    arn = Arn.parse(role.arn)
    if role.ends_at is not None and role.ends_at <= now:
        raise Forbidden(f"Your right to {role.arn} has just ended.", reason="right_ended", code="right_ended")
    if config.require_source_identity and not role.grant.source_identity:
        raise Forbidden(
            f"The trust policy of {role.arn} does not let this product set SourceIdentity, which is required here. "
            "The role's page shows the statement that mends it.",
            reason="source_identity_required",
            code="source_identity_required",
        )
    longest = longest_session(role, ask.caller, config)
    remaining = longest if role.ends_at is None else role.ends_at - now
    cut = remaining < SHORTEST
    network = network_of(arn, ask, config.ip_restrictions)
    policy = session_policy(
        ends_at=role.ends_at if cut else None,
        restrictions=config.ip_restrictions if network == "restricted" else None,
        custom=ask.custom_ranges,
        read_only_arn=managed_policy(arn.partition, config.read_only_policy) if ask.read_only else "",
    )
    name = session_name(filled(config.session_name, ask.caller.user))
    who = source_identity(ask.caller.user)
    call = AssumeRole(
        role_arn=role.arn,
        session_name=name,
        duration=max(SHORTEST, min(longest, remaining)),
        source_identity=who if role.grant.source_identity else "",
        external_id=external_id(arn, config),
        policy=policy.document,
        policy_arns=policy.arns,
        tags=((USER_TAG, who), (SOURCE_TAG, ask.source)) if role.grant.session_tags else (),
        transitive_tags=config.transitive_tags and role.grant.session_tags,
        via=hops(arn, config, name),
    )
    return SessionRequest(call=call, network=network, cut=cut, notices=_notices(role, ask.caller, config))


def longest_session(role: EligibleRole, caller: Caller, config: CredentialsConfig) -> int:
    """Seconds: the shortest of all limits."""
    return min(CHAINED_LIMIT, _wanted(role, caller, config))


def _wanted(role: EligibleRole, caller: Caller, config: CredentialsConfig) -> int:
    """What the configuration and the role would allow, if AWS did."""
    arn, mine = Arn.parse(role.arn), {str(principal) for principal in caller.principals}
    limits = [
        limit.seconds
        for limit in config.session_limits
        if limit.covers(arn) and (not limit.principals or mine & set(limit.principals))
    ]
    return min(config.session_duration, role.grant.max_session_duration, *limits)


def _notices(role: EligibleRole, caller: Caller, config: CredentialsConfig) -> tuple[str, ...]:
    wanted = _wanted(role, caller, config)
    if wanted <= CHAINED_LIMIT:
        return ()
    return (CHAINED_NOTICE.format(configured=wanted, limit=CHAINED_LIMIT),)


def network_of(arn: Arn, ask: Ask, restrictions: IpRestrictions) -> str:
    """How the session is bound to addresses. Raises Forbidden for a waiver that may not be had.

    Where no restriction would apply anyway, asking to be free of it needs no permission.
    """
    if not restrictions.cidrs or (ask.source == "console" and not restrictions.console):
        return "open"
    if restrictions.exempt.names(arn):
        return "exempt"
    if not ask.no_ip_restrictions:
        return "restricted"
    if restrictions.never_waive.names(arn):
        raise _not_waived(f"The IP restriction of {arn} is never waived, for anybody.", "never_waived")
    if ask.may_waive is None or not ask.may_waive.allowed:
        cause = ask.may_waive.reason if ask.may_waive else "Nobody was asked."
        raise _not_waived(f"You may not have credentials without IP restriction. {cause}", "ip_restriction")
    return "waived"


def _not_waived(message: str, reason: str) -> Forbidden:
    return Forbidden(message, reason=reason, code="902", extra={"exception": message})


def source_identity(user: str) -> str:
    """The person as AWS takes them. Names that lose something on the way get a digest: two people never become one."""
    name = session_name(user)
    if name == fold(user):
        return name
    digest = hashlib.sha256(fold(user).encode()).hexdigest()[:_DIGEST]
    return f"{name[: _NAME_LIMIT - 1 - _DIGEST]}-{digest}"


def missing_trust(role: EligibleRole, asker_arn: str) -> dict[str, object] | None:
    """The statement that would let the asker (the hub, or the last role on the way) set SourceIdentity and session tags; None when
    nothing is missing.
    """
    allowed = {SET_SOURCE_IDENTITY: role.grant.source_identity, TAG_SESSION: role.grant.session_tags}
    missing = [action for action, present in allowed.items() if not present]
    return mending_statement(asker_arn, missing) if missing else None
