"""What people are told about a request, whichever way it reaches them."""

from enum import StrEnum

from chalicelib.core.canonical import content_hash
from chalicelib.core.hooks import RequestNotice
from chalicelib.core.model import Frozen


class Why(StrEnum):
    """Why somebody is told."""

    REQUESTER = "requester"
    DECIDES = "decides"
    """They may decide about it now."""


class Recipient(Frozen):
    """`principal` is `user:ada@example.com` or `group:payments`."""

    principal: str
    why: Why


class ShownChange(Frozen):
    """One change: `diff` are the lines of a unified diff of what the target holds before and after."""

    title: str
    target: str
    diff: tuple[str, ...] = ()
    until: int | None = None


class ShownFinding(Frozen):
    verdict: str
    title: str
    reason: str


class Card(Frozen):
    """A request as a message shows it. `state` is the exact one, in words; `open` while somebody can decide about it."""

    request_id: str
    revision: int
    revision_hash: str
    requester: str
    principal_arn: str
    justification: str
    changes: tuple[ShownChange, ...]
    findings: tuple[ShownFinding, ...] = ()
    state: str
    open: bool
    standing: str = ""
    """Where it stands and who brought it there, in a sentence."""
    url: str

    @property
    def shown(self) -> str:
        """The digest of everything that somebody who decides by this card has seen. Where the request stands is no part of it."""
        return content_hash(self.model_dump(mode="json", exclude={"state", "open", "standing", "url"}))


class Message(Frozen):
    """Something that has happened to a request. `notice.id` is the same when it is told a second time; `card` is the request as it is now.

    `at` is when it happened; `headline` says it in a sentence.
    """

    notice: RequestNotice
    at: int
    headline: str
    card: Card
    recipients: tuple[Recipient, ...] = ()

    def named(self, why: Why | None = None) -> frozenset[str]:
        """The principals of those who are told for that reason, or of all."""
        return frozenset(one.principal for one in self.recipients if why in {None, one.why})
