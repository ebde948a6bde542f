"""From a message of a queue to the event: EventBridge's envelope, alone or inside SNS's, and CloudTrail's record in it."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from chalicelib.core.errors import InvalidInput
from chalicelib.inventory.events.models import TrailEvent, TrailIdentity, TrailResource


def _mapping(value: Any) -> Any:
    """CloudTrail writes null for nothing, and now and then a text where a document should be."""
    return value if isinstance(value, dict) else {}


_Document = Annotated[dict[str, Any], BeforeValidator(_mapping)]
_Text = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]


class _Wire(BaseModel):
    """AWS adds fields as it likes."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class _Issuer(_Wire):
    arn: _Text = ""
    account: _Text = Field(default="", alias="accountId")


class _Session(_Wire):
    issuer: Annotated[_Issuer, BeforeValidator(_mapping)] = Field(default=_Issuer(), alias="sessionIssuer")
    source_identity: _Text = Field(default="", alias="sourceIdentity")


class _Identity(_Wire):
    kind: _Text = Field(default="", alias="type")
    arn: _Text = ""
    account: _Text = Field(default="", alias="accountId")
    invoked_by: _Text = Field(default="", alias="invokedBy")
    session: Annotated[_Session, BeforeValidator(_mapping)] = Field(default=_Session(), alias="sessionContext")


class _Resource(_Wire):
    arn: _Text = Field(default="", alias="ARN")
    kind: _Text = Field(default="", alias="type")
    account: _Text = Field(default="", alias="accountId")


class _Record(_Wire):
    event_id: str = Field(alias="eventID", min_length=1, max_length=200)
    time: datetime = Field(alias="eventTime")
    source: str = Field(alias="eventSource", min_length=1)
    name: str = Field(alias="eventName", min_length=1)
    region: _Text = Field(default="", alias="awsRegion")
    account_id: _Text = Field(default="", alias="recipientAccountId")
    identity: Annotated[_Identity, BeforeValidator(_mapping)] = Field(default=_Identity(), alias="userIdentity")
    error_code: _Text = Field(default="", alias="errorCode")
    error_message: _Text = Field(default="", alias="errorMessage")
    request: _Document = Field(default_factory=dict, alias="requestParameters")
    response: _Document = Field(default_factory=dict, alias="responseElements")
    resources: Annotated[
        tuple[_Resource, ...], BeforeValidator(lambda value: value if isinstance(value, list) else [])
    ] = ()
    source_ip: _Text = Field(default="", alias="sourceIPAddress")
    read_only: Annotated[bool, BeforeValidator(lambda value: value in (True, "true"))] = Field(
        default=False, alias="readOnly"
    )


def parse(body: str) -> TrailEvent:
    """Raises InvalidInput for what is no event of CloudTrail."""
    envelope = _unwrapped(_json(body))
    record = envelope.get("detail", envelope)
    try:
        found = _Record.model_validate(record)
    except ValidationError as error:
        raise InvalidInput(f"The message is no event of CloudTrail: {_first(error)}", reason="bad_event") from error
    account = found.account_id or str(envelope.get("account") or "") or found.identity.account
    if not account:
        raise InvalidInput(f"The event {found.event_id} does not say in which account it happened.", reason="bad_event")
    return _event(found, account)


def _unwrapped(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """What SNS was told, when the message came through it."""
    if document.get("Type") == "Notification" and isinstance(document.get("Message"), str):
        return _json(document["Message"])
    return document


def _json(text: str) -> Mapping[str, Any]:
    try:
        document = json.loads(text)
    except ValueError as error:
        raise InvalidInput(f"The message is not JSON: {error}", reason="bad_event") from error
    if not isinstance(document, dict):
        raise InvalidInput("The message is not a JSON object.", reason="bad_event")
    return document


def _first(error: ValidationError) -> str:
    """Only the place and the kind of fault: an event may hold what belongs into no log."""
    fault = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(map(str, fault['loc'])) or 'it'}: {fault['msg']}"


def _event(found: _Record, account: str) -> TrailEvent:
    moment = found.time if found.time.tzinfo else found.time.replace(tzinfo=UTC)
    return TrailEvent(
        event_id=found.event_id,
        time=int(moment.timestamp()),
        source=found.source,
        name=found.name,
        region=found.region,
        account_id=account,
        identity=_identity(found.identity),
        error_code=found.error_code,
        error_message=found.error_message,
        request=found.request,
        response=found.response,
        resources=tuple(
            TrailResource(arn=one.arn, kind=one.kind, account=one.account) for one in found.resources if one.arn
        ),
        source_ip=found.source_ip,
        read_only=found.read_only,
    )


def _identity(found: _Identity) -> TrailIdentity:
    session = found.arn.rpartition("/")[2] if ":assumed-role/" in found.arn else ""
    return TrailIdentity(
        kind=found.kind,
        arn=found.arn,
        issuer_arn=found.session.issuer.arn,
        account=found.account or found.session.issuer.account,
        session_name=session,
        source_identity=found.session.source_identity,
        invoked_by=found.invoked_by,
    )
