"""What the demo organisation consists of, before and after it is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from infra.local.demo.tables import Document


@dataclass(frozen=True, slots=True)
class Account:
    key: str
    """Its name, and how the tables call it."""
    id: str
    unit: str
    environment: str
    owner: str
    spoke: bool
    """Whether the spoke roles were rolled out to it."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """The hub account comes first."""

    id: str
    accounts: tuple[Account, ...]

    @property
    def hub(self) -> Account:
        return self.accounts[0]


@dataclass(frozen=True, slots=True)
class ManagedPolicy:
    account_id: str
    path: str
    name: str
    description: str
    document: Document
    tags: Mapping[str, str]
    before: Document | None = None
    """What its first version said, when it has two."""

    @property
    def arn(self) -> str:
        return f"arn:aws:iam::{self.account_id}:policy{self.path}{self.name}"


@dataclass(frozen=True, slots=True)
class Role:
    account_id: str
    path: str
    name: str
    trust: Document
    description: str = ""
    hours: int = 1
    tags: Mapping[str, str] = field(default_factory=dict)
    inline: Mapping[str, Document] = field(default_factory=dict)
    attached: tuple[str, ...] = ()
    """ARNs of managed policies."""
    boundary: str | None = None

    @property
    def arn(self) -> str:
        return f"arn:aws:iam::{self.account_id}:role{self.path}{self.name}"


@dataclass(frozen=True, slots=True)
class User:
    account_id: str
    path: str
    name: str
    tags: Mapping[str, str]
    inline: Mapping[str, Document]
    attached: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    account_id: str
    path: str
    name: str
    inline: Mapping[str, Document]
    attached: tuple[str, ...]
    members: tuple[str, ...]
    """Names of users."""


class ResourceKind(StrEnum):
    BUCKET = "buckets"
    QUEUE = "queues"
    TOPIC = "topics"
    TABLE = "tables"
    """Of DynamoDB: what the inventory knows through AWS Config alone."""


@dataclass(frozen=True, slots=True)
class Resource:
    kind: ResourceKind
    account_id: str
    region: str
    name: str
    tags: Mapping[str, str]
    policy: Document | None


@dataclass(frozen=True, slots=True)
class Plan:
    """All that is written into the accounts once they exist."""

    policies: tuple[ManagedPolicy, ...]
    roles: tuple[Role, ...]
    users: tuple[User, ...]
    groups: tuple[Group, ...]
    resources: tuple[Resource, ...]


class Person(BaseModel):
    """Somebody who can sign in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    email: str
    name: str
    title: str
    groups: tuple[str, ...]


class DemoOrganisation(BaseModel):
    """What was written, and the configuration document that goes with it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hub_account_id: str
    accounts: dict[str, str]
    """Account name -> id, the hub first."""
    config_yaml: str
    people: tuple[Person, ...]
    counts: dict[str, int]
