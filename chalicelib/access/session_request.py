"""What is asked of STS for a person and a role: pure."""

import json
from datetime import UTC, datetime

from chalicelib.access.models import CredentialsConfig
from chalicelib.access.rules import EligibleRole
from chalicelib.aws.sessions import AssumeRole, session_name
from chalicelib.core.errors import Forbidden
from chalicelib.core.trust import SET_SOURCE_IDENTITY, TAG_SESSION, mending_statement

CHAINED_LIMIT = 3600
"""Seconds. The hub is itself a role session, and AWS limits what a role session assumes to one hour."""
SHORTEST = 900
"""Seconds. AWS mints no shorter session."""
USER_TAG = "consoleme-user"


def session_request(role: EligibleRole, user: str, config: CredentialsConfig, now: int) -> AssumeRole:
    """SourceIdentity and the session tag are sent exactly where the role's trust policy allows them.

    Raises Forbidden when the configuration requires SourceIdentity and the trust policy does not allow it: sending the call
    without it would make what happens next untraceable.
    """
    name = session_name(user)
    if config.require_source_identity and not role.grant.source_identity:
        raise Forbidden(
            f"The trust policy of {role.arn} does not let this product set SourceIdentity, which is required here. "
            "The role's page shows the statement that mends it.",
            reason="source_identity_required",
            code="source_identity_required",
        )
    longest = min(config.session_duration, role.grant.max_session_duration, CHAINED_LIMIT)
    remaining = longest if role.ends_at is None else role.ends_at - now
    return AssumeRole(
        role_arn=role.arn,
        session_name=name,
        duration=max(SHORTEST, min(longest, remaining)),
        source_identity=name if role.grant.source_identity else "",
        external_id=config.external_id or "",
        policy=_ends_at(role.ends_at) if role.ends_at is not None and remaining < SHORTEST else "",
        tags=((USER_TAG, name),) if role.grant.session_tags else (),
    )


def _ends_at(moment: int) -> str:
    """A session policy for a right that ends before AWS's shortest session does."""
    end = datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    late = {"DateGreaterThanEquals": {"aws:CurrentTime": end}}
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Action": "*", "Resource": "*"},
                {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": late},
            ],
        },
        separators=(",", ":"),
    )


def missing_trust(role: EligibleRole, hub_role_arn: str) -> dict[str, object] | None:
    """The statement that would let the hub set SourceIdentity and session tags; None when nothing is missing."""
    allowed = {SET_SOURCE_IDENTITY: role.grant.source_identity, TAG_SESSION: role.grant.session_tags}
    missing = [action for action, present in allowed.items() if not present]
    return mending_statement(hub_role_arn, missing) if missing else None
