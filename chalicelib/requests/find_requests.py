"""The requests that the search box of every page finds: among the newest, best first."""

import time
from collections.abc import Callable, Sequence
from typing import Protocol

from chalicelib.core.arn import Arn
from chalicelib.core.ranking import rank
from chalicelib.requests.catalog.models import Listed
from chalicelib.requests.list_requests import visible_to
from chalicelib.requests.present import WIRE_STATUS, request_url
from chalicelib.requests.rules import Person
from chalicelib.requests.wire_list import RequestHit

NEWEST = 1_000
"""Requests that are looked at; older ones are found in the table of all, or by their whole id."""
_KEPT = 5.0
"""Seconds for which a process remembers them: somebody who types asks several times a second."""


class Rows(Protocol):
    def rows(self) -> Sequence[Listed]: ...


class FindRequests:
    def __init__(self, everything: Rows, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._everything = everything
        self._elapsed = elapsed
        self._rows: Sequence[Listed] = ()
        self._read_at: float | None = None

    def find(self, typed: str, person: Person, limit: int) -> list[RequestHit]:
        """Those that the person sees, by id, requester, ARN and justification."""
        found: list[tuple[int, int, str, Listed]] = []
        for head in self._newest():
            name = Arn.parse(head.principal_arn).name
            values = (head.id, head.requester, name, head.principal_arn, head.justification)
            ranked = rank(typed, values)
            if ranked is not None and visible_to(head, person):
                found.append((ranked, -head.created_at, head.id, head))
        return [_hit(ranked, head) for ranked, _, _, head in sorted(found, key=lambda one: one[:3])[:limit]]

    def _newest(self) -> Sequence[Listed]:
        now = self._elapsed()
        if self._read_at is None or now - self._read_at >= _KEPT:
            self._rows = self._everything.rows()[:NEWEST]
            self._read_at = now
        return self._rows


def _hit(ranked: int, head: Listed) -> RequestHit:
    return RequestHit(
        rank=ranked,
        title=Arn.parse(head.principal_arn).name,
        detail=f"{WIRE_STATUS[head.state]} · {head.requester}",
        justification=head.justification[:200],
        url=request_url(head.id),
    )
