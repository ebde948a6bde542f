"""What a check is. Each module of `integrations/` offers some: the folder is the registry."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from chalicelib.core.health import Health

if TYPE_CHECKING:
    from chalicelib.audit.services import AuditServices
    from chalicelib.aws.secrets import SigningKeys
    from chalicelib.aws.sessions import Sessions
    from chalicelib.core.clock import Clock
    from chalicelib.core.deployment import Deployment
    from chalicelib.db.jobs import Jobs
    from chalicelib.dynamic_config.document import Configuration
    from chalicelib.identity.services import IdentityServices
    from chalicelib.inventory.services import InventoryServices
    from chalicelib.notifications.services import NotificationServices
    from chalicelib.operations.services import OperationServices
    from chalicelib.settings import Settings


class Parts(Protocol):
    """What checks look at: the composition root is one."""

    settings: "Settings"
    clock: "Clock"

    @property
    def configuration(self) -> "Configuration": ...
    @property
    def deployment(self) -> "Deployment": ...
    @property
    def aws(self) -> "Sessions": ...
    @property
    def jobs(self) -> "Jobs": ...
    @property
    def auditing(self) -> "AuditServices": ...
    @property
    def signing_keys(self) -> "SigningKeys": ...
    @property
    def identity(self) -> "IdentityServices": ...
    @property
    def inventory(self) -> "InventoryServices": ...
    @property
    def notifications(self) -> "NotificationServices": ...
    @property
    def operations(self) -> "OperationServices": ...


@dataclass(frozen=True, slots=True)
class Check:
    """`run` tells how it is. It may raise an AppError, which is then the cause of a failure; `fix` is what to do about that."""

    name: str
    title: str
    run: Callable[[], Health]
    fix: str


def ago(seconds: int) -> str:
    """`12 minutes ago`, for people."""
    for size, word in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            return f"{seconds // size} {word}{'' if seconds // size == 1 else 's'} ago"
    return "less than a minute ago"
