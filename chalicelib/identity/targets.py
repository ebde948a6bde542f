"""The facts about accounts and resources that decisions need: the directory's accounts, and what an ARN says."""

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from chalicelib.accounts.models import Account, AccountRecord, AccountStatus
from chalicelib.core.arn import Arn
from chalicelib.core.targets import Target

_ONE_BY_ONE = 2
"""Accounts that are looked up one by one; whoever asks about more gets all of them with one query."""


AccountOf = Callable[[str], str | None]
"""The account of a resource whose ARN does not say it; None when nobody knows."""


def unknown_account(_arn: str) -> str | None:
    return None


class AccountFacts(Protocol):
    """The directory's accounts."""

    def find(self, account_id: str) -> AccountRecord | None: ...

    def all(self) -> Mapping[str, AccountRecord]: ...


def target_of_account(account: Account) -> Target:
    return _target(account.account_id, "", account)


def tags_of(account: Account) -> Mapping[str, str]:
    """Its environment and owner are the configuration's own words: they go before tags of these names."""
    words = {"environment": account.environment, "owner": account.owner}
    return {**account.tags, **{key: word for key, word in words.items() if word is not None}}


def target_of_arn(arn: str, account: Account | None) -> Target:
    """`account` is the one that the ARN names, None when the directory does not have it. Raises InvalidInput."""
    account_id = Arn.parse(arn).account
    return _target(account_id, arn, account if account and account.account_id == account_id else None)


def _target(account_id: str, arn: str, account: Account | None) -> Target:
    """What was known of an account that has left is true no longer."""
    if account is None or account.status is AccountStatus.LEFT:
        return Target(account_id=account_id, arn=arn, known=False)
    return Target(account_id=account_id, arn=arn, ou_path=account.ou_path, tags=tags_of(account))


class Targets:
    """Looks each account up once. One per question: what it has read grows old."""

    def __init__(self, accounts: AccountFacts | None, account_of: AccountOf = unknown_account) -> None:
        """Without accounts nothing is looked up of them: for questions that hang on ARNs alone. `account_of` is asked about buckets, whose
        ARNs name no account.
        """
        self._accounts = accounts
        self._account_of = account_of
        self._placed: dict[str, str] = {}
        self._found: dict[str, Account | None] = {}
        self._complete = False

    def of(self, arns: Iterable[str]) -> tuple[Target, ...]:
        """Raises InvalidInput for what is no ARN."""
        return tuple(self._of(arn) for arn in arns)

    def _of(self, arn: str) -> Target:
        account_id = Arn.parse(arn).account
        if not account_id:
            if arn not in self._placed:
                self._placed[arn] = self._account_of(arn) or ""
            account_id = self._placed[arn]
        return _target(account_id, arn, self._account(account_id))

    def of_accounts(self, account_ids: Iterable[str]) -> tuple[Target, ...]:
        """Also of accounts that the directory does not have."""
        found = ((account_id, self._account(account_id)) for account_id in account_ids)
        return tuple(
            target_of_account(account) if account else Target(account_id=account_id, known=False)
            for account_id, account in found
        )

    def _account(self, account_id: str) -> Account | None:
        if self._accounts is None or not account_id:
            return None
        if account_id not in self._found and not self._complete:
            if len(self._found) == _ONE_BY_ONE:
                self._found |= {known: record.account for known, record in self._accounts.all().items()}
                self._complete = True
            else:
                record = self._accounts.find(account_id)
                self._found[account_id] = record.account if record else None
        return self._found.get(account_id)
