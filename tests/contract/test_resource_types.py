"""The folder of resource types is the registry, and what its modules say is what the spoke's reading role may do."""

import ast
import importlib
import inspect
import json
import pkgutil
from pathlib import Path
from typing import Any

import pytest

from chalicelib.changes.spoke_actions import apply_actions, apply_policy, read_actions, read_policy
from chalicelib.inventory import resources
from chalicelib.inventory.registry import resource_types
from chalicelib.inventory.resource_type import Resource, ResourceType
from infra import spoke_policy
from infra.local.demo.build import plan_for
from infra.local.demo.model import Account, Organisation
from infra.local.demo.tables import table
from tests.support.tree import python_files, relative

MODULES = sorted(module.name for module in pkgutil.iter_modules(resources.__path__))
MEMBERS = sorted(name for name in vars(ResourceType) if not name.startswith("_"))
LARGEST_POLICY = 10_240
"""Characters of all inline policies of a role."""


def signature_of(method: Any) -> list[str]:
    return [name for name in inspect.signature(method).parameters if name != "self"]


@pytest.mark.parametrize("module", MODULES)
def test_every_module_of_the_folder_registers_a_complete_type_under_its_own_name(module: str) -> None:
    kind = resource_types()[module]
    assert kind is importlib.import_module(f"{resources.__name__}.{module}").RESOURCE_TYPE
    assert [member for member in MEMBERS if not hasattr(kind, member)] == []
    for method in ("pages", "read", "owns", "console"):
        assert signature_of(getattr(kind, method)) == signature_of(getattr(ResourceType, method))
    assert issubclass(kind.record, Resource)
    assert set(kind.record.VOLATILE) <= set(kind.record.model_fields)
    assert kind.every >= 3600
    assert kind.actions


def test_nothing_is_registered_that_has_no_module() -> None:
    assert sorted(resource_types()) == MODULES


def test_no_two_types_go_by_the_same_word() -> None:
    words = [kind.technology for kind in resource_types().values() if kind.technology]
    assert len(set(words)) == len(words)


def test_the_reading_role_may_read_and_nothing_else() -> None:
    operations = [action.partition(":")[2] for action in read_actions()]
    assert all(operation.startswith(("Get", "List", "Select", "Describe", "Decode")) for operation in operations)
    assert len(json.dumps(read_policy(), separators=(",", ":"))) < LARGEST_POLICY


@pytest.mark.parametrize(
    ("name", "actions"), [("ConsoleMeSpokeRead", read_actions()), ("ConsoleMeSpokeApply", apply_actions())]
)
def test_the_spoke_roles_of_the_laptop_cloud_may_exactly_what_the_types_name(
    name: str, actions: frozenset[str]
) -> None:
    rows = table("accounts")
    hub = Account(id="000000000001", unit="", **rows["hub"])
    spoke = Account(id="000000000002", **rows["members"][0])
    plan = plan_for(Organisation("o-0123456789", (hub, spoke)), rows["sizes"]["small"], 1)
    held = [role.inline for role in plan.roles if role.name == name]
    assert len(held) == 2
    for documents in held:
        statements = [statement for document in documents.values() for statement in document["Statement"]]
        allowed = [action for one in statements if one["Effect"] == "Allow" for action in one["Action"]]
        assert sorted(allowed) == sorted(actions)


def test_the_role_that_changes_fits_into_one_policy_and_never_changes_our_own_roles() -> None:
    policy = apply_policy()
    assert len(json.dumps(policy, separators=(",", ":"))) < LARGEST_POLICY
    (denied,) = [one for one in policy["Statement"] if one["Effect"] == "Deny"]
    assert {"iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy", "iam:DeleteRole", "iam:TagRole"} <= set(denied["Action"])
    assert denied["Resource"].endswith(":role/ConsoleMe*")


def test_the_policies_in_the_docs_are_what_the_types_name() -> None:
    for path, text in spoke_policy.texts().items():
        assert path.read_text(encoding="utf-8") == text, "run make docs"


@pytest.mark.parametrize("path", python_files("chalicelib/inventory/resources"), ids=relative)
def test_a_type_knows_nothing_of_its_siblings(path: Path) -> None:
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    named = [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    named += [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    assert [name for name in named if name.startswith(resources.__name__)] == []
