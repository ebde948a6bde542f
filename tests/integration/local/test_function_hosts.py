import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from infra.local.cloud import until
from infra.local.declared import Function
from infra.local.functions import FunctionHosts, Group
from infra.local.interpreter import UnknownFunctionError
from infra.local.options import ROOT
from tests.integration.local.conftest import ARN_PREFIX

MODULE = "tests.integration.local.sample"


def test_a_function_gets_the_event_and_answers(hosts: FunctionHosts) -> None:
    answer = hosts.invoke("echo", {"text": "Grüße", "large": "x" * 1_000_000})
    assert not answer.failed
    assert answer.payload["event"]["text"] == "Grüße"
    assert len(answer.payload["event"]["large"]) == 1_000_000


def test_the_context_and_environment_are_those_of_lambda(hosts: FunctionHosts) -> None:
    said = hosts.invoke("surroundings", ["COLOUR", "HOME", "AWS_LAMBDA_FUNCTION_NAME"]).payload
    assert said["arn"] == f"{ARN_PREFIX}surroundings"
    assert said["memory"] == 128
    assert 50_000 < said["remaining"] <= 60_000
    assert said["environment"] == {"COLOUR": "blue", "HOME": None, "AWS_LAMBDA_FUNCTION_NAME": "surroundings"}


def test_a_task_is_imported_alone_as_lambda_does(hosts: FunctionHosts) -> None:
    assert hosts.invoke("surroundings", []).payload["chalice_app_loaded"] is False


def test_an_exception_is_an_error_with_the_name_of_its_class(hosts: FunctionHosts) -> None:
    answer = hosts.invoke("fail", "milk")
    assert answer.failed
    assert (answer.payload["errorType"], answer.payload["errorMessage"]) == ("Conflict", "no milk")
    assert "sample.py" in answer.payload["stackTrace"][-1]


def test_a_container_that_dies_is_an_error_and_the_next_call_gets_a_new_one(hosts: FunctionHosts) -> None:
    before = hosts.invoke("echo", 1).payload["pid"]
    answer = hosts.invoke("exit_at_once", None)
    assert answer.payload["errorType"] == "Runtime.ExitError"
    assert "exit status 3" in answer.payload["errorMessage"]
    assert hosts.invoke("echo", 1).payload["pid"] != before


def test_a_function_that_does_not_end_is_stopped_at_its_timeout(hosts: FunctionHosts) -> None:
    answer = hosts.run(Function("hang", f"{MODULE}.hang", timeout=1), "sample", None)
    assert answer.payload["errorType"] == "Sandbox.Timedout"
    assert "timed out after 1.00 seconds" in answer.payload["errorMessage"]


@pytest.mark.parametrize(
    ("handler", "error"),
    [
        ("tests.integration.local.nothing.here", "Runtime.ImportModuleError"),
        (f"{MODULE}.nothing", "Runtime.HandlerNotFound"),
        ("json.dumps", "TypeError"),
        ("builtins.object", "TypeError"),
    ],
)
def test_a_handler_that_cannot_be_called_is_an_error_in_the_words_of_lambda(
    hosts: FunctionHosts, handler: str, error: str
) -> None:
    assert hosts.run(Function("x", handler), "sample", {}).payload["errorType"] == error


def test_an_answer_that_is_not_json_is_an_error(hosts: FunctionHosts) -> None:
    assert hosts.run(Function("x", "builtins.slice"), "sample", {}).payload["errorType"] == "Runtime.MarshalError"


def test_a_function_that_does_not_exist_is_named_with_those_that_do(hosts: FunctionHosts) -> None:
    with pytest.raises(UnknownFunctionError, match=r"no function ecco.*echo"):
        hosts.invoke("ecco", {})


def test_many_calls_at_once_share_few_containers_and_each_gets_its_own_answer(hosts: FunctionHosts) -> None:
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda number: hosts.invoke("echo", number).payload, range(60)))
    assert [answer["event"] for answer in answers] == list(range(60))
    assert len({answer["pid"] for answer in answers}) <= 3
    assert hosts.container_count("sample") <= 3


def test_stopping_ends_every_container_even_a_busy_one(tmp_path: Path) -> None:
    functions = {"hang": Function("hang", f"{MODULE}.hang"), "echo": Function("echo", f"{MODULE}.echo")}
    group = Group("g", lambda: {"PYTHONPATH": str(ROOT)})
    with (tmp_path / "log").open("ab", buffering=0) as log, ThreadPoolExecutor(1) as threads:
        hosts = FunctionHosts(functions, dict.fromkeys(functions, group), root=ROOT, log=log, arn_prefix=ARN_PREFIX)
        idle = hosts.invoke("echo", 1).payload["pid"]
        hosts.warm("g")
        hanging = threads.submit(hosts.invoke, "hang", None)
        until(lambda: True if hosts.container_count("g") == 1 else None, 30, "one container is busy")
        hosts.stop()
        assert hanging.result(10).payload["errorType"] == "Runtime.ExitError"
    assert not Path(f"/proc/{idle}").exists() or not _alive(idle)
    assert hosts.invoke("echo", 1).payload["errorType"] == "Runtime.ExitError"


def test_containers_end_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    program = """
import os, sys
from infra.local.declared import Function
from infra.local.functions import FunctionHosts, Group
from infra.local.options import ROOT
echo = Function("echo", "tests.integration.local.sample.echo")
group = Group("g", lambda: {"PYTHONPATH": str(ROOT)})
hosts = FunctionHosts({"echo": echo}, {"echo": group}, root=ROOT, log=open(sys.argv[1], "ab", buffering=0), arn_prefix="")
print(hosts.invoke("echo", 1).payload["pid"], flush=True)
os.kill(os.getpid(), 9)
"""
    ran = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "log")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert ran.returncode == -9, ran.stderr
    pid = int(ran.stdout)
    until(lambda: None if _alive(pid) else True, 30, f"container {pid} still runs")


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"
