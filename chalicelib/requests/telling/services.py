"""What tells people about requests, put together: `requests.services` makes one of these."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.core.clock import Clock
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from chalicelib.aws.queues import FifoQueue
    from chalicelib.aws.sessions import Sessions
    from chalicelib.core.principals import Caller
    from chalicelib.identity.permissions import Permissions
    from chalicelib.notifications.services import NotificationServices
    from chalicelib.requests.approval.standing import Standing
    from chalicelib.requests.models import Request
    from chalicelib.requests.modify_request import RequestModifier
    from chalicelib.requests.rules import Person
    from chalicelib.requests.store import RequestStore
    from chalicelib.requests.telling.before_end import Remind
    from chalicelib.requests.telling.follow_clicks import ClickFollower
    from chalicelib.requests.telling.take_messages import TellingMessages
    from chalicelib.requests.telling.tell_people import Teller
    from chalicelib.wire.http import HttpRequest


class TellingServices:
    def __init__(  # noqa: PLR0913 keywords, each what telling stands on
        self,
        *,
        settings: Settings,
        clock: Clock,
        aws: "Sessions",
        permissions: "Permissions",
        store: "RequestStore",
        notifications: "Callable[[], NotificationServices]",
        person: "Callable[[Caller], Person]",
        modifier: "Callable[[], RequestModifier]",
        standing: "Callable[[Request], Standing]",
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._aws = aws
        self._permissions = permissions
        self._store = store
        self._notifications = notifications
        self._person = person
        self._modifier = modifier
        self._standing = standing

    @cached_property
    def teller(self) -> "Teller":
        from chalicelib.requests.telling.tell_people import Teller

        return Teller(
            store=self._store, sender=self._notifications().sender, deciders=self._deciders, clock=self._clock
        )

    def _deciders(self, request: "Request") -> frozenset[str]:
        """Whose turn it is to approve. Whoever administers what is changed is asked about by name."""
        from chalicelib.requests.approval.models import ADMINISTRATORS
        from chalicelib.requests.telling.recipients import deciders_of

        turn = self._standing(request).turn
        if ADMINISTRATORS not in turn:
            return turn
        administrators = deciders_of(self._permissions.facts(request.targets), self._permissions.book)
        return turn - {ADMINISTRATORS} | administrators

    @cached_property
    def _queue(self) -> "FifoQueue":
        from chalicelib.aws.queues import FifoQueue

        return FifoQueue(self._aws, self._settings.telling_queue_url)

    def receive(self, request: "HttpRequest") -> None:
        """What Slack has posted. Nothing of Slack's own library, and no table but the configuration's, is needed for it."""
        from chalicelib.requests.telling.receive import SlackDoor

        notifications = self._notifications()
        door = SlackDoor(
            config=notifications.config.slack,
            secret=notifications.slack_secret,
            send=self._send,
            clock=self._clock,
        )
        door.receive(request)

    @cached_property
    def messages(self) -> "TellingMessages":
        from chalicelib.requests.telling.take_messages import TellingMessages

        return TellingMessages(teller=lambda: self.teller, clicks=lambda: self.clicks)

    @cached_property
    def clicks(self) -> "ClickFollower":
        from chalicelib.requests.telling.follow_clicks import ClickFollower

        notifications = self._notifications()
        return ClickFollower(
            store=self._store,
            links=notifications.links,
            linking=notifications.linking,
            workspace=notifications.workspace,
            secret=notifications.slack_secret,
            absent=self._permissions.absent_caller,
            person=self._person,
            modifier=self._modifier(),
        )

    def reminds(self, decisions: "Remind") -> "Remind":
        """What reminds of ends that are near, and of decisions by what is given."""
        from chalicelib.requests.telling.before_end import remind_of

        return remind_of(decisions, store=self._store, public_url=self._settings.public_url, clock=self._clock)

    def _send(self, group: str, body: str) -> None:
        from chalicelib.aws.queues import FifoMessage

        self._queue.send([FifoMessage(group=group, body=body)])

    def soon(self, request_id: str) -> None:
        """Has somebody else tell at once what is to be told. Raises Throttled or Upstream: then the task `due` does it."""
        from chalicelib.core.ids import ulid
        from chalicelib.requests.telling.messages import TellMessage

        if self._settings.telling_queue_url:
            message = TellMessage(request_id=request_id, call=ulid())
            self._send(request_id, message.model_dump_json())
