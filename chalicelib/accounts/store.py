"""Table `directory`, the accounts' part: one partition, so that one query lists them all."""

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist

from chalicelib.accounts.models import Account, AccountRecord, AccountStatus
from chalicelib.core.errors import Conflict
from chalicelib.db.base import Table
from chalicelib.db.errors import translated

_PARTITION = "ACCOUNTS"


class AccountRow(Table):
    suffix = "directory"

    body = UnicodeAttribute()
    observed_at = NumberAttribute()
    rights_withdrawn = BooleanAttribute(null=True)
    inactive_since = NumberAttribute(null=True)
    rows_removed = BooleanAttribute(null=True)


class AccountStore:
    def all(self) -> dict[str, AccountRecord]:
        """By id, whatever their status; strongly consistent."""
        with translated("the accounts"):
            return {row.sk: _record(row) for row in AccountRow.query(_PARTITION, consistent_read=True)}

    def find(self, account_id: str) -> AccountRecord | None:
        with translated(f"account {account_id}"):
            try:
                return _record(AccountRow.get(_PARTITION, account_id, consistent_read=True))
            except DoesNotExist:
                return None

    def put(self, account: Account, observed_at: int, before: AccountRecord | None = None) -> bool:
        """Whether it was written: an older observation never replaces a newer one. Rights are counted as not withdrawn, and an account
        that is not active counts as such since it was first seen so (`before`).
        """
        newer = AccountRow.pk.does_not_exist() | (AccountRow.observed_at <= observed_at)
        row = AccountRow(_PARTITION, account.account_id, body=account.model_dump_json(), observed_at=observed_at)
        if account.status is not AccountStatus.ACTIVE:
            known = before.inactive_since if before else None
            row.inactive_since = observed_at if known is None else known
        try:
            with translated(f"account {account.account_id}"):
                row.save(condition=newer)
        except Conflict:
            return False
        return True

    def rights_withdrawn(self, record: AccountRecord) -> None:
        """Notes that nobody has a role of this account any more. Raises Conflict when the account changed meanwhile."""
        unchanged = AccountRow.observed_at == record.observed_at
        with translated(f"account {record.account.account_id}"):
            AccountRow(_PARTITION, record.account.account_id).update(
                actions=[AccountRow.rights_withdrawn.set(True)],
                condition=unchanged,
            )

    def rows_removed(self, record: AccountRecord) -> None:
        """Notes that the inventory holds nothing of this account any more. Raises Conflict when the account changed meanwhile."""
        unchanged = AccountRow.observed_at == record.observed_at
        with translated(f"account {record.account.account_id}"):
            AccountRow(_PARTITION, record.account.account_id).update(
                actions=[AccountRow.rows_removed.set(True)], condition=unchanged
            )


def _record(row: AccountRow) -> AccountRecord:
    return AccountRecord(
        account=Account.model_validate_json(row.body),
        observed_at=int(row.observed_at),
        rights_withdrawn=bool(row.rights_withdrawn),
        inactive_since=_whole(row.inactive_since),
        rows_removed=bool(row.rows_removed),
    )


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)
