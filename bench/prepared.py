"""In a process of its own: gives an identity rights and, when it is a person, a session. Prints the session's cookie."""

import json
import sys
import time
from typing import Any

from chalicelib import bootstrap
from chalicelib.access.rights import ROLE, AccountFreshness, Claim, HeldRole, Kind, Terms, Word
from chalicelib.core.principals import SessionKind

_WRITTEN = 40
"""Ways back from role to identity that one transaction writes; the others are not asked for here."""


def prepare(identity: str, arns: list[str]) -> dict[str, Any]:
    container, now = bootstrap.container(), int(time.time())
    store = container.access.store
    store.replace(store.identity(identity), {arn: held(now) for arn in arns}, arns[:_WRITTEN])
    store.set_fresh({arns[0].split(":")[4]: AccountFreshness(name="bench", synced_at=now)})
    kind, _, name = identity.partition(":")
    if kind == "group":
        return {}
    sessions, nothing = container.identity.sessions, frozenset[str]()
    token = sessions.start(user=name, groups=nothing, kind=SessionKind.CLI, method="bench", address="127.0.0.1")
    return {"cookie": f"{token.cookie_name}={token.value}"}


def held(now: int) -> HeldRole:
    terms = Terms(source_identity=True, session_tags=True)
    return HeldRole(terms, now, {ROLE: Word((Claim(kind=Kind.TAG, name="consoleme-authorized"),), now)})


if __name__ == "__main__":
    print(json.dumps(prepare(**json.load(sys.stdin))))
