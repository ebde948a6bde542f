"""What the spoke roles may do: the one that changes what the change types name, the one that reads what they look at as well."""

from collections.abc import Iterable
from typing import Any

from chalicelib.changes.registry import change_types
from chalicelib.inventory import spoke_actions as inventory

_READS = ("Get", "List")
_OUR_ROLES = "arn:aws:iam::*:role/ConsoleMe*"


def apply_actions() -> frozenset[str]:
    return frozenset(action for kind in change_types().values() for action in kind.spoke_actions)


def read_actions() -> frozenset[str]:
    """Those of the inventory, and what a change is planned by."""
    looked_at = {action for action in apply_actions() if action.partition(":")[2].startswith(_READS)}
    return inventory.read_actions() | looked_at


def read_policy() -> dict[str, Any]:
    """None of these actions can be limited to resources that are known before."""
    return _policy("Read", read_actions())


def apply_policy() -> dict[str, Any]:
    """What a person may change by a request is decided before; the role itself never changes the product's own roles."""
    changes = sorted(action for action in apply_actions() - read_actions() if "Role" in action.partition(":")[2])
    policy = _policy("Apply", apply_actions())
    policy["Statement"].append({"Sid": "NeverOurOwnRoles", "Effect": "Deny", "Action": changes, "Resource": _OUR_ROLES})
    return policy


def _policy(verb: str, actions: Iterable[str]) -> dict[str, Any]:
    """One statement for each service."""
    services: dict[str, list[str]] = {}
    for action in sorted(actions):
        services.setdefault(action.partition(":")[0], []).append(action)
    statements = [
        {"Sid": f"{verb}{service.capitalize()}", "Effect": "Allow", "Action": found, "Resource": "*"}
        for service, found in services.items()
    ]
    return {"Version": "2012-10-17", "Statement": statements}
