"""One Lambda container: a child process that takes one event at a time and imports each handler by Lambda's handler string.

Events come as JSON lines on standard input, answers go as JSON lines to the file descriptor named by the only argument.
When standard input ends, because the supervisor has ended in whatever way, so does this process.
"""

import importlib
import json
import os
import queue
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

Handler = Callable[[Any, Any], Any]


class LambdaContext:
    """What Lambda hands to a handler beside the event."""

    function_version = "$LATEST"
    identity = None
    client_context = None

    def __init__(self, call: dict[str, Any]) -> None:
        self.function_name: str = call["function"]
        self.invoked_function_arn: str = call["arn"]
        self.memory_limit_in_mb: int = call["memory"]
        self.aws_request_id: str = call["id"]
        self.log_group_name = f"/aws/lambda/{self.function_name}"
        self.log_stream_name = f"local/{os.getpid()}"
        self._end: float = call["end"]

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self._end - time.time()) * 1000))


def _import_handler(handler: str) -> Handler:
    """Raises what Lambda's runtime reports, as _InitError."""
    module_name, _, attribute = handler.rpartition(".")
    try:
        module = importlib.import_module(module_name)
    except ImportError as error:
        raise _InitError("Runtime.ImportModuleError", f"Unable to import module '{module_name}': {error}") from error
    except SyntaxError as error:
        raise _InitError("Runtime.UserCodeSyntaxError", f"Syntax error in module '{module_name}': {error}") from error
    if not hasattr(module, attribute):
        raise _InitError("Runtime.HandlerNotFound", f"Handler '{attribute}' missing on module '{module_name}'")
    found: Handler = getattr(module, attribute)
    return found


class _InitError(Exception):
    def __init__(self, error_type: str, message: str) -> None:
        super().__init__(message)
        self.error_type = error_type


class Container:
    def __init__(self) -> None:
        self._handlers: dict[str, Handler] = {}

    def answer(self, call: dict[str, Any]) -> dict[str, Any]:
        """The result, or the error in Lambda's words. What is not an Exception ends the process, as in Lambda."""
        os.environ["AWS_LAMBDA_FUNCTION_NAME"] = call["function"]  # noqa: TID251 Lambda's variable; one container serves several here
        try:
            result = self._handler(call["handler"])(call["event"], LambdaContext(call))
        except _InitError as error:
            return _failure(error, error.error_type, call)
        except Exception as error:  # noqa: BLE001 the boundary at which Lambda itself turns any exception into an answer
            return _failure(error, type(error).__name__, call)
        try:
            return {"id": call["id"], "result": json.dumps(result)}
        except (TypeError, ValueError) as error:
            return _failure(error, "Runtime.MarshalError", call)

    def _handler(self, name: str) -> Handler:
        if name not in self._handlers:
            self._handlers[name] = _import_handler(name)
        return self._handlers[name]


def _failure(error: Exception, error_type: str, call: dict[str, Any]) -> dict[str, Any]:
    frames = traceback.format_tb(error.__traceback__)[1:]
    said = {"errorMessage": str(error), "errorType": error_type, "requestId": call["id"], "stackTrace": frames}
    return {"id": call["id"], "error": said}


def _read(lines: "queue.SimpleQueue[str]") -> None:
    for line in sys.stdin:
        lines.put(line)
    os._exit(0)


def main(answers_descriptor: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the supervisor, which then ends this process
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(lines,), daemon=True).start()
    container = Container()
    with open(answers_descriptor, "w", encoding="utf-8") as answers:
        while True:
            answer = container.answer(json.loads(lines.get()))
            sys.stdout.flush()
            answers.write(json.dumps(answer) + "\n")
            answers.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]))
