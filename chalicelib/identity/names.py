"""Names as providers tell them, folded once and refused when they can't be names; and words that must be the same."""

import hmac
from collections.abc import Iterable

from chalicelib.core.errors import Forbidden
from chalicelib.core.principals import fold

_LONGEST_USER = 200
"""Letters. The longest e-mail address is hardly longer."""
_LONGEST_GROUP = 256
_MOST_GROUPS = 5_000


def user_name(said: str) -> str:
    """Raises Forbidden."""
    name = fold(said)
    if not name or len(name) > _LONGEST_USER or not name.isprintable() or any(letter.isspace() for letter in name):
        raise Forbidden(
            "What you were signed in as is no user name: it is empty, too long, or has spaces in it.",
            reason="bad_user_name",
        )
    return name


def group_names(said: Iterable[str]) -> frozenset[str]:
    """Raises Forbidden: to leave some out would be to guess."""
    names = frozenset(folded for name in said if (folded := fold(name)))
    if len(names) > _MOST_GROUPS or any(len(name) > _LONGEST_GROUP or not name.isprintable() for name in names):
        raise Forbidden(
            f"Your groups can't be read: there are more than {_MOST_GROUPS}, or one is longer than {_LONGEST_GROUP} letters "
            "or has characters that no name has.",
            reason="bad_groups",
        )
    return names


def same(one: str, other: str) -> bool:
    """In constant time, and for any text that may come over a wire."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))
