"""The real definition on the embedded interpreter, its functions played by the test: every path ends with the run closed."""

import json
import re
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter

from chalicelib.inventory.refresh.models import AccountItem, RunAccounts, RunStatus, RunSummary, StepResult
from chalicelib.tasks.finish_refresh import Ended
from chalicelib.tasks.list_accounts import Wanted
from chalicelib.tasks.sync_account import OneAccount
from infra.local import aws, states
from infra.local.cloud import until
from infra.local.declared import load
from infra.local.embedded import EmbeddedAws
from infra.local.interpreter import Answer
from infra.local.options import ROOT

HUB, REGION = "111111111111", "us-east-1"
GOOD, BAD = "222222222222", "333333333333"
RELEASED = sorted((ROOT / "step_functions" / "released").glob("refresh.*.asl.json"))

Play = Callable[[Any], BaseModel]


class RefusedError(Exception):
    """What a function raised: its class name and its message."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.answer = Answer({"errorType": kind, "errorMessage": message, "stackTrace": []}, failed=True)


class Stage:
    """Plays the three functions; what each was called with has been read by the real function's own payload type."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._numbers = count()
        self.reset()

    def reset(self) -> None:
        self.plays: dict[str, Play] = {
            "list_accounts": lambda given: RunAccounts(
                run_id=given.run_id, accounts=tuple(AccountItem(account_id=one) for one in (GOOD, BAD))
            ),
            "sync_account": lambda given: StepResult(account_id=given.account_id),
            "finish_refresh": lambda given: RunSummary(run_id=given.run_id, status="partial", succeeded=1, failed=1),
        }
        self.calls: list[tuple[str, Any]] = []

    def invoke(self, function: str, event: Any) -> Answer:
        payloads: dict[str, type[BaseModel]] = {
            "list_accounts": Wanted,
            "sync_account": OneAccount,
            "finish_refresh": Ended,
        }
        given = payloads[function].model_validate(event)
        with self._lock:
            self.calls.append((function, given))
            try:
                return Answer(TypeAdapter(Any).dump_python(self.plays[function](given), mode="json"))
            except RefusedError as error:
                return error.answer

    def called(self, function: str) -> list[Any]:
        return [given for name, given in self.calls if name == function]

    def name(self) -> str:
        return f"run-{next(self._numbers)}"


@pytest.fixture(scope="module")
def theatre() -> Iterator[tuple[Stage, Any, str]]:
    stage = Stage()
    embedded = EmbeddedAws(stage.invoke)
    embedded.start()
    client = aws.client("stepfunctions", embedded.endpoint_url, REGION, embedded.root_credentials(HUB))
    arns = {name: f"arn:aws:lambda:{REGION}:{HUB}:function:{name}" for name in load(ROOT).functions}
    machine = states.declared(ROOT, table_prefix="consoleme-", arn_of=arns)["refresh"]
    arn = client.create_state_machine(
        name=machine.name,
        definition=states.scaled(machine.definition, 1000),
        roleArn=f"arn:aws:iam::{HUB}:role/states",
    )["stateMachineArn"]
    yield stage, client, arn
    embedded.stop()


class Refresh:
    def __init__(self, stage: Stage, client: Any, arn: str) -> None:
        self.stage = stage
        self._client = client
        self._arn = arn

    def run(self, accounts: list[str] | None = None) -> Any:
        run_id = self.stage.name()
        given = json.dumps({"run_id": run_id, "accounts": accounts})
        execution = self._client.start_execution(stateMachineArn=self._arn, name=run_id, input=given)["executionArn"]

        def ended() -> Any:
            described = self._client.describe_execution(executionArn=execution)
            return described if described["status"] != "RUNNING" else None

        return until(ended, 30, "the refresh has not ended")


@pytest.fixture
def refresh(theatre: tuple[Stage, Any, str]) -> Refresh:
    stage, client, arn = theatre
    stage.reset()
    return Refresh(stage, client, arn)


def failing(kind: str, *, account_id: str = "", times: int = 100) -> Play:
    """Refuses so many times (for one account), and then succeeds."""
    left = times

    def play(given: Any) -> BaseModel:
        nonlocal left
        if left and account_id in {"", getattr(given, "account_id", "")}:
            left -= 1
            raise RefusedError(kind, f"{kind} as the test wants it")
        return StepResult(account_id=given.account_id)

    return play


def test_every_account_is_visited_and_the_run_is_closed_with_what_came_of_them(refresh: Refresh) -> None:
    ended = refresh.run()
    assert ended["status"] == "SUCCEEDED"
    visits = refresh.stage.called("sync_account")
    (closing,) = refresh.stage.called("finish_refresh")
    assert {visit.account_id for visit in visits} == {GOOD, BAD}
    assert {visit.run_id for visit in visits} == {closing.run_id}
    assert closing.results == (StepResult(account_id=GOOD), StepResult(account_id=BAD))
    assert closing.failure is None


def test_accounts_that_were_asked_for_arrive_at_the_first_step(refresh: Refresh) -> None:
    refresh.run([GOOD])
    assert refresh.stage.called("list_accounts")[0].accounts == (GOOD,)


@pytest.mark.parametrize("kind", ["Throttled", "Conflict", "Upstream", "Lambda.TooManyRequestsException"])
def test_what_passes_by_itself_is_tried_again(refresh: Refresh, kind: str) -> None:
    refresh.stage.plays["sync_account"] = failing(kind, account_id=BAD, times=2)
    assert refresh.run()["status"] == "SUCCEEDED"
    assert [visit.account_id for visit in refresh.stage.called("sync_account")].count(BAD) == 3
    assert all(result.error is None for result in refresh.stage.called("finish_refresh")[0].results)


@pytest.mark.parametrize("kind", ["AccessDeniedByAws", "NotFound", "Sandbox.Timedout", "KeyError"])
def test_one_account_that_fails_is_named_and_stops_nobody(refresh: Refresh, kind: str) -> None:
    refresh.stage.plays["sync_account"] = failing(kind, account_id=BAD)
    assert refresh.run()["status"] == "SUCCEEDED"
    assert [visit.account_id for visit in refresh.stage.called("sync_account")].count(BAD) == 1
    (closing,) = refresh.stage.called("finish_refresh")
    assert closing.results == (StepResult(account_id=GOOD), StepResult(account_id=BAD, error=kind))


def test_a_visit_that_says_there_is_more_goes_on_until_it_says_there_is_not(refresh: Refresh) -> None:
    said = iter([True, True, False])
    good = StepResult(account_id=GOOD)
    refresh.stage.plays["sync_account"] = lambda given: (
        StepResult(account_id=BAD, more=next(said)) if given.account_id == BAD else good
    )
    assert refresh.run()["status"] == "SUCCEEDED"
    assert [visit.account_id for visit in refresh.stage.called("sync_account")].count(BAD) == 3
    (closing,) = refresh.stage.called("finish_refresh")
    assert closing.results == (good, StepResult(account_id=BAD))


def test_a_step_of_a_visit_that_fails_is_tried_again_from_there(refresh: Refresh) -> None:
    said = iter([True, RefusedError("Throttled", "as the test wants it"), False])

    def play(given: Any) -> BaseModel:
        answer = next(said) if given.account_id == BAD else False
        if isinstance(answer, RefusedError):
            raise answer
        return StepResult(account_id=given.account_id, more=answer)

    refresh.stage.plays["sync_account"] = play
    assert refresh.run()["status"] == "SUCCEEDED"
    assert refresh.stage.called("finish_refresh")[0].results[1] == StepResult(account_id=BAD)


def test_throttling_that_does_not_end_is_told_in_the_end(refresh: Refresh) -> None:
    refresh.stage.plays["sync_account"] = failing("Throttled", account_id=BAD)
    refresh.run()
    assert [visit.account_id for visit in refresh.stage.called("sync_account")].count(BAD) == 5
    assert refresh.stage.called("finish_refresh")[0].results[1] == StepResult(account_id=BAD, error="Throttled")


def test_accounts_that_cannot_be_listed_close_the_run_with_the_reason(refresh: Refresh) -> None:
    refresh.stage.plays["list_accounts"] = failing("Upstream")
    refresh.stage.plays["finish_refresh"] = lambda given: summary(given, "failed")
    ended = refresh.run()
    assert (ended["status"], ended["error"]) == ("FAILED", "RefreshFailed")
    (closing,) = refresh.stage.called("finish_refresh")
    assert (closing.failure.Error, closing.results) == ("Upstream", ())
    assert "as the test wants it" in closing.failure.Cause
    assert refresh.stage.called("sync_account") == []


def test_a_run_that_cannot_be_closed_fails_aloud_after_trying_again(refresh: Refresh) -> None:
    refresh.stage.plays["finish_refresh"] = failing("Upstream")
    ended = refresh.run()
    assert (ended["status"], ended["error"]) == ("FAILED", "RefreshNotFinished")
    assert len(refresh.stage.called("finish_refresh")) == 5


@pytest.mark.parametrize(
    ("status", "execution"), [("succeeded", "SUCCEEDED"), ("partial", "SUCCEEDED"), ("failed", "FAILED")]
)
def test_only_a_run_in_which_nothing_succeeded_is_a_failed_execution(
    refresh: Refresh, status: RunStatus, execution: str
) -> None:
    refresh.stage.plays["finish_refresh"] = lambda given: summary(given, status)
    assert refresh.run()["status"] == execution


@pytest.mark.parametrize("file", RELEASED, ids=lambda file: file.name)
def test_every_released_definition_still_carries_a_refresh_to_its_end(
    theatre: tuple[Stage, Any, str], file: Path
) -> None:
    stage, client, current = theatre
    stage.reset()
    definition = file.read_text(encoding="utf-8")
    for function in ("ListAccounts", "SyncAccount", "FinishRefresh"):
        name = re.sub(r"(?<!^)([A-Z])", r"_\1", function).lower()
        definition = definition.replace(f"${{{function}Arn}}", f"arn:aws:lambda:{REGION}:{HUB}:function:{name}")
    arn = client.create_state_machine(
        name=file.name.replace(".", "-"),
        definition=states.scaled(definition, 1000),
        roleArn=f"arn:aws:iam::{HUB}:role/states",
    )["stateMachineArn"]
    assert arn != current
    stage.plays["sync_account"] = failing("NotFound", account_id=BAD)
    assert Refresh(stage, client, arn).run()["status"] == "SUCCEEDED"
    (closing,) = stage.called("finish_refresh")
    assert closing.results == (StepResult(account_id=GOOD), StepResult(account_id=BAD, error="NotFound"))


def summary(given: Any, status: RunStatus) -> RunSummary:
    return RunSummary(run_id=given.run_id, status=status, succeeded=0, failed=0)
