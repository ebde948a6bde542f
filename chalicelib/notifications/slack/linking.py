"""Whose account in Slack is whose here: said by the person while they are signed in, never concluded from an address."""

import secrets
from dataclasses import dataclass

from chalicelib.audit.models import AuditEntry, Outcome
from chalicelib.audit.store import AuditLog
from chalicelib.core.clock import Clock
from chalicelib.core.decisions import Decision
from chalicelib.core.errors import NotFound
from chalicelib.core.principals import Caller, Principal, fold
from chalicelib.notifications.models import SlackConfig
from chalicelib.notifications.slack.models import Link, Ticket, Workspace
from chalicelib.notifications.slack.store import LinkStore

LIFE = 900
"""Seconds for which a ticket is good."""


@dataclass(frozen=True, slots=True)
class Offer:
    ticket: Ticket
    decision: Decision


class Linking:
    def __init__(
        self, *, config: SlackConfig | None, store: LinkStore, audit: AuditLog, public_url: str, clock: Clock
    ) -> None:
        self._config = config
        self._store = store
        self._audit = audit
        self._public_url = public_url
        self._clock = clock

    def invite(self, workspace: Workspace, slack_user: str) -> str:
        """A link of ours for whoever has that account. Its word stands behind the `#`: no server's log has it."""
        name, address = workspace.address(slack_user)
        secret = secrets.token_urlsafe(32)
        ticket = Ticket(
            slack_user=slack_user, slack_name=name, slack_address=address, expires_at=self._clock.now() + LIFE
        )
        self._store.add_ticket(secret, ticket)
        return f"{self._public_url}/slack/link#{secret}"

    def look(self, secret: str, caller: Caller) -> Offer:
        """Raises NotFound for a ticket that is no good any more."""
        ticket = self._store.ticket(secret)
        return Offer(ticket, may_link(ticket, caller, self._required()))

    def link(self, secret: str, caller: Caller) -> Link:
        """Raises NotFound, Forbidden for somebody else's account, Conflict when either side is linked already."""
        offer = self.look(secret, caller)
        offer.decision.require()
        link = Link(
            slack_user=offer.ticket.slack_user,
            slack_name=offer.ticket.slack_name,
            user=fold(caller.user),
            linked_at=self._clock.now(),
        )
        self._record(caller, "slack.link", link)
        self._store.link(secret, link)
        return link

    def unlink(self, caller: Caller) -> None:
        link = self._store.of_person(caller.user)
        if link is not None:
            self._record(caller, "slack.unlink", link)
            self._store.unlink(caller.user)

    def _record(self, caller: Caller, action: str, link: Link) -> None:
        """First: nobody acts by a link of which nobody knows."""
        person = str(Principal.user(caller.user))
        details: dict[str, str | int | None] = {"slack_user": link.slack_user, "slack_name": link.slack_name}
        self._audit.record(
            AuditEntry(action=action, person=person, target=person, outcome=Outcome.DONE, details=details)
        )

    def _required(self) -> SlackConfig:
        if self._config is None:
            raise NotFound("Slack is not configured here.", reason="no_slack")
        return self._config


def may_link(ticket: Ticket, caller: Caller, config: SlackConfig) -> Decision:
    """An account whose address is another's is not the caller's: somebody may have sent them the link."""
    if config.same_address and fold(ticket.slack_address) != fold(caller.user):
        shown = ticket.slack_address or "unknown"
        return Decision.no(
            f"The e-mail address of this Slack account is {shown}, and you are signed in as {caller.user}. Link only your own"
            " account, and never by a link that somebody else has sent you.",
            "another_address",
        )
    return Decision.yes("the account's address is the caller's name, or that need not be so", "own_account")
