"""Where accounts come from: one module each, named by the configuration."""

from collections.abc import Iterable
from typing import Protocol

from chalicelib.accounts.models import Account


class AccountSource(Protocol):
    @property
    def name(self) -> str:
        """What accounts remember as the source that speaks for them."""

    def accounts(self) -> Iterable[Account]:
        """Every account that the source knows, whatever its status. Raises an AppError, also in the middle."""
