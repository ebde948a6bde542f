"""The roles of every account: our own, people's, those of workloads, and those that every account collects."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from chalicelib.changes.spoke_actions import apply_policy, read_policy
from infra.local.demo.model import Account, Organisation, Role
from infra.local.demo.policies import inline, managed_arn, names_for, trust
from infra.local.demo.tables import Document, document, filled, table

_PRODUCTION = "prod"
_OWN = {"what the product reads": read_policy, "what the product changes": apply_policy}


@dataclass(frozen=True)
class RolePlanner:
    organisation: Organisation
    size: Mapping[str, Any]
    """The row of the size in accounts.yaml."""
    regions: list[str]
    rng: Random

    def roles(self) -> Iterator[Role]:
        yield from self._own()
        yield from self._of_people()
        for account in self.organisation.accounts:
            yield from self._service_linked(account)
            yield from self._everyday(account)
            yield from self._workloads(account)

    def _placed(self, where: str) -> list[Account]:
        """The accounts that a table's `account` means; none when this size leaves the account out."""
        if where == "hub":
            return [self.organisation.hub]
        if where == "spokes":
            return [account for account in self.organisation.accounts if account.spoke]
        return [account for account in self.organisation.accounts if account.key == where]

    def _names(self, account: Account, service: str | None = None) -> dict[str, str]:
        first = table("workloads")["services"][account.key][0]
        return names_for(self.organisation, account, service or first, self.regions[0])

    def _own(self) -> Iterator[Role]:
        """Hub and spoke roles."""
        for row in table("hub")["roles"]:
            for account in self._placed(row["account"]):
                names = self._names(account)
                yield Role(
                    account_id=account.id,
                    path="/",
                    name=row["name"],
                    trust=trust(row["trust"], names),
                    description=row["description"],
                    tags={"owner": self.organisation.hub.owner},
                    inline={key: _own_permissions(rule, names) for key, rule in row.get("inline", {}).items()},
                )

    def _of_people(self) -> Iterator[Role]:
        for row in table("roles")["people"]:
            for account in self._placed(row["account"]):
                tags = {"owner": account.owner, **row.get("tags", {})}
                yield self._role(account, row, self._names(account), tags)

    def _service_linked(self, account: Account) -> Iterator[Role]:
        for name, principal in table("roles")["service_linked"][: self.size["service_linked"]]:
            names = {**self._names(account), "principal": principal}
            row = {"name": name, "path": f"/aws-service-role/{principal}/", "trust": "service-linked"}
            yield self._role(account, row, names, {})

    def _everyday(self, account: Account) -> Iterator[Role]:
        for row in table("roles")["everyday"][: self.size["everyday"]]:
            yield self._role(account, row, self._names(account, account.key), {})

    def _workloads(self, account: Account) -> Iterator[Role]:
        tables = table("workloads")
        for service in tables["services"][account.key][: self.size["services"]]:
            names = {**self._names(account, service), "region": self.rng.choice(self.regions)}
            for kind in self.size["kinds"]:
                yield self._workload(account, service, tables["kinds"][kind], names)

    def _workload(self, account: Account, service: str, kind: Mapping[str, Any], names: Mapping[str, str]) -> Role:
        tables = table("workloads")
        also = [self.rng.choice(kind["also"])] if kind["also"] and self.rng.random() < 1 / 3 else []
        row = {
            "name": f"{service}-{kind['suffix']}",
            "path": filled(kind["path"], names),
            "trust": kind["trust"],
            "hours": self.rng.choice([1, 1, 1, 2, 4]),
            "inline": [self.rng.choice(kind["inline"]), *also],
            "attached": kind["attached"] if self.rng.random() < 2 / 3 else [],
            "boundary": kind.get("boundary") if account.environment == _PRODUCTION else None,
            "description": filled(self.rng.choice(tables["descriptions"]), names),
        }
        tags = {"owner": account.owner, "service": service}
        if self.rng.random() < 1 / 2:
            tags["data-class"] = self.rng.choice(tables["data_classes"])
        return self._role(account, row, names, tags)

    @staticmethod
    def _role(account: Account, row: Mapping[str, Any], names: Mapping[str, str], tags: Mapping[str, str]) -> Role:
        boundary = row.get("boundary")
        return Role(
            account_id=account.id,
            path=row.get("path", "/"),
            name=row["name"],
            trust=trust(row["trust"], names),
            description=row.get("description", ""),
            hours=row.get("hours", 1),
            tags=tags,
            inline=inline(row.get("inline", []), names),
            attached=tuple(managed_arn(account, name) for name in row.get("attached", [])),
            boundary=managed_arn(account, boundary) if boundary else None,
        )


def _own_permissions(rule: Any, names: Mapping[str, str]) -> Document:
    """Statements of the table, or what the product says itself that it reads and changes."""
    return _OWN[rule]() if isinstance(rule, str) and rule in _OWN else document(rule, names)
