import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError, ReadTimeoutError
from botocore.parsers import ResponseParserError

from chalicelib.aws.errors import translated
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


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("AccessDenied", AccessDeniedByAws),
        ("AccessDeniedException", AccessDeniedByAws),
        ("UnauthorizedOperation", AccessDeniedByAws),
        ("ExpiredToken", AccessDeniedByAws),
        ("InvalidClientTokenId", AccessDeniedByAws),
        ("InvalidToken", AccessDeniedByAws),
        ("OptInRequired", AccessDeniedByAws),
        ("UnrecognizedClientException", AccessDeniedByAws),
        ("Throttling", Throttled),
        ("ThrottlingException", Throttled),
        ("TooManyRequestsException", Throttled),
        ("RequestThrottledException", Throttled),
        ("SlowDown", Throttled),
        ("NoSuchEntity", NotFound),
        ("ResourceNotFoundException", NotFound),
        ("NoSuchBucket", NotFound),
        ("NoSuchBucketPolicy", NotFound),
        ("NoSuchTagSet", NotFound),
        ("NotFound", NotFound),
        ("ResourceNotFound", NotFound),
        ("AWS.SimpleQueueService.NonExistentQueue", NotFound),
        ("TaskDoesNotExist", NotFound),
        ("TaskTimedOut", NotFound),
        ("ValidationError", InvalidInput),
        ("MalformedPolicyDocument", InvalidInput),
        ("LimitExceeded", LimitExceeded),
        ("PackedPolicyTooLarge", LimitExceeded),
        ("EntityAlreadyExists", Conflict),
        ("ConcurrentModification", Conflict),
        ("ExecutionAlreadyExists", Conflict),
        ("ServiceUnavailable", Upstream),
        ("SomethingNew", Upstream),
        ("", Upstream),
    ],
)
def test_an_error_of_aws_in_our_words(code: str, kind: type[AppError]) -> None:
    error = ClientError({"Error": {"Code": code, "Message": "what AWS says"}}, "AssumeRole")
    with pytest.raises(AppError) as failure, translated("to assume the role x"):
        raise error
    assert type(failure.value) is kind
    assert failure.value.message == f"AWS refused to assume the role x: {code}: what AWS says"
    assert failure.value.reason == (code or "upstream")
    assert failure.value.__cause__ is error


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url="https://sts.us-east-1.amazonaws.com"),
        ReadTimeoutError(endpoint_url="https://sts.us-east-1.amazonaws.com"),
        NoCredentialsError(),
        ResponseParserError("a proxy's page"),
    ],
)
def test_no_answer_is_an_upstream_error_too(error: Exception) -> None:
    with pytest.raises(Upstream, match="AWS did not answer to read x: "), translated("to read x"):
        raise error


def test_an_answer_without_an_error_in_it_is_read() -> None:
    with pytest.raises(Upstream), translated("to read x"):
        raise ClientError({}, "GetRole")


@pytest.mark.parametrize("error", [Conflict("x"), KeyError("x")])
def test_what_is_not_of_aws_goes_through_untouched(error: Exception) -> None:
    with pytest.raises(type(error)) as failure, translated("to read x"):
        raise error
    assert failure.value is error
