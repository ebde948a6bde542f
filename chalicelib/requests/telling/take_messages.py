"""The queue of what is to be told and of what was pressed in Slack, message by message."""

from collections.abc import Callable, Iterable
from typing import Annotated, Protocol

from pydantic import Field, TypeAdapter, ValidationError

from chalicelib.core.errors import AppError
from chalicelib.notifications.slack.interactions import Click
from chalicelib.observability import logger
from chalicelib.requests.telling.follow_clicks import ClickFollower
from chalicelib.requests.telling.messages import TellMessage
from chalicelib.requests.telling.tell_people import Teller

_MESSAGE: TypeAdapter[Click | TellMessage] = TypeAdapter(Annotated[Click | TellMessage, Field(discriminator="kind")])


class QueueRecord(Protocol):
    @property
    def message_id(self) -> str: ...

    @property
    def group(self) -> str: ...

    @property
    def body(self) -> str: ...


class TellingMessages:
    def __init__(self, *, teller: Callable[[], Teller], clicks: Callable[[], ClickFollower]) -> None:
        self._teller = teller
        self._clicks = clicks

    def take(self, records: Iterable[QueueRecord]) -> tuple[str, ...]:
        """Ids of the messages that must come again: one that failed, and what follows it in its group."""
        failed: list[str] = []
        groups: set[str] = set()
        for record in records:
            if record.group in groups or not self._taken(record):
                failed.append(record.message_id)
                groups.add(record.group)
        return tuple(failed)

    def _taken(self, record: QueueRecord) -> bool:
        try:
            message = _MESSAGE.validate_json(record.body)
        except ValidationError:
            logger.error("a message that nobody understands", extra={"id": record.message_id})
            return False
        try:
            if isinstance(message, Click):
                self._clicks().follow(message)
            else:
                self._teller().tell_all(message.request_id)
        except AppError as error:
            logger.warning("comes again", extra={"id": record.message_id, "cause": error.message[:500]})
            return False
        return True
