"""Types of denies: what AWS refused, to whom, and which kind of policy is in the way."""

from enum import StrEnum
from typing import Any

from pydantic import Field

from chalicelib.core.model import Frozen


class DeniesConfig(Frozen):
    """Section `denies`."""

    keep_days: int = Field(default=7, ge=1, le=30)
    """For how many days denies are shown and counted."""
    most_per_minute: int = Field(default=60, ge=1, le=10_000)
    """Of one principal: what comes on top is dropped, so that something that tries without end costs little."""
    most_kinds_per_day: int = Field(default=200, ge=1, le=2_000)
    """Different pairs of action and resource of one principal that are told apart in a day; more are only counted."""
    shown: int = Field(default=5, ge=1, le=100)
    """How many a resource's page shows at first, most frequent first."""
    notify: bool = True
    """Whether the owner of a principal finds a note in the inbox when a policy is suggested."""
    also_notify: tuple[str, ...] = ()
    """Who finds each such note too: `user:ada@example.com`, `group:platform`."""


class Layer(StrEnum):
    """Whose word was missing, or said no. UNKNOWN when AWS does not tell."""

    IDENTITY = "identity_policy"
    BOUNDARY = "permissions_boundary"
    SESSION = "session_policy"
    SERVICE_CONTROL = "service_control_policy"
    RESOURCE_CONTROL = "resource_control_policy"
    RESOURCE = "resource_policy"
    TRUST = "trust_policy"
    ENDPOINT = "vpc_endpoint_policy"
    UNKNOWN = "unknown"


class Deny(Frozen):
    """One refused call. `resource` is `*` when nobody says which.

    `explicit` tells a Deny statement from an Allow that is missing; None when AWS says neither. `suggestion` is a policy that lets the call
    through, when a policy of the principal's own would; `advice` says why, or what would help instead.
    """

    event_id: str
    at: int
    principal: str
    account_id: str
    region: str
    event_call: str
    """Service and API call: `s3:ListObjectsV2`. Not always an IAM action."""
    action: str
    """The IAM action; empty when it can't be told."""
    resource: str
    layer: Layer = Layer.UNKNOWN
    explicit: bool | None = None
    policy_arn: str = ""
    """Of the policy that denies, when AWS names it."""
    error_code: str = ""
    message: str = ""
    """AWS's words without what is secret."""
    source_identity: str = ""
    suggestion: dict[str, Any] | None = None
    advice: str = ""


class DenyRecord(Frozen):
    """The same refusal counted: `deny` is the latest."""

    deny: Deny
    count: int
    first_at: int
    last_at: int
