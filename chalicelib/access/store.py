"""The authorisation map, read and written.

One writer (the consumer of the authorisation queue). The head is written last, on the condition that it is the one that was read, and
parts never change: whoever reads a head sees what belongs together, whatever a writer that crashed has left behind.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress

from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from chalicelib.access.packing import HEAD_LIMIT, fits, in_buckets, packed, split
from chalicelib.access.read_store import IdentityRoles, MapReader
from chalicelib.access.rights import AccountFreshness, HeldRole
from chalicelib.access.row_store import (
    FRESHNESS,
    PART,
    AccessRow,
    accounts_of,
    head_key,
    part_key,
    way_back,
)
from chalicelib.core.errors import Conflict, Throttled, Upstream
from chalicelib.core.ids import ulid
from chalicelib.db.base import connection
from chalicelib.db.errors import translated

BESIDE = 50
"""Ways back that are written in one transaction with the head. More go before it (new ones) and after it (those that end)."""
GRACE = 900
"""Seconds for which a part that no head names any more stays: somebody may just be reading."""


class AccessStore(MapReader):
    def replace(
        self,
        before: IdentityRoles,
        roles: Mapping[str, HeldRole],
        changed: Collection[str],
        *,
        ambiguous: bool | None = None,
    ) -> None:
        """Writes what the identity holds now, in the place of what was read, and the way back for each changed ARN.

        Raises Conflict when somebody wrote since `before` was read. After a crash in between, the same call mends what was left.
        """
        inline, parts = self._spread(before, roles)
        head = AccessRow(
            *head_key(before.identity),
            roles=inline,
            version=before.version + 1,
            parts=json.dumps(parts) if parts else None,
            ambiguous=before.ambiguous if ambiguous is None else ambiguous,
        )
        unchanged = AccessRow.version == before.version if before.version else AccessRow.pk.does_not_exist()
        standing = {arn: roles[arn] for arn in changed if arn in roles and roles[arn].stands}
        ended = [arn for arn in changed if arn not in standing]
        if len(changed) > BESIDE:
            self._ways_back(before.identity, standing, ())
            with translated("the authorisation map"):
                head.save(condition=unchanged)
            self.end_ways_back(before.identity, ended)
        else:
            with translated("the authorisation map"), TransactWrite(connection=connection()) as transaction:
                transaction.save(head, condition=unchanged)
                for arn, held in standing.items():
                    transaction.save(way_back(before.identity, arn, held))
                for arn in ended:
                    transaction.delete(way_back(before.identity, arn))
        if before.parts or parts:
            with suppress(Throttled, Upstream):
                self._sweep(before.identity, parts)

    def _spread(self, before: IdentityRoles, roles: Mapping[str, HeldRole]) -> tuple[bytes | None, list[str]]:
        """What stands in the head, and the names of the parts, of which those that changed are written here."""
        if before.parts and len(before.loaded) < len(before.parts):
            buckets = split(roles, len(before.parts))
            packs = {number: packed(buckets[number]) for number in before.loaded}
            small = min(map(len, packs.values()), default=HEAD_LIMIT) * len(before.parts) < HEAD_LIMIT // 2
            if fits(packs.values()) and not small:
                names = self._write_parts(before.identity, packs)
                return None, [names.get(number, name) for number, name in enumerate(before.parts)]
            everything = self.identity(before.identity)
            if everything.version != before.version:
                raise Conflict(f"The roles of {before.identity} were changed by somebody else meanwhile. Try again.")
            elsewhere = split(everything.roles, len(before.parts))
            roles = {
                arn: held
                for number, bucket in enumerate(elsewhere)
                if number not in before.loaded
                for arn, held in bucket.items()
            } | dict(roles)
        whole = packed(roles)
        if len(whole) <= HEAD_LIMIT:
            return whole, []
        names = self._write_parts(before.identity, dict(enumerate(in_buckets(roles, len(whole)))))
        return None, list(names.values())

    def _write_parts(self, identity: str, packs: Mapping[int, bytes]) -> dict[int, str]:
        names = {number: f"{PART}{ulid()}" for number in packs}
        with translated("the authorisation map"):
            for number, pack in packs.items():
                AccessRow(*part_key(identity, names[number]), roles=pack, made_at=self._clock.now()).save()
        return names

    def _sweep(self, identity: str, parts: Collection[str]) -> None:
        """Removes parts that nobody names: replaced ones, and those of writers that crashed."""
        oldest = self._clock.now() - GRACE
        with translated("the authorisation map"), AccessRow.batch_write() as batch:
            wanted = AccessRow.sk.startswith(PART)
            for row in AccessRow.query(f"ID#{identity}", wanted, attributes_to_get=["pk", "sk", "made_at"]):
                if row.sk not in parts and int(row.made_at or 0) < oldest:
                    batch.delete(row)

    def _ways_back(self, identity: str, standing: Mapping[str, HeldRole], ended: Iterable[str]) -> None:
        with translated("the authorisation map"), AccessRow.batch_write() as batch:
            for arn, held in standing.items():
                batch.save(way_back(identity, arn, held))
            for arn in ended:
                batch.delete(way_back(identity, arn))

    def end_ways_back(self, identity: str, arns: Iterable[str]) -> None:
        """May be repeated."""
        self._ways_back(identity, {}, arns)

    def set_fresh(self, synced: Mapping[str, AccountFreshness]) -> None:
        """Notes successful syncs; an older time never replaces a newer one. Raises Conflict when another writer was faster."""
        with translated("the accounts' freshness"):
            try:
                row = AccessRow.get(*FRESHNESS, consistent_read=True)
                before, version = accounts_of(row), int(row.version or 0)
                unchanged: Condition = AccessRow.version == version
            except DoesNotExist:
                before, version, unchanged = {}, 0, AccessRow.pk.does_not_exist()
            newer = {
                account: seen
                for account, seen in synced.items()
                if account not in before or before[account].synced_at <= seen.synced_at
            }
            body = {account: seen.model_dump() for account, seen in (before | newer).items()}
            AccessRow(*FRESHNESS, fresh=json.dumps(body), version=version + 1).save(condition=unchanged)
