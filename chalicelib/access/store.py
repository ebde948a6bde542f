"""Table `access`: the authorisation map. `ID#<identity>` holds a person's or group's roles in gzipped shards; `ROLE#<arn>` is
the way back. One writer (the consumer of the authorisation queue), conditional on the version that it read.
"""

import gzip
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactGet, TransactWrite

from chalicelib.access.models import RoleGrant
from chalicelib.core.clock import Clock
from chalicelib.core.model import Frozen
from chalicelib.core.principals import Caller
from chalicelib.db.base import Table, connection
from chalicelib.db.errors import translated
from chalicelib.identity.models import Session
from chalicelib.identity.store import SessionRow, SessionStore, session_key

Row_co = TypeVar("Row_co", covariant=True)

SHARD_ROLES = 15_000
"""Roles in one shard: about 300 KB of gzipped JSON when their names end in random letters, as CloudFormation's do."""
WAVE = 98
"""Identities in one transaction of at most 100 gets, beside the session and the accounts' freshness."""
_FRESHNESS = ("FRESHNESS", "ACCOUNTS")


class AccessRow(Table):
    suffix = "access"

    roles = BinaryAttribute(legacy_encoding=False, null=True)
    version = NumberAttribute(null=True)
    shards = NumberAttribute(null=True)
    grant = UnicodeAttribute(null=True)
    fresh = UnicodeAttribute(null=True)


class HeldRole(Frozen):
    """A grant (None: taken away) and when it was observed: an older word never replaces a newer one."""

    grant: RoleGrant | None
    observed_at: int


class IdentityRoles(Frozen):
    """Everything that the map says of one identity, by role ARN, as of a version (0: nothing was ever written)."""

    identity: str
    held: dict[str, HeldRole]
    version: int
    shards: int


class AccountFreshness(Frozen):
    """An account's name, and the epoch seconds of its last successful sync: kept here so that one look decides and names."""

    name: str
    synced_at: int


class Rights(Frozen):
    """What was read for a caller, in one consistent look."""

    session: Session | None
    grants: dict[str, tuple[RoleGrant, ...]]
    accounts: dict[str, AccountFreshness]
    """What is known of each account, by its id."""


class AccessStore:
    def __init__(self, clock: Clock) -> None:
        self._sessions = SessionStore(clock)

    def rights(self, caller: Caller) -> Rights:
        """Session, freshness and the caller's rows: one round trip for up to 98 identities, then one per 98 more."""
        identities = [str(principal) for principal in caller.principals]
        first, rest = identities[:WAVE], identities[WAVE:]
        with translated("the authorisation map"):
            with TransactGet(connection=connection()) as transaction:
                session = transaction.get(SessionRow, *session_key(caller.session_id))
                fresh = transaction.get(AccessRow, *_FRESHNESS)
                futures = [(identity, transaction.get(AccessRow, f"ID#{identity}", _shard(0))) for identity in first]
            rows = [(identity, _found(future)) for identity, future in futures]
            for start in range(0, len(rest), WAVE):
                rows += self._wave(rest[start : start + WAVE])
            grants = {identity: self._grants(identity, row) for identity, row in rows if row is not None}
        session_row, fresh_row = _found(session), _found(fresh)
        return Rights(
            session=self._sessions.live(session_row) if session_row is not None else None,
            grants=grants,
            accounts=_accounts(fresh_row),
        )

    def _wave(self, identities: Sequence[str]) -> list[tuple[str, AccessRow | None]]:
        with TransactGet(connection=connection()) as transaction:
            futures = [(identity, transaction.get(AccessRow, f"ID#{identity}", _shard(0))) for identity in identities]
        return [(identity, _found(future)) for identity, future in futures]

    def _grants(self, identity: str, first: AccessRow) -> tuple[RoleGrant, ...]:
        held = self._held(identity, first)
        return tuple(role.grant for role in held.values() if role.grant is not None)

    def _held(self, identity: str, first: AccessRow) -> dict[str, HeldRole]:
        held = _unpacked(first)
        for number in range(1, int(first.shards or 1)):
            held |= _unpacked(AccessRow.get(f"ID#{identity}", _shard(number), consistent_read=True))
        return held

    def identity(self, identity: str) -> IdentityRoles:
        """What the map says of one identity, strongly consistent: what the writer starts from."""
        with translated("the authorisation map"):
            try:
                first = AccessRow.get(f"ID#{identity}", _shard(0), consistent_read=True)
            except DoesNotExist:
                return IdentityRoles(identity=identity, held={}, version=0, shards=0)
            held = self._held(identity, first)
        return IdentityRoles(
            identity=identity, held=held, version=int(first.version or 0), shards=int(first.shards or 1)
        )

    def replace(self, before: IdentityRoles, held: Mapping[str, HeldRole], changed: Iterable[str]) -> None:
        """Writes the identity's new roles and the way back for each changed ARN, all or nothing.

        Raises Conflict when somebody wrote since `before` was read. `changed` holds at most 50 ARNs.
        """
        packs = _packed(held)
        unchanged = AccessRow.version == before.version if before.version else AccessRow.pk.does_not_exist()
        with translated("the authorisation map"), TransactWrite(connection=connection()) as transaction:
            for number, pack in enumerate(packs):
                row = AccessRow(f"ID#{before.identity}", _shard(number), roles=pack)
                if number == 0:
                    row.version, row.shards = before.version + 1, len(packs)
                transaction.save(row, condition=unchanged if number == 0 else None)
            for number in range(len(packs), before.shards):
                transaction.delete(AccessRow(f"ID#{before.identity}", _shard(number)))
            for arn in changed:
                way_back = AccessRow(f"ROLE#{arn}", f"ID#{before.identity}")
                grant = held[arn].grant if arn in held else None
                if grant is None:
                    transaction.delete(way_back)
                else:
                    way_back.grant = grant.model_dump_json()
                    transaction.save(way_back)

    def of_role(self, arn: str) -> dict[str, RoleGrant]:
        """Identity to grant, for one role."""
        with translated("the authorisation map"):
            rows = list(AccessRow.query(f"ROLE#{arn}", consistent_read=True))
        return {row.sk.removeprefix("ID#"): RoleGrant.model_validate_json(row.grant) for row in rows if row.grant}

    def accounts(self) -> dict[str, AccountFreshness]:
        with translated("the accounts' freshness"):
            try:
                return _accounts(AccessRow.get(*_FRESHNESS, consistent_read=True))
            except DoesNotExist:
                return {}

    def set_fresh(self, synced: Mapping[str, AccountFreshness]) -> None:
        """Notes successful syncs; an older time never replaces a newer one. Raises Conflict when another writer was faster."""
        with translated("the accounts' freshness"):
            try:
                row = AccessRow.get(*_FRESHNESS, consistent_read=True)
                before, version = _accounts(row), int(row.version or 0)
                unchanged: Condition = AccessRow.version == version
            except DoesNotExist:
                before, version, unchanged = {}, 0, AccessRow.pk.does_not_exist()
            newer = {
                account: seen
                for account, seen in synced.items()
                if account not in before or before[account].synced_at <= seen.synced_at
            }
            body = {account: seen.model_dump() for account, seen in (before | newer).items()}
            AccessRow(*_FRESHNESS, fresh=json.dumps(body), version=version + 1).save(condition=unchanged)


def _accounts(row: "AccessRow | None") -> dict[str, AccountFreshness]:
    if row is None or not row.fresh:
        return {}
    return {account: AccountFreshness.model_validate(seen) for account, seen in json.loads(row.fresh).items()}


def _shard(number: int) -> str:
    return f"ROLES#{number}"


class _Future(Protocol[Row_co]):
    def get(self) -> Row_co: ...


def _found(future: _Future[Row_co]) -> Row_co | None:
    try:
        return future.get()
    except DoesNotExist:
        return None


def _packed(held: Mapping[str, HeldRole]) -> list[bytes]:
    items = [(arn, role.model_dump(mode="json")) for arn, role in sorted(held.items())]
    shards = [items[start : start + SHARD_ROLES] for start in range(0, len(items), SHARD_ROLES)] or [[]]
    return [gzip.compress(json.dumps(dict(shard)).encode(), mtime=0) for shard in shards]


def _unpacked(row: AccessRow) -> dict[str, HeldRole]:
    if row.roles is None:
        return {}
    return {arn: HeldRole.model_validate(role) for arn, role in json.loads(gzip.decompress(row.roles)).items()}
