"""Indexes of table `requests` that lists read: all by when they were made, all by when something was last done about them, and each
person's own. A draft is in the last one alone.
"""

from collections.abc import Iterator

from chalicelib.db.errors import translated
from chalicelib.requests.catalog.models import Listed
from chalicelib.requests.items import ALL, STUCK_SHARD, head_of
from chalicelib.requests.rows_store import RequestRow

_MARGIN = 20
"""Rows beyond a page that are read with it: those of the same second, and those that the person does not see."""


class CatalogStore:
    def changed(self, since: int) -> Iterator[Listed]:
        """What was done something about since then, in that second too; pages are read as they are used."""
        with translated("the list of requests"):
            for row in RequestRow.by_changed.query(ALL, RequestRow.last_updated >= since):
                yield Listed.of(head_of(row))

    def newest(self, page: int) -> Iterator[Listed]:
        """Every request, newest first; pages, a little larger than asked for, are read as they are used."""
        with translated("the list of requests"):
            for row in RequestRow.by_list.query(ALL, scan_index_forward=False, page_size=page + _MARGIN):
                yield Listed.of(head_of(row))

    def own(self, user: str) -> Iterator[Listed]:
        """What somebody has made, their drafts too, newest first."""
        with translated("the list of requests"):
            for row in RequestRow.by_requester.query(user, scan_index_forward=False):
                yield Listed.of(head_of(row))

    def stuck(self) -> frozenset[str]:
        """Ids of requests of which something has failed again and again."""
        with translated("what is stuck"):
            return frozenset(row.pk.removeprefix("REQ#") for row in RequestRow.by_due.query(STUCK_SHARD))
