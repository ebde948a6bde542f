"""What Slack posts, and the link between somebody's account there and the person here.

Slack waits three seconds: its posts are verified and put into a queue here, and everything else happens elsewhere.
"""

from pydantic import Field

from chalicelib import bootstrap
from chalicelib.api.authenticator import new_api
from chalicelib.core.model import Frozen
from chalicelib.core.principals import Caller
from chalicelib.wire.authentication import Access
from chalicelib.wire.http import HttpRequest, Reply

api = new_api(__name__)

_LINK_RULE = "Everybody who is signed in, for their own account in Slack; the ticket came to them there."


class Ticketed(Frozen):
    """The word from the link that Slack showed to one person only."""

    ticket: str = Field(min_length=20, max_length=200)


class LinkOffer(Frozen):
    """Whose account in Slack would be linked. `address` is what Slack tells; `refusal` says why it can't be linked to the caller."""

    slack_name: str
    slack_address: str
    user: str
    refusal: str | None


class SlackLink(Frozen):
    """The caller's account in Slack; null without one."""

    slack_name: str | None


@api.endpoint(
    "POST",
    "/api/v2/slack/interactions",
    access=Access.PUBLIC,
    rule="Slack: the post is signed by its secret, fresh, and of the workspace and app that are configured.",
    answers=str,
)
def slack_interaction(request: HttpRequest) -> Reply:
    """A button or a dialog of a message in Slack. Says nothing but that it has arrived."""
    bootstrap.container().requests.telling.receive(request)
    return Reply("")


@api.endpoint("POST", "/api/v2/slack/links/look", access=Access.SESSION, rule=_LINK_RULE)
def look_at_slack_link(body: Ticketed, caller: Caller) -> LinkOffer:
    """What confirming the link would do."""
    offer = bootstrap.container().notifications.linking.look(body.ticket, caller)
    return LinkOffer(
        slack_name=offer.ticket.slack_name,
        slack_address=offer.ticket.slack_address,
        user=caller.user,
        refusal=None if offer.decision.allowed else offer.decision.reason,
    )


@api.endpoint("POST", "/api/v2/slack/links", access=Access.SESSION, rule=_LINK_RULE)
def link_slack(body: Ticketed, caller: Caller) -> SlackLink:
    """From now on what that account presses in Slack is done as the caller."""
    return SlackLink(slack_name=bootstrap.container().notifications.linking.link(body.ticket, caller).slack_name)


@api.endpoint("DELETE", "/api/v2/slack/links", access=Access.SESSION, rule=_LINK_RULE)
def unlink_slack(caller: Caller) -> SlackLink:
    """The caller's account in Slack does nothing any more."""
    bootstrap.container().notifications.linking.unlink(caller)
    return SlackLink(slack_name=None)
