"""Slack: a message per request in the channel and to each person who is linked, brought up to date with everything that happens."""

from collections.abc import Callable

from chalicelib.core.canonical import content_hash
from chalicelib.core.errors import AppError
from chalicelib.notifications.audience import Audience
from chalicelib.notifications.messages import Message, Why
from chalicelib.notifications.models import SlackConfig
from chalicelib.notifications.preferences import Way
from chalicelib.notifications.slack.blocks import blocks_of, escaped, text_of
from chalicelib.notifications.slack.models import Post, Workspace
from chalicelib.notifications.slack.store import LinkStore, PostStore
from chalicelib.notifications.words import visible

_TOLD = 20
"""Events of which each message knows that they were told below it."""
_LINE = 500


class SlackChannel:
    name = "slack"

    def __init__(
        self,
        *,
        config: SlackConfig,
        workspace: Workspace,
        secret: Callable[[], str],
        links: LinkStore,
        posts: PostStore,
        audience: Audience,
    ) -> None:
        """`secret` is what seals buttons. Raises Misconfigured where there is none."""
        self._config = config
        self._workspace = workspace
        self._secret = secret
        self._links = links
        self._posts = posts
        self._audience = audience

    def tell(self, message: Message) -> None:
        """Every place is tried; then the first failure is raised."""
        people = self._people(message)
        wanted = {**({self._config.channel: Why.DECIDES} if self._config.channel else {}), **people}
        posts = self._posts.all(message.card.request_id)
        failures: list[AppError] = []
        for place in {**wanted, **posts}:
            deciding = posts[place].deciding if place in posts else wanted[place] is Why.DECIDES
            try:
                self._show(message, posts.get(place), place, deciding=deciding, personal=place in people)
            except AppError as error:
                failures.append(error)
        if failures:
            raise failures[0]

    def _people(self, message: Message) -> dict[str, Why]:
        """By their ids in Slack: nobody is found by their address."""
        wanted = self._audience.people(message, Way.SLACK)
        links = self._links.of_people(wanted)
        return {links[user].slack_user: why for user, why in wanted.items() if user in links}

    def _show(self, message: Message, before: Post | None, place: str, *, deciding: bool, personal: bool) -> None:
        """A message that changes rings no bell: a person is told the news by a line below it."""
        card, event = message.card, message.notice.id
        text, blocks = text_of(card), blocks_of(card, self._secret(), deciding=deciding)
        digest = content_hash(blocks)
        news = personal and (before is None or event not in before.told)
        if before is not None and before.digest == digest and not news:
            return
        claimed = self._posts.claim(card.request_id, before, place)
        written = claimed
        if not claimed.stamp:
            channel, stamp = self._workspace.post(place, text, blocks)
            written = claimed.model_copy(update={"channel": channel, "stamp": stamp})
        elif claimed.digest != digest:
            self._workspace.update(claimed.channel, claimed.stamp, text, blocks)
        if news and claimed.stamp:
            self._workspace.reply(claimed.channel, claimed.stamp, escaped(visible(_line(message), _LINE)))
        told = (*claimed.told, event)[-_TOLD:] if news else claimed.told
        update = {"digest": digest, "deciding": deciding, "told": told}
        self._posts.settle(card.request_id, claimed, written.model_copy(update=update))


def _line(message: Message) -> str:
    said = message.notice.reason
    return f"{message.headline}: {said}" if said else f"{message.headline}."
