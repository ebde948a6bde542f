"""What AWS refused: of a principal, or about a resource."""

from pydantic import Field

from chalicelib import bootstrap
from chalicelib.api.authenticator import new_api
from chalicelib.core.model import Frozen
from chalicelib.core.principals import Caller
from chalicelib.inventory.denies.wire import WireDeny, seen_by, wire_deny
from chalicelib.wire.authentication import Access

api = new_api(__name__)


class DeniesQuery(Frozen):
    arn: str = Field(min_length=1, max_length=2048)
    limit: int = Field(default=100, ge=1, le=500)


class DeniesBody(Frozen):
    """Most frequent first. `total` counts the kinds that the reader sees, `days` for how long they are kept."""

    arn: str
    denies: tuple[WireDeny, ...]
    total: int
    days: int


@api.endpoint(
    "GET",
    "/api/v2/denies",
    access=Access.SESSION,
    rule="Everybody who is signed in, for resources that they see; denies about others are left out.",
)
def list_denies(query: DeniesQuery, caller: Caller) -> DeniesBody:
    """What was refused to a principal or about a resource in the last days: which policy is in the way, and what would help."""
    container = bootstrap.container()
    view = container.identity.permissions.view(caller)
    # What is hidden answers like what does not exist.
    found = container.inventory.denies.store.of(query.arn) if view.resource(query.arn).allowed else ()
    seen = seen_by(found, view)
    shown = tuple(map(wire_deny, seen[: query.limit]))
    return DeniesBody(arn=query.arn, denies=shown, total=len(seen), days=container.inventory.denies.config.keep_days)
