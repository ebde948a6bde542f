"""The inbox of the person on the line."""

from pydantic import Field

from chalicelib import bootstrap
from chalicelib.api.authenticator import new_api
from chalicelib.core.errors import Forbidden
from chalicelib.core.model import Frozen, OldWire
from chalicelib.core.principals import Caller, Principal, fold
from chalicelib.notifications.models import Button, InboxAction, InboxPage, Kept
from chalicelib.notifications.preferences import Preferences
from chalicelib.notifications.rules import is_read
from chalicelib.notifications.services import NotificationServices
from chalicelib.wire.authentication import Access
from chalicelib.wire.http import Reply

api = new_api(__name__)

_MOST = 100
_FORBIDDEN = 403
_OWN_RULE = "Everybody who is signed in, for themselves."
_RULE = "Everybody who is signed in: what is for them or for their groups."


class InboxQuery(OldWire):
    """Without `limit` as many as ConsoleMe shows."""

    limit: int | None = Field(default=None, ge=1, le=_MOST)


class NamedNotification(OldWire):
    """A whole notification comes back; only which one it is counts."""

    predictable_id: str = Field(max_length=100)


class Marking(OldWire):
    action: InboxAction
    notifications: tuple[NamedNotification, ...] = Field(max_length=_MOST)


class WireNotification(Frozen):
    """In ConsoleMe's words."""

    predictable_id: str
    type: str
    users_or_groups: tuple[str, ...]
    event_time: int
    expiration: int
    expired: bool = False
    header: str
    message: str
    message_actions: tuple[Button, ...]
    details: dict[str, str]
    read_by_users: tuple[str, ...]
    read_by_all: bool
    hidden_for_users: tuple[str, ...]
    hidden_for_all: bool
    read_for_current_user: bool
    version: int = 1


class InboxData(Frozen):
    """`unreadNotificationCount` counts those that are listed."""

    unreadNotificationCount: int  # noqa: N815 the wire's name
    notifications: tuple[WireNotification, ...]


class InboxAnswer(Frozen):
    """The envelope of ConsoleMe's wire."""

    status: str = "success"
    reason: str | None = None
    redirect_url: str | None = None
    status_code: int = 200
    message: str | None = None
    errors: tuple[str, ...] | None = None
    count: int | None = None
    total: int | None = None
    page: int | None = None
    last_page: int | None = None
    data: InboxData | None = None


@api.endpoint("GET", "/api/v2/notifications", access=Access.SESSION, rule=_RULE)
def list_notifications(query: InboxQuery, caller: Caller) -> InboxAnswer:
    """The newest notes; those that are hidden or have expired are left out."""
    return _answer(caller, query.limit)


@api.endpoint("PUT", "/api/v2/notifications", access=Access.SESSION, rule=_RULE, answers=InboxAnswer)
def mark_notifications(query: InboxQuery, body: Marking, caller: Caller) -> Reply:
    """Marks notes as read or hidden, or takes the mark away; answers what is shown from then on."""
    inbox = bootstrap.container().notifications.inbox
    try:
        inbox.change(caller, body.action, [named.predictable_id for named in body.notifications])
    except Forbidden as error:
        refusal = InboxAnswer(
            status="error", reason=error.reason, status_code=_FORBIDDEN, message=error.message, errors=(error.message,)
        )
        return Reply(refusal, _FORBIDDEN)
    return Reply(_answer(caller, query.limit))


class Channels(Frozen):
    """Which ways there are here. `slack_name` is the caller's linked account, null without one."""

    slack: bool
    slack_name: str | None
    email: bool


class ShownPreferences(Frozen):
    """What the caller wants to be told by which way, and which ways there are."""

    preferences: Preferences
    channels: Channels


@api.endpoint("GET", "/api/v2/notifications/preferences", access=Access.SESSION, rule=_OWN_RULE)
def read_preferences(caller: Caller) -> ShownPreferences:
    """What the caller is told by Slack and by mail; the inbox has everything."""
    notifications = bootstrap.container().notifications
    said = notifications.preferences.of([caller.user]).get(fold(caller.user), Preferences())
    return ShownPreferences(preferences=said, channels=_channels(notifications, caller))


@api.endpoint("PUT", "/api/v2/notifications/preferences", access=Access.SESSION, rule=_OWN_RULE)
def save_preferences(body: Preferences, caller: Caller) -> ShownPreferences:
    """From now on the caller is told just that."""
    notifications = bootstrap.container().notifications
    notifications.preferences.put(caller.user, body)
    return ShownPreferences(preferences=body, channels=_channels(notifications, caller))


def _channels(notifications: NotificationServices, caller: Caller) -> Channels:
    config = notifications.config
    link = notifications.links.of_person(caller.user) if config.slack is not None else None
    return Channels(
        slack=config.slack is not None,
        slack_name=link.slack_name if link else None,
        email=config.email is not None,
    )


def _answer(caller: Caller, limit: int | None) -> InboxAnswer:
    notifications = bootstrap.container().notifications
    page: InboxPage = notifications.inbox.page(caller, limit or notifications.config.max_notifications)
    shown = tuple(_wire(kept, fold(caller.user)) for kept in page.notes)
    return InboxAnswer(data=InboxData(unreadNotificationCount=page.unread, notifications=shown))


def _wire(kept: Kept, user: str) -> WireNotification:
    note = kept.note
    return WireNotification(
        predictable_id=note.key,
        type=note.kind,
        users_or_groups=tuple(sorted({Principal.parse(name).name for name in note.recipients})),
        event_time=note.event_time,
        expiration=note.expires_at,
        header=note.header,
        message=note.message,
        message_actions=note.buttons,
        details=note.details,
        read_by_users=tuple(sorted(kept.read_by)),
        read_by_all=kept.read_by_all,
        hidden_for_users=tuple(sorted(kept.hidden_for)),
        hidden_for_all=kept.hidden_for_all,
        read_for_current_user=is_read(kept, user),
    )
