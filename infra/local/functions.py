"""The function hosts: groups of warm child processes that stand for Lambda's containers."""

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Condition
from typing import IO, Any
from uuid import uuid4

from infra.local.declared import Function
from infra.local.interpreter import Answer, UnknownFunctionError

_GRACE = 2.0
"""Seconds that a worker gets to end by itself."""


class _WorkerLostError(Exception):
    """The process ended before it answered."""


class _TimedOutError(Exception):
    """The answer did not come in time."""


class Worker:
    """One child process; one event at a time."""

    def __init__(self, environment: Mapping[str, str], root: Path, log: IO[bytes]) -> None:
        read_end, write_end = os.pipe()
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "infra.local.worker", str(write_end)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=root,
                env=dict(environment),
                pass_fds=(write_end,),
            )
        finally:
            os.close(write_end)
        self._answers = os.fdopen(read_end, "rb", buffering=0)
        self._rest = b""

    @property
    def pid(self) -> int:
        return self._process.pid

    def call(self, message: Mapping[str, Any], timeout: float) -> dict[str, Any]:
        """Raises _WorkerLostError or _TimedOutError; the worker is of no use afterwards."""
        stdin = self._process.stdin
        assert stdin is not None  # noqa: S101 it was asked for
        try:
            stdin.write(json.dumps(message).encode() + b"\n")
            stdin.flush()
        except OSError as error:
            raise _WorkerLostError from error
        return self._line(time.monotonic() + timeout)

    def _line(self, end: float) -> dict[str, Any]:
        parts = [self._rest]
        while b"\n" not in parts[-1]:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self._answers], [], [], left)[0]:
                raise _TimedOutError
            chunk = self._answers.read(1 << 20)
            if not chunk:
                raise _WorkerLostError
            parts.append(chunk)
        line, _, self._rest = b"".join(parts).partition(b"\n")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def exit_code(self) -> int:
        """The exit status of a process that has closed its side."""
        try:
            return self._process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def end(self) -> None:
        """Asks by closing its input, then makes sure."""
        assert self._process.stdin is not None  # noqa: S101 it was asked for
        try:
            self._process.stdin.close()
        except OSError:
            self._process.kill()
        self.exit_code()
        self._answers.close()

    def interrupt(self) -> None:
        """Ends the process under whoever waits for its answer; that one clears up."""
        self._process.kill()
        self._process.wait()


@dataclass(frozen=True)
class Group:
    """Functions that share containers, and what those run with. The environment is asked for at each spawn."""

    name: str
    environment: Callable[[], Mapping[str, str]]
    limit: int = 4


class _Pool:
    def __init__(self, group: Group, root: Path, log: IO[bytes]) -> None:
        self._group = group
        self._root = root
        self._log = log
        self._idle: list[Worker] = []
        self._busy: set[Worker] = set()
        self._starting = 0
        self._closed = False
        self._changed = Condition()

    def take(self) -> Worker:
        """An idle worker, a new one, or the next that becomes free. Raises _WorkerLostError once closed."""
        with self._changed:
            while not self._idle and len(self._busy) + self._starting >= self._group.limit and not self._closed:
                self._changed.wait()
            if self._closed:
                raise _WorkerLostError
            if self._idle:
                worker = self._idle.pop()
                self._busy.add(worker)
                return worker
            self._starting += 1
        worker = Worker(self._group.environment(), self._root, self._log)
        with self._changed:
            self._starting -= 1
            if not self._closed:
                self._busy.add(worker)
                return worker
        worker.end()
        raise _WorkerLostError

    def give_back(self, worker: Worker, *, usable: bool) -> None:
        with self._changed:
            self._busy.discard(worker)
            if usable and not self._closed:
                self._idle.append(worker)
            self._changed.notify()

    def count(self) -> int:
        with self._changed:
            return len(self._idle) + len(self._busy)

    def close(self) -> None:
        with self._changed:
            self._closed = True
            idle, busy = self._idle, list(self._busy)
            self._idle = []
            self._changed.notify_all()
        for worker in busy:
            worker.interrupt()
        for worker in idle:
            worker.end()


class FunctionHosts:
    """Invokes functions by name. `groups` says for each function which group of containers it runs in."""

    def __init__(
        self,
        functions: Mapping[str, Function],
        groups: Mapping[str, Group],
        *,
        root: Path,
        log: IO[bytes],
        arn_prefix: str,
    ) -> None:
        self._functions = dict(functions)
        self._groups = groups
        self._arn_prefix = arn_prefix
        self._pools = {group.name: _Pool(group, root, log) for group in groups.values()}

    def invoke(self, name: str, event: Any) -> Answer:
        """Raises UnknownFunctionError. Everything else that goes wrong is an answer."""
        function = self._functions.get(name)
        if function is None:
            known = ", ".join(sorted(self._functions))
            raise UnknownFunctionError(f"There is no function {name}. There are: {known}.")
        return self.run(function, self._groups[name].name, event)

    def run(self, function: Function, group: str, event: Any) -> Answer:
        """The handler in a container of the group: also for what is no function of the product."""
        pool = self._pools[group]
        call_id = str(uuid4())
        message = {
            "id": call_id,
            "function": function.name,
            "handler": function.handler,
            "arn": self._arn_prefix + function.name,
            "memory": function.memory,
            "event": event,
        }
        try:
            worker = pool.take()
        except _WorkerLostError:
            return _error("Runtime.ExitError", "The function hosts have been stopped.", call_id)
        usable = False
        try:
            answer = worker.call({**message, "end": time.time() + function.timeout}, function.timeout)
            usable = True
        except _TimedOutError:
            worker.interrupt()
            worker.end()
            return _error("Sandbox.Timedout", f"Task timed out after {function.timeout}.00 seconds", call_id)
        except _WorkerLostError:
            code = worker.exit_code()
            worker.end()
            return _error("Runtime.ExitError", f"Runtime exited with error: exit status {code}", call_id)
        finally:
            pool.give_back(worker, usable=usable)
        if "error" in answer:
            return Answer(answer["error"], failed=True)
        return Answer(json.loads(answer["result"]))

    def warm(self, group: str) -> None:
        """Starts one container of the group ahead of its first event."""
        pool = self._pools[group]
        pool.give_back(pool.take(), usable=True)

    def container_count(self, group: str) -> int:
        return self._pools[group].count()

    def stop(self) -> None:
        for pool in self._pools.values():
            pool.close()


def _error(error_type: str, message: str, call_id: str) -> Answer:
    said = {"errorType": error_type, "errorMessage": f"RequestId: {call_id} Error: {message}"}
    return Answer(said, failed=True)
