"""Alarms: each watches a number that is told, and each task and each type of resource is watched by one."""

import io
import json
from contextlib import redirect_stdout
from typing import Any

import pytest

from chalicelib import bootstrap
from chalicelib.core.tasks import TaskKind, late_after
from chalicelib.inventory.registry import resource_types
from chalicelib.inventory.resource_type import IAM_EVERY
from chalicelib.observability import metrics
from chalicelib.operations.catalogue import declared_tasks
from chalicelib.operations.queues import dead_letters_of
from chalicelib.operations.rules import stale_after
from tests.contract.support.described import ROOT, function_names, properties
from tests.support.aws import aws_tables

Dimensions = frozenset[tuple[str, str]]
COUNTED = {"AccountsSynced", "AuditChainsLost", "AuditFindings", "RequestsStuck"}
"""What a task counts beside its work: told with the task's own numbers when it ends."""
SCHEDULED = {name: task.every for name, task in declared_tasks().items() if task.every is not None}


def dimensions_of(alarm: dict[str, Any]) -> Dimensions:
    return frozenset((one["Name"], one["Value"]) for one in alarm["Dimensions"])


def own_alarms() -> dict[str, dict[str, Any]]:
    alarms = properties("AWS::CloudWatch::Alarm")
    return {name: alarm for name, alarm in alarms.items() if alarm["Namespace"] == metrics.namespace}


@pytest.fixture(scope="module")
def told(on_our_tables: None) -> set[tuple[str, Dimensions]]:
    """Names and dimensions of everything that a heartbeat of an empty product writes, as CloudWatch takes it from the log."""
    written = io.StringIO()
    with redirect_stdout(written), pytest.MonkeyPatch.context() as patches, aws_tables(patches):
        bootstrap.container().operations.heartbeat.run()
    found = set()
    for document in map(json.loads, written.getvalue().splitlines()):
        (directive,) = document["_aws"]["CloudWatchMetrics"]
        assert directive["Namespace"] == metrics.namespace
        (names,) = directive["Dimensions"]
        for metric in directive["Metrics"]:
            found.add((metric["Name"], frozenset((name, document[name]) for name in names)))
    return found


def test_every_alarm_watches_what_is_told(told: set[tuple[str, Dimensions]]) -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "chalicelib").rglob("*.py"))
    for name, alarm in own_alarms().items():
        if alarm["MetricName"] in COUNTED:
            assert f'"{alarm["MetricName"]}"' in code, name
            said = dict(dimensions_of(alarm))
            assert said == {"task": said["task"], "service": metrics.service}, name
            assert said["task"] in function_names(), name
        else:
            assert (alarm["MetricName"], dimensions_of(alarm)) in told, name


def test_every_scheduled_task_is_watched_and_silence_is_an_alarm() -> None:
    watched = {}
    for alarm in own_alarms().values():
        if alarm["MetricName"] == "SecondsSinceLastSuccess":
            assert alarm["TreatMissingData"] == "breaching"
            assert (alarm["Statistic"], alarm["ComparisonOperator"]) == ("Maximum", "GreaterThanThreshold")
            watched[dict(dimensions_of(alarm))["task"]] = alarm["Threshold"]
    assert watched == {name: late_after(every) for name, every in SCHEDULED.items()}
    assert "heartbeat" in watched


def test_rights_and_the_rest_of_the_inventory_are_watched_and_silence_is_an_alarm() -> None:
    rights, rest = own_alarms()["RightsAreStale"], own_alarms()["InventoryIsStale"]
    assert (rights["MetricName"], rights["Threshold"]) == ("MaxStaleness", stale_after(IAM_EVERY))
    assert ("type", "iam_role") in dimensions_of(rights)
    assert (rest["MetricName"], rest["Threshold"], rest["ComparisonOperator"]) == (
        "StaleScopes",
        0,
        "GreaterThanThreshold",
    )
    assert {rights["TreatMissingData"], rest["TreatMissingData"]} == {"breaching"}


def test_every_type_of_resource_is_measured(told: set[tuple[str, Dimensions]]) -> None:
    measured = {dict(dimensions).get("type") for name, dimensions in told if name == "MaxStaleness"}
    assert measured == set(resource_types())


def test_every_task_that_never_ran_is_measured(told: set[tuple[str, Dimensions]]) -> None:
    measured = {dict(dimensions).get("task") for name, dimensions in told if name == "SecondsSinceLastSuccess"}
    assert measured == set(SCHEDULED)


def test_every_task_says_what_it_is_for() -> None:
    assert set(declared_tasks()) == set(function_names()) - {"api_handler"}
    assert all(task.purpose.endswith(".") for task in declared_tasks().values())
    assert {task.kind for task in declared_tasks().values()} == set(TaskKind) - {TaskKind.PLUGIN}


def test_every_queue_is_watched_for_messages_that_nobody_takes_and_for_those_that_failed() -> None:
    queues = properties("AWS::SQS::Queue")
    dead = {
        queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
        for queue in queues.values()
        if "RedrivePolicy" in queue
    }
    watched: dict[str, set[str]] = {"ApproximateAgeOfOldestMessage": set(), "ApproximateNumberOfMessagesVisible": set()}
    for alarm in properties("AWS::CloudWatch::Alarm").values():
        if alarm["Namespace"] == "AWS/SQS":
            ((name, _),) = [one["Value"]["Fn::GetAtt"] for one in alarm["Dimensions"]]
            watched[alarm["MetricName"]].add(name)
    assert watched["ApproximateAgeOfOldestMessage"] == set(queues) - dead
    assert watched["ApproximateNumberOfMessagesVisible"] == dead


def test_the_queue_for_dead_letters_is_called_as_operations_look_for_it() -> None:
    queues = properties("AWS::SQS::Queue")
    named = {name: queue["QueueName"]["Fn::Sub"].removeprefix("${TablePrefix}") for name, queue in queues.items()}
    aside = {
        named[name]: named[queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]]
        for name, queue in queues.items()
        if "RedrivePolicy" in queue
    }
    taken = {task.queue for task in declared_tasks().values() if task.kind is TaskKind.QUEUE}
    assert aside == {queue: dead_letters_of(queue) for queue in taken}
