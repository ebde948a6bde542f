"""Step Functions: starting an execution, and ringing the bell of one that waits."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from chalicelib.aws.errors import translated
from chalicelib.aws.sessions import Sessions
from chalicelib.core.errors import AppError, Conflict, NotFound

_ERROR_LIMIT = 256
_CAUSE_LIMIT = 32_768
_NOBODY_WAITS = {"InvalidToken", "TaskTimedOut"}
"""Besides TaskDoesNotExist: what AWS says of a token that is used up, too old, or of an execution that has ended."""


class StateMachines:
    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def start(self, arn: str, name: str, payload: Mapping[str, Any]) -> str:
        """Starts an execution called `name` and gives its ARN back; one that already exists under that name is a success.

        Raises AccessDeniedByAws, InvalidInput, NotFound, LimitExceeded, Throttled or Upstream.
        """
        try:
            with translated(f"to start {name} of {arn}"):
                answer = self._sessions.client("stepfunctions").start_execution(
                    stateMachineArn=arn, name=name, input=json.dumps(payload)
                )
        except Conflict:
            return _execution(arn, name)
        return answer["executionArn"]

    def succeed(self, token: str, output: Mapping[str, Any]) -> None:
        """Wakes the state that waits with `token`. Raises NotFound when nobody waits with it any more."""
        with _told("to wake a waiting step"):
            self._sessions.client("stepfunctions").send_task_success(taskToken=token, output=json.dumps(output))

    def fail(self, token: str, error: str, cause: str) -> None:
        """Fails the state that waits with `token`. Raises NotFound when nobody waits with it any more."""
        with _told("to fail a waiting step"):
            self._sessions.client("stepfunctions").send_task_failure(
                taskToken=token, error=error[:_ERROR_LIMIT], cause=cause[:_CAUSE_LIMIT]
            )

    def status(self, arn: str, name: str) -> str | None:
        """`RUNNING`, or how the execution `name` ended (`SUCCEEDED`, `FAILED`, ...); None when there never was one."""
        execution = _execution(arn, name)
        try:
            with translated(f"to look at {execution}"):
                return self._sessions.client("stepfunctions").describe_execution(executionArn=execution)["status"]
        except NotFound:
            return None


def _execution(state_machine_arn: str, name: str) -> str:
    return f"{state_machine_arn.replace(':stateMachine:', ':execution:', 1)}:{name}"


@contextmanager
def _told(what: str) -> Iterator[None]:
    try:
        with translated(what):
            yield
    except AppError as error:
        if error.reason in _NOBODY_WAITS:
            raise NotFound(error.message, reason=error.reason) from error
        raise
