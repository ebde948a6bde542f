"""One resource, read again now: for an event that names it, and for a page that somebody wants fresh."""

from dataclasses import dataclass
from typing import Any

from chalicelib.accounts.models import AccountStatus
from chalicelib.accounts.store import AccountStore
from chalicelib.aws.spoke_read import SpokeReader
from chalicelib.core.arn import Arn
from chalicelib.core.clock import Clock
from chalicelib.core.errors import InvalidInput, NotFound
from chalicelib.inventory.keep_resources import KeepResources, Kept, Look
from chalicelib.inventory.models import Known
from chalicelib.inventory.registry import type_of
from chalicelib.inventory.resource_type import Resource
from chalicelib.inventory.store import ResourceStore


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What AWS said. `record` is None when the resource does not exist; `kind` is its type's name.

    `changed` says whether the table was told something new. `warning` names what could not be kept.
    """

    arn: str
    kind: str
    account_id: str
    record: Resource | None
    changed: bool
    messages: int
    observed_at: int
    warning: str | None = None


class RefreshOne:
    def __init__(
        self, *, spokes: SpokeReader, store: ResourceStore, keep: KeepResources, accounts: AccountStore, clock: Clock
    ) -> None:
        self._spokes = spokes
        self._store = store
        self._keep = keep
        self._accounts = accounts
        self._clock = clock

    def run(
        self, arn: str, *, account_id: str = "", observed_at: int | None = None, who: str = "", told: bool = True
    ) -> Refreshed:
        """Reads it through its account's spoke role and keeps what was read, as a refresh of the account would.

        `account_id` is needed where the ARN names none (a bucket) and the table does not know the resource. `observed_at` is the
        moment before which the resource was not read, now unless it is told; `who` is the changer, when an event told. With `told` false
        nobody but a reader says that there is such a resource: then nothing is written about one that neither AWS nor the table knows.

        Raises InvalidInput for what no type owns, NotFound for an account that is not known or not active, and AccessDeniedByAws,
        Throttled or Upstream; what can't be understood raises InvalidInput. Then everything stays as it was.
        """
        parsed = Arn.parse(arn)
        kind = type_of(parsed)
        if kind is None:
            raise InvalidInput(
                f"Resources like '{arn[:200]}' are not read one by one; they are found by a refresh of their account.",
                reason="unknown_type",
            )
        found = self._store.find(arn)
        at = self._clock.now() if observed_at is None else observed_at
        account = account_id or (_account_in(found[1], kind.record) if found else parsed.account)
        self._require_active(account, arn)
        record = kind.read(self._spokes.of(account), parsed)
        if record is None and found is None and not told:
            return Refreshed(arn, kind.name, account, None, changed=False, messages=0, observed_at=at)
        look = Look(kind, account, at, who)
        kept = self._kept(look, arn, found[0] if found else None, record)
        self._keep.judged_by_an_old_configuration(look)
        warning = "; ".join(kept.left_alone.values()) or None
        return Refreshed(
            record.arn if record else arn, kind.name, account, record, bool(kept.changed), kept.messages, at, warning
        )

    def _kept(self, look: Look, arn: str, known: Known | None, record: Resource | None) -> Kept:
        if record is None:
            return self._keep.bury(look, arn, known)
        if record.arn == arn:
            return self._keep.keep(look, [record], {arn: known} if known else {})
        # IAM is asked by name, so an ARN without its path finds the resource: the row has the path.
        if known is not None:
            self._keep.bury(look, arn, known)
        there = self._store.find(record.arn)
        return self._keep.keep(look, [record], {record.arn: there[0]} if there else {})

    def _require_active(self, account_id: str, arn: str) -> None:
        record = self._accounts.find(account_id) if account_id else None
        if record is None:
            raise NotFound(
                f"No account is known for {arn[:200]}. A refresh of all accounts finds new ones.",
                reason="unknown_account",
            )
        if record.account.status is not AccountStatus.ACTIVE:
            raise NotFound(
                f"The account {account_id} is {record.account.status}: what was known of {arn[:200]} stays as it was.",
                reason="account_not_active",
            )


def _account_in(detail: bytes, record: type[Any]) -> str:
    account_id: str = record.unpacked(detail).account_id
    return account_id
