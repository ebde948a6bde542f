"""What a search box suggests while somebody types: the exact name first, then names that begin so, then words that do, then the rest."""

from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.core.ranking import BEFORE_WORDS, EXACT, PREFIX, SUBSTRING, WORD
from chalicelib.inventory.search.conditions import TRIGRAM, Where, contains, phrase
from chalicelib.inventory.search.index import SearchIndex
from chalicelib.inventory.search.models import PAGE_LIMIT, Column, Condition, Search, Sight, Suggestion

LIMIT = PAGE_LIMIT
"""Suggestions that are answered at most: Weep asks for five thousand."""
_LAST = "\U0010ffff"

Narrow = Callable[[Where], None]


@dataclass(frozen=True, slots=True)
class _Stage:
    rank: int
    sort: Column
    narrow: Narrow


def suggest(
    index: SearchIndex, text: str, *, limit: int, conditions: tuple[Condition, ...] = (), sight: Sight | None = None
) -> list[Suggestion]:
    """At most `limit`, best first; within a rank names (of words and parts: ARNs) in their order. Without a text: everything."""
    typed = text.strip()
    wanted = max(1, min(limit, LIMIT))
    found: dict[str, Suggestion] = {}
    for stage in _stages(typed):
        # As many as may have been found before, since the next stage finds these again.
        search = Search(conditions=conditions, sort=stage.sort, limit=min(wanted + len(found), LIMIT))
        for row in index.rows(search, sight, stage.narrow):
            found.setdefault(row.arn, Suggestion(rank=stage.rank, row=row))
        if len(found) >= wanted:
            break
    return list(found.values())[:wanted]


def _stages(typed: str) -> list[_Stage]:
    if not typed:
        return [_Stage(SUBSTRING, Column.ARN, lambda _where: None)]
    start = Column.ARN if typed.lower().startswith("arn:") else Column.NAME
    return [
        _Stage(EXACT, start, lambda where: where.add(f"r.{start} = ?", typed)),
        _Stage(PREFIX, start, lambda where: where.add(f"(r.{start} >= ? AND r.{start} < ?)", typed, typed + _LAST)),
        _Stage(WORD, Column.ARN, lambda where: _word(where, typed)),
        _Stage(SUBSTRING, Column.ARN, lambda where: contains(where, Column.ARN, typed)),
    ]


def _word(where: Where, typed: str) -> None:
    if len(typed) + 1 >= TRIGRAM:
        where.matches.append(f"({' OR '.join(phrase(before + typed) for before in BEFORE_WORDS)})")
    else:
        where.add(f"({' OR '.join('instr(r.arn, ?)' for _ in BEFORE_WORDS)})", *(one + typed for one in BEFORE_WORDS))
