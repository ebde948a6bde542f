"""What somebody is told in the inbox, and the section of the configuration about it."""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from chalicelib.core.model import Frozen


class SlackConfig(Frozen):
    """One workspace and one app of it; what comes from any other is refused."""

    team_id: str = Field(pattern=r"^T[A-Z0-9]{2,20}$")
    """The workspace's id."""
    app_id: str = Field(pattern=r"^A[A-Z0-9]{2,20}$")
    """The app's id."""
    channel: str | None = Field(default=None, pattern=r"^[CG][A-Z0-9]{2,20}$")
    """Id of a channel where every request is posted; without one only direct messages are written."""
    same_address: bool = True
    """Whether somebody can only link a Slack account whose e-mail address is their user name here. Whoever turns this off lets a
    person link a stranger's Slack account when they are talked into it."""


class EmailConfig(Frozen):
    """Mail goes to people whose user name is an address."""

    sender: str = Field(pattern=r"^[^\s@<>]+@[^\s@<>]+$", max_length=320)
    """An address that SES may send from."""
    domains: tuple[str, ...] = Field(min_length=1)
    """Only to addresses of these domains."""
    region: str | None = None
    """Where SES is used; the product's own region where empty."""


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
    slack: SlackConfig | None = None
    """Tells people in Slack, where they also decide. Its two secrets are described in docs/how-to/connect-slack.md."""
    email: EmailConfig | None = None
    """Tells people by e-mail, through SES."""


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
