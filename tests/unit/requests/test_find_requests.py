"""The requests that a search box finds."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from chalicelib.requests import find_requests
from chalicelib.requests.catalog.models import Listed
from chalicelib.requests.find_requests import FindRequests
from chalicelib.requests.models import Head
from chalicelib.requests.rules import Person
from chalicelib.requests.states import State
from tests.support.clock import START
from tests.support.request_builders import NO, head, revision
from tests.support.request_world import EVE, ZOE


class Table:
    """Requests, newest first, and how often they were read."""

    def __init__(self, *heads: Head) -> None:
        self._heads = heads
        self.reads = 0

    def rows(self) -> Sequence[Listed]:
        self.reads += 1
        return [Listed.of(head) for head in self._heads]


def wanted(request_id: str, name: str, **more: Any) -> Head:
    arn = f"arn:aws:iam::111122223333:role/team/{name}"
    return head(revision()).model_copy(update={"id": request_id, "principal_arn": arn, **more})


TABLE = (
    wanted("r-1", "reexport", justification="none", created_at=START + 9),
    wanted("r-2", "export-2", created_at=START + 8),
    wanted("r-3", "other", justification="for the export", created_at=START + 7),
    wanted("r-4", "export", created_at=START + 6, state=State.REJECTED),
    wanted("r-5", "export-5", created_at=START + 5),
    wanted("r-6", "none", justification="none", created_at=START + 4),
)


def everybody(user: str = ZOE, sees: Callable[[str], bool] = lambda _arn: True) -> Person:
    return Person(user, lambda _arns: NO, sees)


def found(text: str, person: Person, limit: int = 10) -> list[str]:
    return [one.url.rpartition("/")[2] for one in FindRequests(Table(*TABLE)).find(text, person, limit)]


def test_the_best_come_first_and_the_newest_of_equals() -> None:
    assert found("export", everybody()) == ["r-4", "r-2", "r-5", "r-3", "r-1"]
    assert found("export", everybody(), 2) == ["r-4", "r-2"]
    assert found("r-6", everybody()) == ["r-6"]
    assert len(found(EVE, everybody())) == len(TABLE)


def test_requests_about_what_somebody_does_not_see_are_not_found_but_for_their_own() -> None:
    assert found("export", everybody(sees=lambda arn: arn.endswith("-2"))) == ["r-2"]
    assert len(found("export", everybody(EVE, sees=lambda _arn: False))) == 5


def test_a_hit_says_what_it_is() -> None:
    (hit,) = FindRequests(Table(TABLE[3])).find("export", everybody(), 5)
    assert (hit.rank, hit.title, hit.detail) == (0, "export", f"rejected · {EVE}")
    assert hit.url == "/policies/request/r-4"


def test_whoever_types_fast_reads_the_table_once(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    table = Table(*TABLE)
    find = FindRequests(table, elapsed=lambda: now[0])
    for letters in ("e", "ex", "exp"):
        find.find(letters, everybody(), 5)
    assert table.reads == 1
    now[0] += 5
    find.find("export", everybody(), 5)
    assert table.reads == 2
    monkeypatch.setattr(find_requests, "NEWEST", 2)
    now[0] += 5
    assert len(find.find("export", everybody(), 5)) == 2
