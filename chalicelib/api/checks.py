"""How everything that the product depends on is doing. For administrators."""

from pydantic import Field

from chalicelib import bootstrap
from chalicelib.api.authenticator import new_api
from chalicelib.checks.models import CheckList, SpokePage
from chalicelib.core.decisions import Permission
from chalicelib.core.model import Frozen
from chalicelib.wire.authentication import Access

api = new_api(__name__)


class SpokeQuery(Frozen):
    after: str = Field(default="", pattern=r"^(\d{12})?$")
    limit: int = Field(default=50, ge=1, le=100)


@api.endpoint("GET", "/api/v2/checks", access=Access.SESSION, permission=Permission.ADMIN)
def list_checks() -> CheckList:
    """One check for each integration, with its cause and its fix. Takes up to twenty seconds."""
    return bootstrap.container().checks.run()


@api.endpoint("GET", "/api/v2/checks/spokes", access=Access.SESSION, permission=Permission.ADMIN)
def check_spokes(query: SpokeQuery) -> SpokePage:
    """Whether accounts let the product in: asks STS for each, page by page."""
    return bootstrap.container().check_spokes.page(query.after, query.limit)
