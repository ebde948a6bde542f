"""Records as CloudTrail writes them, and EventBridge's words for them."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from infra.local.trust_policy import Caller

_GLOBAL = {"iam": "us-east-1", "organizations": "us-east-1"}
"""Services whose events are written in one region only."""


@dataclass(frozen=True)
class Happened:
    service: str
    operation: str
    region: str
    account_id: str
    request: Mapping[str, Any] | None = None
    response: Mapping[str, Any] | None = None
    error: tuple[str, str] = ("", "")
    """Code and message."""
    reads: bool = False
    address: str = "127.0.0.1"
    agent: str = ""


def record(identity: Mapping[str, Any], told: Happened) -> dict[str, Any]:
    """A management event of now."""
    code, message = told.error
    return {
        "eventVersion": "1.10",
        "userIdentity": dict(identity),
        "eventTime": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": f"{told.service}.amazonaws.com",
        "eventName": told.operation,
        "awsRegion": _GLOBAL.get(told.service, told.region),
        "sourceIPAddress": told.address,
        "userAgent": told.agent,
        **({"errorCode": code, "errorMessage": message} if code else {}),
        "requestParameters": dict(told.request) if told.request else None,
        "responseElements": dict(told.response) if told.response and not told.reads else None,
        "requestID": str(uuid4()),
        "eventID": str(uuid4()),
        "readOnly": told.reads,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": told.account_id,
        "eventCategory": "Management",
    }


def entry(written: Mapping[str, Any]) -> dict[str, Any]:
    """As it is put onto a bus."""
    service = str(written["eventSource"]).partition(".")[0]
    kind = "Service Event" if written["eventType"] == "AwsServiceEvent" else "API Call"
    return {"Source": f"aws.{service}", "DetailType": f"AWS {kind} via CloudTrail", "Detail": json.dumps(written)}


def account_created(account_id: str, answer: Mapping[str, Any]) -> dict[str, Any]:
    """The call only begins it; in AWS its end follows minutes later, as an event of the service itself."""
    happened = Happened(
        "organizations", "CreateAccountResult", "us-east-1", account_id, address="organizations.amazonaws.com"
    )
    written = record({"accountId": account_id, "invokedBy": "organizations.amazonaws.com"}, happened)
    details = {"createAccountStatus": answer.get("createAccountStatus", {})}
    return {**written, "eventType": "AwsServiceEvent", "serviceEventDetails": details}


def identity_of(caller: Caller) -> dict[str, Any]:
    if caller.is_role_session:
        role = next((name for name in sorted(caller.names) if ":role/" in name), "")
        return session_identity(caller.arn, role, caller.source_identity, caller.user_id)
    root = caller.arn.endswith(":root")
    named = {} if root else {"userName": caller.arn.rpartition("/")[2]}
    return {
        "type": "Root" if root else "IAMUser",
        "principalId": caller.user_id,
        "arn": caller.arn,
        "accountId": caller.account_id,
        **named,
    }


def session_identity(arn: str, role_arn: str, source_identity: str = "", user_id: str = "") -> dict[str, Any]:
    account = arn.split(":")[4]
    issuer = {
        "type": "Role",
        "principalId": user_id.partition(":")[0],
        "arn": role_arn,
        "accountId": account,
        "userName": role_arn.rpartition("/")[2],
    }
    context: dict[str, Any] = {"sessionIssuer": issuer, "attributes": {"mfaAuthenticated": "false"}}
    if source_identity:
        context["sourceIdentity"] = source_identity
    return {
        "type": "AssumedRole",
        "principalId": user_id,
        "arn": arn,
        "accountId": account,
        "sessionContext": context,
    }


def is_refusal(code: str) -> bool:
    return re.match(r"AccessDenied|(?:Client\.)?Unauthorized|AuthorizationError", code) is not None
