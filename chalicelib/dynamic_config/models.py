"""Types of the dynamic configuration: a stored version, which one is in force, and what a person may read of it."""

from hashlib import sha256
from typing import Literal

from pydantic import Field

from chalicelib.core.configuration_hooks import Effect, Guard
from chalicelib.core.model import Frozen
from chalicelib.dynamic_config.faults import Fault

COMMENT_LIMIT = 2_000


def hash_of(text: str) -> str:
    """SHA-256 (hex) of the text as it was written: what a save is compared by."""
    return sha256(text.encode()).hexdigest()


class VersionInfo(Frozen):
    """A stored version without its text. Versions are never changed; `previous` is the hash of the text that it replaced."""

    number: int = Field(ge=1)
    sha256: str
    previous: str
    author: str
    saved_at: int
    comment: str = ""
    sections: tuple[str, ...] = ()
    """Names of the sections that are different from what it replaced."""
    restored: int | None = None
    """The version whose text was taken up again, for a rollback."""

    @property
    def action(self) -> Literal["save", "rollback"]:
        return "save" if self.restored is None else "rollback"


class Version(Frozen):
    info: VersionInfo
    text: str = Field(repr=False)


class Current(Frozen):
    """Which version is in force, and how far what must follow a save has come.

    `audited` and `applied` are numbers of versions: everything up to them is in the audit log, and has been followed up.
    """

    number: int
    sha256: str
    audited: int
    applied: int

    @property
    def settled(self) -> bool:
        return self.number == self.audited == self.applied


class Page(Frozen):
    """Versions, newest first; `next` is where the next page begins, None after the last."""

    versions: tuple[VersionInfo, ...]
    next: int | None


class Shown(Frozen):
    """What is in force, as a person reads it. `current` and `info` are None before the first save."""

    text: str = Field(repr=False)
    sha256: str
    deployment: str
    """The text of the section that ships with the package, to be read only."""
    current: Current | None
    info: VersionInfo | None


class SaveWish(Frozen):
    """A text that somebody wants in force instead of the one with the hash that they read."""

    text: str = Field(repr=False)
    existing_sha256: str
    comment: str = Field(default="", max_length=COMMENT_LIMIT)
    confirmed: frozenset[str] = frozenset()
    """Rules of guards that the person was told of, and wants to pass."""
    restored: int | None = None


class Saved(Frozen):
    """`applied` tells whether all that must follow is done already; else it is within minutes."""

    info: VersionInfo
    text: str = Field(repr=False)
    applied: bool


class Preview(Frozen):
    """What a save would do. `sha256` is of the text that it would replace; with faults there is nothing else to tell."""

    sha256: str
    faults: tuple[Fault, ...] = ()
    sections: tuple[str, ...] = ()
    effects: tuple[Effect, ...] = ()
    guards: tuple[Guard, ...] = ()


class FollowUpReport(Frozen):
    """Which version is in force, and whether everything that follows its save is done. Busy: somebody else is at it."""

    version: int
    done: bool
    busy: bool = False
