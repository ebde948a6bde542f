"""From a queue's message to the event, whoever wrapped it; and what is no event says so."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from chalicelib.core.errors import InvalidInput
from chalicelib.inventory.events.models import TrailIdentity, TrailResource
from chalicelib.inventory.events.parse import parse
from tests.support.trail import ACCOUNT_CREATED, DENIED, FIRST, ROOT, USER, envelope, notification, record

PUT = record("PutRolePolicy", {"roleName": "app", "policyName": "p", "policyDocument": "{}"})


def test_an_event_says_who_called_what_when_and_where() -> None:
    event = parse(envelope(PUT))
    assert (event.event_id, event.time) == (PUT["eventID"], 1_795_339_800)
    assert (event.source, event.service, event.name) == ("iam.amazonaws.com", "iam", "PutRolePolicy")
    assert (event.account_id, event.region, event.source_ip) == (FIRST, "us-east-1", "203.0.113.64")
    assert event.request == {"roleName": "app", "policyName": "p", "policyDocument": "{}"}
    assert (event.response, event.resources, event.refused, event.read_only) == ({}, (), False, False)


def test_behind_a_session_stands_a_role_with_its_path() -> None:
    identity = parse(envelope(PUT)).identity
    assert identity == TrailIdentity(
        kind="AssumedRole",
        arn=f"arn:aws:sts::{FIRST}:assumed-role/deployer/pipeline-7",
        issuer_arn=f"arn:aws:iam::{FIRST}:role/ci/deployer",
        account=FIRST,
        session_name="pipeline-7",
        source_identity="ada@example.com",
    )
    assert identity.principal_arn == f"arn:aws:iam::{FIRST}:role/ci/deployer"


@pytest.mark.parametrize("who", [USER, ROOT])
def test_a_user_and_a_root_stand_for_themselves(who: dict[str, Any]) -> None:
    identity = parse(envelope(record("CreateRole", userIdentity=who))).identity
    assert (identity.principal_arn, identity.issuer_arn, identity.session_name) == (who["arn"], "", "")
    assert identity.kind == who["type"]


@pytest.mark.parametrize(
    "body", [envelope(PUT), notification(envelope(PUT)), json.dumps(PUT), notification(json.dumps(PUT))]
)
def test_it_is_the_same_event_however_it_was_wrapped(body: str) -> None:
    assert parse(body) == parse(envelope(PUT))


def test_a_refused_call_has_the_error_and_its_words() -> None:
    event = parse(envelope(DENIED))
    assert (event.refused, event.read_only, event.error_code) == (True, True, "Client.UnauthorizedOperation")
    assert event.error_message.startswith("You are not authorized to perform this operation.")


def test_an_event_of_a_service_has_no_caller_but_the_service() -> None:
    event = parse(envelope(ACCOUNT_CREATED))
    assert (event.name, event.account_id) == ("CreateAccountResult", "111122223333")
    assert event.identity == TrailIdentity(account="111122223333", invoked_by="organizations.amazonaws.com")


def test_resources_are_those_that_have_an_arn() -> None:
    found = [
        {"type": "AWS::S3::Object", "ARN": "arn:aws:s3:::bucket/key"},
        {"accountId": FIRST, "type": "AWS::S3::Bucket", "ARN": "arn:aws:s3:::bucket"},
        {"type": "AWS::S3::Object", "ARNPrefix": "arn:aws:s3:::bucket/"},
    ]
    assert parse(envelope(record("GetObject", resources=found))).resources == (
        TrailResource(arn="arn:aws:s3:::bucket/key", kind="AWS::S3::Object"),
        TrailResource(arn="arn:aws:s3:::bucket", kind="AWS::S3::Bucket", account=FIRST),
    )


def test_what_is_missing_null_or_of_another_kind_than_usual_is_empty() -> None:
    bare = {
        "eventID": "e",
        "eventTime": "2026-11-22T09:30:00Z",
        "eventSource": "s3.amazonaws.com",
        "eventName": "CreateBucket",
        "requestParameters": "too large",
        "responseElements": None,
        "userIdentity": None,
        "resources": None,
        "recipientAccountId": FIRST,
        "newFieldOfAws": {"anything": 1},
    }
    event = parse(json.dumps(bare))
    assert (event.request, event.response, event.resources, event.region) == ({}, {}, (), "")
    assert event.identity == TrailIdentity()


def test_the_account_is_the_envelopes_when_the_record_names_none() -> None:
    old = {key: value for key, value in PUT.items() if key != "recipientAccountId"}
    assert parse(envelope(old, account="333333333333")).account_id == "333333333333"
    assert parse(json.dumps(old)).account_id == FIRST


@pytest.mark.parametrize(
    "body",
    [
        "",
        "plain words",
        "[]",
        "null",
        "{}",
        '{"detail": []}',
        notification("plain words"),
        envelope({**PUT, "eventID": ""}),
        envelope({**PUT, "eventID": 7}),
        envelope({**PUT, "eventTime": "yesterday"}),
        json.dumps({"eventID": "e", "eventTime": "2026-11-22T09:30:00Z", "eventSource": "s", "eventName": "n"}),
    ],
)
def test_what_is_no_event_says_so(body: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse(body)
    assert refused.value.reason == "bad_event"


def test_what_is_wrong_is_told_without_what_the_event_holds() -> None:
    with pytest.raises(InvalidInput) as refused:
        parse(envelope({**PUT, "eventName": {"password": "hunter2"}}))
    assert "eventName" in refused.value.message
    assert "hunter2" not in refused.value.message


JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text(max_size=9),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.sampled_from(["arn", "sessionIssuer"]), inner),
    max_leaves=8,
)


@given(some.dictionaries(some.sampled_from(sorted(PUT)), JSON, max_size=5))
def test_whatever_stands_in_an_event_it_is_read_or_refused(garbage: dict[str, Any]) -> None:
    body = envelope({**PUT, **garbage} | {"eventSource": "iam.amazonaws.com"})
    with suppress(InvalidInput):
        assert parse(body).source == "iam.amazonaws.com"
