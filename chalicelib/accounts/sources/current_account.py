"""The account that this product runs in."""

from collections.abc import Iterator

from chalicelib.accounts.models import Account


class CurrentAccount:
    name = "current_account"

    def __init__(self, account_id: str) -> None:
        self._account_id = account_id

    def accounts(self) -> Iterator[Account]:
        yield Account(account_id=self._account_id, name=self._account_id)
