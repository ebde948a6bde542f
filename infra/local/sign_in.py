"""Runs in a container of the API: the laptop's sign-in, by the same session service as any other."""

from collections.abc import Mapping
from typing import Any

from chalicelib import bootstrap
from chalicelib.core.principals import SessionKind

METHOD = "local"


def start_session(person: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Begins a web session for `{email, groups, address, client}`."""
    token = bootstrap.container().identity.sessions.start(
        user=person["email"],
        groups=frozenset(person["groups"]),
        kind=SessionKind.WEB,
        method=METHOD,
        address=person["address"],
        client=person["client"],
    )
    return {
        "value": token.value,
        "cookie_name": token.cookie_name,
        "expires_at": token.expires_at,
        "secure": token.secure,
    }
