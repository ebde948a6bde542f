"""A company to try the product on: accounts, roles, people and resources in an embedded AWS."""

from infra.local.demo.build import HUB_ACCOUNT_ID, Size, seed
from infra.local.demo.model import DemoOrganisation, Person

__all__ = ["HUB_ACCOUNT_ID", "DemoOrganisation", "Person", "Size", "seed"]
