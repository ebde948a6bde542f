"""Types of identity: sessions, tokens, and the sections of the configuration that this package owns."""

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import Field, model_validator

from chalicelib.core.errors import InvalidInput
from chalicelib.core.model import Frozen
from chalicelib.core.principals import SessionKind


class SessionsConfig(Frozen):
    """Section `sessions`."""

    web_minutes: int = Field(default=60, ge=5, le=720)
    """A session in the browser ends after so many minutes without a visit: visits in the second half of its life renew it."""
    web_max_hours: int = Field(default=12, ge=1, le=168)
    """However often it is renewed, it ends so many hours after the sign-in."""
    cli_hours: int = Field(default=12, ge=1, le=24)
    """A command line's session ends after so many hours; it is never renewed."""
    cookie_name: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_.\-]{1,100}$")
    """Default: `__Host-consoleme_auth` on https, `consoleme_auth` on loopback http. A name that begins with `__Host-` or
    `__Secure-` needs https."""
    address_check: Literal["strict", "same_family", "off"] = "same_family"
    """Whether the browser that approves a command line's sign-in must come from the command line's address. `same_family`
    does not compare an IPv4 with an IPv6 address: one machine may show either."""

    @model_validator(mode="after")
    def _longest_last(self) -> Self:
        if self.web_max_hours * 60 < self.web_minutes:
            raise InvalidInput("sessions.web_max_hours must not be shorter than sessions.web_minutes.")
        return self


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
    client: str = ""
    """The user agent that the session was begun with."""
    created_at: int
    renewed_at: int
    expires_at: int
    ends_at: int
    """No renewal reaches beyond this."""
    sign_out: Mapping[str, str] = Field(default_factory=dict, repr=False)
    """What the sign-in method wants to find again when the person signs out."""


class SessionToken(Frozen):
    """A signed token and the cookie that carries it. Epoch seconds."""

    value: str = Field(repr=False)
    session_id: str
    cookie_name: str
    issued_at: int
    expires_at: int
    secure: bool
