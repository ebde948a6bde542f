"""What the authorisation queue carries. Order is kept within a group: one identity, the accounts' freshness, or one account."""

from collections.abc import Iterable, Iterator
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from chalicelib.access.rights import AccountFreshness, GrantChange
from chalicelib.core.errors import InvalidInput
from chalicelib.core.model import Frozen

FRESHNESS_GROUP = "freshness"
_CHANGES = 1000
"""Changes of one identity in one message, and the bytes of all of them: SQS takes 262,144."""
_BYTES = 190_000


class GrantMessage(Frozen):
    """What is new of one identity (`user:x` or `group:x`). `sent` tells apart what would else be taken for a repetition."""

    identity: str
    changes: tuple[GrantChange, ...]
    sent: str = ""

    @property
    def group(self) -> str:
        return self.identity


class FreshnessMessage(Frozen):
    """Which accounts were synced, by id."""

    fresh: dict[str, AccountFreshness]

    @property
    def group(self) -> str:
        return FRESHNESS_GROUP


class NameMessage(Frozen):
    """The directory has learned or forgotten that somebody, or some group, has the name of this identity."""

    identity: str
    sent: str
    about: Literal["name"] = "name"

    @property
    def group(self) -> str:
        return self.identity


class RecomputeMessage(Frozen):
    """The configuration of `version` may say something else of these roles (None: of all) of the account; those up to the ARN `after` are
    done. Roles whose row was written at `written_at` were judged by an older configuration: of them everything is told again, since
    the map may have believed none of it.
    """

    account_id: str
    version: int
    arns: tuple[str, ...] | None = None
    after: str = ""
    written_at: int | None = None

    @property
    def group(self) -> str:
        return f"account {self.account_id}"


MapMessage = GrantMessage | FreshnessMessage | NameMessage | RecomputeMessage
_ANY: TypeAdapter[MapMessage] = TypeAdapter(MapMessage)


def parsed(body: str) -> MapMessage:
    """Raises InvalidInput for what is no message of ours."""
    try:
        return _ANY.validate_json(body)
    except ValidationError as error:
        raise InvalidInput(f"This is no message about rights: {error}", reason="bad_message") from error


def by_identity(changed: Iterable[tuple[str, GrantChange]]) -> Iterator[GrantMessage]:
    """As few messages as carry the changes of each identity, in order."""
    found: dict[str, list[GrantChange]] = {}
    for identity, change in changed:
        found.setdefault(identity, []).append(change)
    for identity, changes in sorted(found.items()):
        for chunk in _chunks(changes):
            yield GrantMessage(identity=identity, changes=tuple(chunk))


def _chunks(changes: Iterable[GrantChange]) -> Iterator[list[GrantChange]]:
    chunk: list[GrantChange] = []
    size = 0
    for change in changes:
        length = len(change.model_dump_json().encode())
        if chunk and (len(chunk) == _CHANGES or size + length > _BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(change)
        size += length
    if chunk:
        yield chunk
