"""E-mail: one to each person, with a link that leads to the page, where they sign in. Nothing can be decided by mail."""

import html
import re
from collections.abc import Collection, Mapping
from typing import Protocol

from chalicelib.aws.mail import Mail
from chalicelib.core.errors import AppError, Upstream
from chalicelib.notifications.audience import Audience
from chalicelib.notifications.messages import Card, Message, Why
from chalicelib.notifications.models import EmailConfig
from chalicelib.notifications.preferences import Way
from chalicelib.notifications.words import visible

MOST_CHANGES = 20
MOST_LINES = 60
_SUBJECT = 120
_PART = 20_000
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@([a-z0-9.-]{1,255})", re.ASCII)
_REASONS: Mapping[Why, str] = {
    Why.REQUESTER: "You get this mail because you had a hand in this request.",
    Why.DECIDES: "You get this mail because you may decide about this request.",
}


class Mailer(Protocol):
    def send(self, mail: Mail) -> None: ...


class Mailed(Protocol):
    """Who has been told of an event by mail."""

    def told(self, event: str, users: Collection[str]) -> frozenset[str]: ...

    def note(self, event: str, user: str) -> None: ...


class EmailChannel:
    name = "email"

    def __init__(
        self, *, config: EmailConfig, mailer: Mailer, audience: Audience, mailed: Mailed, preferences_url: str
    ) -> None:
        """`preferences_url` leads to the page where somebody says that they want no mail."""
        self._domains = frozenset(domain.casefold() for domain in config.domains)
        self._mailer = mailer
        self._audience = audience
        self._mailed = mailed
        self._preferences_url = preferences_url

    def tell(self, message: Message) -> None:
        """Everybody is tried; then the first failure is raised."""
        people = {user: why for user, why in self._audience.people(message, Way.EMAIL).items() if self._reaches(user)}
        told = self._mailed.told(message.notice.id, people)
        failures: list[AppError] = []
        for user, why in people.items():
            if user in told:
                continue
            try:
                self._mailer.send(mail_of(message, user, why, self._preferences_url))
                self._mailed.note(message.notice.id, user)
            except AppError as error:
                failures.append(error)
                if error.reason == Upstream.default_reason:
                    # Nobody answers at all: each of the others would wait as long.
                    break
        if failures:
            raise failures[0]

    def _reaches(self, user: str) -> bool:
        address = _ADDRESS.fullmatch(user)
        return address is not None and address[1] in self._domains


def mail_of(message: Message, user: str, why: Why, preferences_url: str) -> Mail:
    """Text, and the same as HTML; what people wrote is written out in both."""
    card = message.card
    lines = [f"{message.headline}.", f"State: {card.state}"]
    if message.notice.reason:
        lines.append(f"Reason: {message.notice.reason}")
    if card.standing:
        lines.append(card.standing)
    if card.justification:
        lines.append(f"Asked for by {card.requester}: “{card.justification}”")
    parts = _changes(card)
    parts += [f"{one.verdict.replace('_', ' ').upper()}  {one.title}: {one.reason}" for one in card.findings]
    foot = f"{_REASONS[why]} Change that at {preferences_url}"
    lines, parts = [visible(line, _PART) for line in lines], [visible(part, _PART) for part in parts]
    text = "\n\n".join([*lines, *parts, f"Open the request: {card.url}", foot])
    escaped = [f"<p>{html.escape(line)}</p>" for line in lines]
    escaped += [f"<pre>{html.escape(part)}</pre>" for part in parts]
    escaped.append(
        f'<p><a href="{html.escape(card.url)}">Open the request</a></p><p><small>{html.escape(foot)}</small></p>'
    )
    return Mail(
        recipient=user,
        subject=visible(" ".join(message.headline.split()), _SUBJECT),
        text=text,
        html="".join(escaped),
    )


def _changes(card: Card) -> list[str]:
    parts = []
    for change in card.changes[:MOST_CHANGES]:
        more = len(change.diff) - MOST_LINES
        cut = [f"… {more} more lines"] if more > 0 else []
        parts.append("\n".join([change.title, *change.diff[:MOST_LINES], *cut]))
    if (more := len(card.changes) - MOST_CHANGES) > 0:
        parts.append(f"and {more} more changes")
    return parts
