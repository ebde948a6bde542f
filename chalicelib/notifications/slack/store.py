"""Slack's part of the table `notifications`.

pk SLACK#USER#<id>        sk META     the link of an account in Slack
pk SLACK#PERSON#<user>    sk META     the same, by the person here
pk SLACK#TICKET#<hash>    sk META     somebody who wants to be linked; the secret itself is kept nowhere
pk SLACK#REQUEST#<id>     sk <place>  where a request was shown
"""

import hashlib
from collections.abc import Iterable

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist
from pynamodb.transactions import TransactWrite

from chalicelib.core.clock import Clock
from chalicelib.core.errors import Conflict, NotFound, Throttled
from chalicelib.core.principals import fold
from chalicelib.db.base import Table, connection
from chalicelib.db.errors import translated
from chalicelib.notifications.slack.models import Link, Post, Ticket

_META = "META"
_KEEP = 180 * 86_400
"""Seconds for which a request's messages are still brought up to date."""
_CLAIM = 60


class SlackRow(Table):
    suffix = "notifications"

    body = UnicodeAttribute()
    expires_at = NumberAttribute(null=True)


class LinkStore:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def add_ticket(self, secret: str, ticket: Ticket) -> None:
        row = SlackRow(_ticket_key(secret), _META, body=ticket.model_dump_json(), expires_at=ticket.expires_at)
        with translated("the link with Slack"):
            row.save(condition=SlackRow.pk.does_not_exist())

    def ticket(self, secret: str) -> Ticket:
        """Raises NotFound for one that has expired, was used, or never was."""
        row = _found(_ticket_key(secret))
        ticket = Ticket.model_validate_json(row.body) if row else None
        if ticket is None or ticket.expires_at <= self._clock.now():
            raise _no_ticket()
        return ticket

    def link(self, secret: str, link: Link) -> None:
        """Uses the ticket up. Raises NotFound when it is gone, Conflict when either side is linked already."""
        if self.of_slack(link.slack_user) or self.of_person(link.user):
            raise _linked()
        body, free = link.model_dump_json(), SlackRow.pk.does_not_exist()
        try:
            with translated("the link with Slack"), TransactWrite(connection=connection()) as transaction:
                for key in _link_keys(link):
                    transaction.save(SlackRow(key, _META, body=body), condition=free)
                transaction.delete(SlackRow(_ticket_key(secret), _META), condition=SlackRow.pk.exists())
        except Conflict:
            self.ticket(secret)
            raise _linked() from None

    def unlink(self, user: str) -> Link | None:
        """The link that was there."""
        link = self.of_person(user)
        if link is not None:
            with translated("the link with Slack"), TransactWrite(connection=connection()) as transaction:
                for key in _link_keys(link):
                    transaction.delete(SlackRow(key, _META), condition=SlackRow.body == link.model_dump_json())
        return link

    def of_slack(self, slack_user: str) -> Link | None:
        """Strongly consistent: a link that was taken away decides nothing more."""
        return _link(_found(f"SLACK#USER#{slack_user}"))

    def of_person(self, user: str) -> Link | None:
        return _link(_found(_person_key(user)))

    def of_people(self, users: Iterable[str]) -> dict[str, Link]:
        """By folded name; who is not linked is missing."""
        keys = [(_person_key(user), _META) for user in sorted(set(users))]
        with translated("the links with Slack"):
            links = [Link.model_validate_json(row.body) for row in SlackRow.batch_get(keys)] if keys else []
        return {fold(link.user): link for link in links}


class PostStore:
    """A message is claimed before it is written: two who tell at the same moment do not write it twice."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def all(self, request_id: str) -> dict[str, Post]:
        """By place."""
        with translated("the messages in Slack"):
            rows = list(SlackRow.query(_posts_key(request_id), consistent_read=True))
        posts = [Post.model_validate_json(row.body) for row in rows]
        return {post.place: post for post in posts}

    def claim(self, request_id: str, before: Post | None, place: str) -> Post:
        """Raises Throttled while somebody else is writing it."""
        now = self._clock.now()
        if before is not None and before.claimed_until > now:
            raise _busy()
        claimed = (before or Post(place=place)).model_copy(update={"claimed_until": now + _CLAIM})
        self._replace(request_id, before, claimed)
        return claimed

    def settle(self, request_id: str, before: Post, after: Post) -> Post:
        after = after.model_copy(update={"claimed_until": 0})
        self._replace(request_id, before, after)
        return after

    def _replace(self, request_id: str, before: Post | None, after: Post) -> None:
        row = SlackRow(
            _posts_key(request_id), after.place, body=after.model_dump_json(), expires_at=self._clock.now() + _KEEP
        )
        condition = SlackRow.pk.does_not_exist() if before is None else SlackRow.body == before.model_dump_json()
        try:
            with translated("the message in Slack"):
                row.save(condition=condition)
        except Conflict:
            raise _busy() from None


def _found(pk: str) -> SlackRow | None:
    with translated("the link with Slack"):
        try:
            return SlackRow.get(pk, _META, consistent_read=True)
        except DoesNotExist:
            return None


def _link(row: SlackRow | None) -> Link | None:
    return Link.model_validate_json(row.body) if row else None


def _link_keys(link: Link) -> tuple[str, str]:
    return f"SLACK#USER#{link.slack_user}", _person_key(link.user)


def _person_key(user: str) -> str:
    return f"SLACK#PERSON#{fold(user)}"


def _ticket_key(secret: str) -> str:
    return f"SLACK#TICKET#{hashlib.sha256(secret.encode()).hexdigest()}"


def _posts_key(request_id: str) -> str:
    return f"SLACK#REQUEST#{request_id}"


def _no_ticket() -> NotFound:
    return NotFound(
        "This link has expired or was used already. Press the button in Slack again to get another.", reason="no_ticket"
    )


def _linked() -> Conflict:
    return Conflict(
        "This Slack account, or you, is linked already. Take the old link away first, on your notification page.",
        reason="linked_already",
    )


def _busy() -> Throttled:
    return Throttled("Somebody else is writing this message.", reason="message_claimed")
