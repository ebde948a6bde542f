"""The command that `make run` starts, with the product itself."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from infra.local.cloud import until
from infra.local.options import ROOT
from tests.integration.local.conftest import HUB

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="children are counted in /proc")
CONFIGURATION = f"""
deployment: {{administrators: ["user:ada@example.com"], hub: {{account_id: "{HUB}"}}}}
accounts: {{sources: [static]}}
"""


@contextmanager
def run(*arguments: str) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "infra.local", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def said_until(process: "subprocess.Popen[str]", text: str) -> list[str]:
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line.strip())
        if text in line:
            break
    return lines


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    configuration, people = tmp_path / "first.yaml", tmp_path / "people.json"
    configuration.write_text(CONFIGURATION)
    people.write_text('[{"email": "ada@example.com", "groups": ["payments"]}]')
    return ["--config", str(configuration), "--people", str(people), "--port", "0"]


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_one_command_serves_the_product_until_it_is_interrupted(files: list[str]) -> None:
    with run(*files) as process:
        lines = said_until(process, "ConsoleMe is at")
        assert "sign in: ada@example.com, 0 roles" in lines, lines
        found = re.search(r"(http://\S+)", lines[-1])
        assert found, lines
        body = json.dumps({"email": "ada@example.com"}).encode()
        request = Request(f"{found[1]}/local/sign_in", body, {"Content-Type": "application/json"})  # noqa: S310 our own server
        with urlopen(request, timeout=30) as answer:  # noqa: S310
            assert answer.status == 200
        workers = children(process.pid)
        assert workers
        process.send_signal(signal.SIGINT)
        assert process.wait(15) == 0
    until(lambda: None if any(map(runs, workers)) else True, 30, "a function still runs")


def test_a_start_may_be_interrupted(files: list[str]) -> None:
    with run(*files) as process:
        said_until(process, "Refreshing")
        workers = children(process.pid)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    until(lambda: None if any(map(runs, workers)) else True, 30, "a function still runs")
