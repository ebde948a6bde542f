"""Who a tag's value names. Pure.

The value is cut at every delimiter. Blank pieces are nobody, case and blanks around a name do not count. `user:` and `group:` before
a name say what it is, also where the colon is a delimiter: `user:ada:ops` is the user ada and the bare name ops. Read so, a value
never names anybody whom its bare pieces would not name. A `user:` that nothing follows is nobody.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from chalicelib.core.principals import Principal, PrincipalKind, fold

_COLON = ":"


class TagName(NamedTuple):
    """`kind` is None for a bare name."""

    kind: PrincipalKind | None
    name: str

    @property
    def identities(self) -> tuple[str, ...]:
        """A bare name stands for a user and for a group."""
        kinds = PrincipalKind if self.kind is None else (self.kind,)
        return tuple(str(Principal(kind, self.name)) for kind in kinds)


def tag_names(value: str, delimiters: Sequence[str]) -> tuple[TagName, ...]:
    """In the order of their first mention, each once."""
    return tuple(dict.fromkeys(_names(_pieces(value, delimiters))))


def _pieces(value: str, delimiters: Sequence[str]) -> list[tuple[str, str]]:
    """Each piece, folded, with the delimiter after it. The longest delimiter that fits is taken."""
    longest_first = sorted(delimiters, key=len, reverse=True)
    parts = [*re.split(f"({'|'.join(map(re.escape, longest_first))})", value), ""]
    return [(fold(piece), after) for piece, after in zip(parts[::2], parts[1::2], strict=True)]


def _names(pieces: list[tuple[str, str]]) -> Iterator[TagName]:
    kind: PrincipalKind | None = None
    for piece, after in pieces:
        if kind is None and after == _COLON and piece in set(PrincipalKind):
            kind = PrincipalKind(piece)
            continue
        found = _said(piece) if kind is None else TagName(kind, piece)
        if found.name:
            yield found
        kind = None


def _said(piece: str) -> TagName:
    """A piece may itself say what it is, where the colon is no delimiter."""
    word, colon, name = piece.partition(_COLON)
    if colon and word.strip() in set(PrincipalKind):
        return TagName(PrincipalKind(word.strip()), name.strip())
    return TagName(None, piece)
