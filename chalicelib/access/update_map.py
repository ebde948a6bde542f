"""The one writer of the authorisation map: takes messages of the authorisation queue."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from chalicelib.access.messages import FreshnessMessage, GrantMessage, NameMessage, RecomputeMessage, parsed
from chalicelib.access.read_store import IdentityRoles
from chalicelib.access.rights import CONFIGURATION, ROLE, GrantChange, HeldRole
from chalicelib.access.store import AccessStore
from chalicelib.access.words import forgotten, gone, news_of
from chalicelib.core.clock import Clock
from chalicelib.core.errors import AppError, Conflict
from chalicelib.observability import logger

_TRIES = 5


class Message(Protocol):
    """A message of a FIFO queue."""

    @property
    def message_id(self) -> str: ...

    @property
    def group(self) -> str: ...

    @property
    def body(self) -> str: ...


class NameKinds(Protocol):
    @property
    def ambiguous(self) -> bool: ...


class Names(Protocol):
    def knows(self, names: Iterable[str]) -> Mapping[str, NameKinds]:
        """What the directory knows each bare name as. Strongly consistent."""


class UpdateMap:
    def __init__(
        self,
        *,
        store: AccessStore,
        names: Names,
        recompute: Callable[[RecomputeMessage], None],
        exists: Callable[[str], bool],
        clock: Clock,
    ) -> None:
        self._store = store
        self._names = names
        self._recompute = recompute
        self._exists = exists
        self._clock = clock

    def take(self, messages: Iterable[Message]) -> tuple[str, ...]:
        """Ids of the messages that must come again: those that failed, and what follows one of these in its group."""
        groups: dict[str, list[Message]] = {}
        for message in messages:
            groups.setdefault(message.group, []).append(message)
        left = [message for group in groups.values() for message in group[self._done(group) :]]
        return tuple(message.message_id for message in left)

    def _done(self, messages: Sequence[Message]) -> int:
        """How many were dealt with, from the first on."""
        done = 0
        while done < len(messages):
            try:
                done += self._next(messages[done:])
            except AppError as error:
                ids = [message.message_id for message in messages[done:]]
                logger.error("a message about rights failed", extra={"ids": ids, "cause": error.message})
                break
        return done

    def _next(self, messages: Sequence[Message]) -> int:
        """Deals with the first message, and at once with those after it that go on about the same identity. How many that were."""
        match parsed(messages[0].body):
            case GrantMessage() as first:
                changes = [first.changes]
                for message in messages[1:]:
                    more = _of_identity(message, first.identity)
                    if more is None:
                        break
                    changes.append(more.changes)
                self._apply(first.identity, [change for told in changes for change in told])
                return len(changes)
            case FreshnessMessage() as told:
                self._store.set_fresh(told.fresh)
            case NameMessage() as named:
                self.look_at_name(named.identity)
            case RecomputeMessage() as asked:
                self._recompute(asked)
        return 1

    def apply(self, message: GrantMessage) -> bool:
        """Whether anything was written. Idempotent, and an older word never replaces a newer one.

        Raises Conflict, Throttled or Upstream.
        """
        return self._apply(message.identity, message.changes)

    def _apply(self, identity: str, changes: Sequence[GrantChange]) -> bool:
        written = self._repeated(lambda: self._write(identity, changes))
        lost = [gone(arn, self._clock.now()) for arn in _granted(changes) if not self._exists(arn)]
        # Whoever removes a role tells its holders once more afterwards: one of the two sees what the other wrote.
        return (self._repeated(lambda: self._write(identity, lost)) if lost else False) or written

    def _write(self, identity: str, changes: Sequence[GrantChange]) -> bool:
        before = self._store.identity(identity, {change.role_arn for change in changes})
        news = news_of(before.roles, changes)
        if not news:
            self._end_ways_back(before, changes)
            return False
        after = self._worth_keeping({**before.roles, **news})
        over = {arn for arn, held in before.roles.items() if arn not in after and held.stands}
        bare = any(claim.bare for held in news.values() for claim in held.claims)
        ambiguous = self._is_ambiguous(identity) if bare else before.ambiguous
        self._store.replace(before, after, sorted({*news, *over}), ambiguous=ambiguous)
        return True

    def _end_ways_back(self, before: IdentityRoles, changes: Iterable[GrantChange]) -> None:
        """Whoever ended these rights may have crashed before the ways back were gone."""
        arns = {change.role_arn for change in changes}
        if ended := sorted(arn for arn in arns & before.roles.keys() if not before.roles[arn].stands):
            self._store.end_ways_back(before.identity, ended)

    def _worth_keeping(self, roles: Mapping[str, HeldRole]) -> dict[str, HeldRole]:
        now = self._clock.now()
        kept = {arn: forgotten(held, now) for arn, held in roles.items()}
        return {arn: held for arn, held in kept.items() if held is not None}

    def look_at_name(self, identity: str) -> bool:
        """Asks the directory whether the bare name of the identity means two; whether anything was written."""
        return self._repeated(lambda: self._mark(identity))

    def _mark(self, identity: str) -> bool:
        before, ambiguous = self._store.identity(identity, ()), self._is_ambiguous(identity)
        if not before.version or before.ambiguous == ambiguous:
            return False
        self._store.replace(before, before.roles, (), ambiguous=ambiguous)
        return True

    def _is_ambiguous(self, identity: str) -> bool:
        _, _, name = identity.partition(":")
        found = self._names.knows([name])[name].ambiguous
        if found:
            logger.warning("a name is both a user's and a group's: bare, it means nobody", extra={"name_in_tags": name})
        return found

    def _repeated(self, write: Callable[[], bool]) -> bool:
        for _ in range(_TRIES - 1):
            try:
                return write()
            except Conflict:
                continue
        return write()


def _granted(changes: Iterable[GrantChange]) -> list[str]:
    """Roles to which somebody was given a grant. It may have been under way while its role was removed."""
    put = {
        change.role_arn
        for change in changes
        if any(word.claims and channel not in {ROLE, CONFIGURATION} for channel, word in change.words.items())
    }
    return sorted(put)


def _of_identity(message: Message, identity: str) -> GrantMessage | None:
    try:
        told = parsed(message.body)
    except AppError:
        return None
    return told if isinstance(told, GrantMessage) and told.identity == identity else None
