"""What the spoke's reading role may do: what the types of resources name, and what else is read through it. Nothing else says it."""

from typing import Any

from chalicelib.accounts import read_account
from chalicelib.inventory.denies import decode
from chalicelib.inventory.pages import attached_to, policy_documents
from chalicelib.inventory.registry import resource_types

_BESIDE_TYPES = (read_account.ACTIONS, decode.ACTIONS, attached_to.ACTIONS, policy_documents.ACTIONS)


def read_actions() -> frozenset[str]:
    return frozenset().union(*_BESIDE_TYPES, *(kind.actions for kind in resource_types().values()))


def read_policy() -> dict[str, Any]:
    """As a policy document, one statement for each service. None of these actions can be limited to resources that are known before."""
    services: dict[str, list[str]] = {}
    for action in sorted(read_actions()):
        services.setdefault(action.partition(":")[0], []).append(action)
    statements = [
        {"Sid": f"Read{service.capitalize()}", "Effect": "Allow", "Action": actions, "Resource": "*"}
        for service, actions in services.items()
    ]
    return {"Version": "2012-10-17", "Statement": statements}
