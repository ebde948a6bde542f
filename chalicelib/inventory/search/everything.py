"""What the search box of every page finds in the inventory: accounts, roles and other resources, each best first."""

from chalicelib.core.ranking import rank
from chalicelib.inventory.search.conditions import UNKNOWN
from chalicelib.inventory.search.index import SearchIndex
from chalicelib.inventory.search.links import link
from chalicelib.inventory.search.models import Column, Condition, Operator, Sight, Suggestion
from chalicelib.inventory.search.suggest import suggest
from chalicelib.inventory.search.typeahead import ROLE
from chalicelib.inventory.search.wire import Hit


def accounts(index: SearchIndex, typed: str, *, limit: int, seen: frozenset[str]) -> list[Hit]:
    """By name and number."""
    found: list[tuple[int, str, str]] = []
    for account_id in seen:
        name = index.account_names.get(account_id, "") or UNKNOWN
        ranked = rank(typed, (name, account_id))
        if ranked is not None:
            found.append((ranked, name, account_id))
    return [
        Hit(rank=ranked, title=name, detail=account_id, kind="account", url=f"/policies?account_id={account_id}")
        for ranked, name, account_id in sorted(found)[:limit]
    ]


def roles(index: SearchIndex, typed: str, *, limit: int, sight: Sight | None) -> list[Hit]:
    return _resources(index, typed, Operator.EQUALS, limit, sight)


def resources(index: SearchIndex, typed: str, *, limit: int, sight: Sight | None) -> list[Hit]:
    """All but roles."""
    return _resources(index, typed, Operator.NOT_EQUALS, limit, sight)


def _resources(index: SearchIndex, typed: str, operator: Operator, limit: int, sight: Sight | None) -> list[Hit]:
    wanted = (Condition(column=Column.TECHNOLOGY, operator=operator, value=ROLE),)
    return [_hit(index, one) for one in suggest(index, typed, limit=limit, conditions=wanted, sight=sight)]


def _hit(index: SearchIndex, found: Suggestion) -> Hit:
    row = found.row
    account = index.account_names.get(row.account_id, UNKNOWN)
    place = " · ".join(part for part in (account, row.account_id, row.region) if part)
    return Hit(rank=found.rank, title=row.name, detail=place, kind=row.technology, url=link(row), arn=row.arn)
