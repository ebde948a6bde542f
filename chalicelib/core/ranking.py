"""How well a text that somebody types fits a name: the whole of it, its beginning, the beginning of a word in it, or anything inside."""

from collections.abc import Iterable

EXACT, PREFIX, WORD, SUBSTRING = range(4)
BEFORE_WORDS = ("-", "_", "/", ".", ":", "+", "=", ",", "@")


def rank(typed: str, values: Iterable[str]) -> int | None:
    """The best of all values', without case; None when it is in none. Nothing typed is in everything."""
    wanted = typed.strip().casefold()
    return min((found for value in values if (found := _rank(wanted, value.casefold())) is not None), default=None)


def _rank(wanted: str, value: str) -> int | None:
    if value == wanted:
        return EXACT
    if value.startswith(wanted):
        return PREFIX
    if any(f"{before}{wanted}" in value for before in (*BEFORE_WORDS, " ", "(")):
        return WORD
    return SUBSTRING if wanted in value else None
