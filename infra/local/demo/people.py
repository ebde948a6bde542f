"""Who signs in, and the IAM users that the accounts still have."""

from collections.abc import Iterator

from infra.local.demo.model import Account, Organisation, Person, User
from infra.local.demo.policies import inline, managed_arn, names_for
from infra.local.demo.tables import table


def people() -> tuple[Person, ...]:
    return tuple(Person(**row) for row in table("people")["people"])


def users(organisation: Organisation, most: int, region: str) -> Iterator[User]:
    """The first `most` users whose accounts exist."""
    accounts = {account.key: account for account in organisation.accounts}
    rows = [row for row in table("people")["users"] if row[1] in accounts]
    for name, key, path, permission, attached in rows[:most]:
        yield _user(organisation, accounts[key], (name, path, permission, attached), region)


def _user(
    organisation: Organisation, account: Account, row: tuple[str, str, str | None, str | None], region: str
) -> User:
    name, path, permission, attached = row
    return User(
        account_id=account.id,
        path=path,
        name=name,
        tags={"owner": account.owner},
        inline=inline([permission] if permission else [], names_for(organisation, account, name, region)),
        attached=(managed_arn(account, attached),) if attached else (),
    )
