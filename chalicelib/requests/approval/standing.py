"""Where the approval of a request stands: what was said of the present revision, whose word counts, and who may say something now. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from chalicelib.core.decisions import Decision
from chalicelib.core.principals import Principal
from chalicelib.requests.approval.models import ChangeNeeds, Jury, Voter
from chalicelib.requests.approval.progress import ChangeProgress, Given, may_give, progress
from chalicelib.requests.models import Request, RequestsConfig, Ruling
from chalicelib.requests.states import Verdict

AUTHOR, NOT_YET, ENOUGH, AGAIN = "self_approval", "not_your_turn", "enough_approvals", "approved_already"


@dataclass(frozen=True)
class Standing:
    """One look at a request with a jury. Asks about each person once."""

    request: Request
    jury: Jury
    config: RequestsConfig

    @cached_property
    def said(self) -> Mapping[str, Ruling]:
        """The last word of each on the present revision; a rejection ends everything that was said before it."""
        head = self.request.head
        found: dict[str, Ruling] = {}
        for ruling in sorted(self.request.rulings, key=lambda ruling: ruling.id):
            if (ruling.revision, ruling.revision_hash) != (head.revision, head.revision_hash):
                continue
            if ruling.verdict is Verdict.REJECT:
                found.clear()
            else:
                found.pop(ruling.actor, None)
                found[ruling.actor] = ruling
        return found

    @property
    def asked(self) -> tuple[Ruling, ...]:
        """Those who wait for another revision."""
        return tuple(ruling for ruling in self.said.values() if ruling.verdict is Verdict.ASK)

    @cached_property
    def approvals(self) -> tuple[Ruling, ...]:
        """By people, in the order in which they were given."""
        return tuple(
            ruling for ruling in self.said.values() if ruling.verdict is Verdict.APPROVE and ruling.rule is None
        )

    @cached_property
    def _voters(self) -> Mapping[str, Voter]:
        return {ruling.actor: self.jury.who_is(ruling.actor) for ruling in self.approvals}

    @cached_property
    def _given(self) -> tuple[Given, ...]:
        return tuple(
            Given(self._voters[ruling.actor], ruling.decided_at)
            for ruling in self.approvals
            if self.own(ruling.actor).allowed
        )

    @cached_property
    def changes(self) -> tuple[ChangeProgress, ...]:
        return tuple(progress(needs, self._given) for needs in self.jury.requirements.changes)

    @property
    def complete(self) -> bool:
        return bool(self.changes) and all(change.complete for change in self.changes)

    @property
    def counted(self) -> tuple[Ruling, ...]:
        """Approvals that count for some change."""
        people = {user for change in self.changes for user in change.people}
        return tuple(ruling for ruling in self.approvals if ruling.actor in people)

    def own(self, user: str) -> Decision:
        """Four eyes: whoever wrote any part of it, or gets something by it, does not approve it unless that is configured."""
        if self.config.allow_self_approval:
            return Decision.yes("self-approval is configured", AUTHOR)
        if user in self.request.revision.authors:
            role = "requested" if user == self.request.head.requester else "edited"
            return Decision.no(f"You have {role} this change yourself; somebody else must approve it.", AUTHOR)
        gains = {one for needs in self.jury.requirements.changes for one in needs.matter.gains}
        if str(Principal.user(user)) in gains:
            return Decision.no("You would get this access yourself; somebody else must approve it.", AUTHOR)
        return Decision.yes("somebody else wrote it", "four_eyes")

    def may_speak(self, voter: Voter, at: int) -> Decision:
        """Whether somebody may say no, or ask for changes: whoever may give any of the approvals, whosever turn it is."""
        refusal = Decision.no("There is nothing to decide about.", "nothing_asked")
        for needs in self.jury.requirements.changes:
            for need in (need for stage in needs.stages for need in stage):
                found = may_give(need, needs, Given(voter, at))
                if found.allowed:
                    return found
                refusal = found if refusal.rule == "nothing_asked" else refusal
        return refusal

    def would_count(self, voter: Voter, at: int) -> Decision:
        """Whether an approval by this person would count now: for a need that nobody has filled, or to take back what they asked for."""
        if any(ruling.actor == voter.user for ruling in self.asked):
            return Decision.yes("it takes back what they have asked for", "asked_before")
        more = (*self._given, Given(voter, at))
        then = [progress(needs, more) for needs in self.jury.requirements.changes]
        if sum(len(change.people) for change in then) > sum(len(change.people) for change in self.changes):
            return Decision.yes(f"{voter.user} may approve it now", "open_stage")
        if any(voter.user in change.people for change in self.changes):
            return Decision.no(f"You have approved this revision already. {self.missing}", AGAIN)
        if self.complete:
            waits = (
                f" It waits for {', '.join(one.actor for one in self.asked)}, who asked for changes."
                if self.asked
                else ""
            )
            return Decision.no(f"Enough people have approved it.{waits}", ENOUGH)
        return Decision.no(f"Others must approve it first. {self.missing}", NOT_YET)

    @property
    def turn(self) -> frozenset[str]:
        """Approvers whose turn it is: of needs of open stages that nobody has filled."""
        now = self.jury.now
        return frozenset(
            name
            for change in self.changes
            for stage in change.stages
            for need, given in zip(stage.needs, stage.given, strict=True)
            if stage.open and len(given) < need.count
            for name in (*need.approvers, *(need.later if need.later_at is not None and now >= need.later_at else ()))
        )

    @property
    def missing(self) -> str:
        """What is still to be approved by whom."""
        waiting = dict.fromkeys(change.waiting for change in self.changes if change.waiting)
        return f"It waits for {'; '.join(waiting)}." if waiting else ""

    def until(self, change_id: str) -> int | None:
        """When a change ends: the earlier of what was asked for and what those wanted who approved it."""
        planned = self.request.planned(change_id)
        if planned is None or planned.preview.after.content is None:
            return None
        asked = planned.spec.until
        return min(
            (end for end in (asked, *(ruling.until for ruling in self.counted)) if end is not None), default=None
        )

    def _gives(self, needs: ChangeNeeds) -> bool:
        """What only takes something away has no end. Without its boundary a principal may do more."""
        planned = self.request.planned(needs.matter.change_id)
        taken = planned is not None and planned.preview.after.content is None
        return not taken or needs.matter.change_type == "permissions_boundary"

    def in_time(self) -> Decision:
        """Whether everything ends as early as the rules want it to."""
        for needs in self.jury.requirements.changes:
            end = self.until(needs.matter.change_id)
            if needs.ends_by is not None and self._gives(needs) and (end is None or end > needs.ends_by):
                hours = (needs.ends_by - needs.matter.written_at) // 3600
                return Decision.no(
                    f"{needs.matter.title}: the rules {', '.join(needs.rules)} want it to end {hours} hours after it was asked for"
                    " at the latest. Approve it with an end, or ask for one.",
                    "end_required",
                )
        return Decision.yes("every end is early enough", "in_time")

    def verdict(self) -> Decision:
        """Whether the present revision is approved by everybody who must, and who may still approve it."""
        if self.asked:
            return Decision.no(
                f"{', '.join(ruling.actor for ruling in self.asked)} asked for changes of this revision.",
                "changes_asked",
            )
        if any(ruling.rule is not None for ruling in self.said.values()):
            by_rule = self.jury.by_rule()
            if by_rule.allowed:
                in_time = self.in_time()
                return in_time if not in_time.allowed else Decision.yes(by_rule.reason, "by_rule")
            if not self.approvals:
                return Decision.no(f"The approval does not count any more. {by_rule.reason}", "approval_lost")
        if not self.approvals:
            return Decision.no(f"Nobody has approved revision {self.request.head.revision}.", "not_approved")
        if self.complete:
            in_time = self.in_time()
            return in_time if not in_time.allowed else Decision.yes(f"approved by {self._names}", "quorum")
        if lost := self._lost:
            return Decision.no(f"The approval does not count any more. {lost}", "approval_lost")
        return Decision.no(f"Approved by {self._names}. {self.missing}", "not_enough")

    @property
    def _names(self) -> str:
        return ", ".join(sorted(ruling.actor for ruling in self.counted))

    @property
    def _lost(self) -> str:
        """Why approvals do not count that were given."""
        counted = {ruling.actor for ruling in self.counted}
        reasons: list[str] = []
        for ruling in self.approvals:
            if ruling.actor not in counted:
                own = self.own(ruling.actor)
                why = self.may_speak(self._voters[ruling.actor], ruling.decided_at) if own.allowed else own
                reason = why.reason if not why.allowed else "It was not their turn."
                reasons.append(f"{ruling.actor}: {reason}")
        return "; ".join(reasons)
