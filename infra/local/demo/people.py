"""Who signs in, and the IAM users and groups that the accounts still have."""

from collections.abc import Iterable, Iterator

from infra.local.demo.model import Account, Group, Organisation, Person, User
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


def groups(organisation: Organisation, users: Iterable[User], region: str) -> Iterator[Group]:
    """Those of the accounts that exist, with as many members as there are."""
    accounts = {account.key: account for account in organisation.accounts}
    existing = {(user.account_id, user.name) for user in users}
    for name, key, path, permission, attached, members in table("people")["groups"]:
        account = accounts.get(key)
        if account is not None:
            names = names_for(organisation, account, name, region)
            yield Group(
                account_id=account.id,
                path=path,
                name=name,
                inline=inline([permission] if permission else [], names),
                attached=(managed_arn(account, attached),) if attached else (),
                members=tuple(member for member in members if (account.id, member) in existing),
            )


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
