"""What a session policy does to a call, judged by the laptop's reading of IAM's conditions: not the product's, which only writes."""

import json
from collections.abc import Mapping
from typing import Any

from chalicelib.access.session_policy import SessionPolicy
from infra.local.conditions import hold, listed


def denied(policy: SessionPolicy, call: Mapping[str, str]) -> bool:
    """Whether a Deny of the inline policy stops a call with these condition keys."""
    return any(_holds(statement, call) for statement in statements(policy) if statement["Effect"] == "Deny")


def allows_everything(policy: SessionPolicy) -> bool:
    """Whether the inline policy has an Allow of its own."""
    return any(statement["Effect"] == "Allow" for statement in statements(policy))


def statements(policy: SessionPolicy) -> list[dict[str, Any]]:
    if not policy.document:
        return []
    document = json.loads(policy.document)
    assert document["Version"] == "2012-10-17"
    found: list[dict[str, Any]] = listed(document["Statement"])
    assert all(statement["Action"] == statement["Resource"] == "*" for statement in found)
    return found


def _holds(statement: Mapping[str, Any], call: Mapping[str, str]) -> bool:
    return hold(statement, {key: [value] for key, value in call.items()}, doubt=False)
