"""The one archive that every function is unpacked from: what Chalice gathers, with bytecode, checked, and equal for equal input."""

import gzip
import json
import re
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Lambda's limits, in bytes: for an upload, and for what it unpacks to.
MAX_ZIPPED = 50 * 1000 * 1000
MAX_UNZIPPED = 250 * 1000 * 1000

_EPOCH = (1980, 1, 1, 0, 0, 0)
_SHIPPED = ("app.py", "requirements.txt", ".chalice", "chalicelib", "vendor")
_NEVER = ("infra", "tests", "bench", "web", "docs", "examples", ".git", ".chalice")
_TASK_ROOT = "/var/task"


class ArchiveError(Exception):
    """The archive is not what functions need. The message says what is missing or too much."""


@dataclass(frozen=True, slots=True)
class Sizes:
    zipped: int
    unzipped: int
    files: int

    def __str__(self) -> str:
        return f"{self.zipped / 1e6:.1f} MB zipped, {self.unzipped / 1e6:.1f} MB unzipped, {self.files} files"


def stage(project: Path, target: Path, configuration: Path) -> None:
    """Copies what ships into an empty folder. Chalice takes all that lies below chalicelib, so stale bytecode must not be there."""
    target.mkdir(parents=True, exist_ok=True)
    skip = shutil.ignore_patterns("__pycache__", "*.pyc", "deployments", "deployed", "venv")
    for name in _SHIPPED:
        source = project / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=skip)
        elif source.exists():
            shutil.copy2(source, target / name)
    shutil.copy2(configuration, target / "chalicelib" / "configuration.yaml")


def with_extras(project: Path, extras: tuple[str, ...], target: Path) -> Path:
    """Writes the requirements with those of the extras. Raises ArchiveError for an extra that there is not."""
    files = [project / "requirements.txt", *(project / f"requirements-{name}.txt" for name in extras)]
    known = {path.stem.removeprefix("requirements-") for path in project.glob("requirements-*.txt")} - {"dev"}
    if unknown := sorted(set(extras) - known):
        raise ArchiveError(f"There is no extra {unknown[0]}. Known are: {', '.join(sorted(known))}.")
    target.write_text("".join(path.read_text(encoding="utf-8") for path in files), encoding="utf-8")
    return target


def gather(python: Path, project: Path, target: Path, stage_name: str) -> None:
    """Runs `chalice package`: requirements as wheels for Lambda, code, and a template. Raises ArchiveError when it could not do all.

    Chalice wants a region before it writes a template that holds none, and only mentions a requirement that it could not pack.
    """
    command = ["package", "--stage", stage_name, "--pkg-format", "cloudformation", str(target)]
    told = subprocess.run(
        [
            "env",
            "AWS_DEFAULT_REGION=us-east-1",
            "PYTHONDONTWRITEBYTECODE=1",
            str(python.with_name("chalice")),
            *command,
        ],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    output = told.stdout + told.stderr
    if told.returncode or "Could not install dependencies" in output:
        raise ArchiveError(f"chalice package failed:\n{output}")


def unpack(archive: Path, target: Path) -> None:
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(target)


def drop_placeholders(tree: Path) -> None:
    """sqlite-regex is the same for every Python, and says for which platform it is by an empty module, which is compiled for one Python."""
    for record in tree.glob("sqlite_regex-*.dist-info/RECORD"):
        lines = record.read_text(encoding="utf-8").splitlines(keepends=True)
        empty = [line for line in lines if line.startswith("noop.cpython-")]
        for line in empty:
            (tree / line.partition(",")[0]).unlink()
        record.write_text("".join(line for line in lines if line not in empty), encoding="utf-8")


def drop_documentation(tree: Path) -> None:
    """What AWS's descriptions of its services say to people: a fifth of the archive, and read at each start of a client."""
    for path in sorted((tree / "botocore" / "data").rglob("service-2.json.gz")):
        described = _undocumented(json.loads(gzip.decompress(path.read_bytes())))
        path.write_bytes(gzip.compress(json.dumps(described, separators=(",", ":")).encode(), mtime=0))


def _undocumented(node: Any) -> Any:
    """A member that is called `documentation` is described by a mapping, and stays."""
    if isinstance(node, list):
        return [_undocumented(one) for one in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _undocumented(value) for key, value in node.items() if key != "documentation" or not isinstance(value, str)
    }


def compile_tree(python: Path, tree: Path) -> None:
    """Bytecode that is never compared with its source (Lambda's files are read-only and have no use for it), for every module."""
    options = ["-q", "-j", "1", "--invalidation-mode", "unchecked-hash", "-s", str(tree), "-p", _TASK_ROOT]
    told = subprocess.run(
        ["env", "PYTHONHASHSEED=0", str(python), "-m", "compileall", *options, str(tree)],
        capture_output=True,
        text=True,
        check=False,
    )
    if told.returncode:
        raise ArchiveError(f"A module does not compile under the runtime's Python:\n{told.stdout}{told.stderr}")


def check_tree(tree: Path, requirements: Path, abi: str) -> None:
    """Raises ArchiveError unless every requirement is there in its version, natively for Lambda, and nothing of the workshop is."""
    packed = {normalized(path.name.removesuffix(".dist-info")) for path in tree.glob("*.dist-info")}
    missing = [wanted for wanted in pinned(requirements) if normalized(wanted.replace("==", "-")) not in packed]
    if missing:
        raise ArchiveError(f"Not in the archive: {', '.join(missing)}. Is there a wheel for Lambda's Python?")
    if surplus := [name for name in _NEVER if (tree / name).exists()]:
        raise ArchiveError(f"In the archive, but must not be: {', '.join(surplus)}.")
    foreign = [
        path.name for path in tree.rglob("*.so") if re.search(r"\.cpython-\d+", path.name) and abi not in path.name
    ]
    if foreign:
        raise ArchiveError(f"Compiled for another Python than {abi}: {', '.join(foreign)}.")


def pinned(requirements: Path) -> list[str]:
    """The lines `name==version` of a requirements file. Raises ArchiveError for a line that pins nothing."""
    lines = [line.split("#", 1)[0].strip() for line in requirements.read_text(encoding="utf-8").splitlines()]
    found = [line for line in lines if line]
    if loose := [line for line in found if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9._!+-]+", line)]:
        raise ArchiveError(f"{requirements.name} must pin every requirement as name==version: {', '.join(loose)}.")
    return found


def normalized(name: str) -> str:
    """Names and versions as the packaging rules compare them; one rule is enough to tell two apart."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pack(tree: Path, archive: Path) -> Sizes:
    """Zips the tree: sorted, without times, so that equal content is an equal file. Raises ArchiveError over Lambda's limits."""
    unzipped = files = 0
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for path in sorted(path for path in tree.rglob("*") if path.is_file()):
            content = path.read_bytes()
            entry = zipfile.ZipInfo(path.relative_to(tree).as_posix(), _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o100755 if path.suffix == ".so" else 0o100644) << 16
            packed.writestr(entry, content)
            unzipped += len(content)
            files += 1
    sizes = Sizes(zipped=archive.stat().st_size, unzipped=unzipped, files=files)
    if sizes.zipped > MAX_ZIPPED or sizes.unzipped > MAX_UNZIPPED:
        raise ArchiveError(
            f"The archive is too large: {sizes}. Lambda takes {MAX_ZIPPED / 1e6:.0f} MB zipped and "
            f"{MAX_UNZIPPED / 1e6:.0f} MB unzipped."
        )
    return sizes
