"""Each function has its own policy file, which says what it may do in so many words."""

import re
from fnmatch import fnmatchcase
from pathlib import Path

import botocore.session
import pytest

from chalicelib.core.tasks import TaskKind
from chalicelib.operations.catalogue import declared_tasks
from infra.package import policies, template
from tests.contract.support.described import (
    POLICIES,
    ROOT,
    chalice_config,
    function_names,
    policy_of,
    role_names,
    statements,
)

STACK = {
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::AccountId": "111111111111",
    "AWS::StackName": "consoleme",
    "TablePrefix": "consoleme-",
    "DataBucket": "consoleme-data",
    "AuditBucket": "consoleme-audit",
    "AuditKey": "00000000-0000-0000-0000-000000000000",
}
NAMES = policies.RoleNames()
FILES = sorted(path.stem for path in POLICIES.glob("*.json"))

# Actions that IAM knows no resource for.
WITHOUT_RESOURCE = ("organizations:", "access-analyzer:ValidatePolicy")

# Permissions that go with another operation and are none themselves.
WITHOUT_OPERATION = {
    "dynamodb:ConditionCheckItem",
    "lambda:InvokeFunction",
    "s3:GetObjectVersion",
    "s3:ListBucket",
    "s3:ListBucketVersions",
    "sts:SetSourceIdentity",
    "sts:TagSession",
}
CALLED_OTHERWISE = {"access-analyzer": "accessanalyzer", "states": "stepfunctions"}


def resolved(function: str) -> policies.Document:
    return policies.resolved(policy_of(function), NAMES, STACK)


def allows(function: str, action: str, resource: str) -> bool:
    """As IAM decides: some Allow and no Deny."""
    effects = {
        statement["Effect"]
        for statement in resolved(function)["Statement"]
        if action in statement["Action"] and any(fnmatchcase(resource, pattern) for pattern in statement["Resource"])
    }
    return effects == {"Allow"}


def test_every_function_has_an_entry_in_the_config_and_a_policy_file_of_its_own() -> None:
    named = {function: entry.get("iam_policy_file") for function, entry in chalice_config()["lambda_functions"].items()}
    assert named == {function: f"policies/{function}.json" for function in function_names()}


def test_no_policy_file_is_left_without_a_function() -> None:
    assert sorted(function_names()) == FILES


@pytest.mark.parametrize("function", FILES)
def test_a_policy_names_its_actions_and_resources_one_by_one(function: str) -> None:
    for statement in policy_of(function)["Statement"]:
        assert statement.keys() == {"Sid", "Effect", "Action", "Resource"}, statement["Sid"]
        assert all(re.fullmatch(r"[a-z0-9-]+:[A-Za-z]+", action) for action in statement["Action"]), statement["Sid"]
        if "*" in statement["Resource"]:
            assert all(action.startswith(WITHOUT_RESOURCE) for action in statement["Action"]), statement["Sid"]


@pytest.mark.parametrize("function", FILES)
def test_a_policy_speaks_only_of_operations_that_aws_has(function: str) -> None:
    loader = botocore.session.get_session()
    for statement in policy_of(function)["Statement"]:
        for action in set(statement["Action"]) - WITHOUT_OPERATION:
            service, _, operation = action.partition(":")
            model = loader.get_service_model(CALLED_OTHERWISE.get(service, service))
            assert operation in model.operation_names, action


@pytest.mark.parametrize("function", FILES)
def test_a_policy_names_each_statement_once_and_fits_into_a_role(function: str) -> None:
    names = [statement["Sid"] for statement in policy_of(function)["Statement"]]
    assert len(set(names)) == len(names)
    assert len(re.sub(r"\s", "", str(resolved(function)))) < 10_240


@pytest.mark.parametrize("function", FILES)
def test_a_policy_speaks_only_of_tables_and_indexes_that_exist(function: str) -> None:
    existing: set[str] = set()
    for resource in template.load(ROOT / "infra" / "data.yaml")["Resources"].values():
        if resource["Type"] == "AWS::DynamoDB::Table":
            table, indexes = (
                resource["Properties"]["TableName"]["Fn::Sub"],
                resource["Properties"].get("GlobalSecondaryIndexes", []),
            )
            existing |= {table, *(f"{table}/index/{index['IndexName']}" for index in indexes)}
    for statement in policy_of(function)["Statement"]:
        spoken = {resource.split(":table/")[1] for resource in statement["Resource"] if ":dynamodb:" in resource}
        assert spoken <= existing


@pytest.mark.parametrize("function", FILES)
def test_nobody_may_change_or_remove_what_stands_in_the_audit_table(function: str) -> None:
    harmless = {"dynamodb:PutItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:DescribeTable"}
    for statement in statements(function):
        if any("table/${TablePrefix}audit" in resource for resource in statement["Resource"]):
            assert set(statement["Action"]) <= harmless
            assert all("TablePrefix}audit" in resource for resource in statement["Resource"])


def test_only_the_sealer_writes_and_signs_seals_and_nobody_deletes_one() -> None:
    seal, key = "arn:aws:s3:::consoleme-audit/seals/000000000001.json", f"key/{STACK['AuditKey']}"
    for action, resource in (("s3:PutObject", seal), ("kms:Sign", f"arn:aws:kms:us-east-1:111111111111:{key}")):
        assert [function for function in FILES if allows(function, action, resource)] == ["seal_audit"]
    spoken = {action for function in FILES for statement in statements(function) for action in statement["Action"]}
    assert {action for action in spoken if action.startswith(("s3:Delete", "s3:Bypass"))} == set()
    assert "s3:PutObjectRetention" not in spoken


def test_only_what_applies_and_what_takes_back_may_take_the_role_that_changes_spokes() -> None:
    spoke = f"arn:aws:iam::222222222222:role/{NAMES.spoke_apply}"
    assert [function for function in FILES if allows(function, "sts:AssumeRole", spoke)] == [
        "apply_change",
        "revert_change",
    ]


def test_only_the_sync_and_the_api_may_take_the_role_that_reads_spokes() -> None:
    spoke = f"arn:aws:iam::222222222222:role/{NAMES.spoke_read}"
    assert [function for function in FILES if allows(function, "sts:AssumeRole", spoke)] == [
        "api_handler",
        "follow_changes",
        "follow_denies",
        "sync_account",
    ]


def test_only_the_api_may_take_roles_that_people_use() -> None:
    role = "arn:aws:iam::222222222222:role/teams/payments-admin"
    for action in ("sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"):
        assert [function for function in FILES if allows(function, action, role)] == ["api_handler"]


@pytest.mark.parametrize(
    "role",
    [
        NAMES.hub_api,
        NAMES.hub_sync,
        NAMES.hub_apply,
        f"deep/path/{NAMES.hub_apply}",
        NAMES.spoke_apply,
        f"path/{NAMES.spoke_apply}",
        "aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
        "aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_0123456789abcdef",
    ],
)
@pytest.mark.parametrize("action", ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"])
def test_the_api_may_never_take_our_own_and_reserved_roles(role: str, action: str) -> None:
    assert not allows("api_handler", action, f"arn:aws:iam::222222222222:role/{role}")


def test_a_role_whose_name_only_begins_like_one_of_ours_is_an_ordinary_role() -> None:
    assert allows("api_handler", "sts:AssumeRole", f"arn:aws:iam::222222222222:role/{NAMES.hub_api}Testing")


def test_the_api_runs_functions_that_have_a_schedule_and_only_changes_of_organisations_run_one_beside_it() -> None:
    """Steps of workflows and consumers of queues are out of its reach."""
    scheduled = {name for name, task in declared_tasks().items() if task.kind is TaskKind.SCHEDULE}
    function = "arn:aws:lambda:us-east-1:111111111111:function:consoleme-{}"
    action = "lambda:InvokeFunction"
    assert {name for name in function_names() if allows("api_handler", action, function.format(name))} == scheduled
    spoken = {name for name in FILES for statement in statements(name) if action in statement["Action"]}
    assert spoken == {"api_handler", "follow_changes"}
    assert [name for name in function_names() if allows("follow_changes", action, function.format(name))] == [
        "look_after_accounts"
    ]


def test_every_function_may_look_which_configuration_is_in_force_and_only_the_api_may_save_one() -> None:
    table = "arn:aws:dynamodb:us-east-1:111111111111:table/consoleme-config"
    assert [name for name in FILES if not allows(name, "dynamodb:GetItem", table)] == []
    assert [name for name in FILES if allows(name, "dynamodb:PutItem", table)] == ["api_handler"]
    updating = [name for name in FILES if allows(name, "dynamodb:UpdateItem", table)]
    assert updating == ["api_handler", "follow_configuration"]
    removing = ("dynamodb:DeleteItem", "dynamodb:BatchWriteItem")
    assert [name for name in FILES for action in removing if allows(name, action, table)] == []


@pytest.mark.parametrize(
    "workflow", sorted(path.name.split(".")[0] for path in (ROOT / "step_functions").glob("*.asl.json"))
)
def test_the_checks_may_look_at_every_workflow(workflow: str) -> None:
    arn = f"arn:aws:states:us-east-1:111111111111:stateMachine:consoleme-{workflow}"
    assert allows("api_handler", "states:DescribeStateMachine", arn)


def test_only_the_api_reads_the_keys_of_sessions() -> None:
    secret = "arn:aws:secretsmanager:us-east-1:111111111111:secret:consoleme-session-keys-AbCdEf"
    assert [name for name in FILES if allows(name, "secretsmanager:GetSecretValue", secret)] == ["api_handler"]


def test_only_the_sync_of_the_directory_reads_googles_key_and_only_the_api_the_tokens_of_scim() -> None:
    secret = "arn:aws:secretsmanager:us-east-1:111111111111:secret:consoleme-directory-{}-AbCdEf"
    for end, owner in {"google": "sync_directory", "scim": "api_handler"}.items():
        readers = [name for name in FILES if allows(name, "secretsmanager:GetSecretValue", secret.format(end))]
        assert readers == [owner]


def test_slacks_token_is_read_by_those_who_write_there_and_what_it_signs_with_by_the_door_too() -> None:
    secret = "arn:aws:secretsmanager:us-east-1:111111111111:secret:consoleme-slack-{}-AbCdEf"
    writers = ["due", "tell_people"]
    for end, readers in {"token": writers, "signing-secret": ["api_handler", *writers]}.items():
        assert [n for n in FILES if allows(n, "secretsmanager:GetSecretValue", secret.format(end))] == readers
    assert [name for name in FILES for one in statements(name) if "ses:SendEmail" in one["Action"]] == writers


def test_what_the_configuration_leaves_empty_is_not_in_the_policy() -> None:
    assert "ReadOrganizationElsewhere" not in str(resolved("list_accounts"))
    assert "ReadIdentityCenterElsewhere" not in str(resolved("sync_directory"))


def test_every_organisation_that_the_configuration_names_may_be_read_under_its_role() -> None:
    arns = ("arn:aws:iam::333333333333:role/ReadOrganization", "arn:aws:iam::444444444444:role/Delegated")
    names = policies.RoleNames(organizations_arns=arns)
    document = policies.resolved(policy_of("list_accounts"), names, STACK)
    assert document["Statement"][-1]["Resource"] == list(arns)


def test_one_spoke_role_for_both_stays_readable_for_the_api() -> None:
    names = policies.RoleNames(spoke_read="ConsoleMe", spoke_apply="ConsoleMe")
    (refused,) = [
        one for one in policies.resolved(policy_of("api_handler"), names, STACK)["Statement"] if one["Effect"] == "Deny"
    ]
    assert not any(fnmatchcase("arn:aws:iam::222222222222:role/ConsoleMe", pattern) for pattern in refused["Resource"])
    assert any(fnmatchcase("arn:aws:iam::222222222222:role/ConsoleMeApply", pattern) for pattern in refused["Resource"])


def test_names_of_roles_come_from_the_packaged_configuration(tmp_path: Path) -> None:
    assert role_names().hub_api
    document = {
        "deployment": {
            "administrators": ["user:ada@example.com"],
            "hub": {"account_id": "111111111111", "apply_role": "Changer"},
            "spoke": {"role_name": "Both"},
        },
        "accounts": {"organizations": {"role_arn": "arn:aws:iam::333333333333:role/Reader"}},
        "directory": {"identity_center": {"role_arn": "arn:aws:iam::444444444444:role/Lister"}},
    }
    names = policies.RoleNames.of(document)
    assert (names.hub_apply, names.spoke_read, names.spoke_apply) == ("Changer", "Both", "Both")
    assert names.organizations_arns == ("arn:aws:iam::333333333333:role/Reader",)
    assert names.identity_center_arn == "arn:aws:iam::444444444444:role/Lister"


def test_a_placeholder_that_nobody_knows_is_an_error_that_names_it() -> None:
    statement = {"Sid": "A", "Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::${Bucket}/*"]}
    with pytest.raises(KeyError, match="Bucket"):
        policies.resolved({"Version": "2012-10-17", "Statement": [statement]}, NAMES, STACK)
