"""The demo organisation: planned by a seeded program, written through the AWS APIs."""

from collections import Counter
from random import Random
from typing import Any, Literal

from infra.local.demo.cloud import Cloud
from infra.local.demo.configuration import configuration_yaml
from infra.local.demo.model import DemoOrganisation, Organisation, Plan
from infra.local.demo.organisation import found
from infra.local.demo.people import groups, people, users
from infra.local.demo.policies import managed_policies
from infra.local.demo.resources import resources
from infra.local.demo.roles import RolePlanner
from infra.local.demo.tables import table
from infra.local.demo.writer import Writer

Size = Literal["small", "full"]

HUB_ACCOUNT_ID = "123456789012"
"""moto's own account: keys that it never minted belong to it."""
_SEED = 20240229


def seed(
    endpoint_url: str, *, size: Size, hub_account_id: str = HUB_ACCOUNT_ID, number: int = _SEED
) -> DemoOrganisation:
    """Fills an embedded AWS that holds no organisation yet. The same number gives the same organisation, ids of accounts included."""
    row = table("accounts")["sizes"][size]
    regions = table("accounts")["regions"]
    with Cloud(endpoint_url) as cloud:
        organisation = found(cloud, hub_account_id, row["members"], number)
        plan = plan_for(organisation, row, number)
        Writer(cloud, [account.id for account in organisation.accounts]).write(plan)
    return DemoOrganisation(
        hub_account_id=hub_account_id,
        accounts={account.key: account.id for account in organisation.accounts},
        config_yaml=configuration_yaml(organisation, plan.roles, regions),
        people=people(),
        counts=_counts(organisation, plan),
    )


def plan_for(organisation: Organisation, size: dict[str, Any], number: int) -> Plan:
    """What belongs into the accounts: pure, and the same for the same number."""
    rng = Random(number)  # noqa: S311 the demo is the same each time, on purpose
    regions = table("accounts")["regions"]
    planned = tuple(users(organisation, size["users"], regions[0]))
    return Plan(
        policies=tuple(
            policy
            for account in organisation.accounts
            for policy in managed_policies(organisation, account, regions[0])
        ),
        roles=tuple(RolePlanner(organisation, size, regions, rng).roles()),
        users=planned,
        groups=tuple(groups(organisation, planned, regions[0])),
        resources=tuple(resources(organisation, size, regions, rng)),
    )


def _counts(organisation: Organisation, plan: Plan) -> dict[str, int]:
    return {
        "accounts": len(organisation.accounts),
        "roles": len(plan.roles),
        "users": len(plan.users),
        "groups": len(plan.groups),
        "managed_policies": len(plan.policies),
        **Counter(str(resource.kind) for resource in plan.resources),
    }
