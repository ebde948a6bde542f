"""An organisation's tree, and which organisation it is, as AWS tells it."""

from collections.abc import Sequence
from typing import NamedTuple

from chalicelib.accounts.tree import AccountsTree, Unit
from chalicelib.aws.organizations import Organization, OrganizationalUnit
from chalicelib.core.arn import Arn
from chalicelib.core.errors import Upstream


class Identity(NamedTuple):
    organization_id: str
    management_account_id: str


def read_tree(organization: Organization) -> AccountsTree:
    """Raises Upstream for an organisation that names no root, and what reading raises."""
    units = organization.units()
    found = identity_of(units)
    return AccountsTree(
        organization_id=found.organization_id,
        management_account_id=found.management_account_id,
        units=tuple(
            Unit(unit_id=unit.unit_id, name=unit.name, arn=unit.arn, parent_id=unit.parent_id) for unit in units
        ),
    )


def identity_of(roots: Sequence[OrganizationalUnit]) -> Identity:
    """As the root's ARN has it (`arn:aws:organizations::<account>:root/<organisation>/<root>`): nobody need be allowed more to learn it."""
    arn = Arn.parse(roots[0].arn) if roots else None
    kind, _, rest = arn.resource.partition("/") if arn else ("", "", "")
    organization_id = rest.partition("/")[0]
    if arn is None or kind != "root" or not organization_id or not arn.account:
        raise Upstream("AWS named no root of the organisation.", reason="no_root")
    return Identity(organization_id, arn.account)
