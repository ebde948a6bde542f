"""Buckets, queues, topics and tables: dealt out over accounts, services, regions and flavours of resource policy."""

from collections.abc import Iterator, Mapping
from itertools import cycle, islice, product
from random import Random
from typing import Any

from infra.local.demo.model import Account, Organisation, Resource, ResourceKind
from infra.local.demo.policies import names_for
from infra.local.demo.tables import document, filled, table


def resources(
    organisation: Organisation, size: Mapping[str, Any], regions: list[str], rng: Random
) -> Iterator[Resource]:
    for kind in ResourceKind:
        rows = table("resources")[kind]
        homes = islice(_homes(organisation, rows["purposes"], rng), size[kind])
        for (account, service, purpose), flavour, region in zip(
            homes, cycle(rows["policies"].values()), cycle(regions), strict=False
        ):
            names = names_for(organisation, account, service, region)
            names |= {"purpose": purpose, "tail": account.id[-6:], "other": _other(organisation, account).id}
            names["name"] = filled(rows["name"], names)
            names["arn"] = filled(rows["arn"], names)
            yield Resource(
                kind=kind,
                account_id=account.id,
                region=region,
                name=names["name"],
                tags={"owner": account.owner, "service": service},
                policy=document(flavour, names) if flavour else None,
            )


def _homes(organisation: Organisation, purposes: list[str], rng: Random) -> list[tuple[Account, str, str]]:
    """Every account, service and purpose, shuffled, but one of each account first."""
    services = table("workloads")["services"]
    homes = [
        (account, service, purpose)
        for account in organisation.accounts
        for service, purpose in product(services[account.key], purposes)
    ]
    rng.shuffle(homes)
    first = {account.id: (account, service, purpose) for account, service, purpose in reversed(homes)}
    taken = list(first.values())
    return taken + [home for home in homes if home not in taken]


def _other(organisation: Organisation, account: Account) -> Account:
    """Somebody else's account: the last one that has spoke roles."""
    return next(other for other in reversed(organisation.accounts) if other.spoke and other is not account)
