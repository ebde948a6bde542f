"""What somebody pressed in Slack is done as if they had pressed it here: by the same commands, under the same rules."""

from collections.abc import Callable

from chalicelib.core.errors import AppError, InvalidInput, Throttled, Upstream
from chalicelib.core.principals import Caller
from chalicelib.notifications.slack.blocks import escaped, reason_form
from chalicelib.notifications.slack.buttons import Shown, opened
from chalicelib.notifications.slack.interactions import Act, Click
from chalicelib.notifications.slack.linking import Linking
from chalicelib.notifications.slack.models import Workspace
from chalicelib.notifications.slack.store import LinkStore
from chalicelib.notifications.words import visible
from chalicelib.observability import logger
from chalicelib.requests.decide_request import REASON_REQUIRED
from chalicelib.requests.models import Request
from chalicelib.requests.modify_request import RequestModifier
from chalicelib.requests.rules import Person
from chalicelib.requests.states import Command, Verdict
from chalicelib.requests.store import RequestStore
from chalicelib.requests.telling.card import card_of
from chalicelib.requests.wire import ModificationModel

_COMMANDS = {
    Act.APPROVE: Command.APPROVE,
    Act.APPROVE_WITH: Command.APPROVE,
    Act.REJECT_WITH: Command.REJECT,
}
_VERDICTS = {Command.APPROVE: Verdict.APPROVE, Command.REJECT: Verdict.REJECT}
_LATE = "Slack lets a dialog be opened for three seconds only, and they were over. Press the button again."
_CHANGED = "This request is not what this message showed any more. Open it in the browser and look at it again."
_GONE = "There is no such request."
_MOST = 1000


class ClickFollower:
    def __init__(  # noqa: PLR0913 keywords, each what a click needs
        self,
        *,
        store: RequestStore,
        links: LinkStore,
        linking: Linking,
        workspace: Workspace,
        secret: Callable[[], str],
        absent: Callable[[str], Caller],
        person: Callable[[Caller], Person],
        modifier: RequestModifier,
    ) -> None:
        """`absent` tells who somebody is that is not on the line. Raises Forbidden when nobody knows well enough."""
        self._store = store
        self._links = links
        self._linking = linking
        self._workspace = workspace
        self._secret = secret
        self._absent = absent
        self._person = person
        self._modifier = modifier

    def follow(self, click: Click) -> None:
        """Raises Upstream and Throttled: then it comes again. Whatever else goes wrong the person is told."""
        try:
            said = self._done(click)
        except (Upstream, Throttled):
            raise
        except AppError as error:
            logger.info("a click was refused", extra={"reason": error.reason, "cause": error.message[:300]})
            said = error.message
        if said:
            self._workspace.whisper(click.channel or click.user, click.user, visible(said, _MOST))

    def _done(self, click: Click) -> str:
        """What to tell the person; nothing where the message itself tells it."""
        shown = opened(click.value, self._secret())
        link = self._links.of_slack(click.user)
        if link is None:
            return self._invitation(click)
        caller = self._absent(link.user)
        request = self._store.find(shown.request_id)
        if request is None or not self._person(caller).may_look_at(request.head.requester, request.targets):
            return _GONE
        if self._has_said(request, caller.user, click.act, shown):
            return ""
        if card_of(request, "").shown != shown.digest:
            return _CHANGED
        if click.act is Act.REJECT:
            return self._why(click)
        model = ModificationModel(
            command=_COMMANDS[click.act],
            comment_text=click.reason,
            revision=shown.revision,
            revision_hash=shown.revision_hash,
        )
        try:
            self._modifier.modify(shown.request_id, model, self._person(caller), wait=False)
        except InvalidInput as error:
            if error.reason != REASON_REQUIRED or click.act is not Act.APPROVE:
                raise
            return self._why(click)
        return ""

    def _why(self, click: Click) -> str:
        asked = self._workspace.ask(click.trigger, reason_form(click.act, click.value, click.channel))
        return "" if asked else _LATE

    def _invitation(self, click: Click) -> str:
        url = self._linking.invite(self._workspace, click.user)
        return (
            "Nobody here knows whose Slack account this is. Say so once, signed in, and press the button again: "
            f"{escaped(url)} (good for 15 minutes, for you alone)"
        )

    def _has_said(self, request: Request, user: str, act: Act, shown: Shown) -> bool:
        """The message may come twice, and did its work the first time."""
        verdict = _VERDICTS[_COMMANDS[act]] if act in _COMMANDS else None
        return any(
            (one.actor, one.verdict, one.revision_hash) == (user, verdict, shown.revision_hash)
            for one in request.rulings
        )
