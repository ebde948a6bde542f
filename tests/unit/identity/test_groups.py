import pytest

from chalicelib.core.errors import Forbidden, PluginFailed
from chalicelib.core.hooks import GroupFacts
from chalicelib.identity.groups import GroupHooks, corrected
from tests.support.plugins import calls, plugin


def facts(add: str = "", remove: str = "") -> GroupFacts:
    return GroupFacts(frozenset(add.split()), frozenset(remove.split()))


@pytest.mark.parametrize(
    ("known", "left"),
    [
        pytest.param([], {"staff"}, id="nobody knows better"),
        pytest.param([facts(add="On-Call")], {"staff", "on-call"}, id="one more, folded"),
        pytest.param([facts(remove="STAFF")], set(), id="one less, folded"),
        pytest.param([facts(add="a"), facts(add="b")], {"staff", "a", "b"}, id="two plugins add"),
        pytest.param([facts(add="a"), facts(remove="a")], {"staff"}, id="one adds what another takes away"),
        pytest.param([facts(remove="a"), facts(add="a")], {"staff"}, id="in whatever order"),
        pytest.param([facts(add="a", remove="a")], {"staff"}, id="both at once"),
        pytest.param([facts(remove="absent")], {"staff"}, id="what is not there"),
    ],
)
def test_what_plugins_know_better_is_laid_over_what_was_told(known: list[GroupFacts], left: set[str]) -> None:
    assert corrected(frozenset({"staff"}), known) == left


def test_what_is_no_name_of_a_group_is_refused() -> None:
    with pytest.raises(Forbidden) as refusal:
        corrected(frozenset(), [GroupFacts(frozenset({"a\x00b"}))])
    assert refusal.value.reason == "bad_groups"


def test_plugins_are_asked_with_folded_names_and_where_they_come_from() -> None:
    asked: list[tuple[str, frozenset[str], str]] = []

    def groups_of(user: str, groups: frozenset[str], source: str) -> GroupFacts:
        asked.append((user, groups, source))
        return facts(add="b")

    hooks = calls(plugin("acme", groups_of=groups_of))
    assert GroupHooks(lambda: hooks)("Ada", frozenset({"Staff"}), "okta") == {"staff", "b"}
    assert asked == [("ada", frozenset({"staff"}), "okta")]


def test_nobody_signs_in_when_a_plugin_fails() -> None:
    hooks = calls(plugin("acme", groups_of=lambda user: 1 / 0))
    with pytest.raises(PluginFailed, match="acme raised ZeroDivisionError"):
        GroupHooks(lambda: hooks)("ada", frozenset(), "okta")
