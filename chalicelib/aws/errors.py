"""AWS's errors in the product's own words. Whoever calls AWS does it inside `translated`."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from chalicelib.core.errors import (
    AccessDeniedByAws,
    AppError,
    Conflict,
    InvalidInput,
    LimitExceeded,
    NotFound,
    Throttled,
    Upstream,
)

_DENIED = {
    "AccessDenied",
    "AccessDeniedException",
    "UnauthorizedOperation",
    "AuthorizationError",
    "ExpiredToken",
    "InvalidClientTokenId",
    # How services answer in a region that the account has not opted into.
    "InvalidToken",
    "UnrecognizedClientException",
    "OptInRequired",
    "AuthFailure",
    "AllAccessDisabled",
}
_THROTTLED = {
    "Throttling",
    "ThrottlingException",
    "RequestLimitExceeded",
    "SlowDown",
    "TooManyRequestsException",
    "RequestThrottled",
    "RequestThrottledException",
    "ThrottledException",
    "ProvisionedThroughputExceededException",
}
_MISSING = {
    "NoSuchEntity",
    "ResourceNotFoundException",
    "NoSuchBucket",
    "NoSuchKey",
    "NoSuchVersion",
    "NoSuchBucketPolicy",
    "NoSuchTagSet",
    "NotFound",
    "NotFoundException",
    "ResourceNotFound",
    "QueueDoesNotExist",
    "NonExistentQueue",
    "ExecutionDoesNotExist",
    "TaskDoesNotExist",
    "TaskTimedOut",
}
_INVALID = {
    "ValidationError",
    "ValidationException",
    "MalformedPolicyDocument",
    "InvalidInput",
    "InvalidParameterValue",
}
_LIMITS = {"LimitExceeded", "PackedPolicyTooLarge", "LimitExceededException"}
_CONFLICTS = {
    "EntityAlreadyExists",
    "ConcurrentModification",
    "DeleteConflict",
    "EntityTemporarilyUnmodifiable",
    "ExecutionAlreadyExists",
    "PreconditionFailed",
    "ConditionalRequestConflict",
}

_BY_CODE: dict[str, type[AppError]] = {
    **dict.fromkeys(_DENIED, AccessDeniedByAws),
    **dict.fromkeys(_THROTTLED, Throttled),
    **dict.fromkeys(_MISSING, NotFound),
    **dict.fromkeys(_INVALID, InvalidInput),
    **dict.fromkeys(_LIMITS, LimitExceeded),
    **dict.fromkeys(_CONFLICTS, Conflict),
}


@contextmanager
def translated(what: str) -> Iterator[None]:
    """`what` names the call for people ("reading role X in account Y"). Raises a member of the error tree."""
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        message = error.response.get("Error", {}).get("Message", "")
        kind = _BY_CODE.get(code.removeprefix("AWS.SimpleQueueService."), Upstream)
        raise kind(f"AWS refused {what}: {code}: {message}", reason=code or None) from error
    except (BotoCoreError, ResponseParserError) as error:
        raise Upstream(f"AWS did not answer {what}: {error}") from error
