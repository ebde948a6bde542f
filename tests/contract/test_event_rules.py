"""The rules that take events to the queues: they ask for exactly what the product understands, and only AWS can meet them."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.events.models import EventPattern

from chalicelib.inventory.events.subjects import ORGANIZATION_EVENTS, WATCHED
from infra.local.roles import hub_roles
from infra.package import template
from tests.contract.support.described import ROOT, properties, role_names, whole_template
from tests.support.trail import ACCOUNT_CREATED, DENIED, envelope, record

DATA = ROOT / "infra" / "data.yaml"
LIMIT = 2_048
"""Characters of a pattern."""
CHANGES, DENIES = "consoleme-trail-changes", "consoleme-trail-denies"


def rules() -> dict[str, dict[str, Any]]:
    return {
        one["Name"]["Fn::Sub"].removeprefix("${TablePrefix}trail-"): one
        for one in properties("AWS::Events::Rule").values()
    }


def asked(rule: dict[str, Any]) -> set[str]:
    return set(rule["EventPattern"]["detail"]["eventName"])


def test_the_rules_ask_for_the_calls_that_are_understood_and_for_no_others() -> None:
    found = rules()
    for service, calls in WATCHED.items():
        assert asked(found[service]) == set(calls)
        assert found[service]["EventPattern"]["source"] == [f"aws.{service}"]
    assert asked(found["organization"]) == ORGANIZATION_EVENTS
    assert set(found) == {*WATCHED, "organization", "denies"}


def test_patterns_are_no_longer_than_eventbridge_takes() -> None:
    assert [name for name, rule in rules().items() if len(json.dumps(rule["EventPattern"])) > LIMIT] == []


def test_every_rule_asks_for_a_source_that_nobody_but_aws_can_claim() -> None:
    for rule in rules().values():
        for source in rule["EventPattern"]["source"]:
            assert (source["prefix"] if isinstance(source, dict) else source).startswith("aws.")


def test_refusals_of_calls_that_only_read_are_told_too() -> None:
    states = {name: rule["State"] for name, rule in rules().items()}
    assert states.pop("denies") == "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
    assert set(states.values()) == {"ENABLED"}


def test_each_queue_takes_messages_of_its_own_rules_only() -> None:
    resources = whole_template()["Resources"]
    for queue, names in (("Changes", {*(set(rules()) - {"denies"})}), ("Denies", {"denies"})):
        (statement,) = resources[f"Trail{queue}QueuePolicy"]["Properties"]["PolicyDocument"]["Statement"]
        allowed = statement["Condition"]["ArnEquals"]["aws:SourceArn"]
        senders = {one["Fn::GetAtt"][0] for one in (allowed if isinstance(allowed, list) else [allowed])}
        targets = {
            name
            for name, one in resources.items()
            if one["Type"] == "AWS::Events::Rule"
            and one["Properties"]["Targets"][0]["Arn"]["Fn::GetAtt"][0] == f"Trail{queue}Queue"
        }
        assert senders == targets
        assert len(targets) == len(names)
        assert statement["Principal"] == {"Service": "events.amazonaws.com"}


@pytest.mark.parametrize(("function", "queue"), [("FollowChanges", "Changes"), ("FollowDenies", "Denies")])
def test_what_fails_comes_again_message_by_message_and_is_put_aside_after_five_times(function: str, queue: str) -> None:
    resources = whole_template()["Resources"]
    (source,) = resources[function]["Properties"]["Events"].values()
    assert source["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert source["Properties"]["Queue"] == {"Fn::GetAtt": [f"Trail{queue}Queue", "Arn"]}
    kept = resources[f"Trail{queue}Queue"]["Properties"]
    assert kept["VisibilityTimeout"] >= 6 * resources[function]["Properties"]["Timeout"]
    assert kept["RedrivePolicy"]["maxReceiveCount"] == 5
    alarm = resources[f"{queue}WereNotFollowed"]["Properties"]
    assert alarm["Dimensions"][0]["Value"] == {"Fn::GetAtt": [f"Trail{queue}DeadLetterQueue", "QueueName"]}


@pytest.mark.parametrize("function", ["FollowChanges", "FollowDenies"])
def test_who_follows_events_has_the_role_that_spokes_trust_to_read_and_none_of_its_own(function: str) -> None:
    resources = whole_template()["Resources"]
    assert resources[function]["Properties"]["Role"] == {"Fn::GetAtt": ["SyncAccountRole", "Arn"]}
    assert f"{function}Role" not in resources
    queues = json.dumps(resources["SyncAccountRole"]["Properties"]["Policies"])
    assert f"trail-{function.removeprefix('Follow').lower()}" in queues


def test_only_an_organisation_that_was_named_may_send_events() -> None:
    policy = whole_template()["Resources"]["OrganizationSendsEvents"]
    assert policy["Condition"] == "EventsAreForwarded"
    assert policy["Properties"]["Statement"]["Condition"] == {
        "StringEquals": {"aws:PrincipalOrgID": {"Ref": "OrganizationId"}}
    }
    assert whole_template()["Parameters"]["OrganizationId"]["Default"] == ""


@pytest.fixture(scope="module")
def bus() -> Iterator[Any]:
    """The embedded AWS with data.yaml: what is put onto its default bus comes into the queues."""
    with pytest.MonkeyPatch.context() as environment, mock_aws():
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            environment.setenv(name, "testing")
        boto3.client("cloudformation", "us-east-1").create_stack(
            StackName="data", TemplateBody=DATA.read_text(encoding="utf-8")
        )
        yield boto3.client("events", "us-east-1")


def delivered(bus: Any, detail: dict[str, Any], **more: str) -> list[str]:
    """Names of the queues that the event came into."""
    event = json.loads(envelope(detail))
    entry = {"Source": event["source"], "DetailType": event["detail-type"], "Detail": json.dumps(detail), **more}
    bus.put_events(Entries=[entry])
    sqs = boto3.client("sqs", "us-east-1")
    found = []
    for name in (CHANGES, DENIES):
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
        for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            found.append(name)
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return found


def test_changes_and_refusals_come_into_their_queues_and_nothing_else_does(bus: Any) -> None:
    bucket = record("PutBucketPolicy", {"bucketName": "b"}, source="s3.amazonaws.com")
    assert delivered(bus, record("TagRole", {"roleName": "app"})) == [CHANGES]
    assert delivered(bus, bucket) == [CHANGES]
    assert delivered(bus, ACCOUNT_CREATED) == [CHANGES]
    assert delivered(bus, DENIED) == [DENIES]
    refused = {"errorCode": "AccessDenied", "errorMessage": "no"}
    assert delivered(bus, record("TagRole", {"roleName": "app"}, **refused)) == [DENIES]
    assert delivered(bus, record("TagRole", {}, errorCode="NoSuchEntityException")) == []
    assert delivered(bus, record("GetRole", {"roleName": "app"}, readOnly=True)) == []
    assert delivered(bus, record("PutObject", {"bucketName": "b"}, source="s3.amazonaws.com")) == []


@pytest.mark.parametrize(
    "code",
    [
        "AccessDenied",
        "AccessDeniedException",
        "Client.UnauthorizedOperation",
        "UnauthorizedOperation",
        "AuthorizationErrorException",
    ],
)
def test_refusals_have_many_names(bus: Any, code: str) -> None:
    assert delivered(bus, {**DENIED, "errorCode": code}) == [DENIES]


def test_what_somebody_made_up_does_not_come(bus: Any) -> None:
    assert delivered(bus, record("TagRole", {"roleName": "app"}), Source="my.app") == []
    assert delivered(bus, DENIED, Source="my.app") == []


def test_data_yaml_alone_makes_the_rules() -> None:
    kinds = [one["Type"] for one in template.load(DATA)["Resources"].values()]
    assert kinds.count("AWS::Events::Rule") == len(rules())


FORWARDING = template.load(ROOT / "infra" / "event-forwarding.yaml")["Resources"]


def forwarded(detail: dict[str, Any]) -> bool:
    """Whether a member account's rules send the event to the hub."""
    patterns = [one["Properties"]["EventPattern"] for one in FORWARDING.values() if one["Type"] == "AWS::Events::Rule"]
    event = json.loads(envelope(detail))
    return any(EventPattern.load(json.dumps(pattern)).matches_event(event) for pattern in patterns)


def test_member_accounts_send_all_that_the_hub_understands() -> None:
    for service, calls in WATCHED.items():
        for name in calls:
            assert forwarded(record(name, {}, source=f"{service}.amazonaws.com"))
    assert forwarded(ACCOUNT_CREATED)
    assert forwarded(DENIED)


def test_member_accounts_keep_what_is_about_data_what_reads_and_what_failed() -> None:
    data = record(
        "PutObject", {"bucketName": "b"}, source="s3.amazonaws.com", eventCategory="Data", managementEvent=False
    )
    assert not forwarded(data)
    assert not forwarded(record("GetRole", {}, readOnly=True))
    assert not forwarded(record("TagRole", {}, errorCode="NoSuchEntityException"))


def test_refusals_are_asked_for_in_the_same_words_by_members_and_by_the_hub() -> None:
    assert FORWARDING["Denies"]["Properties"]["EventPattern"] == rules()["denies"]["EventPattern"]
    assert FORWARDING["Denies"]["Properties"]["State"] == rules()["denies"]["State"]


def test_on_the_laptop_the_same_functions_share_the_role_that_reads() -> None:
    names = role_names()
    functions = properties("AWS::Serverless::Function")
    deployed = {name for name, one in functions.items() if one["Role"] == {"Fn::GetAtt": ["SyncAccountRole", "Arn"]}}
    laptop = {name for name, role in hub_roles(names).items() if role == names.hub_sync}
    assert deployed == {"".join(word.capitalize() for word in name.split("_")) for name in laptop}
