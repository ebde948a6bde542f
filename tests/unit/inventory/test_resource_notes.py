"""Lines of plugins on a resource's page."""

import pytest

from chalicelib.core.hooks import ResourceFacts, ResourceNote
from chalicelib.core.targets import Target
from chalicelib.inventory.resource_notes import ResourceNotes, shown
from tests.support.builders import role_arn
from tests.support.plugins import calls, plugin

FACTS = ResourceFacts("iam_role", Target("222222222222", role_arn()), "app", None, {})


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://wiki.example/app", True),
        ("http://wiki.example/app", False),
        ("javascript:alert(1)", False),
        (" https://wiki.example", False),
        ("https://wiki.example/\n", False),
        ("", False),
        (None, False),
    ],
)
def test_a_link_is_shown_only_if_a_browser_may_follow_it(url: str | None, *, kept: bool) -> None:
    assert shown(ResourceNote("Wiki", "text", url)) == ResourceNote("Wiki", "text", url if kept else None)


def test_lines_of_unbearable_length_are_cut() -> None:
    assert shown(ResourceNote("t" * 2000, "x" * 2000)) == ResourceNote("t" * 1000, "x" * 1000)


def test_a_plugin_that_fails_or_says_too_much_does_not_keep_the_page_from_being_shown() -> None:
    many = plugin("many", resource_notes=lambda resource: [ResourceNote(str(number)) for number in range(30)])
    broken = plugin("broken", resource_notes=lambda resource: 1 / 0)
    assert [note.title for note in ResourceNotes(calls(many, broken)).of(FACTS)] == [str(place) for place in range(20)]
    assert ResourceNotes(calls(broken)).of(FACTS) == ()
