"""The table of requests: every write is conditional, and a step is all or nothing."""

import boto3
import pytest

from chalicelib.core.errors import Conflict, LimitExceeded, Throttled
from chalicelib.core.ids import ulid
from chalicelib.db.leases import Lease, Leases
from chalicelib.requests.catalog.store import CatalogStore
from chalicelib.requests.ledger import hold_of
from chalicelib.requests.ledger_store import Ledger
from chalicelib.requests.models import ChangeRecord, Comment, Due, Event, Head, Request
from chalicelib.requests.states import ChangeStatus, DueKind, State
from chalicelib.requests.store import Moves, RequestStore
from chalicelib.settings import load
from tests.support.aws import REGION
from tests.support.clock import START, FrozenClock
from tests.support.request_builders import REQUEST_ID, request, revision
from tests.support.request_world import APP, EVE, empty


@pytest.fixture
def store(tables: None) -> RequestStore:
    empty("requests", "grants")
    return RequestStore()


def stored(store: RequestStore, found: Request | None = None) -> Request:
    found = found or request()
    store.add(found.head, [found.revision, *found.records, *found.rulings, *found.events])
    return found


def line(text: str = "it happened") -> Event:
    return Event(id=ulid(), at=START, actor=EVE, kind="test", text=text)


def changed(head: Head, **more: object) -> Head:
    return head.model_copy(update=more)


def test_a_request_is_read_as_it_was_stored(store: RequestStore) -> None:
    made = stored(store, request(revision(changes=2)))
    assert store.find(made.head.id) == made
    assert store.head(made.head.id) == made.head


def test_what_does_not_exist_is_not_found(store: RequestStore) -> None:
    assert store.find("nobody") is None
    assert store.head("nobody") is None


def test_an_id_is_used_once(store: RequestStore) -> None:
    made = stored(store)
    with pytest.raises(Conflict):
        stored(store, request(justification="another"))
    assert store.find(made.head.id) == made


def test_a_step_needs_the_version_that_it_was_decided_on_and_the_loser_writes_nothing(store: RequestStore) -> None:
    before = stored(store).head
    winner = store.advance(before, changed(before, state=State.APPROVED), [line("winner")])
    assert winner.lock_version == before.lock_version + 1
    with pytest.raises(Conflict):
        store.advance(before, changed(before, state=State.CANCELLED), [line("loser")])
    found = store.find(before.id)
    assert found is not None
    assert found.head == winner
    assert [event.text for event in found.events] == ["winner"]


def test_a_step_moves_the_record_of_its_change_and_needs_the_lease(store: RequestStore) -> None:
    clock = FrozenClock()
    made = stored(store)
    leases = Leases(clock)
    lease = leases.take(APP, "one", 180)
    record = made.records[0].model_copy(update={"status": ChangeStatus.APPLYING, "attempt": 1})
    head = store.advance(made.head, changed(made.head, state=State.APPLYING, last_updated=clock.now()), [record], lease)
    clock.advance(181)
    leases.take(APP, "another", 180)
    failed = record.model_copy(update={"status": ChangeStatus.FAILED})
    with pytest.raises(Conflict):
        store.advance(head, changed(head, last_updated=clock.now()), [failed], lease)
    found = store.find(made.head.id)
    assert found is not None
    assert found.records == (record,)


def test_a_note_does_not_stand_in_the_way_of_a_step(store: RequestStore) -> None:
    before = stored(store).head
    store.settle(before, changed(before, due_kind=DueKind.EXPIRE, due_at=START + 9))
    store.put_token(before, "token")
    store.comment(before, [Comment(id=ulid(), actor=EVE, text="hello", written_at=START)], START + 1)
    after = store.advance(before, changed(before, state=State.APPROVED))
    found = store.head(before.id)
    assert found is not None
    assert found.state is State.APPROVED
    assert (found.due_at, found.task_token, found.last_updated) == (START + 9, "token", START + 1), "not overwritten"
    assert after.lock_version == found.lock_version


@pytest.mark.parametrize(
    "meanwhile",
    [
        {"due_at": START + 5},
        {"due_kind": DueKind.WAKE},
        {"lock_version": 7},
    ],
)
def test_a_note_is_refused_when_what_it_changes_or_the_state_was_changed_meanwhile(
    store: RequestStore, meanwhile: dict[str, object]
) -> None:
    before = stored(store, request(due_kind=DueKind.START, due_at=START)).head
    store.settle(before, changed(before, **meanwhile))
    with pytest.raises(Conflict):
        store.settle(before, changed(before, due_kind=DueKind.EXPIRE, due_at=START + 100))


def test_a_note_that_changes_nothing_writes_nothing(store: RequestStore) -> None:
    before = stored(store).head
    assert store.settle(before, before) == before
    assert store.settle(changed(before, id="nobody"), changed(before, id="nobody")).id == "nobody"


def test_a_token_of_an_older_execution_is_refused(store: RequestStore) -> None:
    before = stored(store).head
    store.settle(before, changed(before, generation=1))
    with pytest.raises(Conflict):
        store.put_token(before, "token")


def test_a_comment_needs_its_request(store: RequestStore) -> None:
    with pytest.raises(Conflict):
        store.comment(changed(request().head, id="nobody"), [], START)


def test_a_request_that_does_not_fit_into_an_item_is_refused_as_a_whole(store: RequestStore) -> None:
    huge = Event(id=ulid(), at=START, actor=EVE, kind="test", text="ä" * 180_000)
    made = request()
    with pytest.raises(LimitExceeded, match="larger than 350000 bytes"):
        store.add(made.head, [made.revision, *made.records, huge])
    assert store.find(made.head.id) is None


def test_requests_are_listed_newest_first(store: RequestStore) -> None:
    for number in (2, 3, 1):
        stored(store, request(id=f"request-{number}", created_at=START + number))
    assert [listed.id for listed in CatalogStore().newest(10)] == ["request-3", "request-2", "request-1"]
    assert [listed.id for listed in CatalogStore().own(EVE)] == ["request-3", "request-2", "request-1"]
    assert {listed.id for listed in CatalogStore().changed(START)} == {"request-1", "request-2", "request-3"}
    assert list(CatalogStore().changed(START + 1)) == []


def test_what_is_overdue_is_found_in_every_shard_longest_first(store: RequestStore) -> None:
    for number in range(12):
        stored(store, request(id=f"request-{number}", due_kind=DueKind.START, due_at=START + number))
    stored(store, request(id="stuck", due_kind=DueKind.WAKE, due_at=START - 1, attempts=9))
    found = [(one.request_id, one.due) for one in store.due(START + 7)]
    assert [due for _, due in found] == [None] * 9
    assert [request_id for request_id, _ in found] == ["stuck", *(f"request-{number}" for number in range(8))]
    assert store.stuck() == 1


def test_what_was_done_is_no_longer_due(store: RequestStore) -> None:
    before = stored(store, request(due_kind=DueKind.START, due_at=START)).head
    store.settle(before, changed(before, due_kind=None, due_at=None))
    assert store.due(START) == []


def test_changes_are_found_by_what_they_change(store: RequestStore) -> None:
    made = stored(store)
    items = boto3.client("dynamodb", REGION).query(
        TableName=f"{load().table_prefix}requests",
        IndexName="target",
        KeyConditionExpression="target = :arn",
        ExpressionAttributeValues={":arn": {"S": APP}},
    )["Items"]
    assert [item["sk"]["S"] for item in items] == [f"CHG#000001#{made.records[0].id}"]


class TestLeases:
    def test_one_holder_at_a_time_and_the_fence_only_grows(self, store: RequestStore, clock: FrozenClock) -> None:
        leases = Leases(clock)
        first = leases.take(APP, "one", 180)
        with pytest.raises(Throttled, match="under way"):
            leases.take(APP, "two", 180)
        assert leases.still_held(first)
        leases.release(first)
        assert not leases.still_held(first)
        second = leases.take(APP, "two", 180)
        assert second.fence > first.fence

    def test_a_lease_that_ran_out_is_taken_over_and_its_old_holder_is_out(
        self, store: RequestStore, clock: FrozenClock
    ) -> None:
        leases = Leases(clock)
        first = leases.take(APP, "one", 180)
        clock.advance(179)
        with pytest.raises(Throttled):
            leases.take(APP, "two", 180)
        clock.advance(1)
        assert not leases.still_held(first)
        second = leases.take(APP, "two", 180)
        leases.release(first)
        assert leases.still_held(second), "a late release takes nothing away from the new holder"

    def test_targets_do_not_stand_in_each_others_way(self, store: RequestStore, clock: FrozenClock) -> None:
        leases = Leases(clock)
        leases.take(APP, "one", 180)
        assert leases.take(f"{APP}2", "two", 180).fence == 1

    def test_nobody_holds_what_was_never_taken(self, store: RequestStore, clock: FrozenClock) -> None:
        assert not Leases(clock).still_held(Lease("nothing", "one", 1, clock.now() + 9))


def end(at: int, **more: object) -> Due:
    return Due.model_validate({"kind": DueKind.END, "id": f"{REQUEST_ID}0", "at": at, **more})


def test_what_is_due_beside_the_workflow_comes_with_a_step_is_found_by_its_time_and_goes_with_a_step(
    store: RequestStore,
) -> None:
    made = stored(store, request(due_kind=DueKind.EXPIRE, due_at=START + 5))
    soon = end(START + 7)
    head = store.advance(made.head, changed(made.head, state=State.APPROVED), [soon])
    assert [(one.at, one.due) for one in store.due(START + 7)] == [(START + 5, None), (START + 7, soon)]
    assert [one.due for one in store.due(START + 6)] == [None]
    found = store.find(head.id)
    assert found is not None
    assert (found.dues, found.head) == ((soon,), head)
    earlier = soon.model_copy(update={"at": START + 1})
    head = store.advance(head, changed(head, state=State.APPLYING), [earlier])
    assert store.find_due(head.id, DueKind.END, soon.id) == earlier
    store.advance(head, changed(head, state=State.APPLIED), moves=Moves(done=[earlier]))
    assert store.find_due(head.id, DueKind.END, soon.id) is None


def test_a_note_about_what_is_due_is_lost_when_somebody_moved_it_or_did_it(store: RequestStore) -> None:
    made = stored(store)
    soon = end(START + 7)
    store.advance(made.head, changed(made.head, state=State.APPROVED), [soon])
    tried = soon.model_copy(update={"at": START + 60, "attempts": 1, "failure": "throttled"})
    store.settle_due(made.head.id, soon, tried)
    assert store.find_due(made.head.id, DueKind.END, soon.id) == tried
    with pytest.raises(Conflict):
        store.settle_due(made.head.id, soon, None)
    store.settle_due(made.head.id, tried, None)
    assert store.find_due(made.head.id, DueKind.END, soon.id) is None
    with pytest.raises(Conflict):
        store.settle_due(made.head.id, tried, tried)


def test_an_end_that_keeps_failing_is_stuck_and_a_notice_that_does_is_not(store: RequestStore) -> None:
    made = stored(store)
    notice = Due(kind=DueKind.SEND, id="n", at=START, attempts=9)
    store.advance(made.head, changed(made.head, state=State.APPROVED), [end(START, attempts=5), notice])
    assert store.stuck() == 1
    assert len(store.due(START)) == 2


def test_the_ledger_moves_with_a_step_and_not_without_the_lease(store: RequestStore) -> None:
    clock, ledger = FrozenClock(), Ledger()
    made = stored(store)
    lease = Leases(clock).take(APP, "one", 180)
    hold = hold_of(made.head.id, made.revision.changes[0], START + 900)
    lost = Lease(APP, "another", lease.fence, lease.until)
    with pytest.raises(Conflict):
        store.advance(made.head, changed(made.head, state=State.APPROVED), lease=lost, moves=Moves(held=[hold]))
    assert ledger.of(APP) == ()
    head = store.advance(made.head, changed(made.head, state=State.APPROVED), lease=lease, moves=Moves(held=[hold]))
    other = hold.model_copy(update={"place": "inline_policy#else", "until": None})
    head = store.advance(head, changed(head, state=State.APPLYING), lease=lease, moves=Moves(held=[other]))
    assert ledger.at(APP, hold.place) == (hold,)
    assert sorted(held.place for held in ledger.of(APP)) == [other.place, hold.place]
    store.advance(head, changed(head, state=State.APPLIED), lease=lease, moves=Moves(released=[hold]))
    assert ledger.of(APP) == (other,)


def test_earlier_revisions_stay_readable(store: RequestStore) -> None:
    made = stored(store)
    new = revision(2)
    records = [ChangeRecord(revision=2, id=change.id, target=APP) for change in new.changes]
    store.advance(made.head, changed(made.head, revision=2), [new, *records])
    found = store.find(made.head.id)
    assert found is not None
    assert (found.revision, found.earlier) == (new, (made.revision,))
