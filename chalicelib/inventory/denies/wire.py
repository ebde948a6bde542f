"""Denies as ConsoleMe's pages of resources show them, and as ours do."""

from collections.abc import Iterable
from typing import Any

from chalicelib.core.model import Frozen
from chalicelib.identity.permissions import View
from chalicelib.inventory.denies.models import DenyRecord, Layer
from chalicelib.inventory.denies.rules import account_of
from chalicelib.inventory.denies.tell_owner import request_uri


class WireCloudTrailError(Frozen):
    """ConsoleMe's four keys. `generated_policy` is empty where no policy of the principal's own would help."""

    event_call: str
    resource: str
    generated_policy: dict[str, Any]
    count: int


class WireDeny(Frozen):
    """One kind of deny. `suggestion` is a policy that lets the call through, `request_url` where on this site it can be asked for."""

    principal: str
    action: str
    event_call: str
    resource: str
    layer: Layer
    explicit: bool | None
    policy_arn: str
    advice: str
    message: str
    error_code: str
    region: str
    source_identity: str
    suggestion: dict[str, Any] | None
    request_url: str | None
    count: int
    first_at: int
    last_at: int


def cloudtrail_errors(records: Iterable[DenyRecord], most: int) -> tuple[WireCloudTrailError, ...]:
    """The most frequent."""
    return tuple(
        WireCloudTrailError(
            event_call=record.deny.action or record.deny.event_call,
            resource=record.deny.resource,
            generated_policy=record.deny.suggestion or {},
            count=record.count,
        )
        for record in list(records)[:most]
    )


def seen_by(records: Iterable[DenyRecord], view: View) -> tuple[DenyRecord, ...]:
    """Those whose principal the reader may see, and whose resource where it says its account."""
    return tuple(
        record
        for record in records
        if view.shows(record.deny.account_id, record.deny.principal) and _shows_resource(view, record.deny.resource)
    )


def _shows_resource(view: View, resource: str) -> bool:
    account = account_of(resource)
    return not account.isdecimal() or view.shows(account, resource)


def wire_deny(record: DenyRecord) -> WireDeny:
    deny = record.deny
    return WireDeny(
        principal=deny.principal,
        action=deny.action,
        event_call=deny.event_call,
        resource=deny.resource,
        layer=deny.layer,
        explicit=deny.explicit,
        policy_arn=deny.policy_arn,
        advice=deny.advice,
        message=deny.message,
        error_code=deny.error_code,
        region=deny.region,
        source_identity=deny.source_identity,
        suggestion=deny.suggestion,
        request_url=request_uri(deny) if deny.suggestion else None,
        count=record.count,
        first_at=record.first_at,
        last_at=record.last_at,
    )
