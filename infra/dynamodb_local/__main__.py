"""Starts DynamoDB Local, runs the suites marked `dynamodb` on it, stops it. Where it can't run: says why, and exits 0."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer

from infra.dynamodb_local.archive import ROOT, VERSION, NotHereError, command

ENDPOINT = "TEST_DYNAMODB_ENDPOINT"
"""Read by tests/support/dynamodb.py."""
START_SECONDS = 60
SUITES = "dynamodb and not long"
IN_PARALLEL = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")


class NotStartedError(Exception):
    """It is here and does not start: that is to be mended, not skipped."""


@contextmanager
def running(arguments: list[str]) -> Iterator[str]:
    """The endpoint of a DynamoDB Local that lives as long as the block. Raises NotStartedError."""
    with (
        tempfile.TemporaryFile("w+") as log,
        subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True) as server,
    ):
        assert server.stdin is not None  # noqa: S101 it is a pipe
        try:
            port = _port(server)
            if port is None:
                log.seek(0)
                said = log.read().strip() or "nothing"
                raise NotStartedError(
                    f"DynamoDB Local ended, or named no port within {START_SECONDS} s. It said: {said}"
                )
            yield f"http://127.0.0.1:{port}"
        finally:
            server.stdin.close()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()


def _port(server: "subprocess.Popen[str]") -> int | None:
    """Of its line `port N`; a server that says nothing is ended, which ends the reading."""
    assert server.stdout is not None  # noqa: S101 it is a pipe
    patience = Timer(START_SECONDS, server.kill)
    patience.start()
    try:
        return next((int(line.split()[1]) for line in server.stdout if line.startswith("port ")), None)
    finally:
        patience.cancel()


def main(arguments: list[str]) -> int:
    try:
        with running(command()) as endpoint:
            print(f"DynamoDB Local {VERSION} answers at {endpoint}", flush=True)
            pytest = [sys.executable, "-m", "pytest", "-q", "-m", SUITES, *(arguments or IN_PARALLEL)]
            environment = {**os.environ, ENDPOINT: endpoint}  # noqa: TID251 handed on to pytest, not read
            return subprocess.run(pytest, cwd=ROOT, env=environment, check=False).returncode
    except NotStartedError as reason:
        print(reason, file=sys.stderr)
        return 1
    except NotHereError as reason:
        print(f"SKIPPED: the repository suites did not run on DynamoDB Local: {reason}")
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
