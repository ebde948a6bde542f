"""What pages of resources have in common on the wire."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from chalicelib.core.exposure import Kind
from chalicelib.core.hooks import ResourceNote
from chalicelib.core.model import Frozen, OldWire

if TYPE_CHECKING:
    from chalicelib.inventory.pages.show_resource import ResourcePage


class Look(OldWire):
    """Exactly `true` reads the resource in AWS, whatever the inventory knows."""

    force_refresh: str = ""

    @property
    def fresh(self) -> bool:
        return self.force_refresh.lower() == "true"


class WireTag(Frozen):
    Key: str
    Value: str


class Note(Frozen):
    """A line that a company's plugin adds: plain text, and where it leads further."""

    title: str
    text: str
    url: str | None


class WireOutsider(Frozen):
    """Somebody outside the account whom one statement of the policy lets in.

    `kind` says what `who` is; `account_name` is told of accounts of ours that are seen. `pinned` is whether the conditions say for whom a
    service or an identity provider acts.
    """

    kind: Kind
    who: str
    account_id: str | None
    account_name: str | None
    statement: str
    actions: tuple[str, ...]
    conditions: tuple[str, ...]
    pinned: bool


class WireExposure(Frozen):
    """`denies` says that the policy also denies something, which may take back what is listed; `unreadable` is what was not understood."""

    public: bool
    outsiders: tuple[WireOutsider, ...]
    denies: bool
    unreadable: tuple[str, ...]


class Age(Frozen):
    """In epoch seconds: when it was last seen to have changed, when all of its type were last listed there, and when AWS was asked for this
    very answer. `warning` says why it may be older than was asked for.
    """

    observed_at: int | None
    refreshed_at: int | None
    read_at: int | None
    warning: str | None


def tags_of(tags: Mapping[str, str]) -> tuple[WireTag, ...]:
    return tuple(WireTag(Key=key, Value=value) for key, value in sorted(tags.items()))


def notes_of(notes: tuple[ResourceNote, ...]) -> tuple[Note, ...]:
    return tuple(Note(title=note.title, text=note.text, url=note.url) for note in notes)


def age_of(page: "ResourcePage") -> Age:
    return Age(observed_at=page.observed_at, refreshed_at=page.refreshed_at, read_at=page.read_at, warning=page.warning)


def exposure_of(page: "ResourcePage") -> WireExposure:
    told = page.exposure
    outsiders: list[dict[str, Any]] = [
        {
            "kind": one.kind,
            "who": one.who,
            "account_id": one.account_id or None,
            "account_name": page.known_accounts.get(one.account_id),
            "statement": one.statement,
            "actions": one.actions,
            "conditions": one.conditions,
            "pinned": one.pinned,
        }
        for one in told.outsiders
    ]
    return WireExposure(
        public=told.public,
        outsiders=tuple(WireOutsider(**one) for one in outsiders),
        denies=told.denies,
        unreadable=told.unreadable,
    )
