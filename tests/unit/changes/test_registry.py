"""The folder of change types is their registry."""

import pkgutil

import pytest

from chalicelib import changes
from chalicelib.changes.registry import change_type, change_types
from chalicelib.core.errors import InvalidInput


def test_every_module_of_the_folder_registers_a_type_of_its_own_name() -> None:
    modules = {info.name for info in pkgutil.iter_modules(changes.__path__)} - {
        "base",
        "gateways",
        "registry",
        "spoke_actions",
        "whole_role",
    }
    assert set(change_types()) == modules


def test_every_type_is_tagged_by_its_name_and_says_what_the_spoke_role_must_allow() -> None:
    for name, kind in change_types().items():
        assert kind.spec.model_fields["change_type"].default == name
        assert kind.spoke_actions or name == "role_access", "only what changes nothing in AWS needs nothing there"


def test_a_type_of_consoleme_that_comes_later_is_named_as_such() -> None:
    with pytest.raises(InvalidInput, match=r"generic_file is not supported yet\. Supported are: .*inline_policy"):
        change_type("generic_file")


def test_a_type_that_nobody_has_is_unknown() -> None:
    with pytest.raises(InvalidInput, match=r"'inline' is unknown\. Supported are: .*inline_policy"):
        change_type("inline")


def test_the_trust_policy_of_another_role_goes_by_consoles_name_too() -> None:
    ours, theirs = "arn:aws:iam::222222222222:role/app", "arn:aws:iam::333333333333:role/exports"
    kind = change_type("sts_resource_policy")
    spec = kind.from_wire(ours, {"arn": theirs, "policy": {"policy_document": {"Version": "2012-10-17"}}}, "")
    assert (kind.name, kind.target(spec), spec.principal_arn) == ("assume_role_policy", theirs, ours)
    assert kind.to_wire(spec, None)["arn"] == theirs
