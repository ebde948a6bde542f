"""Requests as they should be, in a few lines: who may do what, what is approved, and what should then be there. Nothing of the product."""

from dataclasses import dataclass, field

APPROVERS = frozenset({"ada@example.com", "bo@example.com", "cy@example.com"})
PENDING, APPLIED, ENDED, REBASE, FAILED = "pending", "applied", "ended", "needs_rebase", "failed"
REJECTED, CANCELLED = "rejected", "cancelled"


@dataclass
class Wished:
    """One request for one policy. `seq` is when it was applied, counted over all; `ends` its end as those who approved wanted it."""

    requester: str
    place: str
    content: str
    until: int | None
    state: str = PENDING
    authors: set[str] = field(default_factory=set)
    approvals: dict[str, int | None] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    ends: int | None = None
    seq: int = 0

    def __post_init__(self) -> None:
        self.authors = {self.requester}

    def lives(self, now: int) -> bool:
        return self.state == APPLIED and (self.ends is None or self.ends > now)


@dataclass
class Model:
    quorum: int
    requests: dict[str, Wished] = field(default_factory=dict)
    applied: int = 0

    def may_approve(self, request_id: str, user: str) -> str:
        """`Forbidden`, `Conflict`, or nothing when it may be."""
        request = self.requests[request_id]
        if user not in APPROVERS or user in request.authors:
            return "Forbidden"
        if request.state != PENDING:
            return "Conflict"
        if user in request.asked:
            return ""
        enough = len(request.approvals) >= self.quorum
        return "Conflict" if enough or user in request.approvals else ""

    def may_say_no(self, request_id: str, user: str, *, asks: bool = False) -> str:
        if user not in APPROVERS:
            return "Forbidden"
        return "" if self.requests[request_id].state in ({PENDING} if asks else {PENDING, REBASE}) else "Conflict"

    def may_edit(self, request_id: str, user: str) -> str:
        """The same people take it back."""
        request = self.requests[request_id]
        if user not in APPROVERS and user != request.requester:
            return "Forbidden"
        return "" if request.state in {PENDING, REBASE} else "Conflict"

    def may_end(self, request_id: str, user: str) -> str:
        request = self.requests[request_id]
        if user not in APPROVERS and user != request.requester:
            return "Forbidden"
        return "" if request.state == APPLIED and request.ends is not None else "Conflict"

    def approve(self, request_id: str, user: str, until: int | None) -> bool:
        """Whether that was the last one that it needed."""
        request = self.requests[request_id]
        request.asked.discard(user)
        request.approvals[user] = until
        return not request.asked and len(request.approvals) >= self.quorum

    def ask(self, request_id: str, user: str) -> None:
        request = self.requests[request_id]
        request.approvals.pop(user, None)
        request.asked.add(user)

    def edit(self, request_id: str, user: str, content: str) -> None:
        request = self.requests[request_id]
        request.content, request.state = content, PENDING
        request.authors.add(user)
        request.approvals, request.asked = {}, set()

    def end_of(self, request_id: str) -> int | None:
        """As it would be applied now."""
        request = self.requests[request_id]
        return min((end for end in (request.until, *request.approvals.values()) if end is not None), default=None)

    def apply(self, request_id: str) -> None:
        self.applied += 1
        request = self.requests[request_id]
        request.state, request.seq, request.ends = APPLIED, self.applied, self.end_of(request_id)

    def pass_time(self, now: int) -> None:
        for request in self.requests.values():
            if request.state == APPLIED and not request.lives(now):
                request.state = ENDED

    def there(self) -> dict[str, str]:
        """What each place holds: what was put there last, of all that lives."""
        living = sorted((one for one in self.requests.values() if one.state == APPLIED), key=lambda one: one.seq)
        return {one.place: one.content for one in living}
