import pytest

from chalicelib.audit.chain import BEGINNING, CHAIN_LIFE, chained
from chalicelib.audit.columns import columns, day_of, hour_of, index_key
from chalicelib.audit.store import AuditLog, AuditRow
from tests.support.builders import audit_entry
from tests.support.clock import START, FrozenClock


def test_days_and_hours_are_those_of_utc() -> None:
    assert (day_of(START), hour_of(START)) == ("2027-01-15", "2027-01-15T08")


def test_a_column_is_never_empty_and_never_longer_than_an_index_takes() -> None:
    assert index_key("") == "-"
    assert len(index_key("ä" * 3000).encode()) <= 2048


def test_only_the_first_entry_says_when_its_chain_began() -> None:
    found = [
        columns(chained(audit_entry(), writer="w", number=number, occurred_at=START, previous=BEGINNING))["begun"]
        for number in (0, 1)
    ]
    assert found == ["2027-01-15T08", None]


@pytest.mark.usefixtures("tables")
class TestTable:
    def test_an_entry_whose_target_is_very_long_or_empty_is_written_whole(self, clock: FrozenClock) -> None:
        log = AuditLog(clock)
        for target in ("", "x" * 5000):
            link = log.record(audit_entry(target=target))
            assert log.chain(link.writer)[-1].entry.target == target

    def test_a_process_begins_another_chain_before_its_own_grows_too_old(self, clock: FrozenClock) -> None:
        log = AuditLog(clock)
        first = log.record(audit_entry())
        clock.advance(CHAIN_LIFE - 1)
        assert log.record(audit_entry()).writer == first.writer
        clock.advance(1)
        later = log.record(audit_entry())
        assert (later.writer != first.writer, later.number) == (True, 0)

    def test_the_index_of_beginnings_holds_one_row_for_each_chain(self, clock: FrozenClock) -> None:
        clock.advance(10 * 86_400)
        logs = [AuditLog(clock) for _ in range(2)]
        writers = {log.record(audit_entry()).writer for log in logs for _ in range(3)}
        rows = list(AuditRow.by_beginning.query(hour_of(clock.now())))
        assert sorted(row.pk for row in rows) == sorted(f"CHAIN#{writer}" for writer in writers)
