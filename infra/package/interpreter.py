"""The Python that the package is made with: the minor version that runs it on Lambda, in an environment of its own."""

import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path


class InterpreterMissingError(Exception):
    """There is no interpreter of the runtime's version. The message says where was looked and what to do."""


def find(version: str) -> Path:
    """An interpreter of exactly this minor version: the running one, on PATH, or one of pyenv's. Raises InterpreterMissingError."""
    for candidate in _candidates(version):
        if _is_usable(candidate, version):
            return candidate
    raise InterpreterMissingError(
        f"The package is made for Lambda's runtime python{version}, so making it needs a Python {version} with venv; "
        f"there is none on PATH and none of pyenv's. Install one, for example `pyenv install {version}`, and try again."
    )


def _candidates(version: str) -> list[Path]:
    found = [Path(sys.executable)]
    if on_path := shutil.which(f"python{version}"):
        found.append(Path(on_path))
    root = Path.home() / ".pyenv"
    if shutil.which("pyenv"):
        told = subprocess.run(["pyenv", "root"], capture_output=True, text=True, check=False)
        root = Path(told.stdout.strip() or root)
    installed = sorted((root / "versions").glob(f"{version}.*"), key=lambda path: _number(path.name), reverse=True)
    return [*found, *(path / "bin" / f"python{version}" for path in installed)]


def _number(name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", name))


def _is_usable(python: Path, version: str) -> bool:
    """Asks it: a shim of pyenv stands on PATH for every version that is installed, and refuses unless that version is chosen."""
    ask = "import ensurepip, sys, venv; print('%d.%d' % sys.version_info[:2])"
    try:
        told = subprocess.run([str(python), "-c", ask], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return told.returncode == 0 and told.stdout.strip() == version


def environment(python: Path, directory: Path, requirements: Path, tools: tuple[str, ...]) -> Path:
    """The interpreter of a virtual environment with the requirements and tools in it; made anew when one of them changed."""
    wanted = hashlib.sha256(
        "\n".join([str(python), requirements.read_text(encoding="utf-8"), *tools]).encode()
    ).hexdigest()
    mark = directory / "made-from"
    inside = directory / "bin" / "python"
    if mark.exists() and mark.read_text(encoding="utf-8") == wanted:
        return inside
    if directory.exists():
        shutil.rmtree(directory)
    subprocess.run([str(python), "-m", "venv", str(directory)], check=True)
    install = [str(inside), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, "-r", str(requirements), *tools], check=True)
    mark.write_text(wanted, encoding="utf-8")
    return inside
