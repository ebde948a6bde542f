"""How a request lies in its table."""

from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.core.ids import ulid
from chalicelib.requests.items import META, STUCK_SHARD, assembled, attributes_of, head_of, key_of, number_of, shards
from chalicelib.requests.models import STUCK_AFTER, ChangeRecord, Comment, Event, Head
from chalicelib.requests.states import DueKind, State
from tests.support.builders import audit_entry
from tests.support.clock import START
from tests.support.request_builders import REQUEST_ID, approval, head, revision
from tests.support.request_world import APP, EVE


def row(found: Head) -> Any:
    return SimpleNamespace(pk=key_of(found.id, META)[0], sk=META, **attributes_of(found))


def document_row(record: Any) -> Any:
    return SimpleNamespace(sk=number_of(record), body=record.model_dump_json())


FULL = head(
    revision(),
    reviewer="ada@example.com",
    task_token="token",
    due_kind=DueKind.WAKE,
    due_at=START + 60,
    attempts=2,
    failure="AWS did not answer",
    outbox=(audit_entry(),),
    generation=3,
)


@pytest.mark.parametrize("found", [FULL, head(revision())])
def test_a_head_comes_back_as_it_was_stored(found: Head) -> None:
    assert head_of(row(found)) == found


def test_only_undecided_requests_are_in_the_index_of_open_ones() -> None:
    open_states = {
        state for state in State if state is not State.STUCK and attributes_of(head(revision(), state=state))["open_pk"]
    }
    assert open_states == {State.PENDING, State.NEEDS_REBASE}


def test_a_request_with_nothing_due_is_in_no_shard() -> None:
    attributes = attributes_of(head(revision()))
    assert (attributes["due_at"], attributes["due_shard"]) == (None, None)


def test_due_requests_spread_over_all_shards_and_each_stays_in_its_own() -> None:
    places = {
        f"request-{n}": attributes_of(head(revision(), id=f"request-{n}", due_at=START))["due_shard"] for n in range(60)
    }
    assert set(places.values()) == set(shards()) - {STUCK_SHARD}
    again = attributes_of(head(revision(), id="request-7", due_at=START + 999))["due_shard"]
    assert again == places["request-7"]


def test_what_keeps_failing_is_due_in_the_place_of_the_stuck() -> None:
    assert attributes_of(head(revision(), due_at=START, attempts=STUCK_AFTER))["due_shard"] == STUCK_SHARD
    assert attributes_of(head(revision(), due_at=START, attempts=STUCK_AFTER - 1))["due_shard"] != STUCK_SHARD


@pytest.mark.parametrize("state", [State.PENDING, State.APPROVED, State.APPLYING])
def test_a_request_that_keeps_failing_is_shown_as_stuck_and_keeps_its_state(state: State) -> None:
    found = head(revision(), state=state, attempts=STUCK_AFTER)
    assert (found.shown_state, found.state) == (State.STUCK, state)


def test_an_end_is_shown_as_that_end_even_while_nobody_can_be_told() -> None:
    assert head(revision(), state=State.REJECTED, attempts=STUCK_AFTER).shown_state is State.REJECTED


def test_a_request_is_put_together_from_its_rows_and_older_revisions_stay_behind() -> None:
    old, new = revision(1), revision(2, changes=2)
    records = [
        ChangeRecord(revision=number, id=change.id, target=APP)
        for number, of in ((1, old), (2, new))
        for change in of.changes
    ]
    said = Comment(id=ulid(1), actor=EVE, text="hello", written_at=START)
    line = Event(id=ulid(2), at=START, actor=EVE, kind="created", text="made")
    rows = [
        row(head(new, revision=2)),
        *(document_row(record) for record in (old, new, approval(new), said, line, *reversed(records))),
    ]
    found = assembled(rows)
    assert found is not None
    assert found.revision == new
    assert [record.revision for record in found.records] == [2, 2]
    assert [record.id for record in found.records] == [change.id for change in new.changes]
    assert (found.rulings, found.comments, found.events) == ((approval(new),), (said,), (line,))


def test_no_rows_are_no_request() -> None:
    assert assembled([]) is None


def test_keys_of_one_request_sort_by_kind_and_time() -> None:
    assert key_of(REQUEST_ID, META) == (f"REQ#{REQUEST_ID}", "META")
    assert number_of(revision(7)) == "REV#000007"
    assert number_of(ChangeRecord(revision=2, id="x0", target=APP)) == "CHG#000002#x0"
