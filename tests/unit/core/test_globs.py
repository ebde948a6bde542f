import pytest

from chalicelib.core.globs import glob_matches


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("role-*", "role-a", True),
        ("role-*", "role-", True),
        ("role-?", "role-", False),
        ("role-?", "role-a", True),
        ("*", "", True),
        ("a*c", "a\nc", True),
        ("Role", "role", False),
        ("role", "role-a", False),
        ("role-[ab]", "role-a", False),
        ("role-[ab]", "role-[ab]", True),
        ("role-[!a]", "role-b", False),
    ],
)
def test_only_star_and_question_mark_are_wild(pattern: str, text: str, *, matches: bool) -> None:
    assert glob_matches(pattern, text) is matches
