"""What somebody wants credentials for, and the codes by which clients know why they get none."""

from typing import Annotated

from pydantic import AfterValidator, Field

from chalicelib.core.model import Frozen
from chalicelib.core.networks import check_cidr

INVALID_ARN = "899"
NO_MATCH = "900"
SEVERAL = "901"
BROKER_FAILED = "902"
NOTHING_RETURNED = "903"
SIGN_IN_TOO_OLD = "905"
UNKNOWN_ACCOUNT = "906"
"""904, a request that can't be read, is given where requests are read."""

CONSOLE = "console.sign_in"


class Wish(Frozen):
    """An ARN or a search, or an application (in an account), or a role of one's own; and how the request came.

    `client` is what the client says of itself: recorded, never believed.
    """

    search: str = ""
    app_name: str = ""
    own_role: bool = False
    account: str = ""
    console_only: bool = False
    no_ip_restrictions: bool = False
    custom_ip_restrictions: tuple[Annotated[str, AfterValidator(check_cidr)], ...] = Field(default=(), max_length=1000)
    read_only: bool = False
    purpose: str = "credentials.issue"
    client: str = ""

    @property
    def wanted(self) -> str:
        return self.search or self.app_name or "a role of one's own"
