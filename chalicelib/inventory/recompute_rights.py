"""Rights of roles that are known already, judged anew after the configuration has changed: AWS is not asked.

One step does a bounded number of roles of one account and tells the queue where the next one begins. What is told is as old as the
look at the role, so that it never replaces what a sync tells that looks just now.
"""

from collections.abc import Sequence

from chalicelib.access.grants import KnownRole
from chalicelib.access.messages import RecomputeMessage
from chalicelib.access.tell_rights import TellRights
from chalicelib.inventory.judge import Judge
from chalicelib.inventory.models import Known, RoleRecord
from chalicelib.inventory.resources import iam_role
from chalicelib.inventory.rules import Changes, RolePlan
from chalicelib.inventory.store import ResourceStore

STEP = 200
"""Roles of one step."""


class RecomputeRights:
    def __init__(self, *, store: ResourceStore, rights: TellRights, judge: Judge) -> None:
        self._store = store
        self._rights = rights
        self._judge = judge

    def run(self, asked: RecomputeMessage) -> None:
        """Raises Throttled or Upstream; may be repeated."""
        if asked.arns is None:
            arns = self._store.next_arns(asked.account_id, iam_role.TYPE, asked.after, STEP)
        else:
            arns = sorted(arn for arn in asked.arns if arn > asked.after)[:STEP]
        self._look_at(arns, asked.written_at)
        if len(arns) == STEP:
            self._rights.send([asked.model_copy(update={"after": arns[-1]})])

    def _look_at(self, arns: Sequence[str], written_at: int | None) -> None:
        changes: list[Changes] = []
        plans: list[tuple[Known, RolePlan]] = []
        for known, detail in self._store.read_many(arns).values():
            if not known.granted:
                # The rights to it were withdrawn with its account; the next visit to the account gives them back, if it may.
                continue
            # Told whole: as if the row knew who has the role, but not by what.
            before = _unknown(known) if known.observed_at == written_at else known
            judged = self._judge.plan(RoleRecord.unpacked(detail), known.content_hash, before, known.observed_at)
            if judged is not None:
                plans.append((known, judged[0]))
                changes.append(judged[1])
        self._rights.tell(change for those in changes for change in those)
        for known, plan in plans:
            self._store.set_granted(known, plan.granted)

    def known_role(self, arn: str) -> KnownRole | None:
        """A role as it was last read, and when; None for one whose account is not active, too."""
        found = self._store.read_many([arn]).get(arn)
        if found is None or not found[0].granted:
            return None
        return KnownRole(RoleRecord.unpacked(found[1]).authorizing, found[0].observed_at)


def _unknown(known: Known) -> Known:
    return known.model_copy(update={"granted": dict.fromkeys(known.granted, "")})
