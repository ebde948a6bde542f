"""A Step Functions of the tests: runs a definition's own file, step by step, in the test's thread and on the test's clock.

It knows what `request.asl.json` uses: Task (with and without a token), Choice, Map, Pass, Succeed, Fail, Retry, Catch and
timeouts. Executions live here and survive what happens to the process that started them.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from chalicelib.core.errors import NotFound
from tests.support.clock import FrozenClock

Invoke = Callable[[str, dict[str, Any]], Any]
"""Function and payload in, result out. Raises StepError."""


class StepError(Exception):
    """What Step Functions sees of a function that failed."""

    def __init__(self, name: str, cause: str = "") -> None:
        super().__init__(f"{name}: {cause}")
        self.name = name
        self.cause = cause


@dataclass
class Execution:
    name: str
    data: Any
    state: str
    status: str = "RUNNING"
    token: str | None = None
    waiting_since: int = 0
    answer: Any = None
    history: list[str] = field(default_factory=list)
    machine: str = ""


class FakeStates:
    """`start`, `succeed` and `status` are what `aws.states.StateMachines` has; `run` is what AWS does in between."""

    def __init__(self, machines: Mapping[str, Mapping[str, Any]], invoke: Invoke, clock: FrozenClock) -> None:
        """`machines` are definitions by their ARNs."""
        self._machines = machines
        self._invoke = invoke
        self._clock = clock
        self.executions: dict[str, Execution] = {}
        self.payloads: list[Any] = []
        """Everything that passed through a workflow."""
        self._running = False

    def start(self, arn: str, name: str, payload: Mapping[str, Any]) -> str:
        first = str(self._machines[arn]["StartAt"])
        self.executions.setdefault(name, Execution(name, dict(payload), first, machine=arn))
        return f"{arn}:{name}"

    def succeed(self, token: str, output: Mapping[str, Any]) -> None:
        waiting = [one for one in self.executions.values() if one.token == token and one.status == "RUNNING"]
        if not waiting or waiting[0].answer is not None:
            raise NotFound("nobody waits with this token", reason="TaskDoesNotExist")
        waiting[0].answer = dict(output)

    def status(self, arn: str, name: str) -> str | None:
        execution = self.executions.get(name)
        return execution.status if execution else None

    def abort_all(self) -> None:
        for execution in self.executions.values():
            if execution.status == "RUNNING":
                execution.status = "ABORTED"

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """For whoever calls a function alone, without the workflow going on beside it."""
        before, self._running = self._running, True
        try:
            yield
        finally:
            self._running = before

    def run(self) -> None:
        """Until every execution waits or has ended. A function that is called here and waits for something finds no other one."""
        if self._running:
            return
        with self.standing_still():
            for execution in list(self.executions.values()):
                while execution.status == "RUNNING" and self._moves(execution):
                    self._step(execution)

    def _moves(self, execution: Execution) -> bool:
        if execution.token is None or execution.answer is not None:
            return True
        limit = self._machines[execution.machine]["States"][execution.state]["TimeoutSeconds"]
        return self._clock.now() >= execution.waiting_since + int(limit)

    def _step(self, execution: Execution) -> None:
        state = self._machines[execution.machine]["States"][execution.state]
        execution.history.append(execution.state)
        self.payloads.append(execution.data)
        match state["Type"]:
            case "Succeed":
                execution.status = "SUCCEEDED"
            case "Fail":
                execution.status = "FAILED"
            case "Choice":
                execution.state = _chosen(state, execution.data)
            case "Map":
                results = [self._item(state, execution, item) for item in execution.data[state["ItemsPath"][2:]]]
                execution.data = {**execution.data, "results": results}
                execution.state = state["Next"]
            case "Task":
                self._task(state, execution)

    def _task(self, state: Mapping[str, Any], execution: Execution) -> None:
        waits = state["Resource"].endswith(".waitForTaskToken")
        try:
            if waits and execution.token is not None:
                result = self._answered(execution)
            else:
                result = self._called(state, execution, waits)
                if waits and execution.answer is None:
                    return
                result = self._answered(execution) if waits else result
        except StepError as error:
            execution.token = execution.answer = None
            self._caught(state, execution, error)
            return
        execution.data = result
        execution.state = state["Next"]

    def _answered(self, execution: Execution) -> Any:
        answer, execution.answer, execution.token = execution.answer, None, None
        if answer is None:
            raise StepError("States.Timeout")
        return answer

    def _called(self, state: Mapping[str, Any], execution: Execution, waits: bool) -> Any:
        if not waits:
            return self._tried(execution, state, _filled(state["Parameters"], execution.data, {}), state["Resource"])
        execution.token = f"token-{execution.name}-{len(execution.history)}"
        execution.waiting_since = self._clock.now()
        context = {"$$.Task.Token": execution.token, "$$.Execution.Name": execution.name}
        parameters = state["Parameters"]
        payload = _filled(parameters["Payload"], execution.data, context)
        return self._tried(execution, state, payload, parameters["FunctionName"])

    def _item(self, state: Mapping[str, Any], execution: Execution, item: Any) -> Any:
        """One turn of the Map: a Task with a Catch that leads to a Pass."""
        inner = state["ItemProcessor"]["States"]
        first = inner[state["ItemProcessor"]["StartAt"]]
        payload = _filled(state["ItemSelector"], execution.data, {"$$.Map.Item.Value": item})
        self.payloads.append(payload)
        try:
            return self._tried(execution, first, payload, first["Resource"])
        except StepError:
            return _filled(inner[first["Catch"][0]["Next"]]["Parameters"], payload, {})

    def _tried(self, execution: Execution, state: Mapping[str, Any], payload: dict[str, Any], function: str) -> Any:
        """With the state's Retry. The jitter is always the whole interval; the clock moves by it."""
        retry = state["Retry"][0]
        wait = float(retry["IntervalSeconds"])
        for attempt in range(int(retry["MaxAttempts"]) + 1):
            try:
                return json.loads(json.dumps(self._invoke(_function(function), payload)))
            except StepError as error:
                ended = execution.status != "RUNNING" or attempt == retry["MaxAttempts"]
                if ended or error.name not in retry["ErrorEquals"]:
                    raise
            self._clock.advance(int(min(wait, retry["MaxDelaySeconds"])))
            wait *= retry["BackoffRate"]
        raise AssertionError

    def _caught(self, state: Mapping[str, Any], execution: Execution, error: StepError) -> None:
        handler = state["Catch"][0]
        assert handler["ErrorEquals"] == ["States.ALL"]
        execution.data = {**execution.data, "failure": {"Error": error.name, "Cause": error.cause}}
        execution.state = handler["Next"]


def _function(resource: str) -> str:
    """`${ApplyChangeArn}` is apply_change."""
    name = resource.removeprefix("${").removesuffix("Arn}")
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


def _filled(template: Mapping[str, Any], data: Any, context: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key.removesuffix(".$"): (context[value] if value.startswith("$$") else data[value[2:]])
        if key.endswith(".$")
        else value
        for key, value in template.items()
    }


def _chosen(state: Mapping[str, Any], data: Any) -> str:
    for choice in state["Choices"]:
        if data[choice["Variable"][2:]] == choice["StringEquals"]:
            return str(choice["Next"])
    return str(state["Default"])
