import pytest
from pydantic import ValidationError

from chalicelib.access.authorization import AuthorizationConfig
from chalicelib.core.roles import Use
from tests.support.builders import role_arn

APP = role_arn("app")


def test_names_of_the_mapping_are_folded_and_say_what_they_are() -> None:
    config = AuthorizationConfig.model_validate({"group_mapping": {"group:Payments": {"roles": [APP]}}})
    assert config.group_mapping["group:payments"].roles == (APP,)
    assert config.mapped_use("group:payments", APP) is Use.BOTH
    assert config.mapped_to == {APP: {"group:payments": Use.BOTH}}


@pytest.mark.parametrize(
    ("mapping", "fault"),
    [
        pytest.param({"payments": {}}, "must say what it is", id="a bare name"),
        pytest.param({"group:a": {}, "group:A": {}}, "differ only in case", id="two names that are one"),
        pytest.param({"group:a": {"roles": ["admin"]}}, "not an ARN", id="a role by its name"),
        pytest.param({"group:a": {"roles": [role_arn("*")]}}, "not the ARN of an IAM role", id="a wildcard"),
        pytest.param(
            {"group:a": {"cli_only_roles": [role_arn("app", "*")]}}, "not the ARN of an IAM role", id="any account"
        ),
        pytest.param({"group:a": {"console_only_roles": ["arn:aws:s3:::x"]}}, "not the ARN", id="a bucket"),
    ],
)
def test_a_mapping_that_is_not_exact_is_refused(mapping: dict[str, object], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        AuthorizationConfig.model_validate({"group_mapping": mapping})


@pytest.mark.parametrize(
    ("tags", "fault"),
    [
        pytest.param({"authorized": ["a"], "cli_only": ["a"]}, "stands twice", id="a key with two uses"),
        pytest.param({"authorized": ["a", "a"]}, "stands twice", id="a key given twice"),
        pytest.param({"authorized": [""]}, "at least 1 character", id="an empty key"),
        pytest.param({"delimiters": []}, "at least 1 item", id="no delimiter"),
        pytest.param({"delimiters": [""]}, "String should match", id="an empty delimiter"),
        pytest.param({"delimiters": ["x"]}, "String should match", id="a letter as delimiter"),
        pytest.param({"delimiters": [":1"]}, "String should match", id="a digit in a delimiter"),
    ],
)
def test_tags_that_could_mean_two_things_are_refused(tags: dict[str, object], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        AuthorizationConfig.model_validate({"role_tags": tags})


@pytest.mark.parametrize("entity", ["ConsoleMe", "arn:aws:iam::111111111111:root", "arn:aws:iam::*:role/x"])
def test_an_entity_that_must_be_trusted_is_a_role(entity: str) -> None:
    with pytest.raises(ValidationError, match="ARN"):
        AuthorizationConfig.model_validate({"required_trust_entity": entity})


def test_each_key_has_its_use() -> None:
    tags = AuthorizationConfig.model_validate(
        {"role_tags": {"authorized": ["a", "b"], "cli_only": ["c"], "console_only": ["d"]}}
    ).role_tags
    assert tags.uses == {"a": Use.BOTH, "b": Use.BOTH, "c": Use.CLI_ONLY, "d": Use.CONSOLE_ONLY}


@pytest.mark.parametrize(
    ("row", "use"),
    [
        ({"roles": [APP]}, Use.BOTH),
        ({"cli_only_roles": [APP]}, Use.CLI_ONLY),
        ({"console_only_roles": [APP]}, Use.CONSOLE_ONLY),
        ({"roles": [APP], "cli_only_roles": [APP]}, Use.BOTH),
        ({"cli_only_roles": [APP], "console_only_roles": [APP]}, Use.BOTH),
        ({"roles": [role_arn("other")]}, None),
        ({}, None),
    ],
)
def test_what_is_mapped_in_several_ways_adds_up(row: dict[str, list[str]], use: Use | None) -> None:
    config = AuthorizationConfig.model_validate({"group_mapping": {"user:ada": row}})
    assert config.mapped_use("user:ada", APP) is use
    assert config.mapped_use("user:ben", APP) is None


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (Use.BOTH, Use.CLI_ONLY, Use.BOTH),
        (Use.CLI_ONLY, Use.CLI_ONLY, Use.CLI_ONLY),
        (Use.CONSOLE_ONLY, Use.CONSOLE_ONLY, Use.CONSOLE_ONLY),
        (Use.CLI_ONLY, Use.CONSOLE_ONLY, Use.BOTH),
    ],
)
def test_uses_add_up(one: Use, other: Use, both: Use) -> None:
    assert one | other is both
    assert other | one is both
    assert (both.cli, both.console) == (one.cli or other.cli, one.console or other.console)
