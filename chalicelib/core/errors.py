"""Every error that this product raises on purpose.

    AppError
    ├── InvalidInput        the caller's words are wrong; says which, and how to mend them
    ├── NotAuthenticated    nobody, or no longer anybody
    ├── Forbidden           somebody, but not allowed; says by which rule
    ├── NotFound
    ├── Conflict            somebody else was first, or the thing changed meanwhile
    │   └── NeedsRebase     what is live is not what was reviewed
    ├── LimitExceeded       too much, too often, too large
    ├── Misconfigured       the deployment's settings, configuration, secrets or plugins are wrong; says where
    └── Upstream            AWS (or another system) failed
        ├── AccessDeniedByAws
        ├── PluginFailed    a company's plugin raised, or answered what is no answer
        └── Throttled       worth trying again later

Step Functions matches on these class names in Retry and Catch: a name is a contract and is never changed.
"""


class AppError(Exception):
    """Base of the tree.

    `reason` is a stable word for programs (`multiple_roles`), `code` is Weep's error code where one exists (`901`),
    `extra` are further members of the answer (`matching roles`). The message names cause and fix, for people.
    """

    default_reason = "internal"

    def __init__(
        self,
        message: str,
        *,
        reason: str | None = None,
        code: str | None = None,
        extra: dict[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.reason = reason or self.default_reason
        self.code = code
        self.extra = extra or {}


class InvalidInput(AppError, ValueError):
    """A ValueError too: raised while a document is validated, it becomes a fault of the very field."""

    default_reason = "invalid_input"


class NotAuthenticated(AppError):
    default_reason = "unauthenticated"


class Forbidden(AppError):
    default_reason = "forbidden"


class NotFound(AppError):
    default_reason = "not_found"


class Conflict(AppError):
    default_reason = "conflict"


class NeedsRebase(Conflict):
    default_reason = "needs_rebase"


class LimitExceeded(AppError):
    default_reason = "limit_exceeded"


class Misconfigured(AppError):
    default_reason = "misconfigured"


class Upstream(AppError):
    default_reason = "upstream"


class AccessDeniedByAws(Upstream):
    default_reason = "access_denied_by_aws"


class PluginFailed(Upstream):
    default_reason = "plugin_failed"


class Throttled(Upstream):
    default_reason = "throttled"
