from typing import Any

import pytest
from pydantic import ValidationError

from chalicelib.core.deployment import Deployment, Hub, Spoke

GOOD: dict[str, Any] = {"administrators": ["user:Ada@example.com"], "hub": {"account_id": "111111111111"}}


def test_a_deployment_needs_only_its_administrators_and_its_account() -> None:
    deployment = Deployment.model_validate(GOOD)
    assert deployment.administrators == ("user:ada@example.com",)
    assert deployment.hub.api_role_arn == "arn:aws:iam::111111111111:role/ConsoleMeApi"
    assert deployment.spoke == Spoke(read_role="ConsoleMeSpokeRead", apply_role="ConsoleMeSpokeApply")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param({"administrators": []}, "administrators", id="nobody administers"),
        pytest.param({"administrators": ["ada"]}, "administrators", id="an administrator who may be user or group"),
        pytest.param({"administrators": None}, "administrators", id="administrators left empty"),
        pytest.param({"hub": {}}, "hub.account_id", id="no account"),
        pytest.param({"hub": {"account_id": "1111"}}, "hub.account_id", id="a short account id"),
        pytest.param(
            {"hub": {"account_id": "111111111111\n"}}, "hub.account_id", id="a line's end after the account id"
        ),
        pytest.param({"hub": {"account_id": 111111111111}}, "hub.account_id", id="a number for an account id"),
        pytest.param({"hub": {"account_id": "\uff11" * 12}}, "hub.account_id", id="digits that are not ASCII"),
        pytest.param({"hub": {"account_id": "1" * 12, "api_rol": "x"}}, "hub.api_rol", id="a misspelt key"),
        pytest.param({"signin": []}, "signin", id="a misspelt section"),
        pytest.param(
            {"spoke": {"role_name": "x", "readrole": "y"}}, "spoke.readrole", id="a misspelt role of the spoke"
        ),
    ],
)
def test_a_deployment_is_refused_with(change: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        Deployment.model_validate(GOOD | change)
    assert [".".join(map(str, fault["loc"])) for fault in refusal.value.errors()] == [field]


def test_one_name_may_stand_for_both_roles_of_a_spoke() -> None:
    spoke = Spoke.model_validate({"role_name": "ConsoleMe", "external_id": "x"})
    assert (spoke.read_role, spoke.apply_role, spoke.external_id) == ("ConsoleMe", "ConsoleMe", "x")


def test_a_role_that_is_named_goes_before_the_name_for_both() -> None:
    spoke = Spoke.model_validate({"role_name": "ConsoleMe", "apply_role": "Other"})
    assert (spoke.read_role, spoke.apply_role) == ("ConsoleMe", "Other")


def test_the_hub_knows_its_three_roles_in_its_own_partition() -> None:
    hub = Hub(account_id="111111111111", partition="aws-us-gov", sync_role="Sync")
    assert hub.role_arns == {
        "arn:aws-us-gov:iam::111111111111:role/ConsoleMeApi",
        "arn:aws-us-gov:iam::111111111111:role/Sync",
        "arn:aws-us-gov:iam::111111111111:role/ConsoleMeApply",
    }
