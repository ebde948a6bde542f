"""How far the approvals of each change have come. Pure.

Approvals are taken in the order in which they were given. Each counts for one need of the stage that was open then, another person for
each need of a change, and only while whoever gave it may still give it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.core.decisions import Decision
from chalicelib.requests.approval.models import ADMINISTRATORS, ChangeNeeds, Need, Voter


@dataclass(frozen=True, slots=True)
class Given:
    """An approval by somebody, as far as they may be believed now."""

    voter: Voter
    at: int


@dataclass(frozen=True, slots=True)
class StageProgress:
    """`given` are the people of each need, in the order of the needs."""

    needs: tuple[Need, ...]
    given: tuple[tuple[str, ...], ...]
    open: bool
    complete: bool


@dataclass(frozen=True, slots=True)
class ChangeProgress:
    needs: ChangeNeeds
    stages: tuple[StageProgress, ...]

    @property
    def complete(self) -> bool:
        return bool(self.stages) and all(stage.complete for stage in self.stages)

    @property
    def people(self) -> tuple[str, ...]:
        """Whose approvals count."""
        return tuple(user for stage in self.stages for users in stage.given for user in users)

    @property
    def waiting(self) -> str:
        """For whom, in words; empty when it is complete."""
        stage = next((stage for stage in self.stages if stage.open), None)
        if stage is None:
            return ""
        missing = ((need, need.count - len(given)) for need, given in zip(stage.needs, stage.given, strict=True))
        return " and ".join(
            f"{'one approval' if count == 1 else f'{count} approvals'} by {words(need.approvers)}"
            for need, count in missing
            if count
        )


def described(approvers: Iterable[str]) -> list[str]:
    """Each in words."""
    return ["an administrator of what is changed" if one == ADMINISTRATORS else one for one in approvers]


def words(approvers: Iterable[str]) -> str:
    return " or ".join(described(approvers))


def may_give(need: Need, needs: ChangeNeeds, given: Given) -> Decision:
    """Whether somebody is among those who may give this approval at this time."""
    voter = given.voter
    if not voter.known.allowed:
        return voter.known
    escalated = need.later if need.later_at is not None and given.at >= need.later_at else ()
    wanted = (*need.approvers, *escalated)
    if named := [approver for approver in wanted if approver in voter.principals]:
        return Decision.yes(f"{named[0]} may approve it", need.rule)
    if ADMINISTRATORS in wanted:
        held = voter.administers(needs.matter.target.arn)
        if held.allowed or set(wanted) == {ADMINISTRATORS}:
            return held
    return Decision.no(f"The rule {need.rule} wants it approved by {words(wanted)}.", "not_an_approver")


def progress(needs: ChangeNeeds, approvals: Sequence[Given]) -> ChangeProgress:
    done: list[StageProgress] = []
    used: set[str] = set()
    waiting: dict[str, Given] = {}
    for given in approvals:
        if len(done) == len(needs.stages):
            break
        if given.voter.user in used:
            continue
        waiting[given.voter.user] = given
        stage = needs.stages[len(done)]
        found = _seated(stage, needs, waiting)
        if all(len(users) == need.count for users, need in zip(found, stage, strict=True)):
            done.append(StageProgress(stage, found, open=False, complete=True))
            used |= {user for users in found for user in users}
            waiting = {}
    for place, stage in enumerate(needs.stages[len(done) :]):
        people = {} if place else waiting
        done.append(StageProgress(stage, _seated(stage, needs, people), open=not place, complete=False))
    return ChangeProgress(needs, tuple(done))


def _seated(stage: Sequence[Need], needs: ChangeNeeds, people: Mapping[str, Given]) -> tuple[tuple[str, ...], ...]:
    """Who fills which need, so that as many as possible are filled: whoever may fill several makes room for whoever may fill one."""
    seats = [place for place, need in enumerate(stage) for _ in range(need.count)]
    fits = {
        user: {place for place, need in enumerate(stage) if may_give(need, needs, given).allowed}
        for user, given in people.items()
    }
    held: dict[int, str] = {}

    def sits(user: str, tried: set[int]) -> bool:
        for seat, place in enumerate(seats):
            if place in fits[user] and seat not in tried:
                tried.add(seat)
                if seat not in held or sits(held[seat], tried):
                    held[seat] = user
                    return True
        return False

    for user in people:
        sits(user, set())
    return tuple(
        tuple(held[seat] for seat, at in enumerate(seats) if at == place and seat in held)
        for place in range(len(stage))
    )
