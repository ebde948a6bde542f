"""`make test-dynamodb` on machines that lack what it needs, and with a server that does not start."""

import subprocess
import sys
from pathlib import Path

import pytest

from infra.dynamodb_local.__main__ import NotStartedError, running
from infra.dynamodb_local.archive import VERSION, NotHereError, command

JDK_17 = """
case "$1" in
  -version) echo 'openjdk version "17.0.1" 2021-10-19' >&2 ;;
  --list-modules) echo jdk.compiler@17.0.1 ;;
esac
"""


def program(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}", encoding="utf-8")
    (folder / name).chmod(0o755)


def test_without_java_it_says_so_and_passes(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "infra.dynamodb_local"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("SKIPPED: the repository suites did not run on DynamoDB Local: there is no java")


@pytest.mark.parametrize(
    ("java", "mvn", "reason"),
    [
        ("echo 'java version \"1.8.0_392\"' >&2", None, "Java 17 or newer is needed.*1.8.0_392"),
        ("echo 'openjdk version \"17.0.1\"' >&2", None, "is a JRE"),
        (JDK_17, None, "no mvn on the PATH"),
        (JDK_17, "echo '[ERROR] Unknown host'; exit 1", r"could not fetch it\. \[ERROR\] Unknown host"),
        (JDK_17, "exit 3", "mvn ended with 3"),
    ],
)
def test_what_is_missing_is_named(tmp_path: Path, java: str, mvn: str | None, reason: str) -> None:
    program(tmp_path / "bin", "java", java)
    if mvn is not None:
        program(tmp_path / "bin", "mvn", mvn)
    with pytest.raises(NotHereError, match=reason):
        command(tmp_path / "cache", str(tmp_path / "bin"))


def test_what_was_fetched_once_is_not_fetched_again(tmp_path: Path) -> None:
    program(tmp_path / "bin", "java", JDK_17)
    program(tmp_path / "bin", "mvn", f"echo once >> {tmp_path}/fetched")
    first = command(tmp_path / "cache", str(tmp_path / "bin"))
    assert command(tmp_path / "cache", str(tmp_path / "bin")) == first
    assert (tmp_path / "fetched").read_text(encoding="utf-8") == "once\n"
    assert str(tmp_path / "cache" / VERSION / "lib" / "*") in first


def test_a_fetch_that_failed_is_tried_again(tmp_path: Path) -> None:
    program(tmp_path / "bin", "java", JDK_17)
    program(tmp_path / "bin", "mvn", "exit 1")
    with pytest.raises(NotHereError):
        command(tmp_path / "cache", str(tmp_path / "bin"))
    program(tmp_path / "bin", "mvn", "exit 0")
    assert command(tmp_path / "cache", str(tmp_path / "bin"))


def test_a_server_that_ends_at_once_is_an_error_with_its_words() -> None:
    with pytest.raises(NotStartedError, match="out of memory"), running(["/bin/sh", "-c", "echo out of memory >&2"]):
        pass


def test_the_server_ends_with_the_block(tmp_path: Path) -> None:
    witness = tmp_path / "ended"
    with running(["/bin/sh", "-c", f"echo hello; echo port 4711; cat > /dev/null; echo yes > {witness}"]) as endpoint:
        assert endpoint == "http://127.0.0.1:4711"
        assert not witness.exists()
    assert witness.read_text(encoding="utf-8") == "yes\n"
