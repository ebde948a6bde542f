"""Which role a text means. Pure; without regard to case."""

from collections.abc import Iterable, Mapping
from typing import Literal

from chalicelib.access.rules import EligibleRole
from chalicelib.core.arn import Arn

Search = Literal["part", "name", "arn"]


def match_role(
    roles: Iterable[EligibleRole], query: str, account_names: Mapping[str, str], search: Search = "part"
) -> list[EligibleRole]:
    """The roles that a text means: an exact ARN alone; else the one role of that name, alone or with its account
    (`payments-prod/admin`, `123456789012/admin`); else every ARN that contains the text; else the account's of that name.

    With `search` `name` no text is looked for inside of ARNs, with `arn` only the first counts.
    """
    folded = query.casefold().strip()
    candidates = list(roles) if folded else []
    if exact := [role for role in candidates if role.arn.casefold() == folded]:
        return exact
    if search == "arn":
        return []
    named = [role for role in candidates if folded in _names(role, account_names)]
    if len(named) == 1:
        return named
    if search == "part" and (holding := [role for role in candidates if folded in role.arn.casefold()]):
        return holding
    return named or [role for role in candidates if folded in _accounts(role, account_names)]


def _accounts(role: EligibleRole, account_names: Mapping[str, str]) -> set[str]:
    account = Arn.parse(role.arn).account
    return {account, account_names.get(account, "").casefold()} - {""}


def _names(role: EligibleRole, account_names: Mapping[str, str]) -> set[str]:
    arn = Arn.parse(role.arn)
    names = {arn.name.casefold(), arn.path_and_name.casefold()}
    return names | {f"{account}/{name}" for account in _accounts(role, account_names) for name in names}
