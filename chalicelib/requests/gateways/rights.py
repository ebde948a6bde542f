"""The authorisation map as change types see it: read as it stands, written over the queue that its one writer takes from."""

from collections.abc import Callable

from chalicelib.access.grants import Grants, TimedGrant
from chalicelib.access.read_store import MapReader
from chalicelib.access.rights import grant_channel
from chalicelib.access.rules import Rulebook, terms_of_role
from chalicelib.core.errors import Forbidden, InvalidInput, NotFound
from chalicelib.core.roles import GivenRole, OfferedRole
from chalicelib.inventory.models import RoleRecord
from chalicelib.inventory.store import ResourceStore


class MapRights:
    """`grants` is asked for when something is given or taken: whoever only reads has no queue."""

    def __init__(
        self, *, readers: MapReader, resources: ResourceStore, book: Rulebook, grants: Callable[[], Grants]
    ) -> None:
        self._readers = readers
        self._resources = resources
        self._book = book
        self._grants = grants

    def role(self, role_arn: str) -> OfferedRole:
        found = self._resources.read_many([role_arn]).get(role_arn)
        if found is None or not found[0].granted:
            raise NotFound(
                f"The inventory does not know {role_arn}, or its account is not active. If it exists in IAM, refresh its account.",
                reason="unknown_role",
            )
        record = RoleRecord.unpacked(found[1])
        return OfferedRole(
            arn=role_arn, id=record.role_id, withheld=terms_of_role(record.authorizing, self._book).withheld
        )

    def given(self, identity: str, role_arn: str, source: str) -> GivenRole | None:
        held = self._readers.identity(identity, [role_arn]).roles.get(role_arn)
        word = held.words.get(grant_channel(source)) if held else None
        if word is None or not word.claims:
            return None
        (claim,) = word.claims
        return GivenRole(use=claim.use, not_before=claim.not_before, not_after=claim.not_after)

    def give(self, identity: str, role_arn: str, source: str, given: GivenRole) -> None:
        grant = TimedGrant(identity, role_arn, source, given.not_before, given.not_after, given.use)
        try:
            self._grants().put_grant(grant)
        except Forbidden as error:
            raise InvalidInput(error.message, reason=error.reason) from error

    def take(self, identity: str, role_arn: str, source: str) -> None:
        self._grants().drop_grant(identity, role_arn, source)
