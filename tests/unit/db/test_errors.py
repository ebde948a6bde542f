import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from pynamodb.exceptions import (
    CancellationReason,
    GetError,
    PutError,
    TableError,
    TransactGetError,
    TransactWriteError,
    VerboseClientError,
)

from chalicelib.core.errors import AppError, Conflict, NotFound, Throttled, Upstream
from chalicelib.db.errors import translated


def caused_by(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "m"}}, "PutItem")


def cancelled(*codes: str | None) -> VerboseClientError:
    reasons = [None if code is None else CancellationReason(code=code) for code in codes]
    return VerboseClientError(
        {"Error": {"Code": "TransactionCanceledException", "Message": "m"}},
        "TransactWriteItems",
        {},
        cancellation_reasons=reasons,
    )


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        pytest.param(PutError("x", caused_by("ConditionalCheckFailedException")), Conflict, id="a condition failed"),
        pytest.param(
            PutError("x", caused_by("TransactionConflictException")), Conflict, id="another transaction was faster"
        ),
        pytest.param(
            PutError("x", caused_by("ProvisionedThroughputExceededException")), Throttled, id="too much at once"
        ),
        pytest.param(GetError("x", caused_by("ThrottlingException")), Throttled, id="throttled"),
        pytest.param(GetError("x", caused_by("RequestLimitExceeded")), Throttled, id="the account's limit"),
        pytest.param(GetError("x", caused_by("AccessDeniedException")), Upstream, id="our own role may not"),
        pytest.param(GetError("x", caused_by("ResourceNotFoundException")), Upstream, id="the table is missing"),
        pytest.param(GetError("x", EndpointConnectionError(endpoint_url="u")), Upstream, id="nobody answers"),
        pytest.param(TableError("x"), Upstream, id="an error without cause"),
        pytest.param(
            TransactWriteError("x", cancelled(None, "ConditionalCheckFailed")),
            Conflict,
            id="a condition in a transaction",
        ),
        pytest.param(
            TransactWriteError("x", cancelled("TransactionConflict", None)), Conflict, id="transactions that cross"
        ),
        pytest.param(
            TransactWriteError("x", cancelled("ThrottlingError", None)), Throttled, id="too much for a transaction"
        ),
        pytest.param(
            TransactWriteError("x", cancelled("ItemCollectionSizeLimitExceeded")), Upstream, id="another reason"
        ),
        pytest.param(
            TransactWriteError("x", cancelled("ProvisionedThroughputExceeded", "ConditionalCheckFailed")),
            Conflict,
            id="a condition beside a throttle: another try would not help",
        ),
        pytest.param(TransactGetError("x", cancelled("TransactionConflict")), Conflict, id="a write crosses a read"),
        pytest.param(
            TransactWriteError("x", caused_by("TransactionInProgressException")), Throttled, id="the same is under way"
        ),
        pytest.param(
            TransactWriteError("x", caused_by("ValidationException")),
            Upstream,
            id="a transaction that is refused whole",
        ),
    ],
)
def test_an_error_of_the_database_in_our_words(error: Exception, kind: type[AppError]) -> None:
    with pytest.raises(AppError) as failure, translated("the request"):
        raise error
    assert type(failure.value) is kind
    assert "the request" in failure.value.message
    assert failure.value.__cause__ is error


@pytest.mark.parametrize("error", [NotFound("x"), KeyError("x"), KeyboardInterrupt()])
def test_what_is_not_of_the_database_goes_through_untouched(error: BaseException) -> None:
    with pytest.raises(type(error)) as failure, translated("the request"):
        raise error
    assert failure.value is error
