"""What somebody did in Slack, read from a post whose signature was verified. Pure, and without any heavy library."""

from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chalicelib.core.errors import Forbidden, InvalidInput
from chalicelib.core.model import Frozen
from chalicelib.notifications.models import SlackConfig

REASON_FIELD = "reason"


class Act(StrEnum):
    """`action_id` of our buttons; `OPEN` is a link, of which Slack tells too."""

    APPROVE = "approve"
    REJECT = "reject"
    OPEN = "open"
    REJECT_WITH = "reject_reason"
    """The dialog that asks why was sent; these are the `callback_id` of each."""
    APPROVE_WITH = "approve_reason"


_DIALOGS = frozenset({Act.REJECT_WITH.value, Act.APPROVE_WITH.value})


class Click(Frozen):
    """What waits in the queue. By its `trigger` a dialog can be opened for three seconds."""

    kind: Literal["click"] = "click"
    act: Act
    user: str
    """Slack's id of whoever did it."""
    value: str = Field(max_length=3000)
    channel: str = ""
    trigger: str = ""
    """Of this one press: it tells one from the next."""
    reason: str = Field(default="", max_length=3000)


class _Their(BaseModel):
    """A part of Slack's document; it has many more."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class _Team(_Their):
    id: str


class _User(_Their):
    id: str
    team_id: str | None = None


class _Action(_Their):
    action_id: str = ""
    value: str = ""


class _Container(_Their):
    channel_id: str = ""


class _View(_Their):
    callback_id: str = ""
    private_metadata: str = ""
    state: dict[str, Any] = Field(default_factory=dict)


class _Payload(_Their):
    type: str
    api_app_id: str
    team: _Team | None = None
    user: _User
    trigger_id: str = ""
    actions: tuple[_Action, ...] = ()
    container: _Container = _Container()
    view: _View | None = None


def read(payload: str, config: SlackConfig) -> Click | None:
    """None for what asks nothing of us. Raises Forbidden for another workspace or app, InvalidInput for what can't be read."""
    try:
        found = _Payload.model_validate_json(payload)
    except ValidationError:
        raise InvalidInput("The payload is not one of Slack's interactions.", reason="no_interaction") from None
    # Somebody of another workspace may share a channel with this one: both must be ours.
    teams = {found.team.id if found.team else "", found.user.team_id or config.team_id}
    if teams != {config.team_id} or found.api_app_id != config.app_id:
        raise Forbidden("This comes from another Slack workspace or app.", reason="foreign_workspace")
    try:
        return _submitted(found) if found.type == "view_submission" else _pressed(found)
    except ValidationError:
        raise InvalidInput("A value in the payload is too long.", reason="no_interaction") from None


def _pressed(found: _Payload) -> Click | None:
    if found.type != "block_actions" or len(found.actions) != 1:
        return None
    (action,) = found.actions
    if action.action_id not in {Act.APPROVE, Act.REJECT}:
        return None
    return Click(
        act=Act(action.action_id),
        user=found.user.id,
        value=action.value,
        channel=found.container.channel_id,
        trigger=found.trigger_id,
    )


def _submitted(found: _Payload) -> Click | None:
    if found.view is None or found.view.callback_id not in _DIALOGS:
        return None
    channel, _, value = found.view.private_metadata.partition(" ")
    return Click(
        act=Act(found.view.callback_id),
        user=found.user.id,
        value=value,
        channel=channel,
        trigger=found.trigger_id,
        reason=_reason(found.view.state),
    )


def _reason(state: dict[str, Any]) -> str:
    """`{"values": {block: {REASON_FIELD: {"value": ...}}}}`; nothing where it is built otherwise."""
    values = state.get("values")
    for fields in values.values() if isinstance(values, dict) else ():
        field = fields.get(REASON_FIELD) if isinstance(fields, dict) else None
        if isinstance(field, dict) and isinstance(field.get("value"), str):
            return str(field["value"])
    return ""
