"""From the inventory's rows to what is searched."""

from collections.abc import Iterator, Mapping

from chalicelib.accounts.store import AccountStore
from chalicelib.core.arn import Arn
from chalicelib.inventory.models import ResourceWrite
from chalicelib.inventory.resources import iam_role
from chalicelib.inventory.search.models import AccountRow, Change, SearchRow
from chalicelib.inventory.store import ResourceStore

TECHNOLOGIES = {iam_role.TYPE: iam_role.TECHNOLOGY}
"""Kinds of rows, and what tables call them."""


class InventoryRows:
    def __init__(self, *, accounts: AccountStore, resources: ResourceStore) -> None:
        self._accounts = accounts
        self._resources = resources

    def all(self) -> Iterator[SearchRow]:
        """Of every account, whatever its status: what was seen of one that left stays until it is removed."""
        for account_id in sorted(self._accounts.all()):
            for kind, technology in TECHNOLOGIES.items():
                for listed in self._resources.listed(account_id, kind):
                    yield _row(
                        listed.arn, listed.name, account_id, technology, listed.owner, listed.tags, listed.observed_at
                    )

    def accounts(self) -> Iterator[AccountRow]:
        for record in self._accounts.all().values():
            yield AccountRow(record.account.account_id, record.account.name)


def written(write: ResourceWrite, account_id: str, kind: str, observed_at: int) -> Change:
    """What is about to be written, as search is told."""
    row = _row(write.arn, write.name, account_id, TECHNOLOGIES[kind], write.owner, write.tags, observed_at)
    return Change(write.arn, observed_at, row)


def _row(
    arn: str,
    name: str,
    account_id: str,
    technology: str,
    owner: str | None,
    tags: Mapping[str, str],
    observed_at: int,
) -> SearchRow:
    return SearchRow(
        arn=arn,
        name=name,
        account_id=account_id,
        technology=technology,
        region=Arn.parse(arn).region,
        owner=owner or "",
        tags="\n".join(f"{key}={value}" for key, value in sorted(tags.items())),
        observed_at=observed_at,
    )
