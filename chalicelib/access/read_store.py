"""Reading the authorisation map: for whoever decides, everything of a caller in one consistent look."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from pynamodb.exceptions import DoesNotExist
from pynamodb.transactions import TransactGet

from chalicelib.access.packing import bucket_of, from_text, unpacked
from chalicelib.access.rights import AccountFreshness, HeldRole, Holding
from chalicelib.access.row_store import (
    FRESHNESS,
    AccessRow,
    accounts_of,
    head_key,
    part_key,
    parts_of,
)
from chalicelib.core.clock import Clock
from chalicelib.core.errors import Conflict, Throttled
from chalicelib.core.principals import Caller, Principal
from chalicelib.db.base import Table, connection
from chalicelib.db.errors import translated
from chalicelib.identity.models import Session
from chalicelib.identity.store import SessionRow, SessionStore, session_key

GETS = 60
"""Items of one transaction: AWS takes a hundred of 4 MB together, and so many heads are never larger."""
_TRIES = 3
Row_co = TypeVar("Row_co", covariant=True)
_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class IdentityRoles:
    """What the map says of one identity, as of a version (0: nothing was ever written).

    `roles` holds the ARNs of the `loaded` buckets; `parts` names the item of each bucket, and there is none for what is in the head.
    """

    identity: str
    roles: Mapping[str, HeldRole] = field(default_factory=dict)
    version: int = 0
    parts: tuple[str, ...] = ()
    loaded: frozenset[int] = frozenset()
    ambiguous: bool = False


@dataclass(frozen=True, slots=True)
class Rights:
    """What was read for a caller. `accounts` is what is known of each account, by its id."""

    session: Session | None
    holdings: dict[str, Holding]
    accounts: dict[str, AccountFreshness]


class MapReader:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sessions = SessionStore(clock)

    def rights(self, caller: Caller) -> Rights:
        """Session, freshness and the caller's rows, in one wave of round trips whatever their number. Roles of an identity that has
        too many for one item cost a second one, and so do groups that only the session row knows.
        """
        identities = [str(principal) for principal in caller.principals]
        with translated("the authorisation map"):
            session_row, fresh_row, heads = self._look(caller.session_id, identities)
            session = self._sessions.live(session_row) if session_row is not None else None
            if session is not None and not caller.groups_known:
                more = {str(Principal.group(name)) for name in session.groups} - set(identities)
                heads |= self._look(None, sorted(more))[2]
            holdings = self._holdings(heads)
        return Rights(session=session, holdings=holdings, accounts=accounts_of(fresh_row))

    def holdings(self, identities: Iterable[str]) -> dict[str, Holding]:
        """The same for anybody, without a session."""
        with translated("the authorisation map"):
            return self._holdings(self._look(None, list(dict.fromkeys(identities)))[2])

    def _look(
        self, session_id: str | None, identities: Sequence[str]
    ) -> tuple[SessionRow | None, AccessRow | None, dict[str, AccessRow]]:
        wanted: list[tuple[type[Table], _Key]] = []
        if session_id is not None:
            wanted = [(SessionRow, session_key(session_id)), (AccessRow, FRESHNESS)]
        before = len(wanted)
        wanted += [(AccessRow, head_key(identity)) for identity in identities]
        chunks = [wanted[start : start + GETS] for start in range(0, len(wanted), GETS)]
        if len(chunks) <= 1:
            rows = [row for chunk in chunks for row in _got(chunk)]
        else:
            with ThreadPoolExecutor(len(chunks)) as threads:
                rows = [row for chunk in threads.map(_got, chunks) for row in chunk]
        session, fresh = rows[:before] if before else (None, None)
        heads = {identity: row for identity, row in zip(identities, rows[before:], strict=True) if row is not None}
        return session, fresh, heads

    def _holdings(self, heads: Mapping[str, AccessRow]) -> dict[str, Holding]:
        named = {identity: parts_of(head) for identity, head in heads.items()}
        packs = self._packs([part_key(identity, part) for identity, parts in named.items() for part in parts])
        found: dict[str, Holding] = {}
        for identity, head in heads.items():
            roles = unpacked(head.roles)
            for part in named[identity]:
                roles |= unpacked(packs[part_key(identity, part)])
            found[identity] = Holding(roles, bool(head.ambiguous))
        return found

    def _packs(self, keys: Sequence[_Key]) -> dict[_Key, bytes]:
        """Raises Throttled for a part that was replaced so long ago that it is gone: the reader was asleep."""
        found = {(row.pk, row.sk): row.roles for row in AccessRow.batch_get(keys, consistent_read=True)} if keys else {}
        if missing := sorted(set(keys) - found.keys()):
            raise Throttled(f"The authorisation map changed while it was read ({missing[0][0]}). Try again.")
        return found

    def identity(self, identity: str, arns: Collection[str] | None = None) -> IdentityRoles:
        """What the map says of one identity (of so many that they have buckets only of those that hold the `arns`), strongly
        consistent: what the writer starts from.
        """
        with translated("the authorisation map"):
            try:
                head = AccessRow.get(*head_key(identity), consistent_read=True)
            except DoesNotExist:
                return IdentityRoles(identity=identity)
            parts = parts_of(head)
            all_buckets = range(len(parts))
            buckets = sorted(all_buckets if arns is None else {bucket_of(arn, len(parts)) for arn in arns if parts})
            packs = self._packs([part_key(identity, parts[bucket]) for bucket in buckets])
        roles = unpacked(head.roles)
        for pack in packs.values():
            roles |= unpacked(pack)
        return IdentityRoles(
            identity=identity,
            roles=roles,
            version=int(head.version or 0),
            parts=parts,
            loaded=frozenset(buckets),
            ambiguous=bool(head.ambiguous),
        )

    def of_role(self, arn: str) -> dict[str, HeldRole]:
        """Who holds the role, by identity. Nobody who does is missing; after a writer's crash somebody may still be named."""
        with translated("the authorisation map"):
            rows = list(AccessRow.query(f"ROLE#{arn}", consistent_read=True))
        return {row.sk.removeprefix("ID#"): from_text(row.held) for row in rows if row.held}

    def accounts(self) -> dict[str, AccountFreshness]:
        with translated("the accounts' freshness"):
            try:
                return accounts_of(AccessRow.get(*FRESHNESS, consistent_read=True))
            except DoesNotExist:
                return {}


def _got(keys: Sequence[tuple[type[Table], _Key]]) -> list[Any]:
    """Rows of the asked-for types, in one transaction; None for what there is not. A writer that is just at one of them makes AWS refuse
    it: then it is asked again.
    """
    for _ in range(_TRIES):
        with suppress(Conflict), translated("the authorisation map"):
            with TransactGet(connection=connection()) as transaction:
                futures = [transaction.get(row, *key) for row, key in keys]
            return [_found(future) for future in futures]
    raise Throttled("The authorisation map is being written. Try again in a moment.")


class _Future(Protocol[Row_co]):
    def get(self) -> Row_co: ...


def _found(future: _Future[Row_co]) -> Row_co | None:
    try:
        return future.get()
    except DoesNotExist:
        return None
