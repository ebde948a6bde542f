"""In a process of its own: fills the authorisation map with groups and their roles, and signs people in. Prints their cookies."""

import json
import sys
import time
from typing import Any

from bench.prepared import held
from chalicelib import bootstrap
from chalicelib.access.read_store import IdentityRoles
from chalicelib.access.rights import AccountFreshness
from chalicelib.core.principals import SessionKind


def grant(account: str, groups: list[dict[str, Any]], people: list[dict[str, Any]]) -> dict[str, str]:
    """Each group has so many roles of its own; ways back are not asked for here. Cookies by user."""
    container, now = bootstrap.container(), int(time.time())
    store, sessions = container.access.store, container.identity.sessions
    for group in groups:
        arns = [f"arn:aws:iam::{account}:role/{group['name']}/application-{number}" for number in range(group["roles"])]
        store.replace(IdentityRoles(f"group:{group['name']}"), {arn: held(now) for arn in arns}, ())
    store.set_fresh({account: AccountFreshness(name="bench", synced_at=now)})
    cookies: dict[str, str] = {}
    for one in people:
        token = sessions.start(
            user=one["user"],
            groups=frozenset(one["groups"]),
            kind=SessionKind.CLI,
            method="bench",
            address="127.0.0.1",
        )
        cookies[one["user"]] = f"{token.cookie_name}={token.value}"
    return cookies


if __name__ == "__main__":
    print(json.dumps(grant(**json.load(sys.stdin))))
