"""What the wire asks of whoever knows people: `api/__init__.py` hands it an answerer from the composition root."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Protocol

from chalicelib.core.decisions import Decision, Permission
from chalicelib.core.principals import Caller
from chalicelib.wire.http import HttpRequest


class Access(StrEnum):
    """Who may call a route: anybody, a person with a web session, one with a web or a CLI session, or a directory that pushes
    (SCIM) with its own token, which is no person and holds no permission.
    """

    PUBLIC = "public"
    SESSION = "session"
    CLI = "cli"
    SCIM = "scim"


@dataclass(frozen=True, slots=True)
class PushClient:
    """A directory that pushes, by the name that its token was given."""

    name: str


class UncheckedMark:
    """Marks a caller whose session row is read by the view's service, together with the rows that decide."""


UncheckedCaller = Annotated[Caller, UncheckedMark()]


class Authenticator(Protocol):
    def caller(self, request: HttpRequest, *, access: Access, live: bool) -> Caller:
        """The signed-in person; with `live` their session row was read. Raises NotAuthenticated."""

    def push_client(self, request: HttpRequest) -> PushClient:
        """The directory whose token the request brings. Raises NotAuthenticated."""

    def sign_in_url(self, return_to: str) -> str:
        """Where a page sends a person who is not signed in."""

    def may(self, caller: Caller, permission: Permission) -> Decision:
        """Whether the caller holds the permission."""

    @property
    def public_url(self) -> str: ...

    @property
    def cdn_secret(self) -> str: ...
