"""The tree of an organisation, and what holds along its lines."""

import pytest

from chalicelib.accounts.control_policies import ControlPolicy, PolicyTarget, attachments_of, inherited
from chalicelib.accounts.read_tree import identity_of
from chalicelib.accounts.tree import AccountsTree, Unit
from chalicelib.aws.organizations import OrganizationalUnit
from chalicelib.core.errors import Upstream


def unit(unit_id: str, parent_id: str | None = None) -> Unit:
    return Unit(unit_id=unit_id, name=unit_id.title(), arn=f"arn:{unit_id}", parent_id=parent_id)


def tree(*units: Unit) -> AccountsTree:
    return AccountsTree(organization_id="o-1", management_account_id="111122223333", units=units)


TREE = tree(unit("root"), unit("workloads", "root"), unit("prod", "workloads"))


def test_a_line_goes_from_the_root_down_and_a_path_names_no_root() -> None:
    assert [found.unit_id for found in TREE.chain("prod")] == ["root", "workloads", "prod"]
    assert (TREE.path("prod"), TREE.path("root")) == ("Workloads/Prod", "")


@pytest.mark.parametrize("unknown", ["nowhere", None, ""])
def test_a_unit_that_the_tree_does_not_have_has_no_line(unknown: str | None) -> None:
    assert TREE.chain(unknown) == ()
    assert TREE.path(unknown or "") is None


def test_a_tree_that_bites_its_tail_ends() -> None:
    assert len(tree(unit("a", "b"), unit("b", "a")).chain("a")) == 2


def test_a_policy_that_is_attached_twice_on_the_line_comes_once_and_the_roots_first() -> None:
    attached = {"prod": ("p-1", "p-2"), "root": ("p-2",), "test": ("p-3",)}
    assert inherited(["root", "workloads", "prod"], attached) == ["p-2", "p-1"]


def test_attachments_are_told_by_target_and_in_order() -> None:
    def policy(policy_id: str, *targets: str) -> ControlPolicy:
        told = tuple(PolicyTarget(target_id=one, arn="", name="", kind="ROOT") for one in targets)
        return ControlPolicy(
            policy_id=policy_id, arn="", name="", description="", aws_managed=False, content="{}", targets=told
        )

    assert attachments_of([policy("b", "root"), policy("a", "root", "ou"), policy("c")]) == {
        "root": ("a", "b"),
        "ou": ("a",),
    }


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:organizations::111122223333:ou/o-1/ou-1",
        "arn:aws:organizations:::root/o-1/r-1",
        "arn:aws:organizations::111122223333:root/",
    ],
)
def test_an_organisation_is_known_by_its_root_or_not_at_all(arn: str) -> None:
    with pytest.raises(Upstream, match="no root"):
        identity_of([OrganizationalUnit(unit_id="r-1", name="Root", arn=arn, parent_id=None)])
    with pytest.raises(Upstream, match="no root"):
        identity_of([])
