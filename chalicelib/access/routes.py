"""How the hub reaches a role, and so who asks for it last: by itself, or over other roles. Pure."""

from chalicelib.access.models import CredentialsConfig
from chalicelib.aws.assume_role import AssumeRole
from chalicelib.core.arn import Arn, role_arn
from chalicelib.core.deployment import Hub
from chalicelib.core.trust import TrustContext

_HOP_SECONDS = 900
"""As short as AWS allows: a session on the way is used once, at once."""


def external_id(arn: Arn, config: CredentialsConfig) -> str:
    """What the role's trust policy may ask for; empty for none."""
    special = next((rule.external_id for rule in config.external_ids if rule.covers(arn)), None)
    return special or config.external_id or ""


def hops(arn: Arn, config: CredentialsConfig, session_name: str) -> tuple[AssumeRole, ...]:
    """The calls before the one for the role itself, in order."""
    route = next((rule for rule in config.routes if rule.covers(arn)), None)
    return tuple(
        AssumeRole(
            role_arn=hop.role if hop.role.startswith("arn:") else role_arn(arn.partition, arn.account, hop.role),
            session_name=session_name,
            duration=_HOP_SECONDS,
            external_id=hop.external_id or "",
        )
        for hop in (route.via if route else ())
    )


def trust_context(arn: Arn, config: CredentialsConfig, hub: Hub) -> TrustContext:
    """Who asks the role's trust policy, and with which external id."""
    way = hops(arn, config, "")
    sent = external_id(arn, config)
    return TrustContext(way[-1].role_arn if way else hub.api_role_arn, {"sts:externalid": sent} if sent else {})


def is_on_the_way(arn: Arn, config: CredentialsConfig) -> bool:
    """Whether the role is one over which others are reached: such a role opens others, and is nobody's own."""
    names = {hop.role for rule in config.routes for hop in rule.via}
    return bool(names & {str(arn), arn.path_and_name})
