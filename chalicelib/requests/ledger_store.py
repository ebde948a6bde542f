"""The ledger in table `grants`, beside the leases of the same targets: read strongly, written only with a step of a request."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.db.base import Table
from chalicelib.db.errors import translated
from chalicelib.db.leases import target_key
from chalicelib.requests.ledger import Hold, digest_of

_PREFIX = "GRANT#"


class HoldRow(Table):
    suffix = "grants"

    body = UnicodeAttribute()
    place = UnicodeAttribute()
    request_id = UnicodeAttribute()
    change_id = UnicodeAttribute()
    after_hash = UnicodeAttribute()
    ends = NumberAttribute(null=True)


def hold_row(hold: Hold) -> HoldRow:
    return HoldRow(
        *key_of_hold(hold),
        body=hold.model_dump_json(),
        place=hold.place,
        request_id=hold.request_id,
        change_id=hold.change_id,
        after_hash=hold.after.hash,
        ends=hold.until,
    )


def key_of_hold(hold: Hold) -> tuple[str, str]:
    return target_key(hold.target), f"{_PREFIX}{digest_of(hold.place)}#{hold.request_id}#{hold.change_id}"


class Ledger:
    def at(self, target: str, place: str) -> tuple[Hold, ...]:
        """Everything that keeps something at this place, strongly consistent."""
        return self._held(target, f"{_PREFIX}{digest_of(place)}#")

    def of(self, target: str) -> tuple[Hold, ...]:
        """Everything that keeps something of this target, strongly consistent."""
        return self._held(target, _PREFIX)

    def _held(self, target: str, prefix: str) -> tuple[Hold, ...]:
        with translated(f"what is kept of {target}"):
            rows = HoldRow.query(target_key(target), HoldRow.sk.startswith(prefix), consistent_read=True)
            return tuple(Hold.model_validate_json(row.body) for row in rows)
