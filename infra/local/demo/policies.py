"""Permissions and managed policies by the names that the tables use."""

from collections.abc import Iterable, Mapping

from infra.local.demo.model import Account, ManagedPolicy, Organisation
from infra.local.demo.tables import Document, document, table

PARTNER_ACCOUNT_ID = "900000000001"
"""A vendor outside the organisation."""
_AWS_PREFIX = "aws:"


def names_for(organisation: Organisation, account: Account, service: str, region: str) -> dict[str, str]:
    """What the tables' `%{names}` mean for one service in one account."""
    return {
        "account": account.id,
        "hub": organisation.hub.id,
        "organisation": organisation.id,
        "partner": PARTNER_ACCOUNT_ID,
        "region": region,
        "service": service,
    }


def managed_policies(organisation: Organisation, account: Account, region: str) -> list[ManagedPolicy]:
    """The customer managed policies of one account."""
    names = names_for(organisation, account, account.key, region)
    return [
        ManagedPolicy(
            account_id=account.id,
            path=row["path"],
            name=row["name"],
            description=row["description"],
            document=document(row["statements"], names),
            tags={"owner": account.owner},
            before=document(row["before"], names) if "before" in row else None,
        )
        for row in table("policies")["managed"]
    ]


def managed_arn(account: Account, name: str) -> str:
    """The ARN of one of our managed policies, or of one of AWS's own when the name begins with `aws:`."""
    if name.startswith(_AWS_PREFIX):
        return f"arn:aws:iam::aws:policy/{name.removeprefix(_AWS_PREFIX)}"
    path = next(row["path"] for row in table("policies")["managed"] if row["name"] == name)
    return f"arn:aws:iam::{account.id}:policy{path}{name}"


def inline(permissions: Iterable[str], names: Mapping[str, str]) -> dict[str, Document]:
    """Inline policies named as their permissions are."""
    return {name: document(table("policies")["permissions"][name], names) for name in permissions}


def trust(name: str, names: Mapping[str, str]) -> Document:
    return document(table("trusts")[name], names)
