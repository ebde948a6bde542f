"""Where moto's Step Functions interpreter and its Lambda API call functions: into ours, in this process."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from threading import Thread
from types import SimpleNamespace
from typing import Any

PREFIX = "consoleme-"
"""What stands before the names of functions in Lambda's API, as the deployed stack names them."""


@dataclass(frozen=True)
class Answer:
    """What a function gave back: its result, or Lambda's `{errorMessage, errorType, stackTrace}`."""

    payload: Any
    failed: bool = False


class UnknownFunctionError(LookupError):
    """No function has this name."""


Invoke = Callable[[str, Any], Answer]
"""Function name and event in, answer out. Raises UnknownFunctionError."""


def name_of(function: str) -> str:
    """The bare name from a name, an ARN or either with a qualifier."""
    if function.startswith("arn:"):
        return function.split(":")[6]
    return function.partition(":")[0]


@contextmanager
def replaced(owner: Any, name: str, value: Any) -> Iterator[None]:
    """The attribute while inside, and the old one afterwards."""
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)


@contextmanager
def directed_to(invoke: Invoke) -> Iterator[None]:
    """While inside, every Lambda call of the embedded AWS lands in `invoke`."""
    from moto.awslambda.models import LambdaFunction
    from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils

    with ExitStack() as patches:
        patches.enter_context(replaced(lambda_eval_utils, "_invoke_lambda_function", _for_states(invoke)))
        patches.enter_context(replaced(LambdaFunction, "invoke", _for_lambda_api(invoke)))
        yield


@contextmanager
def retries_sooner(divisor: float) -> Iterator[None]:
    """While inside, the interpreter waits less before a retry: a definition cannot say less than a second."""
    from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl

    with replaced(retrier_decl, "time", SimpleNamespace(sleep=lambda seconds: time.sleep(seconds / divisor))):
        yield


def _for_states(invoke: Invoke) -> Callable[..., dict[str, Any]]:
    def call(parameters: dict[str, Any], region: str, state_credentials: Any) -> dict[str, Any]:  # noqa: ARG001 moto's signature
        from botocore.exceptions import ClientError

        function = parameters["FunctionName"]
        try:
            answer = invoke(name_of(function), json.loads(parameters.get("Payload") or b"{}"))
        except UnknownFunctionError as error:
            metadata: Any = {
                "HTTPStatusCode": 404,
                "RequestId": "local",
                "HostId": "",
                "HTTPHeaders": {},
                "RetryAttempts": 0,
            }
            said: Any = {"Code": "ResourceNotFoundException", "Message": f"Function not found: {function}"}
            raise ClientError({"Error": said, "ResponseMetadata": metadata}, "Invoke") from error
        response = {"StatusCode": 200, "ExecutedVersion": "$LATEST", "Payload": answer.payload}
        return response | ({"FunctionError": "Unhandled"} if answer.failed else {})

    return call


def _for_lambda_api(invoke: Invoke) -> Callable[..., str]:
    def call(self: Any, body: Any, request_headers: Any, response_headers: Any) -> str:
        event, name = json.loads(body) if body else {}, self.function_name.removeprefix(PREFIX)
        if request_headers.get("x-amz-invocation-type") == "Event":
            Thread(target=invoke, args=(name, event), daemon=True).start()
            return ""
        answer = invoke(name, event)
        if answer.failed:
            response_headers["x-amz-function-error"] = "Unhandled"
        return json.dumps(answer.payload)

    return call
