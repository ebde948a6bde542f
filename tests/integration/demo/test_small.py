"""The small demo: enough for a test or a quick look."""

from chalicelib.core.deployment import Deployment
from chalicelib.dynamic_config.document import Configuration, parse
from infra.local.demo.tables import table
from infra.local.gaps.aws_policies import OFFERED
from tests.integration.demo.conftest import demo
from tests.integration.demo.reading import Written


def test_it_has_three_accounts_and_about_forty_roles(small: Written) -> None:
    assert set(small.demo.accounts) == {"management", "payments-prod", "acquired-shop"}
    assert 35 <= small.demo.counts["roles"] <= 50
    assert small.synchronised_accounts() == ["management", "payments-prod"]


def test_everybody_can_use_a_role_in_it_too(small: Written) -> None:
    for person in small.demo.people:
        assert any(small.assume("ConsoleMeApi", role) == "ok" for role in small.authorised(person, cli=False)), person


def test_its_configuration_names_only_what_exists(small: Written) -> None:
    config = small.config
    deployment = Configuration(parse(small.demo.config_yaml, "demo"), "demo").section("deployment", Deployment)
    assert deployment.administrators == ("group:cloud-admins",)
    assert deployment.hub.account_id == small.demo.hub_account_id
    assert deployment.regions == ("us-east-1", "eu-west-1", "ap-southeast-2")
    assert {account_id: row["name"] for account_id, row in config["accounts"]["static"].items()} == {
        account_id: name for name, account_id in small.demo.accounts.items()
    }
    arns = {role["Arn"] for account in small.demo.accounts for role in small.roles(account)}
    mapping = config["authorization"]["group_mapping"]
    assert mapping
    assert {arn for row in mapping.values() for found in row.values() for arn in found} <= arns


def test_two_empty_clouds_get_the_same_organisation() -> None:
    with demo("small") as first:
        one = (first.demo, _without_ids(first))
    with demo("small") as second:
        other = (second.demo, _without_ids(second))
    assert one == other


def test_policies_of_aws_are_attached_because_the_laptop_has_them(small: Written) -> None:
    attached = small.role("payments-prod", "Administrator")["AttachedManagedPolicies"]
    assert [policy["PolicyArn"] for policy in attached] == ["arn:aws:iam::aws:policy/AdministratorAccess"]


def test_the_laptop_has_every_policy_of_aws_that_the_tables_name(small: Written) -> None:
    listed = small.client("iam", "payments-prod").list_policies(Scope="AWS", MaxItems=1000)["Policies"]
    assert len(listed) == len(OFFERED)
    arns = {policy["Arn"] for policy in listed}
    assert {f"arn:aws:iam::aws:policy/{name.removeprefix('aws:')}" for name in _aws_names()} <= arns


def _aws_names() -> set[str]:
    tables = table("roles")
    rows = [*tables["people"], *tables["everyday"], *table("workloads")["kinds"].values()]
    names = [name for row in rows for name in row.get("attached", [])]
    names += [user[-1] for user in table("people")["users"] if user[-1]]
    return {name for name in names if name.startswith("aws:")}


def _without_ids(written: Written) -> list[object]:
    """Everything that IAM says about roles, but the ids and times that it makes up."""
    made_up = {"RoleId", "CreateDate", "RoleLastUsed", "InstanceProfileList"}
    return [
        {key: value for key, value in role.items() if key not in made_up}
        for account in written.demo.accounts
        for role in sorted(written.roles(account), key=lambda role: str(role["Arn"]))
    ]
