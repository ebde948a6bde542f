"""PynamoDB's errors in the product's own words."""

from collections.abc import Iterator
from contextlib import contextmanager

from pynamodb.exceptions import PynamoDBException, TransactGetError, TransactWriteError

from chalicelib.core.errors import Conflict, Throttled, Upstream

_THROTTLES = {
    "ProvisionedThroughputExceededException",
    "ThrottlingException",
    "RequestLimitExceeded",
    "TransactionInProgressException",
    # As reasons of a transaction that was cancelled they have other names.
    "ThrottlingError",
    "ProvisionedThroughputExceeded",
}
_LOST_RACES = {
    "ConditionalCheckFailedException",
    "ConditionalCheckFailed",
    "TransactionConflict",
    "TransactionConflictException",
}


def _reasons(error: PynamoDBException) -> list[str]:
    if isinstance(error, TransactWriteError | TransactGetError):
        codes = [reason.code for reason in error.cancellation_reasons if reason is not None]
        return codes or [_code(error)]
    return [_code(error)]


def _code(error: PynamoDBException) -> str:
    """AWS's error code; empty when there was no answer. (PynamoDB's own `cause_response_code` fails on a timeout.)"""
    response = getattr(error.cause, "response", None) or {}
    return str(response.get("Error", {}).get("Code", ""))


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Raises Conflict when a condition failed, Throttled when it is worth another try, Upstream for the rest."""
    try:
        yield
    except PynamoDBException as error:
        codes = _reasons(error)
        if any(code in _LOST_RACES for code in codes):
            raise Conflict(f"{what} was changed by somebody else meanwhile. Reload and try again.") from error
        if any(code in _THROTTLES for code in codes):
            raise Throttled(f"The database is busy ({what}). Try again in a moment.") from error
        raise Upstream(
            f"The database did not answer ({what}): {', '.join(filter(None, codes)) or 'no answer'}."
        ) from error
