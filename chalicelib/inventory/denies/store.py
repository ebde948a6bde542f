"""Table `inventory`, the part about denies. Each kind of deny has one row a day under whom it happened to and one under the resource that
it was about, and each of both a tally of the day. An event counts once, however often it comes: its id is written in the same transaction.

    pk RES#<arn>         sk DENY#<day>#<digest>   one kind of deny: the latest of it, and how often
    pk RES#<arn>         sk DENIES#<day>          the tally; in the index as `<account>#denies`
    pk DENIED#<event>    sk META                  this event is counted
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.transactions import TransactWrite

from chalicelib.core.clock import Clock
from chalicelib.db.base import Table, connection
from chalicelib.db.errors import translated
from chalicelib.inventory.denies.models import Deny, DenyRecord
from chalicelib.inventory.denies.rules import account_of, page_of

DAY = 86_400
_EVENT_LIFE = 2 * DAY
"""Seconds for which an event that comes again is known: longer than any queue keeps one that is taken."""
_KIND, _TALLY, _META = "DENY#", "DENIES#", "META"


class _ByScope(GlobalSecondaryIndex["DenyRow"]):  # type: ignore[no-untyped-call]
    class Meta:
        index_name = "scope"
        projection = AllProjection()

    scope = UnicodeAttribute(hash_key=True)
    arn = UnicodeAttribute(range_key=True)


class DenyRow(Table):
    suffix = "inventory"

    scope = UnicodeAttribute(null=True)
    arn = UnicodeAttribute(null=True)
    times = NumberAttribute(null=True)
    kinds = NumberAttribute(null=True)
    body = UnicodeAttribute(null=True)
    first_at = NumberAttribute(null=True)
    last_at = NumberAttribute(null=True)
    expires_at = NumberAttribute(null=True)
    by_scope = _ByScope()


@dataclass(frozen=True, slots=True)
class Side:
    """What is known of one ARN that a deny is about, on its day."""

    arn: str
    total: int = 0
    kinds: int = 0
    times: int = 0
    """Of this very kind."""
    first_at: int = 0
    last_at: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether the event was counted before, and both sides; no `resource` when it is no single one or the principal itself."""

    counted: bool
    principal: Side
    resource: Side | None = field(default=None)

    @property
    def sides(self) -> tuple[Side, ...]:
        return (self.principal, self.resource) if self.resource else (self.principal,)


class DenyStore:
    def __init__(self, clock: Clock, keep_days: int = 7) -> None:
        self._clock = clock
        self._keep = keep_days

    @property
    def horizon(self) -> int:
        """Seconds after which a deny is not shown any more."""
        return self._keep * DAY

    def of(self, arn: str) -> tuple[DenyRecord, ...]:
        """What was refused to this principal, or about this resource: most frequent first."""
        oldest = f"{_KIND}{_day(self._clock.now() - self.horizon + DAY)}"
        with translated(f"the denies of {arn}"):
            rows = list(DenyRow.query(_key(arn), DenyRow.sk.between(oldest, f"{_KIND}~")))
        found: dict[str, DenyRecord] = {}
        for row in rows:
            digest = row.sk.rsplit("#", 1)[-1]
            found[digest] = _merged(found.get(digest), _record(row))
        return tuple(sorted(found.values(), key=lambda one: (-one.count, -one.last_at, one.deny.event_id)))

    def totals(self, account_ids: Iterable[str]) -> dict[str, int]:
        """Denies by ARN, of all days that are kept, where there are any. What has no account in its ARN is always among them. From the
        index, which lags a little.
        """
        found: dict[str, int] = {}
        oldest = f"{_TALLY}{_day(self._clock.now() - self.horizon + DAY)}"
        for account_id in {"", *account_ids}:
            for row in self._tallies(account_id):
                if row.sk >= oldest:
                    found[row.arn] = found.get(row.arn, 0) + int(row.times)
        return found

    def _tallies(self, account_id: str) -> Iterator[DenyRow]:
        with translated(f"the denies of account {account_id}"):
            yield from DenyRow.by_scope.query(_scope(account_id))

    def total(self, arn: str) -> int:
        """Of all days that are kept."""
        oldest = f"{_TALLY}{_day(self._clock.now() - self.horizon + DAY)}"
        with translated(f"the denies of {arn}"):
            rows = DenyRow.query(_key(arn), DenyRow.sk.between(oldest, f"{_TALLY}~"), consistent_read=True)
            return sum(int(row.times) for row in rows)

    def standing(self, deny: Deny) -> Standing:
        """One round trip, strongly consistent."""
        page = page_of(deny.resource)
        arns = [deny.principal, *([page] if page and page != deny.principal else [])]
        day, digest = _day(deny.at), digest_of(deny)
        keys = [(_event_key(deny), _META)]
        for arn in arns:
            keys += [(_key(arn), f"{_TALLY}{day}"), (_key(arn), f"{_KIND}{day}#{digest}")]
        with translated(f"the denies of {deny.principal}"):
            rows = {(row.pk, row.sk): row for row in DenyRow.batch_get(keys, consistent_read=True)}
        sides = [_side(arn, rows.get((_key(arn), keys[1][1])), rows.get((_key(arn), keys[2][1]))) for arn in arns]
        return Standing(keys[0] in rows, sides[0], sides[1] if len(sides) > 1 else None)

    def count(self, deny: Deny, standing: Standing, kinds_of: Iterable[str]) -> None:
        """Counts it on both sides; under the ARNs of `kinds_of` its kind too. Raises Conflict when it was counted meanwhile, or somebody
        else counts on the same rows at this moment.
        """
        wanted = set(kinds_of)
        day, digest, expires_at = _day(deny.at), digest_of(deny), _end(deny.at) + self.horizon
        event = DenyRow(_event_key(deny), _META, expires_at=deny.at + _EVENT_LIFE)
        with translated("the denies"), TransactWrite(connection=connection()) as transaction:
            transaction.save(event, condition=DenyRow.pk.does_not_exist())
            for side in standing.sides:
                new = side.arn in wanted and not side.times
                tally = DenyRow(_key(side.arn), f"{_TALLY}{day}")
                transaction.update(tally, actions=_tallied(side.arn, expires_at, new=new))
                if side.arn in wanted:
                    kind = DenyRow(_key(side.arn), f"{_KIND}{day}#{digest}")
                    transaction.update(kind, actions=_counted(deny, side, expires_at))


def digest_of(deny: Deny) -> str:
    """What makes two denies the same kind."""
    parts = (deny.principal, deny.action or deny.event_call, deny.resource, deny.layer, str(deny.explicit))
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()[:20]


def _tallied(arn: str, expires_at: int, *, new: bool) -> list[Action]:
    return [
        DenyRow.times.add(1),
        DenyRow.kinds.add(int(new)),
        DenyRow.scope.set(_scope(account_of(arn))),
        DenyRow.arn.set(arn),
        DenyRow.expires_at.set(expires_at),
    ]


def _counted(deny: Deny, side: Side, expires_at: int) -> list[Action]:
    """One that happened before what is known counts, and is not shown as the latest."""
    actions: list[Action] = [
        DenyRow.times.add(1),
        DenyRow.first_at.set(min(side.first_at or deny.at, deny.at)),
        DenyRow.expires_at.set(expires_at),
    ]
    if deny.at >= side.last_at:
        actions += [DenyRow.body.set(deny.model_dump_json()), DenyRow.last_at.set(deny.at)]
    return actions


def _side(arn: str, tally: DenyRow | None, kind: DenyRow | None) -> Side:
    return Side(
        arn=arn,
        total=int(tally.times) if tally else 0,
        kinds=int(tally.kinds or 0) if tally else 0,
        times=int(kind.times) if kind else 0,
        first_at=int(kind.first_at) if kind else 0,
        last_at=int(kind.last_at) if kind else 0,
    )


def _record(row: DenyRow) -> DenyRecord:
    return DenyRecord(
        deny=Deny.model_validate_json(row.body or ""),
        count=int(row.times),
        first_at=int(row.first_at),
        last_at=int(row.last_at),
    )


def _merged(before: DenyRecord | None, record: DenyRecord) -> DenyRecord:
    if before is None:
        return record
    latest = max(before, record, key=lambda one: one.last_at)
    return DenyRecord(
        deny=latest.deny,
        count=before.count + record.count,
        first_at=min(before.first_at, record.first_at),
        last_at=latest.last_at,
    )


def _day(at: int) -> str:
    """Days since 1970, sortable."""
    return f"{max(at, 0) // DAY:06d}"


def _end(at: int) -> int:
    return (at // DAY + 1) * DAY


def _key(arn: str) -> str:
    return f"RES#{arn}"


def _event_key(deny: Deny) -> str:
    return f"DENIED#{deny.event_id}"


def _scope(account_id: str) -> str:
    return f"{account_id}#denies"
