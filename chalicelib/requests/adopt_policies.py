"""Inline policies of roles whose names say when they are to be deleted, as ConsoleMe left them: each becomes a request that is applied,
and has that end.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple
from uuid import UUID, uuid5

from chalicelib.changes.base import Image, Preview
from chalicelib.changes.inline_policy import InlinePolicySpec
from chalicelib.changes.registry import change_type
from chalicelib.core.clock import Clock
from chalicelib.core.errors import AppError, Conflict, InvalidInput
from chalicelib.inventory.models import NamedPolicy
from chalicelib.observability import logger
from chalicelib.requests.create_request import summary_of
from chalicelib.requests.end_asked import end_of_day
from chalicelib.requests.ends import End, due_end
from chalicelib.requests.models import ChangeRecord, Head, PlannedChange, Revision
from chalicelib.requests.states import ChangeStatus, DueKind, State
from chalicelib.requests.step_results import AdoptReport
from chalicelib.requests.steps import audited, event
from chalicelib.requests.store import RequestStore

ACTOR = "system:adopt_policies"
_IDS = UUID("5a0b1d3c-7f43-4d55-8a3e-6b0f9f3a2c11")
"""Namespace of these requests' ids: the same policy of the same role is the same request."""


class FoundRole(NamedTuple):
    """A role as the inventory has it."""

    arn: str
    role_id: str
    policies: tuple[NamedPolicy, ...]


def named_end(name: str, prefix: str) -> int | None:
    """When a policy of that name is to go: `cm_delete-on_20271231_somebody_1234` with the last day of 2027. None for any other name."""
    found = re.match(rf"{re.escape(prefix)}_(\d{{8}})(?:_|$)", name, re.ASCII)
    try:
        return end_of_day(found[1]) if found else None
    except InvalidInput:
        return None


class PolicyAdopter:
    def __init__(
        self, *, roles: Callable[[], Iterator[FoundRole]], store: RequestStore, prefix: str, clock: Clock
    ) -> None:
        """`prefix` empty recognises nothing."""
        self._roles = roles
        self._store = store
        self._prefix = prefix
        self._clock = clock

    def run(self) -> AdoptReport:
        """Raises as the inventory does; what can't be stored is tried again by the next run."""
        looked_at, adopted, failed = 0, 0, 0
        for role in self._roles() if self._prefix else ():
            looked_at += 1
            for policy in role.policies:
                until = named_end(policy.name, self._prefix)
                if until is None:
                    continue
                try:
                    adopted += self._adopted(role, policy, until)
                except AppError as error:
                    logger.warning("not adopted", extra={"role": role.arn, "cause": error.message[:500]})
                    failed += 1
        return AdoptReport(looked_at=looked_at, adopted=adopted, failed=failed)

    def _adopted(self, role: FoundRole, policy: NamedPolicy, until: int) -> bool:
        request_id = str(uuid5(_IDS, f"{role.arn}\n{role.role_id}\n{policy.name}"))
        if self._store.head(request_id) is not None:
            return False
        now = self._clock.now()
        change = _change(f"{request_id}0", role, policy, until)
        revision = Revision(number=1, author=ACTOR, authors=(ACTOR,), created_at=now, changes=(change,))
        head = Head(
            id=request_id,
            requester=ACTOR,
            principal_arn=role.arn,
            justification="Found on the role, with a name that says when it is to be deleted.",
            auto_approve=False,
            submitted_hash="",
            created_at=now,
            state=State.APPLIED,
            revision_hash=revision.hash(request_id),
            summary=summary_of((change,)),
            decide_by=now,
            last_updated=now,
            due_kind=DueKind.WAKE,
            due_at=now,
        )
        entry = audited(head, "request.adopt", ACTOR, title=change.title, until=until)
        record = ChangeRecord(
            revision=1,
            id=change.id,
            target=change.target,
            status=ChangeStatus.APPLIED,
            found=change.preview.before,
            left=change.preview.after,
            until=until,
            ended_at=now,
        )
        line = event(now, ACTOR, "adopted", f"{policy.name} was there already; it ends with the day in its name")
        try:
            end = due_end(change.id, End(until=until, revision=1))
            self._store.add(head.model_copy(update={"outbox": (entry,)}), [revision, record, line, end])
        except Conflict:
            return False
        return True


def _change(change_id: str, role: FoundRole, policy: NamedPolicy, until: int) -> PlannedChange:
    wish = InlinePolicySpec(
        principal_arn=role.arn, policy_name=policy.name, document=policy.document, new=True, until=until
    )
    return PlannedChange(
        id=change_id,
        wish=wish.model_dump(mode="json"),
        target=role.arn,
        title=change_type(wish.change_type).title(wish),
        preview=Preview(
            before=Image(identity=role.role_id, content=None),
            after=Image(identity=role.role_id, content=policy.document),
        ),
    )
