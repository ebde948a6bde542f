"""DynamoDB Local's program, from Maven Central by Maven, kept in `.cache/` for the next time."""

import re
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
VERSION = "2.6.1"
"""The newest that Java 17 runs."""
JAVA = 17
FETCH_SECONDS = 480
MAIN = Path(__file__).parent / "LoopbackServer.java"

_POM = """\
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId>
  <artifactId>dynamodb-local</artifactId>
  <version>{version}</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>com.amazonaws</groupId>
      <artifactId>DynamoDBLocal</artifactId>
      <version>{version}</version>
    </dependency>
  </dependencies>
</project>
"""


class NotHereError(Exception):
    """DynamoDB Local can't run on this machine now; the message says what is missing."""


def command(cache: Path = ROOT / ".cache" / "dynamodb-local", search_path: str | None = None) -> list[str]:
    """The command that starts it, fetched first where it is not kept yet. Raises NotHereError."""
    java = _java(search_path)
    libraries = _libraries(cache / VERSION, search_path)
    return [java, f"-Djava.library.path={libraries}", "-cp", f"{libraries}/*", str(MAIN)]


def _java(search_path: str | None) -> str:
    java = shutil.which("java", path=search_path)
    if java is None:
        raise NotHereError(f"there is no java on the PATH; install a JDK {JAVA} or newer.")
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', said)
    if version is None or int(version[1]) < JAVA:
        raise NotHereError(
            f"Java {JAVA} or newer is needed, {java} says: {said.strip().splitlines()[0] if said.strip() else 'nothing'}"
        )
    modules = subprocess.run([java, "--list-modules"], capture_output=True, text=True, check=False).stdout
    if "jdk.compiler@" not in modules:
        raise NotHereError(f"{java} is a JRE; a JDK is needed.")
    return java


def _libraries(directory: Path, search_path: str | None) -> Path:
    libraries, complete = directory / "lib", directory / "complete"
    if complete.is_file():
        return libraries
    maven = shutil.which("mvn", path=search_path)
    if maven is None:
        raise NotHereError("there is no mvn on the PATH; install Maven 3 to fetch it from Maven Central.")
    directory.mkdir(parents=True, exist_ok=True)
    pom = directory / "pom.xml"
    pom.write_text(_POM.format(version=VERSION), encoding="utf-8")
    print(f"fetching DynamoDB Local {VERSION} from Maven Central...", flush=True)
    _fetch(
        [
            maven,
            "-B",
            "-q",
            "-f",
            str(pom),
            "dependency:copy-dependencies",
            f"-DoutputDirectory={libraries}",
            "-DincludeScope=runtime",
        ]
    )
    complete.touch()
    return libraries


def _fetch(arguments: list[str]) -> None:
    try:
        done = subprocess.run(arguments, capture_output=True, text=True, check=False, timeout=FETCH_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise NotHereError(f"Maven Central did not send it within {FETCH_SECONDS} s.") from error
    if done.returncode:
        lines = [line for line in (done.stdout + done.stderr).splitlines() if "ERROR" in line]
        raise NotHereError(f"Maven could not fetch it. {lines[0] if lines else f'mvn ended with {done.returncode}.'}")
