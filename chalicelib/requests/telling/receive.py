"""Slack's door: the signature first, then the workspace, then into the queue. Slack waits three seconds for it."""

from collections.abc import Callable

from chalicelib.core.clock import Clock
from chalicelib.core.errors import Forbidden, NotFound
from chalicelib.notifications.models import SlackConfig
from chalicelib.notifications.slack.interactions import read
from chalicelib.notifications.slack.signature import verified
from chalicelib.wire.forms import form_of
from chalicelib.wire.http import HttpRequest


class SlackDoor:
    def __init__(
        self, *, config: SlackConfig | None, secret: Callable[[], str], send: Callable[[str, str], None], clock: Clock
    ) -> None:
        """`send` puts a text into the queue, in order with others of its group, and once. It raises Throttled or Upstream."""
        self._config = config
        self._secret = secret
        self._send = send
        self._clock = clock

    def receive(self, request: HttpRequest) -> None:
        """Raises NotFound where there is no Slack, Forbidden for what Slack has not sent or another workspace has, InvalidInput for what
        can't be read, and what the queue raises: Slack then says that it failed, and nothing is lost but a click.
        """
        if self._config is None:
            raise NotFound("Slack is not configured here.", reason="no_slack")
        judged = verified(
            request.headers, request.repeated, request.raw_body, secret=self._secret(), now=self._clock.now()
        )
        if not judged.allowed:
            raise Forbidden(judged.reason, reason=judged.rule)
        click = read(form_of(request).get("payload", ""), self._config)
        if click is not None:
            # The trigger is of this one press: a second press is another message, a post that is sent again is not.
            self._send(click.value, click.model_dump_json())
