"""The folder of change types is their registry."""

import pkgutil

import pytest

from chalicelib import changes
from chalicelib.changes.registry import change_type, change_types
from chalicelib.core.errors import InvalidInput


def test_every_module_of_the_folder_registers_a_type_of_its_own_name() -> None:
    modules = {info.name for info in pkgutil.iter_modules(changes.__path__)} - {"base", "registry"}
    assert set(change_types()) == modules


def test_every_type_is_tagged_by_its_name_and_says_what_the_spoke_role_must_allow() -> None:
    for name, kind in change_types().items():
        assert kind.spec.model_fields["change_type"].default == name
        assert kind.spoke_actions


def test_a_type_of_consoleme_that_comes_later_is_named_as_such() -> None:
    with pytest.raises(InvalidInput, match=r"managed_policy is not supported yet\. Supported are: inline_policy"):
        change_type("managed_policy")


def test_a_type_that_nobody_has_is_unknown() -> None:
    with pytest.raises(InvalidInput, match=r"'inline' is unknown\. Supported are: inline_policy"):
        change_type("inline")
