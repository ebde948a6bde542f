"""Who may use a role that was read, and whom the map's writer must tell what is new of it."""

from collections.abc import Callable, Collection

from chalicelib.access.rules import RoleRights
from chalicelib.core.roles import AuthorizedRole
from chalicelib.inventory.models import Known, RoleRecord
from chalicelib.inventory.rules import Changes, Look, RolePlan, for_the_others, plan_role, withdrawn

RightsOf = Callable[[AuthorizedRole], RoleRights]
Holders = Callable[[str], Collection[str]]
"""Identities for which the map holds a role (by its ARN), for whatever reason."""


class Judge:
    """`version` is the configuration's, by which `rights_of` judges; `newest` asks for the one that is in force by now."""

    def __init__(self, *, rights_of: RightsOf, holders: Holders, version: int, newest: Callable[[], int]) -> None:
        self._rights_of = rights_of
        self._holders = holders
        self._version = version
        self._newest = newest

    def plan(self, record: RoleRecord, hashed: str, known: Known | None, at: int) -> tuple[RolePlan, Changes] | None:
        """What to write and what to tell, of a role read at `at`; None when the table already says all of this."""
        rights, look = self._rights_of(record.authorizing), Look(at, self._version)
        plan = plan_role(record, hashed, rights, known, look)
        if plan is None:
            return None
        if not plan.new_terms:
            return plan, plan.changes
        return plan, plan.changes + for_the_others(plan, self._holders(record.arn), rights.terms, look)

    def overtaken_by(self) -> int | None:
        """The version that was saved since, if any: what was judged must be looked at again."""
        newest = self._newest()
        return newest if newest > self._version else None

    def withdrawn(self, known: Known, at: int) -> Changes:
        """For a role that is gone, or whose account is not active."""
        return withdrawn(known, self._holders(known.arn), at)
