"""Keeping what a resource was before it changed. Called by whoever writes to the inventory, right before the write:
afterwards the former content is gone.
"""

import gzip
import json
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor

from chalicelib.core.errors import AppError, Conflict
from chalicelib.inventory.history.archive import Archive
from chalicelib.inventory.history.details_store import FormerDetails
from chalicelib.inventory.history.models import Changed, ResourceHistory, Seen, Version
from chalicelib.inventory.history.rules import differing, extended

Volatile = Callable[[str], Collection[str]]
"""By kind of resource, the fields that change without the resource having changed."""
_BATCH = 100
"""Former contents in memory at once: as many as one call to the table gives."""
_AT_ONCE = 8
_TRIES = 4


class History:
    def __init__(self, *, archive: Archive, details: FormerDetails, volatile: Volatile) -> None:
        self._archive = archive
        self._details = details
        self._volatile = volatile

    def changed(self, changes: Sequence[Changed], seen: Seen) -> dict[str, str]:
        """Keeps the former contents and the new ones; told twice it does nothing more. A resource that the table did not know
        (`replaces` is empty) has no history yet and is passed over.

        Gives what could not be kept, by ARN with the reason: the inventory is written all the same, since rights hang on it. The
        next change finds the former content in the table.
        """
        told = [change for change in changes if change.replaces]
        failures: dict[str, str] = {}
        for begin in range(0, len(told), _BATCH):
            failures |= self._all_kept(told[begin : begin + _BATCH], seen)
        return failures

    def _all_kept(self, told: Sequence[Changed], seen: Seen) -> dict[str, str]:
        try:
            former = self._details.read({change.arn: change.replaces for change in told})
        except AppError as error:
            return {change.arn: error.message for change in told}
        wanted = [(change, former.get(change.arn)) for change in told]
        moved = [(change, before) for change, before in wanted if self._moved(change, before, seen.kind)]
        if not moved:
            return {}
        with ThreadPoolExecutor(_AT_ONCE) as keepers:
            outcomes = list(keepers.map(lambda pair: self._kept(pair[0], pair[1], seen), moved))
        return {change.arn: failure for (change, _), failure in zip(moved, outcomes, strict=True) if failure}

    def _moved(self, change: Changed, before: Version | None, kind: str) -> bool:
        if change.detail is None or before is None:
            return True
        return bool(differing(before.content, _content(change.detail), self._volatile(kind)))

    def _kept(self, change: Changed, before: Version | None, seen: Seen) -> str:
        after = Version(
            at=seen.at,
            who=seen.who,
            gone=change.detail is None,
            content={} if change.detail is None else _content(change.detail),
        )
        try:
            self._keep(change.arn, before, after, seen)
        except AppError as error:
            return error.message
        return ""

    def _keep(self, arn: str, before: Version | None, after: Version, seen: Seen) -> None:
        """Whoever was first wins, and the other looks again: two changes of one resource may be seen at once."""
        for _ in range(_TRIES):
            found = self._archive.find(arn)
            history = found.history if found else _new(arn, seen)
            longer = extended(history, before, after, self._volatile(seen.kind))
            if longer is None:
                return
            try:
                self._archive.put(longer, replaces=found.mark if found else "")
            except Conflict:
                continue
            return
        raise Conflict(f"The history of {arn} was changed by others all the time.", reason="busy_history")


def _new(arn: str, seen: Seen) -> ResourceHistory:
    return ResourceHistory(arn=arn, kind=seen.kind, account_id=seen.account_id, versions=())


def _content(detail: bytes) -> dict[str, object]:
    content: dict[str, object] = json.loads(gzip.decompress(detail))
    return content
