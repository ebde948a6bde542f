"""What somebody is told in the inbox, and the section of the configuration about it."""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from chalicelib.core.model import Frozen


class NotificationsConfig(Frozen):
    """Section `notifications`."""

    enabled: bool = True
    """Whether pages show the inbox."""
    request_interval: int = Field(default=60, ge=10, le=3600)
    """Seconds between two looks of a page."""
    max_notifications: int = Field(default=5, ge=1, le=100)
    """How many ConsoleMe's clients are shown, newest first; they are the ones that count as unread."""
    keep_hours: int = Field(default=24, ge=1, le=720)
    """For how long a note stays that is not renewed."""


class Button(Frozen):
    """What somebody may do about it: a path of this site."""

    http_method: Literal["get"] = "get"
    uri: str
    text: str


class Note(Frozen):
    """A note to people. One with the same `key` takes the place of the one before, and stays read or hidden by whoever read or hid that.

    `recipients` are principals: `user:ada@example.com`, `group:payments`. `message` is Markdown. `details` is for programs.
    """

    key: str = Field(min_length=1, max_length=100)
    kind: str
    recipients: frozenset[str]
    event_time: int
    expires_at: int
    header: str
    message: str
    buttons: tuple[Button, ...] = ()
    details: dict[str, str] = Field(default_factory=dict)


class Kept(Frozen):
    """A note as it stands, with who read and who hid it: folded names."""

    note: Note
    read_by: frozenset[str] = frozenset()
    hidden_for: frozenset[str] = frozenset()
    read_by_all: bool = False
    hidden_for_all: bool = False


class InboxPage(Frozen):
    """`unread` counts those that are shown."""

    unread: int
    notes: tuple[Kept, ...]


class InboxAction(StrEnum):
    """Each turns a mark on, and off again. What somebody does for all, every recipient sees."""

    READ = "toggle_read_for_current_user"
    READ_FOR_ALL = "toggle_read_for_all_users"
    HIDE = "toggle_hidden_for_current_user"
    HIDE_FOR_ALL = "toggle_hidden_for_all_users"
