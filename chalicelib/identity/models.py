"""Types of identity: sessions, tokens, and the sections of the configuration that this package owns."""

from typing import Literal

from pydantic import Field, field_validator

from chalicelib.core.model import Frozen
from chalicelib.core.principals import Principal, SessionKind


class SessionsConfig(Frozen):
    """Section `sessions`."""

    web_minutes: int = Field(default=60, ge=5, le=720)
    cli_hours: int = Field(default=12, ge=1, le=24)
    cookie_name: str | None = None
    """Default: `__Host-consoleme_auth` on https, `consoleme_auth` on loopback http."""
    address_check: Literal["strict", "same_family", "off"] = "same_family"
    """Whether the browser that approves a command line's sign-in must come from the command line's address. `same_family`
    does not compare an IPv4 with an IPv6 address: one machine may show either."""


class GroupsConfig(Frozen):
    """Section `groups`: who holds which permission. Principals say what they are: `user:` or `group:`."""

    can_admin: tuple[str, ...] = ()
    can_admin_policies: tuple[str, ...] = ()
    can_create_roles: tuple[str, ...] = ()
    can_delete_iam_principals: tuple[str, ...] = ()
    can_edit_config: tuple[str, ...] = ()
    can_audit: tuple[str, ...] = ()

    @field_validator("*")
    @classmethod
    def _principals(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(str(Principal.parse(name)) for name in names)


class SiteConfig(Frozen):
    """Section `site`: what the pages show around the work."""

    support_contact: str | None = None
    support_chat_url: str | None = None
    documentation_url: str | None = None
    message_title: str = ""
    message_text: str = ""
    message_route: str = ".*"
    """Regular expression of the page paths on which the message is shown."""


class Session(Frozen):
    """A session row. Epoch seconds."""

    session_id: str
    user: str
    groups: frozenset[str]
    kind: SessionKind
    method: str
    address: str
    created_at: int
    expires_at: int


class SessionToken(Frozen):
    """A signed token and the cookie that carries it."""

    value: str = Field(repr=False)
    session_id: str
    cookie_name: str
    expires_at: int
    secure: bool
