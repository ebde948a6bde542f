"""What a resource was before, for somebody who looks."""

from dataclasses import dataclass
from typing import Any

from chalicelib.core.arn import Arn
from chalicelib.core.canonical import content_hash
from chalicelib.core.errors import NotFound
from chalicelib.identity.permissions import View
from chalicelib.inventory.history.archive import Archive
from chalicelib.inventory.history.keep import Volatile
from chalicelib.inventory.history.models import ResourceHistory, Version
from chalicelib.inventory.history.rules import differing
from chalicelib.inventory.registry import type_of
from chalicelib.inventory.resource_type import Resource
from chalicelib.inventory.store import ResourceStore

_ID = 8


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """`changed` are the fields that differ from the version before; empty for the first one that is known."""

    id: str
    at: int
    who: str
    gone: bool
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownHistory:
    """Newest first."""

    arn: str
    account_id: str
    versions: tuple[ShownVersion, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One version beside the one before it; None where there was nothing, or nothing is known."""

    version: ShownVersion
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class ShowHistory:
    def __init__(self, *, archive: Archive, store: ResourceStore, volatile: Volatile) -> None:
        self._archive = archive
        self._store = store
        self._volatile = volatile

    def of(self, arn: str, view: View) -> ShownHistory:
        """Of a resource that never changed since it was first seen there are no versions. Raises InvalidInput and NotFound."""
        history = self._seen(arn, view)
        return ShownHistory(arn, history.account_id, tuple(reversed(self._shown(history))))

    def difference(self, arn: str, version: str, view: View) -> Difference:
        """Raises InvalidInput and NotFound."""
        history = self._seen(arn, view)
        before: Version | None = None
        for shown, one in zip(self._shown(history), history.versions, strict=True):
            if shown.id == version:
                return Difference(shown, _content(before), _content(one))
            before = one
        raise NotFound(
            "That version is not kept, or not any more: the last twenty are. Read the list again.",
            reason="unknown_version",
        )

    def _seen(self, arn: str, view: View) -> ResourceHistory:
        parsed = Arn.parse(arn)
        found = self._archive.find(arn)
        history = found.history if found else self._without(parsed)
        if history is None or not view.shows(history.account_id, arn):
            raise NotFound(
                f"Nothing is known of {arn[:200]}. Its page asks AWS for it: find it there first.",
                reason="unknown_resource",
            )
        return history

    def _without(self, arn: Arn) -> ResourceHistory | None:
        """Of a resource that the inventory knows and that never changed."""
        known, kind = self._store.find(str(arn)), type_of(arn)
        if known is None or kind is None:
            return None
        record: Resource = kind.record.unpacked(known[1])
        return ResourceHistory(arn=str(arn), kind=kind.name, account_id=record.account_id, versions=())

    def _shown(self, history: ResourceHistory) -> list[ShownVersion]:
        shown = []
        before: Version | None = None
        volatile = self._volatile(history.kind)
        for one in history.versions:
            both = before is not None and not before.gone and not one.gone
            changed = differing(before.content, one.content, volatile) if before is not None and both else ()
            shown.append(ShownVersion(_id(one), one.at, one.who, one.gone, changed))
            before = one
        return shown


def _id(version: Version) -> str:
    return f"{version.at}-{content_hash([version.gone, version.content])[:_ID]}"


def _content(version: Version | None) -> dict[str, Any] | None:
    return None if version is None or version.gone else version.content
