import pytest

from chalicelib.core import errors
from chalicelib.core.errors import AppError

TREE = {
    "InvalidInput": "AppError",
    "NotAuthenticated": "AppError",
    "Forbidden": "AppError",
    "NotFound": "AppError",
    "Conflict": "AppError",
    "NeedsRebase": "Conflict",
    "LimitExceeded": "AppError",
    "Misconfigured": "AppError",
    "Upstream": "AppError",
    "AccessDeniedByAws": "Upstream",
    "PluginFailed": "Upstream",
    "Throttled": "Upstream",
}


def test_the_names_that_step_functions_matches_stay_as_they_are() -> None:
    found = {
        name: kind.__base__.__name__
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, AppError) and kind is not AppError and kind.__base__
    }
    assert found == TREE


def test_the_drawing_of_the_tree_shows_every_error() -> None:
    assert errors.__doc__ is not None
    assert [name for name in TREE if name not in errors.__doc__] == []


@pytest.mark.parametrize("name", TREE)
def test_an_error_says_what_it_was_given_and_has_a_reason_of_its_own(name: str) -> None:
    error = getattr(errors, name)("cause and fix")
    assert (str(error), error.message, error.code, error.extra) == ("cause and fix", "cause and fix", None, {})
    assert error.reason == error.default_reason != AppError.default_reason


def test_reason_code_and_extra_travel_with_the_error() -> None:
    error = errors.Forbidden("two", reason="multiple_roles", code="901", extra={"matching roles": ["a", "b"]})
    assert (error.reason, error.code, error.extra) == ("multiple_roles", "901", {"matching roles": ["a", "b"]})


def test_two_errors_do_not_share_their_extras() -> None:
    errors.NotFound("a").extra["x"] = 1
    assert errors.NotFound("b").extra == {}
