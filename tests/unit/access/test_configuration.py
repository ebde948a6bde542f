import pytest
from pydantic import ValidationError

from chalicelib.access.models import AuthorizationConfig


def test_names_of_the_mapping_are_folded_and_say_what_they_are() -> None:
    config = AuthorizationConfig.model_validate({"group_mapping": {"group:Payments": {"roles": ["a"]}}})
    assert config.group_mapping["group:payments"].roles == ("a",)


@pytest.mark.parametrize(
    ("mapping", "fault"),
    [
        pytest.param({"payments": {}}, "must say what it is", id="a bare name"),
        pytest.param({"group:a": {}, "group:A": {}}, "differ only in case", id="two names that are one"),
    ],
)
def test_a_mapping_that_could_mean_two_things_is_refused(mapping: dict[str, object], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        AuthorizationConfig.model_validate({"group_mapping": mapping})
