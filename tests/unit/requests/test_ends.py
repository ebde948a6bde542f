"""When and how what was applied goes again."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from chalicelib.changes.base import Image, Preview
from chalicelib.core.errors import InvalidInput, NeedsRebase
from chalicelib.db.leases import Lease
from chalicelib.requests.end_asked import LATEST, day_of, end_asked
from chalicelib.requests.ends import End, Taking, due_end, left_over, state_after, taking, to_take_back, until_of
from chalicelib.requests.gate import Attempt, compared, resumes
from chalicelib.requests.ledger import Hold, base_of, hold_of, keeping, of_others
from chalicelib.requests.models import ChangeRecord, PlannedChange
from chalicelib.requests.states import ChangeStatus, OnFailure, State
from tests.support.clock import START
from tests.support.request_builders import REQUEST_ID, approval, planned, request, revision
from tests.support.request_world import APP, BO, document

NOTHING, GIVEN = planned().preview.before, planned().preview.after
FOREIGN = GIVEN.model_copy(update={"content": document("s3:DeleteObject")})


def at(year: int, month: int, day: int, hour: int = 0) -> int:
    return int(datetime(year, month, day, hour, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("now", "day", "end"),
    [
        pytest.param(at(2027, 12, 31, 23), "20271231", at(2028, 1, 1), id="the last hour of a year"),
        pytest.param(at(2028, 2, 28), 20280229, at(2028, 3, 1), id="a leap day"),
        pytest.param(at(2027, 2, 28), "20270228", at(2027, 3, 1), id="no leap day"),
    ],
)
def test_a_day_ends_with_its_midnight(now: int, day: int | str, end: int) -> None:
    assert end_asked(day, None, now) == end
    assert day_of(end) == int(day)


@pytest.mark.parametrize("nothing", [None, ""])
def test_nothing_sent_is_for_ever(nothing: str | None) -> None:
    assert end_asked(nothing, None, START) is None


@pytest.mark.parametrize(
    ("day", "until", "reason"),
    [
        ("20270229", None, "bad_expiration_date"),
        ("2027-12-31", None, "bad_expiration_date"),
        ("99991231", None, "bad_expiration_date"),
        ("tomorrow", None, "bad_expiration_date"),
        (20200101, None, "end_passed"),
        (None, START, "end_passed"),
        (None, START - 1, "end_passed"),
        (None, START + LATEST + 1, "end_too_far"),
        (20300101, START + 60, "two_ends"),
    ],
)
def test_ends_that_cannot_be_are_refused(day: int | str | None, until: int | None, reason: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        end_asked(day, until, START)
    assert refusal.value.reason == reason


def test_the_earliest_of_what_was_asked_for_and_approved_counts_and_older_approvals_do_not() -> None:
    shown = revision(2)
    older, this = approval(revision(1), until=START + 5), approval(shown, until=START + 50)
    other = approval(shown, BO, until=START + 90)
    change = shown.changes[0]
    wished = change.model_copy(update={"wish": {**change.wish, "until": START + 70}})
    assert until_of(request(shown, rulings=[older, this, other]), change) == START + 50
    assert until_of(request(shown, rulings=[older, other]), wished) == START + 70
    assert until_of(request(shown, rulings=[older]), change) is None


def hold(who: str, until: int | None = START, **more: object) -> Hold:
    base = {"target": APP, "place": "p", "request_id": who, "change_id": f"{who}0", "until": until, "applied": True}
    return Hold.model_validate({**base, "base": NOTHING, "after": GIVEN, **more})


END = End(until=START, revision=1)


@pytest.mark.parametrize(
    ("others", "live", "wanted"),
    [
        ([], GIVEN, Taking.WRITE),
        ([], FOREIGN, Taking.WRITE),
        ([], NOTHING, Taking.GONE),
        ([], None, Taking.GONE),
        ([], GIVEN.model_copy(update={"identity": "AROA2"}), Taking.GONE),
        ([], GIVEN.model_copy(update={"identity": ""}), Taking.WRITE),
        ([hold("b")], GIVEN, Taking.HANDED_OVER),
        ([hold("b", None)], FOREIGN, Taking.HANDED_OVER),
        ([hold("b", applied=False)], GIVEN, Taking.WRITE),
        ([hold("b", None, after=FOREIGN)], FOREIGN, Taking.REPLACED),
        ([hold("b", None, after=FOREIGN, applied=False)], GIVEN, Taking.WRITE),
    ],
)
def test_what_was_given_for_a_time_goes_unless_somebody_else_keeps_it(
    others: list[Hold], live: Image | None, wanted: Taking
) -> None:
    assert taking(hold("a"), others, live, END) is wanted


def test_what_was_never_known_to_be_written_gives_way_to_what_was() -> None:
    assert taking(hold("a", applied=False), [hold("b", after=FOREIGN)], FOREIGN, END) is Taking.REPLACED


@pytest.mark.parametrize(
    ("live", "wanted"), [(GIVEN, Taking.WRITE), (FOREIGN, Taking.CONFLICT), (NOTHING, Taking.GONE)]
)
def test_after_a_failure_only_what_is_still_ours_is_taken_back(live: Image, wanted: Taking) -> None:
    assert taking(hold("a"), [], live, None) is wanted


def test_rows_of_what_stays_are_kept_only_beside_what_ends() -> None:
    forever, soon = hold("a", None), hold("b")
    assert left_over([forever]) == (forever,)
    assert left_over([forever, soon]) == ()


DONE, FAILED, OPEN = ChangeStatus.APPLIED, ChangeStatus.FAILED, ChangeStatus.APPLYING


@pytest.mark.parametrize(
    ("statuses", "wish", "state", "back"),
    [
        ((DONE, DONE, FAILED), OnFailure.ROLLBACK, State.APPLYING, (1, 0)),
        ((DONE, ChangeStatus.NEEDS_REBASE), OnFailure.ROLLBACK, State.APPLYING, (0,)),
        ((DONE, FAILED), OnFailure.KEEP, State.APPLYING, ()),
        ((DONE, OPEN, FAILED), OnFailure.ROLLBACK, State.APPLYING, ()),
        ((DONE, DONE), OnFailure.ROLLBACK, State.APPLYING, ()),
        ((DONE, FAILED), OnFailure.ROLLBACK, State.PARTIALLY_APPLIED, ()),
    ],
)
def test_what_goes_because_another_change_failed(
    statuses: tuple[ChangeStatus, ...], wish: OnFailure, state: State, back: tuple[int, ...]
) -> None:
    found = request(revision(changes=len(statuses)), statuses=statuses, state=state, on_failure=wish)
    assert to_take_back(found) == tuple(f"{REQUEST_ID}{number}" for number in back)


@pytest.mark.parametrize(
    ("state", "statuses", "wanted"),
    [
        (State.APPLIED, [ChangeStatus.ENDED], State.ENDED),
        (State.PARTIALLY_APPLIED, [ChangeStatus.ENDED, FAILED], State.ENDED),
        (State.APPLIED, [ChangeStatus.ENDED, DONE], State.APPLIED),
        (State.APPLYING, [ChangeStatus.ENDED], State.APPLYING),
    ],
)
def test_a_request_has_ended_when_nothing_of_it_is_left(
    state: State, statuses: list[ChangeStatus], wanted: State
) -> None:
    records = [ChangeRecord(revision=1, id=str(n), target=APP, status=one) for n, one in enumerate(statuses)]
    assert state_after(state, records) is wanted


def _opens(attempt: Attempt, live: Image) -> bool:
    try:
        compared(attempt, live)
    except NeedsRebase:
        return False
    return True


@dataclass
class Place:
    """One place of one target, and everybody who keeps the same thing there: the rules alone, without a table."""

    live: Image = NOTHING
    rows: dict[str, Hold] = field(default_factory=dict)
    plans: dict[str, PlannedChange] = field(default_factory=dict)
    tried: set[str] = field(default_factory=set)

    def plan(self, who: str) -> None:
        """What is there already is joined while somebody keeps it for a time; what was put there by others is not."""
        change = planned()
        keepers = [one for one in keeping(self.rows.values(), self.live) if one.applied]
        if self.live.hash == GIVEN.hash and keepers and all(one.temporary for one in keepers):
            images = Preview(before=GIVEN, after=GIVEN)
            self.plans[who] = change.model_copy(update={"preview": images, "base": keepers[0].base})
        elif self.live.hash != GIVEN.hash:
            self.plans[who] = change

    def apply(self, who: str, until: int | None, crash: int) -> None:
        """`crash` 1 dies before the write, 2 after it; the next try finds what was left."""
        change, others = self.plans[who], of_others(self.rows.values(), who, planned().id)
        mine = self.rows.get(who)
        self.forever |= {who} if until is None else set()
        status = ChangeStatus.APPLYING if who in self.tried else ChangeStatus.PROPOSED
        self.tried.add(who)
        lease = Lease(APP, who, 1, START)
        attempt = Attempt(who, change, lease, START, resumes(status, until, mine), until, others)
        fits = until is None or mine is not None or _opens(attempt, self.live)
        if (until is not None or others or mine) and fits:
            base = base_of(change, mine, others)
            self.rows[who] = hold_of(who, change, until).model_copy(update={"base": base})
        if crash == 1:
            return
        try:
            opened = compared(attempt, self.live)
        except NeedsRebase:
            if status is ChangeStatus.PROPOSED:
                self.rows.pop(who, None)
            del self.plans[who]
            return
        self.live = GIVEN if not opened.there else self.live
        if crash == 2:
            return
        del self.plans[who]
        if who in self.rows:
            self.rows[who] = self.rows[who].model_copy(update={"applied": True})
        self.given.add(who)

    given: set[str] = field(default_factory=set)
    forever: set[str] = field(default_factory=set)

    @property
    def under_way(self) -> set[str]:
        """Those whose last try died."""
        return self.tried & set(self.plans)

    def settle(self) -> None:
        """What died is tried again until it is done; what has an end comes to it, but for what is given already."""
        for who in self.under_way:
            if who in self.forever:
                self.apply(who, None, 0)
            else:
                self.end(who)

    def end(self, who: str) -> None:
        self.plans.pop(who, None)
        mine = self.rows.get(who)
        if mine is None:
            return
        others = of_others(self.rows.values(), who, planned().id)
        if taking(mine, others, self.live, END) is Taking.WRITE:
            self.live = mine.base
        for gone in (mine, *left_over(others)):
            self.rows.pop(gone.request_id)
        self.given.discard(who)


def story(chance: random.Random) -> Iterator[tuple[str, int | None, int]]:
    """Five people; one of them may want it for ever. Each plans, is applied (with crashes) and ends, in any order with the others."""
    steps = {str(number): [0, 1, *([1] * chance.randint(0, 2)), 2] for number in range(5)}
    forever = chance.choice([*steps, "nobody"])
    steps.get(forever, [2]).pop()
    while steps:
        who = chance.choice(list(steps))
        yield who, None if who == forever else START, steps[who].pop(0)
        if not steps[who]:
            del steps[who]


@pytest.mark.parametrize("part", range(4))
def test_access_lives_exactly_while_somebody_keeps_it_in_a_thousand_interleavings(part: int) -> None:
    for seed in range(part * 250, part * 250 + 250):
        chance, place = random.Random(seed), Place()  # noqa: S311 the same stories each time
        for who, until, step in story(chance):
            match step:
                case 0:
                    place.plan(who)
                case 1 if who in place.plans:
                    place.apply(who, until, chance.choice([0, 0, 1, 2]))
                case 2:
                    place.end(who)
            if not place.under_way:
                assert (place.live.hash == GIVEN.hash) == bool(place.given), (seed, who, step)
        place.settle()
        assert (place.live.hash == GIVEN.hash) == bool(place.given), seed
        if all(one not in place.rows for one in place.given):
            assert place.rows == {}, seed


def test_an_end_is_due_at_its_moment_and_says_whose_it_is() -> None:
    due = due_end("x0", END)
    assert (due.id, due.at, due.payload) == ("x0", START, {"until": START, "revision": 1})
