"""The tree of an organisation: its root and its organisational units, as a document of their own."""

from functools import cached_property

from chalicelib.core.model import Frozen


class Unit(Frozen):
    """An organisational unit, or the root, which has no parent and no part in paths."""

    unit_id: str
    name: str
    arn: str
    parent_id: str | None = None


class AccountsTree(Frozen):
    """`management_account_id` is the account that service control policies never restrict, `source` what reads the organisation."""

    organization_id: str
    management_account_id: str
    source: str = ""
    units: tuple[Unit, ...] = ()

    @cached_property
    def _by_id(self) -> dict[str, Unit]:
        return {unit.unit_id: unit for unit in self.units}

    def chain(self, unit_id: str | None) -> tuple[Unit, ...]:
        """From the root down to the unit, both included; empty for a unit that the tree does not have."""
        found: list[Unit] = []
        unit = self._by_id.get(unit_id or "")
        while unit is not None and unit not in found:
            found.insert(0, unit)
            unit = self._by_id.get(unit.parent_id or "")
        return tuple(found)

    def path(self, unit_id: str) -> str | None:
        """The names of the units down to this one (`Workloads/Prod`; empty for the root), None for one that the tree does not have."""
        chain = self.chain(unit_id)
        return "/".join(unit.name for unit in chain if unit.parent_id is not None) if chain else None
