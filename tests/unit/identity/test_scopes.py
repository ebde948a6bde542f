from typing import Any

import pytest
from pydantic import ValidationError

from chalicelib.core.targets import Target
from chalicelib.identity.scopes import GroupsConfig, VisibilityConfig, Where

PROD = Target(
    "222222222222",
    "arn:aws:iam::222222222222:role/payments-api",
    ou_path="Workloads/Prod",
    tags={"team": "payments"},
)


def where(**keys: Any) -> Where:
    return Where.model_validate(keys)


@pytest.mark.parametrize(
    ("keys", "covers"),
    [
        pytest.param({"accounts": ["222222222222"]}, True, id="its account"),
        pytest.param({"accounts": ["333333333333"]}, False, id="another account"),
        pytest.param({"ous": ["Workloads"]}, True, id="a unit above it"),
        pytest.param({"ous": ["Sandbox"]}, False, id="another unit"),
        pytest.param({"tags": {"team": ["payments"]}}, True, id="a tag"),
        pytest.param({"tags": {"team": ["search"]}}, False, id="another tag"),
        pytest.param({"resources": ["arn:aws:iam::*:role/payments-*"]}, True, id="its ARN"),
        pytest.param({"resources": ["arn:aws:iam::*:role/search-*"]}, False, id="another ARN"),
        pytest.param({"accounts": ["222222222222"], "ous": ["Workloads"]}, True, id="both keys"),
        pytest.param({"accounts": ["222222222222"], "ous": ["Sandbox"]}, False, id="one key of two"),
        pytest.param({"ous": ["Workloads"], "tags": {"team": ["search"]}}, False, id="a unit and another tag"),
        pytest.param(
            {"accounts": ["222222222222"], "resources": ["arn:aws:iam::*:role/search-*"]},
            False,
            id="another role of it",
        ),
    ],
)
def test_a_part_of_the_estate_is_what_fits_every_key(keys: dict[str, Any], *, covers: bool) -> None:
    assert where(**keys).covers(PROD) is covers


def test_what_can_not_be_told_is_neither_yes_nor_no() -> None:
    stranger = Target("222222222222", PROD.arn, known=False)
    assert where(ous=["Workloads"]).covers(stranger) is None
    assert where(tags={"team": ["payments"]}).covers(stranger) is None
    assert where(accounts=["333333333333"], ous=["Workloads"]).covers(stranger) is False


@pytest.mark.parametrize(
    ("entry", "place"),
    [
        pytest.param({"where": {}}, "scopes.0.where", id="nowhere"),
        pytest.param({"where": {"accounts": []}}, "scopes.0.where.accounts", id="no account"),
        pytest.param({"where": {"accounts": None}}, "scopes.0.where", id="an account key without a value"),
        pytest.param(
            {"where": {"accounts": None, "ous": ["A"]}}, "scopes.0.where", id="a key without a value beside another"
        ),
        pytest.param({"where": {"accounts": ["1234"]}}, "scopes.0.where.accounts.0", id="a bad account"),
        pytest.param({"where": {"ous": ["/Prod"]}}, "scopes.0.where.ous.0", id="a unit with a slash before it"),
        pytest.param({"where": {"ous": ["Prod", "Prod/"]}}, "scopes.0.where.ous.1", id="a unit with a slash after it"),
        pytest.param({"where": {"ous": [""]}}, "scopes.0.where.ous.0", id="a unit without a name"),
        pytest.param({"where": {"tags": {}}}, "scopes.0.where.tags", id="no tag"),
        pytest.param({"where": {"tags": {"team": []}}}, "scopes.0.where.tags.team", id="a tag without a value"),
        pytest.param({"where": {"resources": ["*"]}}, "scopes.0.where.resources.0", id="a bad ARN"),
        pytest.param({"where": {"regions": ["eu-west-1"]}}, "scopes.0.where.regions", id="an unknown key"),
        pytest.param({"principals": []}, "scopes.0.principals", id="nobody"),
        pytest.param({"principals": ["group:a", "leads"]}, "scopes.0.principals.1", id="a bare name"),
        pytest.param({"permission": "can_audit"}, "scopes.0.permission", id="a permission about the product itself"),
        pytest.param({"permission": "can_fly"}, "scopes.0.permission", id="an unknown permission"),
        pytest.param({"until": "2030"}, "scopes.0.until", id="an unknown key of the entry"),
    ],
)
def test_a_fault_in_a_scope_names_its_place(entry: dict[str, Any], place: str) -> None:
    good = {"principals": ["group:leads"], "permission": "can_admin_policies", "where": {"ous": ["Prod"]}}
    with pytest.raises(ValidationError) as refusal:
        GroupsConfig.model_validate({"scopes": [good | entry]})
    assert place in {".".join(map(str, fault["loc"])) for fault in refusal.value.errors()}
    GroupsConfig.model_validate({"scopes": [good]})


def test_an_empty_key_is_refused_with_its_name_for_it_would_make_the_scope_wider() -> None:
    with pytest.raises(ValidationError, match="ous is empty: name at least one, or leave the key out"):
        where(accounts=["222222222222"], ous=None)
    with pytest.raises(ValidationError, match="say at least one of accounts, ous, tags and resources"):
        where()


def test_principals_are_folded_wherever_they_stand() -> None:
    groups = GroupsConfig.model_validate(
        {
            "can_audit": ["group:Auditors"],
            "scopes": [
                {"principals": ["user:Ada@Example.com"], "permission": "can_admin", "where": {"accounts": ["1" * 12]}}
            ],
        }
    )
    assert groups.can_audit == ("group:auditors",)
    assert groups.scopes[0].principals == ("user:ada@example.com",)


def test_only_units_and_tags_need_more_than_an_arn() -> None:
    assert where(ous=["Prod"]).needs_facts
    assert where(tags={"team": ["payments"]}).needs_facts
    assert not where(accounts=["1" * 12], resources=["arn:aws:s3:::*"]).needs_facts


def test_a_part_of_the_estate_is_shown_in_words() -> None:
    part = where(accounts=["1" * 12, "2" * 12], ous=["Prod"], tags={"team": ["a", "b"], "tier": ["1"]})
    assert str(part) == "accounts 111111111111, 222222222222; ous Prod; tags team=a|b, tier=1"


def test_without_configuration_everybody_sees_everything_and_nobody_may_do_anything() -> None:
    assert VisibilityConfig() == VisibilityConfig(everybody_sees_the_rest=True, rules=())
    assert set(GroupsConfig().model_dump().values()) == {()}


def test_a_visibility_rule_may_leave_its_part_to_administrators_alone() -> None:
    rule = VisibilityConfig.model_validate({"rules": [{"where": {"ous": ["Secret"]}}]}).rules[0]
    assert rule.principals == ()
