"""`make package`: the product as `aws cloudformation package` and `deploy` take it.

Writes `template.json` and `deployment.zip`. Chalice gathers requirements and code and describes the functions; this adds bytecode, lays
data.yaml and app.yaml over that description, puts the workflows inside, and refuses what AWS would refuse later.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from pydantic import ValidationError

from chalicelib.core.errors import InvalidInput
from chalicelib.dynamic_config import document
from infra.package import archive, interpreter, template
from infra.package.policies import RoleNames

RUNTIME = "python3.13"
"""Lambda's runtime, and so the Python that makes the package. The one place that says so."""

VERSION = RUNTIME.removeprefix("python")
ABI = "cpython-" + VERSION.replace(".", "")
STAGE = "deployed"

# Each with its reason; nothing else that cfn-lint finds passes.
LINT_IGNORES: dict[str, str] = {}


REFUSALS = (interpreter.InterpreterMissingError, archive.ArchiveError, template.TemplateError)

HOW_TO_DEPLOY = """
Written to dist. From there:
  aws cloudformation package --template-file template.json --s3-bucket BUCKET --use-json --output-template-file packaged.json
  aws cloudformation deploy --template-file packaged.json --stack-name consoleme \\
    --parameter-overrides PublicUrl=https://HOST --capabilities CAPABILITY_NAMED_IAM CAPABILITY_AUTO_EXPAND
  aws s3 sync ../web/dist s3://WEB_BUCKET --delete   (the stack's output WebBucketName)"""


def build(project: Path, target: Path, configuration: Path, extras: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Makes the package in `target` and returns the rows of its summary. Raises what the steps raise."""
    python = interpreter.environment(
        interpreter.find(VERSION), project / ".venv-package", project / "requirements.txt", (_pinned_chalice(project),)
    )
    names = _names(configuration)
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        staged, gathered, tree = (Path(scratch) / name for name in ("staged", "gathered", "tree"))
        requirements = archive.with_extras(project, extras, Path(scratch) / "requirements.txt")
        archive.stage(project, staged, configuration)
        shutil.copy2(requirements, staged / "requirements.txt")
        archive.gather(python, staged, gathered, STAGE)
        archive.unpack(gathered / "deployment.zip", tree)
        archive.drop_placeholders(tree)
        archive.drop_documentation(tree)
        archive.check_tree(tree, requirements, ABI)
        archive.compile_tree(python, tree)
        sizes = archive.pack(tree, target / "deployment.zip")
        whole = template.assemble(
            json.loads((gathered / "sam.json").read_text(encoding="utf-8")),
            template.load(project / "infra" / "data.yaml"),
            template.load(project / "infra" / "app.yaml"),
            project / "step_functions",
            names,
        )
    (target / "template.json").write_text(template.serialized(whole), encoding="utf-8")
    lint(target / "template.json")
    return [*template.summary(whole), (str(sizes), "", "", RUNTIME)]


def lint(path: Path) -> None:
    """Raises TemplateError with cfn-lint's words when it has any."""
    command = [str(Path(sys.executable).with_name("cfn-lint")), "--format", "parseable"]
    for rule in LINT_IGNORES:
        command += ["--ignore-checks", rule]
    told = subprocess.run([*command, "--", str(path)], capture_output=True, text=True, check=False)
    if told.returncode:
        raise template.TemplateError(f"cfn-lint refuses {path.name}:\n{told.stdout}{told.stderr}")


def _pinned_chalice(project: Path) -> str:
    """Chalice is a tool: it is pinned where the tools are, and puts its own run time into the archive."""
    lines = (project / "requirements-dev.txt").read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if line.startswith("chalice=="))


def _names(configuration: Path) -> RoleNames:
    """Raises InvalidInput or pydantic's ValidationError, which say what is wrong with the document."""
    return RoleNames.of(document.parse(configuration.read_text(encoding="utf-8"), configuration.name))


def _print_table(rows: list[tuple[str, ...]]) -> None:
    widths = [max(len(row[column]) for row in rows[:-2]) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def main() -> int:
    root = Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(prog="make package", description=__doc__)
    parser.add_argument("--project", type=Path, default=root, help="folder that holds app.py (default: this one)")
    parser.add_argument(
        "--target", type=Path, default=None, help="folder to write into (default: dist below the project)"
    )
    parser.add_argument(
        "--config", type=Path, default=None, help="configuration to ship (default: chalicelib/configuration.yaml)"
    )
    parser.add_argument(
        "--extras", default="", help="requirements-<name>.txt that the package carries too, separated by commas: saml"
    )
    options = parser.parse_args()
    target = options.target or options.project / "dist"
    configuration = options.config or options.project / "chalicelib" / "configuration.yaml"
    shutil.rmtree(target, ignore_errors=True)
    try:
        extras = tuple(name.strip() for name in options.extras.split(",") if name.strip())
        rows = build(options.project, target, configuration, extras)
    except (*REFUSALS, InvalidInput, ValidationError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    _print_table(rows)
    print(HOW_TO_DEPLOY)
    return 0


if __name__ == "__main__":
    sys.exit(main())
