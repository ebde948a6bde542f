"""The authorisation map in memory, as change types see it."""

from dataclasses import dataclass, field

from chalicelib.core.errors import NotFound
from chalicelib.core.roles import GivenRole, OfferedRole


@dataclass
class FakeRights:
    """Roles by ARN, and what was given by identity, role and source."""

    roles: dict[str, OfferedRole] = field(default_factory=dict)
    held: dict[tuple[str, str, str], GivenRole] = field(default_factory=dict)

    def add(self, arn: str, identity: str = "AROA1", withheld: str = "") -> None:
        self.roles[arn] = OfferedRole(arn=arn, id=identity, withheld=withheld)

    def role(self, role_arn: str) -> OfferedRole:
        if role_arn not in self.roles:
            raise NotFound(f"The inventory does not know {role_arn}.", reason="unknown_role")
        return self.roles[role_arn]

    def given(self, identity: str, role_arn: str, source: str) -> GivenRole | None:
        return self.held.get((identity, role_arn, source))

    def give(self, identity: str, role_arn: str, source: str, given: GivenRole) -> None:
        self.role(role_arn)
        self.held[identity, role_arn, source] = given

    def take(self, identity: str, role_arn: str, source: str) -> None:
        self.held.pop((identity, role_arn, source), None)
