"""How something that this product depends on is doing, and what to do about it."""

from enum import StrEnum

from chalicelib.core.model import Frozen


class HealthStatus(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    NOT_CONFIGURED = "not_configured"


class Health(Frozen):
    """`cause` says what was found, `fix` what to do about it; both are for people, and hold no secret."""

    status: HealthStatus
    cause: str
    fix: str = ""

    @classmethod
    def ok(cls, cause: str) -> "Health":
        return cls(status=HealthStatus.OK, cause=cause)

    @classmethod
    def warning(cls, cause: str, fix: str) -> "Health":
        return cls(status=HealthStatus.WARNING, cause=cause, fix=fix)

    @classmethod
    def failed(cls, cause: str, fix: str) -> "Health":
        return cls(status=HealthStatus.FAILED, cause=cause, fix=fix)

    @classmethod
    def not_configured(cls, cause: str, fix: str = "") -> "Health":
        return cls(status=HealthStatus.NOT_CONFIGURED, cause=cause, fix=fix)
