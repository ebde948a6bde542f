"""The archive that `make package` makes, unpacked and run by the Python that runs it on Lambda, with nothing else installed.

Marked `package`: the build downloads wheels and takes a while, so `make package` runs these. Without an interpreter of the runtime's
version they fail and say so; nothing is skipped.
"""

import json
import subprocess
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from typing import Any

import pytest

from infra import build
from infra.package import archive, interpreter
from tests.contract.support.described import ROOT, function_names

pytestmark = pytest.mark.package

CONFIGURATION = ROOT / "chalicelib" / "configuration.yaml"

IMPORT_EVERYTHING = """
import importlib, json, sys
from importlib.metadata import distributions

from chalicelib.requests.guardrails.parliament import _library

tree = sys.path[0]
imported = {}
for distribution in distributions(path=[tree]):
    tops = {path.parts[0] for path in distribution.files if path.suffix in {".py", ".so"} and ".." not in path.parts}
    names = sorted({top.split(".")[0] for top in tops if not top.endswith((".dist-info", ".data"))})
    for name in names:
        # Alone it asks for what Python's tools have dropped; the product loads it with what it needs.
        module = _library() if name == "parliament" else importlib.import_module(name)
        places = [module.__file__] if module.__file__ else list(module.__path__)
        assert all(place.startswith(tree) for place in places), (name, places)
    imported[distribution.metadata["Name"] + "==" + distribution.version] = names
print(json.dumps(imported))
"""

FIND_BY_TRIGRAM = """
import pysqlite3

database = pysqlite3.connect(":memory:")
database.execute("CREATE VIRTUAL TABLE roles USING fts5(arn, tokenize = 'trigram')")
database.execute("INSERT INTO roles VALUES ('arn:aws:iam::222222222222:role/teams/payments-admin')")
print(database.execute("SELECT count(*) FROM roles WHERE arn MATCH 'yments'").fetchone()[0])
"""

FIND_BY_EXPRESSION = """
import tempfile
from pathlib import Path

from chalicelib.inventory.search import schema
from chalicelib.inventory.search.actions import CompleteActions, known_actions
from chalicelib.inventory.search.build import build

path = Path(tempfile.mkdtemp()) / "index.sqlite"
build(path, (), ())
with schema.closing(schema.connect(path)) as connection:
    found = connection.execute("SELECT regexp(regex('(?im)pay.*min$'), 'role/payments-admin')").fetchone()[0]
print(found, CompleteActions(known_actions).actions("sqs:purge")[0].permission)
"""

LINT = """
from chalicelib.requests.guardrails.parliament import Parliament

statement = {"Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "*"}
print(*sorted({lint.issue for lint in Parliament().lint({"Version": "2012-10-17", "Statement": [statement]})}))
"""

CALL_EVERY_SERVICE = """
import boto3
from botocore.loaders import Loader

session = boto3.Session("key", "secret", region_name="us-east-1")
for name in ("iam", "s3", "sqs", "sns", "sts", "organizations", "config", "apigateway"):
    session.client(name)
part = session.client("apigateway").meta.service_model.shape_for("DocumentationPart")
described = Loader().load_service_model("iam", "service-2")
print("properties" in part.members, "documentation" in described)
"""

READ_SAML = """
import base64

from chalicelib.core.errors import NotAuthenticated
from chalicelib.identity.saml import judge, toolkit

us = toolkit.Us("https://us.example", "https://us.example", "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress", None)
idp = toolkit.Idp(entity_id="https://idp.example", sso_url="https://idp.example", slo_url=None, certificates=("MII",))
response = (
    '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">'
    '<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>'
    '<saml:Assertion/></samlp:Response>'
)
assert toolkit.is_installed()
assert "EntityDescriptor" in toolkit.our_metadata(us)
import xmlsec
try:
    judge.judged(toolkit.settings_of(us, idp), us, base64.b64encode(response.encode()).decode(), "id", 0)
except NotAuthenticated as refusal:
    print(refusal.message.partition(" Nobody")[0])
"""

RESOLVE_HANDLERS = """
import importlib, json, sys

for handler in json.loads(sys.argv[1]):
    module, _, name = handler.rpartition(".")
    assert callable(getattr(importlib.import_module(module), name)), handler
print("ok")
"""


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the package, made once."""
    target = tmp_path_factory.mktemp("package")
    build.build(ROOT, target, CONFIGURATION)
    return target


@pytest.fixture(scope="session")
def tree(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive, unpacked as Lambda does."""
    unpacked = tmp_path_factory.mktemp("task")
    archive.unpack(made / "deployment.zip", unpacked)
    return unpacked


def run_in(tree: Path, program: str, *arguments: str) -> str:
    """Runs a program under the runtime's Python that sees the archive and the standard library, no site-packages, no environment."""
    start = "import sys; sys.path.insert(0, sys.argv.pop(1)); exec(sys.argv.pop(1))"
    python = interpreter.find(build.VERSION)
    told = subprocess.run(
        [str(python), "-I", "-S", "-B", "-c", start, str(tree), program, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert told.returncode == 0, told.stderr
    return told.stdout.strip()


def functions(made: Path) -> dict[str, dict[str, Any]]:
    resources = json.loads((made / "template.json").read_text(encoding="utf-8"))["Resources"]
    return {
        name: resource["Properties"]
        for name, resource in resources.items()
        if resource["Type"] == "AWS::Serverless::Function"
    }


def test_every_run_time_requirement_is_in_the_archive_and_can_be_imported(tree: Path) -> None:
    imported = json.loads(run_in(tree, IMPORT_EVERYTHING))
    wanted = {archive.normalized(line) for line in archive.pinned(ROOT / "requirements.txt")}
    assert {archive.normalized(name) for name in imported} == wanted
    assert all(imported.values())


def test_search_finds_by_trigram(tree: Path) -> None:
    assert run_in(tree, FIND_BY_TRIGRAM) == "1"


def test_search_runs_expressions_and_completes_actions(tree: Path) -> None:
    assert run_in(tree, FIND_BY_EXPRESSION) == "1 sqs:purgequeue"


def test_policies_are_linted(tree: Path) -> None:
    assert run_in(tree, LINT) == "UNKNOWN_ACTION"


def test_clients_are_made_of_descriptions_without_documentation(tree: Path) -> None:
    assert run_in(tree, CALL_EVERY_SERVICE) == "True False"


def test_every_function_can_be_imported_alone(made: Path, tree: Path) -> None:
    handlers = sorted(properties["Handler"] for properties in functions(made).values())
    assert len(handlers) == len(function_names())
    for handler in handlers:
        assert run_in(tree, RESOLVE_HANDLERS, json.dumps([handler])) == "ok"


def test_functions_run_on_the_runtime_that_the_archive_is_made_for(made: Path) -> None:
    assert {properties["Runtime"] for properties in functions(made).values()} == {build.RUNTIME}


def test_every_module_comes_with_bytecode_that_is_never_checked(tree: Path) -> None:
    magic = run_in(tree, "import importlib.util; print(importlib.util.MAGIC_NUMBER.hex())")
    assert len(bytes.fromhex(magic)) == len(MAGIC_NUMBER)
    unchecked = (1).to_bytes(4, "little")
    for source in tree.rglob("*.py"):
        compiled = source.parent / "__pycache__" / f"{source.stem}.{build.ABI}.pyc"
        assert compiled.read_bytes()[:8] == bytes.fromhex(magic) + unchecked, source


def test_the_archive_holds_the_product_and_nothing_of_the_workshop(tree: Path) -> None:
    assert (tree / "app.py").exists()
    assert (tree / "chalicelib" / "configuration.yaml").read_text(encoding="utf-8") == CONFIGURATION.read_text(
        encoding="utf-8"
    )
    for name in ("infra", "tests", "bench", "web", "docs", "moto", "boto3_stubs", ".chalice"):
        assert not (tree / name).exists()
    own = [tree / "app.py", *(tree / "chalicelib").rglob("*.py")]
    assert not [path for path in own if "/local/sign_in" in path.read_text(encoding="utf-8")]
    assert not [path for path in own if "infra" in path.relative_to(tree).parts]


def test_the_sizes_are_within_the_limits_of_lambda(made: Path, tree: Path) -> None:
    assert (made / "deployment.zip").stat().st_size < archive.MAX_ZIPPED
    assert sum(path.stat().st_size for path in tree.rglob("*") if path.is_file()) < archive.MAX_UNZIPPED


def test_equal_input_makes_an_equal_package(made: Path, tmp_path: Path) -> None:
    build.build(ROOT, tmp_path, CONFIGURATION)
    for name in ("deployment.zip", "template.json"):
        assert (tmp_path / name).read_bytes() == (made / name).read_bytes(), name


def test_the_extra_for_saml_is_packaged_when_it_is_asked_for_and_reads_a_response(tmp_path: Path) -> None:
    build.build(ROOT, tmp_path / "made", CONFIGURATION, ("saml",))
    archive.unpack(tmp_path / "made" / "deployment.zip", tmp_path / "tree")
    assert (
        run_in(tmp_path / "tree", READ_SAML)
        == "The identity provider's answer is refused: its assertion is not signed."
    )


def test_an_extra_that_there_is_not_is_an_error_that_names_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(archive.ArchiveError, match=r"no extra dev\. Known are: saml"):
        archive.with_extras(ROOT, ("dev",), tmp_path / "requirements.txt")


def test_without_the_runtimes_python_the_message_says_what_to_install() -> None:
    with pytest.raises(interpreter.InterpreterMissingError, match=r"Python 3\.99.*pyenv install 3\.99"):
        interpreter.find("3.99")


def test_a_requirement_that_is_not_in_the_archive_is_an_error_that_names_it(tree: Path, tmp_path: Path) -> None:
    wanted = tmp_path / "requirements.txt"
    wanted.write_text("six==1.17.0\nnothing-of-the-kind==1.0\n", encoding="utf-8")
    with pytest.raises(archive.ArchiveError, match=r"nothing-of-the-kind==1\.0"):
        archive.check_tree(tree, wanted, build.ABI)


def test_a_requirement_without_a_version_is_an_error_that_names_it(tmp_path: Path) -> None:
    wanted = tmp_path / "requirements.txt"
    wanted.write_text("six==1.17.0  # pinned\nboto3>=1\n", encoding="utf-8")
    with pytest.raises(archive.ArchiveError, match="boto3>=1"):
        archive.pinned(wanted)


def test_a_requirement_that_chalice_cannot_get_is_an_error_that_names_it(made: Path, tmp_path: Path) -> None:
    archive.stage(ROOT, tmp_path / "staged", CONFIGURATION)
    wanted = tmp_path / "staged" / "requirements.txt"
    wanted.write_text("--no-index\nsix==1.17.0\n", encoding="utf-8")
    python = ROOT / ".venv-package" / "bin" / "python"
    with pytest.raises(archive.ArchiveError, match=r"six==1\.17\.0"):
        archive.gather(python, tmp_path / "staged", tmp_path / "gathered", build.STAGE)
