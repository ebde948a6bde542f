"""What is kept about Slack: whose account there is whose here, and where a request was shown."""

from typing import Protocol

from chalicelib.core.model import Frozen
from chalicelib.notifications.slack.blocks import Block


class Link(Frozen):
    """An account in Slack, and the person here who has confirmed while signed in that it is theirs."""

    slack_user: str
    slack_name: str
    user: str
    linked_at: int


class Ticket(Frozen):
    """Somebody in Slack wants to be linked; whoever holds the secret of it and is signed in may say that it is them."""

    slack_user: str
    slack_name: str
    slack_address: str
    expires_at: int


class Post(Frozen):
    """A request's message in one place: a channel's id, or that of the person whom it was written to. `digest` is of what it shows now;
    `told` are the latest events that were told below it.
    """

    place: str
    channel: str = ""
    stamp: str = ""
    digest: str = ""
    deciding: bool = False
    told: tuple[str, ...] = ()
    claimed_until: int = 0
    """Until then somebody is writing it."""


class Workspace(Protocol):
    """Slack. Every method raises Upstream or Throttled when it does not answer, Misconfigured when it does not let us."""

    def post(self, channel: str, text: str, blocks: list[Block]) -> tuple[str, str]:
        """To a channel, or to a person by their id. Where it stands: the channel's id and a time stamp."""

    def update(self, channel: str, stamp: str, text: str, blocks: list[Block]) -> None: ...

    def reply(self, channel: str, stamp: str, text: str) -> None:
        """Below a message."""

    def whisper(self, channel: str, user: str, text: str) -> None:
        """Only that person sees it."""

    def ask(self, trigger: str, view: Block) -> bool:
        """Opens a dialog. False when it is too late for that."""

    def address(self, user: str) -> tuple[str, str]:
        """What somebody is called, and their e-mail address; empty where Slack does not tell it."""
