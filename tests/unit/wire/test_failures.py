import pytest

from chalicelib.core.errors import (
    AccessDeniedByAws,
    AppError,
    Conflict,
    Forbidden,
    InvalidInput,
    LimitExceeded,
    NeedsRebase,
    NotAuthenticated,
    NotFound,
    Throttled,
    Upstream,
)
from chalicelib.wire.failures import Shape, body_of, sign_in_body, status_of

STATUSES = [
    (InvalidInput, 400, "Bad Request"),
    (NotAuthenticated, 403, "Forbidden"),
    (Forbidden, 403, "Forbidden"),
    (NotFound, 404, "Not Found"),
    (Conflict, 409, "Conflict"),
    (NeedsRebase, 409, "Conflict"),
    (LimitExceeded, 429, "Too Many Requests"),
    (Upstream, 502, "Bad Gateway"),
    (AccessDeniedByAws, 502, "Bad Gateway"),
    (Throttled, 502, "Bad Gateway"),
    (AppError, 500, "Internal Server Error"),
]


@pytest.mark.parametrize(("kind", "status", "title"), STATUSES)
def test_a_page_is_told_status_title_and_message(kind: type[AppError], status: int, title: str) -> None:
    body, content_type = body_of(kind("cause and fix"), Shape.PROBLEM, "r-1")
    assert (body["status"], body["title"], body["message"]) == (status, title, "cause and fix")
    assert (body["reason"], body["request_id"]) == (kind.default_reason, "r-1")
    assert content_type == "application/problem+json"


@pytest.mark.parametrize(("kind", "status", "title"), STATUSES)
def test_weep_is_told_the_same_in_members_whose_types_it_can_read(
    kind: type[AppError], status: int, title: str
) -> None:
    body, content_type = body_of(kind("cause and fix"), Shape.UNIVERSAL, "r-1")
    assert (body["status"], body["status_code"]) == ("error", status)
    strings = ("code", "message", "exception", "request_id", "reason")
    assert [name for name in strings if not isinstance(body[name], str)] == []
    assert body["errors"] == ["cause and fix"]
    assert content_type == "application/json"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        pytest.param(NotAuthenticated("x"), "invalid_jwt", id="nobody, so that Weep signs in anew"),
        pytest.param(NotAuthenticated("x", reason="session_ended"), "invalid_jwt", id="no longer anybody"),
        pytest.param(InvalidInput("x"), "904", id="words that could not be read"),
        pytest.param(InvalidInput("x", code="906"), "906", id="a code of its own"),
        pytest.param(Forbidden("x", code="900"), "900", id="no role"),
        pytest.param(Forbidden("x", reason="stale_authorization"), "stale_authorization", id="no code: the reason"),
        pytest.param(Throttled("x"), "throttled", id="a kind without code"),
    ],
)
def test_the_code_is_always_text(error: AppError, code: str) -> None:
    assert body_of(error, Shape.UNIVERSAL, "r-1")[0]["code"] == code


def test_percent_signs_are_doubled_only_where_weep_prints_through_a_format() -> None:
    body, _ = body_of(NotFound("100% sure, %s"), Shape.UNIVERSAL, "r-1")
    assert body["errors"] == ["100%% sure, %%s"]
    assert body["message"] == "100% sure, %s"


@pytest.mark.parametrize("shape", [Shape.PROBLEM, Shape.UNIVERSAL])
def test_further_members_stand_beside_the_rest(shape: Shape) -> None:
    error = Forbidden("two", code="901", extra={"matching roles": ["a", "b"], "requested_role": "x"})
    body, _ = body_of(error, shape, "r-1")
    assert (body["matching roles"], body["requested_role"], body["message"]) == (["a", "b"], "x", "two")


def test_a_body_that_is_too_large_has_the_status_that_says_so() -> None:
    assert status_of(LimitExceeded("x", reason="body_too_large")) == 413
    assert status_of(LimitExceeded("x")) == 429


def test_every_error_of_the_tree_has_a_status() -> None:
    def below(kind: type[AppError]) -> list[type[AppError]]:
        return [kind, *(found for child in kind.__subclasses__() for found in below(child))]

    for kind in below(AppError):
        assert 400 <= status_of(kind("x")) <= 502


def test_a_page_without_session_is_told_where_to_sign_in() -> None:
    assert sign_in_body(NotAuthenticated("Sign in."), "/login?x=1") == {
        "type": "redirect",
        "redirect_url": "/login?x=1",
        "reason": "unauthenticated",
        "message": "Sign in.",
    }


def test_a_directory_that_pushes_is_told_as_its_standard_says() -> None:
    body, content_type = body_of(Conflict("taken", reason="uniqueness"), Shape.SCIM, "r-1")
    assert body == {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
        "status": "409",
        "detail": "taken",
        "scimType": "uniqueness",
    }
    assert content_type == "application/scim+json"
    assert status_of(NotAuthenticated("x"), Shape.SCIM) == 401
