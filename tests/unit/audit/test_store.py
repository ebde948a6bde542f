import pytest

from chalicelib.audit.chain import faults
from chalicelib.audit.store import AuditLog
from chalicelib.core.errors import AppError, Conflict, Throttled, Upstream
from tests.support.aws import refusing, round_trips
from tests.support.builders import audit_entry
from tests.support.clock import START, FrozenClock

pytestmark = pytest.mark.usefixtures("tables")


def test_an_entry_costs_one_round_trip_and_no_read(clock: FrozenClock) -> None:
    log = AuditLog(clock)
    with round_trips() as calls:
        log.record(audit_entry())
        log.record(audit_entry())
    assert calls == ["dynamodb.PutItem", "dynamodb.PutItem"]


def test_the_entries_of_one_process_are_one_whole_chain(clock: FrozenClock) -> None:
    log = AuditLog(clock)
    links = []
    for number in range(12):
        clock.advance(1)
        links.append(log.record(audit_entry(f"act.{number}")))
    stored = log.chain(links[0].writer)
    assert stored == tuple(links)
    assert faults(stored) == []
    assert [link.occurred_at for link in stored] == list(range(START + 1, START + 13))


def test_two_processes_never_write_into_one_chain(clock: FrozenClock) -> None:
    one, other = AuditLog(clock).record(audit_entry()), AuditLog(clock).record(audit_entry())
    assert one.writer != other.writer
    assert (one.number, other.number) == (0, 0)


def test_what_happened_to_a_target_is_found_newest_first(clock: FrozenClock) -> None:
    log = AuditLog(clock)
    for action in ("first", "second", "third"):
        clock.advance(1)
        log.record(audit_entry(action, target="arn:of:the:target"))
        log.record(audit_entry("elsewhere", target="arn:of:another"))
    assert [link.entry.action for link in log.of_target("arn:of:the:target")] == ["third", "second", "first"]
    assert [link.entry.action for link in log.of_target("arn:of:the:target", limit=1)] == ["third"]


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        pytest.param("ConditionalCheckFailedException", 400, Conflict, id="the place is taken"),
        pytest.param("AccessDeniedException", 400, Upstream, id="the role may not write"),
        pytest.param("ThrottlingException", 400, Throttled, id="the table is busy"),
    ],
)
def test_an_entry_that_could_not_be_written_is_an_error_and_the_next_begins_a_new_chain(
    clock: FrozenClock, code: str, status: int, kind: type[AppError]
) -> None:
    log = AuditLog(clock)
    before = log.record(audit_entry())
    with refusing("dynamodb.PutItem", code, status), pytest.raises(AppError) as failure:
        log.record(audit_entry("lost"))
    assert type(failure.value) is kind
    after = log.record(audit_entry())
    assert (after.writer != before.writer, after.number) == (True, 0)
    assert faults(log.chain(before.writer)) == faults(log.chain(after.writer)) == []
    assert len(log.chain(before.writer)) == 1
