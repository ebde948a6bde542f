"""The template of the whole product, as CloudFormation takes it."""

import json
from pathlib import Path

import pytest

from chalicelib.core.tasks import TaskKind
from chalicelib.operations.catalogue import declared_tasks
from infra.build import lint
from infra.local.routes import api_prefixes
from infra.package import edge, template
from infra.package.policies import RoleNames
from tests.contract.support.described import (
    ROOT,
    chalice_config,
    described_by_chalice,
    properties,
    whole_template,
)

DATA = ROOT / "infra" / "data.yaml"


def test_cfn_lint_finds_nothing(tmp_path: Path) -> None:
    written = tmp_path / "template.json"
    written.write_text(template.serialized(whole_template()), encoding="utf-8")
    lint(written)
    lint(DATA)


def test_cfn_lint_would_find_something(tmp_path: Path) -> None:
    broken = json.loads(template.serialized(whole_template()))
    broken["Resources"]["APIHandler"]["Properties"]["MemorySize"] = "much"
    written = tmp_path / "template.json"
    written.write_text(template.serialized(broken), encoding="utf-8")
    with pytest.raises(template.TemplateError, match="'much' is not of type"):
        lint(written)


def test_bodies_of_the_api_never_get_into_a_log() -> None:
    (settings,) = properties("AWS::Serverless::Api")["RestAPI"]["MethodSettings"]
    assert (settings["ResourcePath"], settings["HttpMethod"]) == ("/*", "*")
    assert (settings["DataTraceEnabled"], settings["LoggingLevel"]) == (False, "OFF")
    assert "AccessLogSetting" not in properties("AWS::Serverless::Api")["RestAPI"]
    for machine in properties("AWS::StepFunctions::StateMachine").values():
        assert machine["LoggingConfiguration"] == {"Level": "OFF", "IncludeExecutionData": False}


def test_nothing_is_traced() -> None:
    assert chalice_config()["xray"] is False
    assert {one["Tracing"] for one in properties("AWS::Serverless::Function").values()} == {"PassThrough"}
    assert all(
        one["TracingConfiguration"] == {"Enabled": False}
        for one in properties("AWS::StepFunctions::StateMachine").values()
    )
    assert properties("AWS::Serverless::Api")["RestAPI"]["TracingEnabled"] is False


def test_the_queue_reports_each_failed_message_by_itself() -> None:
    (event,) = properties("AWS::Serverless::Function")["Authorizations"]["Events"].values()
    assert event["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert event["Properties"]["Queue"] == {"Fn::GetAtt": ["AuthorizationQueue", "Arn"]}


@pytest.mark.parametrize("answer", edge.GATEWAY_ANSWERS, ids=lambda answer: answer.kind)
def test_api_gateway_answers_in_our_words(answer: edge.GatewayAnswer) -> None:
    written = properties("AWS::Serverless::Api")["RestAPI"]["GatewayResponses"][answer.kind]
    body = json.loads(written["ResponseTemplates"]["application/json"])
    assert written["StatusCode"] == str(body["status_code"])
    assert body["errors"] == [body["message"]]
    strings = ("status", "reason", "code", "message", "requested_role", "exception", "request_id")
    assert all(isinstance(body[key], str) for key in strings)
    assert "%" not in body["message"]


def test_the_cdn_sends_every_route_to_the_api_and_caches_none() -> None:
    api = properties("AWS::Serverless::Api")["RestAPI"]
    behaviors = properties("AWS::CloudFront::Distribution")["Distribution"]["DistributionConfig"]["CacheBehaviors"]
    prefixes = api_prefixes(api["DefinitionBody"]["paths"])
    assert {one["PathPattern"] for one in behaviors} == {f"/{one}{rest}" for one in prefixes for rest in ("", "/*")}
    caching_disabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
    assert {(one["CachePolicyId"], one["ViewerProtocolPolicy"]) for one in behaviors} == {
        (caching_disabled, "https-only")
    }
    assert "PUT" in behaviors[0]["AllowedMethods"]
    authorized = {one["PathPattern"] for one in behaviors if isinstance(one["OriginRequestPolicyId"], str)}
    assert authorized == {"/scim", "/scim/*"}


def test_the_cdn_passes_on_what_the_application_reads() -> None:
    (policy,) = properties("AWS::CloudFront::OriginRequestPolicy").values()
    config = policy["OriginRequestPolicyConfig"]
    assert config["CookiesConfig"] == {"CookieBehavior": "all"}
    assert config["QueryStringsConfig"] == {"QueryStringBehavior": "all"}
    headers = config["HeadersConfig"]["Headers"]
    assert {"CloudFront-Viewer-Address", "Content-Type", "Origin", "Sec-Fetch-Site", "X-Xsrftoken"} <= set(headers)
    assert "Host" not in headers
    assert len(headers) <= 10


def test_the_page_falls_back_by_a_function_and_errors_are_never_replaced() -> None:
    config = properties("AWS::CloudFront::Distribution")["Distribution"]["DistributionConfig"]
    assert all(
        one == {"ErrorCode": one["ErrorCode"], "ErrorCachingMinTTL": 0} for one in config["CustomErrorResponses"]
    )
    assert [one["EventType"] for one in config["DefaultCacheBehavior"]["FunctionAssociations"]] == ["viewer-request"]


def test_the_hub_roles_have_the_names_that_the_configuration_gives() -> None:
    roles = properties("AWS::IAM::Role")
    named = {name: role["RoleName"]["Ref"] for name, role in roles.items() if "RoleName" in role}
    assert named == {
        "ApiHandlerRole": "HubApiRoleName",
        "SyncAccountRole": "HubSyncRoleName",
        "ApplyChangeRole": "HubApplyRoleName",
    }
    assert whole_template()["Parameters"]["HubApplyRoleName"]["Default"] == "ConsoleMeApply"


def test_every_function_has_a_log_that_ends_some_day_and_an_alarm() -> None:
    functions = properties("AWS::Serverless::Function")
    logs = {
        group["LogGroupName"]["Fn::Sub"]: group["RetentionInDays"]
        for group in properties("AWS::Logs::LogGroup").values()
    }
    assert logs == {f"/aws/lambda/${{{name}}}": 90 for name in functions}
    assert {f"{name}Errors" for name in functions} <= properties("AWS::CloudWatch::Alarm").keys()


def test_a_scheduled_function_has_a_name_by_which_it_can_be_run_on_demand() -> None:
    named = {
        one["Handler"].rpartition(".")[2]: one["FunctionName"]
        for one in properties("AWS::Serverless::Function").values()
        if "FunctionName" in one
    }
    prefix = whole_template()["Globals"]["Function"]["Environment"]["Variables"]["CONSOLEME_FUNCTION_PREFIX"]
    scheduled = [name for name, task in declared_tasks().items() if task.kind is TaskKind.SCHEDULE]
    assert named == {name: {"Fn::Sub": f"{prefix['Fn::Sub']}{name}"} for name in scheduled}
    longest_stack_name, lambdas_limit = 40, 64
    assert longest_stack_name + len("-") + max(map(len, scheduled)) <= lambdas_limit


def test_the_api_has_memory_for_its_imports_and_ends_before_api_gateway_does() -> None:
    api = properties("AWS::Serverless::Function")["APIHandler"]
    assert api["MemorySize"] >= 1024
    assert api["Timeout"] <= 29


def test_the_environment_of_functions_is_text_and_small() -> None:
    written = (
        chalice_config()["environment_variables"] | whole_template()["Globals"]["Function"]["Environment"]["Variables"]
    )
    assert all(isinstance(value, str) for value in chalice_config()["environment_variables"].values())
    assert len(json.dumps(written)) < 4096


def test_every_resource_of_a_policy_is_filled_in_by_cloudformation() -> None:
    for name, role in properties("AWS::IAM::Role").items():
        for policy in role["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                left = [one for one in statement["Resource"] if isinstance(one, str) and "${" in one]
                assert not left, name


def test_the_session_keys_have_the_shape_that_sessions_read() -> None:
    text = properties("AWS::SecretsManager::Secret")["SessionKeys"]["SecretString"]["Fn::Sub"]
    assert json.loads(text)["keys"][0].keys() == {"kid", "key"}


def test_merging_keeps_mappings_and_replaces_functions_lists_and_values() -> None:
    base = {"a": {"b": 1, "c": {"Fn::Sub": "x"}, "d": [1, 2]}, "e": "kept"}
    other = {"a": {"b": 2, "c": {"Ref": "Y"}, "d": [3]}, "f": {"g": 1}}
    assert template.merge(base, other) == {"a": {"b": 2, "c": {"Ref": "Y"}, "d": [3]}, "e": "kept", "f": {"g": 1}}


def test_an_addition_to_something_that_does_not_exist_is_refused() -> None:
    with pytest.raises(template.TemplateError, match="NoSuchThing"):
        template.assemble(
            described_by_chalice(),
            template.load(DATA),
            template.merge(
                template.load(ROOT / "infra" / "app.yaml"), {"Resources": {"NoSuchThing": {"Properties": {}}}}
            ),
            ROOT / "step_functions",
            RoleNames(),
        )


def test_a_workflow_that_names_a_function_app_yaml_does_not_give_is_refused(tmp_path: Path) -> None:
    for source in (ROOT / "step_functions").glob("*.asl.json"):
        text = source.read_text(encoding="utf-8").replace("${ListAccountsArn}", "${SomebodyArn}")
        (tmp_path / source.name).write_text(text, encoding="utf-8")
    with pytest.raises(template.TemplateError, match="SomebodyArn"):
        template.assemble(
            described_by_chalice(),
            template.load(DATA),
            template.load(ROOT / "infra" / "app.yaml"),
            tmp_path,
            RoleNames(),
        )
