"""The one writer of the authorisation map: takes messages of the authorisation queue, each about one identity or about freshness."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from pydantic import TypeAdapter, ValidationError

from chalicelib.access.models import GrantChange, GrantMessage
from chalicelib.access.store import AccessStore, AccountFreshness, HeldRole, IdentityRoles
from chalicelib.core.clock import Clock
from chalicelib.core.errors import AppError, Conflict, InvalidInput
from chalicelib.core.model import Frozen
from chalicelib.observability import logger

_CHUNK = 40
"""Changed roles in one transaction, beside the identity's shards."""
_TRIES = 5
FRESHNESS_GROUP = "freshness"
_TOMBSTONE_LIFE = 2 * 86_400
"""Seconds for which a right that ended is remembered, so that a late word of before does not bring it back."""


class FreshnessMessage(Frozen):
    """The other kind of message: which accounts were synced, by id."""

    fresh: dict[str, AccountFreshness]


_ANY: TypeAdapter[GrantMessage | FreshnessMessage] = TypeAdapter(GrantMessage | FreshnessMessage)


class Message(Protocol):
    """A message of a FIFO queue."""

    @property
    def message_id(self) -> str: ...

    @property
    def group(self) -> str: ...

    @property
    def body(self) -> str: ...


class UpdateMap:
    def __init__(self, *, store: AccessStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def take(self, messages: Iterable[Message]) -> tuple[str, ...]:
        """Ids of the messages that must come again: those that failed, and what follows one of these in its group."""
        failed: list[str] = []
        blocked: set[str] = set()
        for message in messages:
            if message.group not in blocked:
                try:
                    self._handle(_parsed(message.body))
                except AppError as error:
                    logger.error(
                        "a message about rights failed", extra={"id": message.message_id, "cause": error.message}
                    )
                    blocked.add(message.group)
            if message.group in blocked:
                failed.append(message.message_id)
        return tuple(failed)

    def _handle(self, message: GrantMessage | FreshnessMessage) -> None:
        if isinstance(message, GrantMessage):
            self.apply(message)
        else:
            self._store.set_fresh(message.fresh)

    def apply(self, message: GrantMessage) -> bool:
        """Whether anything was written. Idempotent, and an older observation never replaces a newer one.

        Raises Conflict, Throttled or Upstream.
        """
        changes = message.changes
        chunks = [changes[start : start + _CHUNK] for start in range(0, len(changes), _CHUNK)]
        written = [self._apply(message.identity, chunk) for chunk in chunks]
        return any(written)

    def _apply(self, identity: str, changes: Iterable[GrantChange]) -> bool:
        for left in reversed(range(_TRIES)):
            before = self._store.identity(identity)
            news = news_of(before, changes)
            if not news:
                return False
            try:
                self._store.replace(before, self._without_old_tombstones(before.held | news), news)
            except Conflict:
                if not left:
                    raise
            else:
                break
        return True

    def _without_old_tombstones(self, held: Mapping[str, HeldRole]) -> dict[str, HeldRole]:
        oldest = self._clock.now() - _TOMBSTONE_LIFE
        return {arn: role for arn, role in held.items() if role.grant is not None or role.observed_at > oldest}


def _parsed(body: str) -> GrantMessage | FreshnessMessage:
    """Raises InvalidInput for what is no message of ours."""
    try:
        return _ANY.validate_json(body)
    except ValidationError as error:
        raise InvalidInput(f"This is no message about rights: {error}", reason="bad_message") from error


def news_of(before: IdentityRoles, changes: Iterable[GrantChange]) -> dict[str, HeldRole]:
    """What changes for the identity, by role ARN; nothing for what it holds already and for what was observed before that."""
    news: dict[str, HeldRole] = {}
    for change in changes:
        held = news.get(change.role_arn) or before.held.get(change.role_arn)
        if held is not None and (change.observed_at < held.observed_at or change.grant == held.grant):
            continue
        news[change.role_arn] = HeldRole(grant=change.grant, observed_at=change.observed_at)
    return news
