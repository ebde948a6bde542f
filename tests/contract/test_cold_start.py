"""What an entry point loads before its first event, in an interpreter that has loaded nothing yet."""

import json
import os
import subprocess
import sys

import pytest

from tests.support.tree import ROOT, python_files

HEAVY = {
    "boto3",
    "botocore.session",
    "pynamodb",
    "jwt",
    "cryptography",
    "yaml",
    "regex",
    "pluggy",
    "moto",
    "pysqlite3",
    "sqlite_regex",
    "policy_sentry",
    "parliament",
    "jsoncfg",
}
ENTRY_POINTS = [
    "app",
    *(
        f"chalicelib.tasks.{path.stem}"
        for path in python_files("chalicelib/tasks")
        if path.stem not in {"__init__", "runtime"}
    ),
]
REPORT = "import importlib, json, sys; importlib.import_module(sys.argv[1]); print(json.dumps(sorted(sys.modules)))"


def loaded_by(module: str) -> set[str]:
    environment = {"PATH": os.defpath, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-W", "error", "-c", REPORT, module]
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return set(json.loads(run.stdout))


@pytest.mark.parametrize("module", ENTRY_POINTS)
def test_importing_an_entry_point_loads_nothing_heavy_and_reads_nothing(module: str) -> None:
    assert sorted(HEAVY & loaded_by(module)) == []


def test_the_measure_would_see_a_heavy_library() -> None:
    assert HEAVY & loaded_by("chalicelib.aws.sessions") == {"boto3", "botocore.session"}


def test_a_task_is_imported_without_the_application() -> None:
    assert "app" not in loaded_by(ENTRY_POINTS[-1])


@pytest.mark.parametrize("module", ["chalicelib.api.slack", "chalicelib.requests.telling.receive"])
def test_what_slack_waits_for_knows_no_resources_of_boto3_and_no_client_of_slack(module: str) -> None:
    unwanted = ("boto3", "pynamodb", "urllib3", "slack_sdk", "chalicelib.notifications.slack.api")
    found = loaded_by(module)
    assert [name for name in sorted(found) if name.startswith(unwanted)] == []
