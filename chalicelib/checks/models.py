"""What a check tells: for `GET /api/v2/checks` and its page."""

from chalicelib.core.health import Health, HealthStatus
from chalicelib.core.model import Frozen


class CheckResult(Frozen):
    """`name` is stable and for programs, `title` for people; `duration` in milliseconds."""

    name: str
    title: str
    status: HealthStatus
    cause: str
    fix: str
    duration: int

    @classmethod
    def of(cls, name: str, title: str, health: Health, duration: int) -> "CheckResult":
        return cls(name=name, title=title, status=health.status, cause=health.cause, fix=health.fix, duration=duration)


class CheckList(Frozen):
    """Epoch seconds."""

    checked_at: int
    checks: tuple[CheckResult, ...]


class SpokePage(Frozen):
    """Results of some accounts, by id; `next` is where the following ones begin, None after the last."""

    checks: tuple[CheckResult, ...]
    total: int
    next: str | None
