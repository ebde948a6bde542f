"""What lists show of a request, and the digest of all of them that lists begin with."""

from functools import cached_property
from typing import Self

from pydantic import TypeAdapter

from chalicelib.core.model import Frozen
from chalicelib.requests.models import Head
from chalicelib.requests.states import State


class ListedChange(Frozen):
    """A change without its documents. `target` is None in what was stored before it was noted."""

    id: str
    change_type: str
    title: str = ""
    target: str | None = None
    until: int | None = None
    approvers: tuple[str, ...] = ()
    """Principals, or the words of the approval rules, who may be asked for an approval of it."""
    policy_name: str | None = None
    new: bool | None = None
    action: str | None = None


class Listed(Frozen):
    """The part of a head that lists show. `stuck` is what the head says, or what is due beside its workflow."""

    id: str
    requester: str
    principal_arn: str
    justification: str
    auto_approve: bool
    created_at: int
    last_updated: int
    lock_version: int
    state: State
    reviewer: str | None = None
    stuck: bool = False
    summary: tuple[ListedChange, ...]

    @classmethod
    def of(cls, head: Head) -> Self:
        return cls(
            id=head.id,
            requester=head.requester,
            principal_arn=head.principal_arn,
            justification=head.justification,
            auto_approve=head.auto_approve,
            created_at=head.created_at,
            last_updated=head.last_updated,
            lock_version=head.lock_version,
            state=head.state,
            reviewer=head.reviewer,
            stuck=head.shown_state is State.STUCK,
            summary=tuple(
                ListedChange.model_validate({key: change.get(key) for key in _SHOWN if key in change})
                for change in head.summary
            ),
        )

    @property
    def shown_state(self) -> State:
        return State.STUCK if self.stuck else self.state

    @property
    def version(self) -> tuple[int, int]:
        """Grows with whatever is done about the request."""
        return self.lock_version, self.last_updated

    @property
    def place(self) -> tuple[int, str]:
        """Where it stands in lists: the newest first."""
        return -self.created_at, self.id

    @cached_property
    def targets(self) -> tuple[str, ...]:
        """ARNs of everything that it changes, as far as they were noted; its principal at least."""
        noted = sorted({change.target for change in self.summary if change.target is not None})
        return tuple(noted) or (self.principal_arn,)


_SHOWN = tuple(ListedChange.model_fields)


class Digest(Frozen):
    """All requests as they were: everything that was stored at least a while before `covers` is in it.

    `whole_at` is when it was last read from the table itself instead of being brought forward.
    """

    covers: int
    whole_at: int
    rows: tuple[Listed, ...]


DIGEST = TypeAdapter(Digest)
