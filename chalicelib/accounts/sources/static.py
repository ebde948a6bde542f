"""The accounts that the configuration lists."""

from collections.abc import Iterator, Mapping

from chalicelib.accounts.models import Account, StaticAccount


class StaticAccounts:
    name = "static"

    def __init__(self, static: Mapping[str, StaticAccount]) -> None:
        self._static = static

    def accounts(self) -> Iterator[Account]:
        for account_id, said in self._static.items():
            yield Account(
                account_id=account_id,
                name=said.name or account_id,
                environment=said.environment,
                owner=said.owner,
                tags=said.tags or {},
            )
