"""From the inventory's rows to what is searched."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from chalicelib.accounts.store import AccountStore
from chalicelib.inventory.models import Listed, ResourceWrite
from chalicelib.inventory.registry import resource_types
from chalicelib.inventory.search.models import AS_BEFORE, AccountRow, Change, SearchRow
from chalicelib.inventory.store import ResourceStore

Errors = Callable[[Iterable[str]], Mapping[str, int]]
"""The number of denies by ARN, in accounts."""


class InventoryRows:
    def __init__(self, *, accounts: AccountStore, resources: ResourceStore, errors: Errors) -> None:
        self._accounts = accounts
        self._resources = resources
        self._errors = errors

    def all(self) -> Iterator[SearchRow]:
        """Of every account, whatever its status: what was seen of one that left stays until it is removed."""
        account_ids = sorted(self._accounts.all())
        errors = self._errors(account_ids)
        for account_id in account_ids:
            for kind in resource_types():
                for listed in self._resources.listed(account_id, kind):
                    if listed.technology:
                        yield _row(account_id, listed, listed.observed_at, errors.get(listed.arn, 0))

    def accounts(self) -> Iterator[AccountRow]:
        for record in self._accounts.all().values():
            yield AccountRow(record.account.account_id, record.account.name)


def written(write: ResourceWrite, account_id: str, observed_at: int) -> Change:
    """What is about to be written, as search is told."""
    return Change(write.arn, observed_at, _row(account_id, write, observed_at, AS_BEFORE))


def denied(account_id: str, listed: Listed, errors: int) -> Change:
    """A resource as it is known, with another number of denies."""
    return Change(listed.arn, listed.observed_at, _row(account_id, listed, listed.observed_at, errors))


def _row(account_id: str, told: Listed | ResourceWrite, observed_at: int, errors: int) -> SearchRow:
    return SearchRow(
        arn=told.arn,
        name=told.name,
        account_id=account_id,
        technology=told.technology,
        region=told.region,
        config_id=told.config_id,
        owner=told.owner or "",
        tags="\n".join(f"{key}={value}" for key, value in sorted(told.tags.items())),
        errors=errors,
        observed_at=observed_at,
    )
