"""The activity log over the real indexes, and its export."""

import csv
import io
import json

import pytest

from chalicelib.audit import export
from chalicelib.audit.activity import ActivityFilter, Format, decoded, encoded
from chalicelib.audit.chain import genuine
from chalicelib.audit.models import ChainedEntry, Outcome
from chalicelib.audit.store import AuditLog
from chalicelib.bootstrap import Container
from chalicelib.core import spreadsheet
from chalicelib.core.errors import InvalidInput, Upstream
from tests.support.aws import refusing, round_trips
from tests.support.builders import audit_entry
from tests.support.clock import FrozenClock

DAY = 86_400
ADA = "ada@example.com"


@pytest.fixture
def log(container: Container, clock: FrozenClock) -> AuditLog:
    """Seven entries over three days, two of them in one second."""
    found = container.audit
    for number in range(7):
        clock.advance(0 if number == 6 else DAY // 3)
        found.record(
            audit_entry(
                "credentials.issue" if number % 2 else "console.sign_in",
                person=f"user:{'ada' if number < 4 else 'grace'}@example.com",
                target=f"arn:aws:iam::222222222222:role/r{number % 3}",
                outcome=Outcome.DONE if number else Outcome.REFUSED,
                reason="=1+1" if number == 5 else "",
                details={"number": number},
            )
        )
    return found


def numbered(link: ChainedEntry) -> int:
    return int(link.entry.details["number"] or 0)


def numbers(container: Container, limit: int = 50, **filters: object) -> list[int]:
    asked = ActivityFilter.model_validate(filters)
    found: list[int] = []
    cursor = None
    while True:
        page = container.auditing.activity.page(asked, cursor, limit)
        found += map(numbered, page.entries)
        cursor = page.cursor
        if cursor is None:
            return found


@pytest.mark.usefixtures("log")
class TestIndexes:
    @pytest.mark.parametrize("limit", [1, 2, 50])
    def test_every_entry_is_found_once_newest_first(self, container: Container, limit: int) -> None:
        found = numbers(container, limit)
        assert sorted(found) == list(range(7))
        assert found[2:] == [4, 3, 2, 1, 0]

    @pytest.mark.parametrize("limit", [1, 50])
    def test_by_person_and_by_target(self, container: Container, limit: int) -> None:
        assert numbers(container, limit, person=ADA) == [3, 2, 1, 0]
        assert numbers(container, limit, target="arn:aws:iam::222222222222:role/r1") == [4, 1]
        assert numbers(container, limit, target_prefix="arn:aws:iam::222222222222:role/r1") == [4, 1]

    def test_by_time(self, container: Container, clock: FrozenClock) -> None:
        now = clock.now()
        assert numbers(container, since=now - DAY) in ([5, 6, 4, 3, 2], [6, 5, 4, 3, 2])
        assert numbers(container, since=now - DAY, until=now - DAY // 3) == [4, 3, 2]

    def test_of_a_time_that_has_not_come_there_is_nothing(self, container: Container, clock: FrozenClock) -> None:
        assert numbers(container, since=clock.now() + DAY) == []
        assert numbers(container, since=clock.now() + DAY, person=ADA) == []

    def test_a_page_by_person_is_one_query(self, container: Container) -> None:
        with round_trips() as calls:
            container.auditing.activity.page(ActivityFilter(person=ADA))
        assert calls == ["dynamodb.Query"]

    def test_a_cursor_that_names_no_row_starts_behind_where_it_would_stand(self, container: Container) -> None:
        asked = ActivityFilter(person=ADA)
        cursor = container.auditing.activity.page(asked, None, 1).cursor
        assert cursor is not None
        place = decoded(cursor)
        assert place.after is not None
        other = place.model_copy(update={"after": place.after.model_copy(update={"pk": "CHAIN#none"})})
        assert len(container.auditing.activity.page(asked, encoded(other)).entries) <= 4


class TestExport:
    def all(self, container: Container, form: Format, **filters: object) -> list[str]:
        texts, cursor = [], None
        while True:
            part = container.auditing.export.part(ADA, ActivityFilter.model_validate(filters), form, cursor)
            texts.append(part.text)
            cursor = part.cursor
            if cursor is None:
                return texts

    def test_csv_has_one_head_and_no_formula(self, container: Container, log: AuditLog) -> None:
        (text,) = self.all(container, "csv", target_prefix="arn:")
        rows = list(csv.DictReader(io.StringIO(text)))
        assert len(rows) == 7
        assert rows[0].keys() >= {"time", "person", "action", "target", "outcome", "reason", "details"}
        assert [row["reason"] for row in rows if '"number": 5' in row["details"]] == ["'=1+1"]
        assert json.loads(rows[-1]["details"]) == {"number": 0}

    @pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\n=x"])
    def test_what_a_spreadsheet_would_run_is_text(self, value: str) -> None:
        assert spreadsheet.harmless(value) == f"'{value}"
        assert spreadsheet.harmless("plain =1") == "plain =1"

    def test_json_lines_can_be_verified_elsewhere(self, container: Container, log: AuditLog) -> None:
        (text,) = self.all(container, "jsonl", target_prefix="arn:")
        links = [ChainedEntry.model_validate_json(line) for line in text.splitlines()]
        assert len(links) == 7
        assert all(map(genuine, links))

    def test_parts_are_bounded_by_rows_and_fit_together(
        self, container: Container, log: AuditLog, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(export, "ROWS", 3)
        texts = self.all(container, "csv", target_prefix="arn:")
        assert len(texts) == 3
        assert len(list(csv.DictReader(io.StringIO("".join(texts))))) == 7

    @pytest.mark.parametrize("limit", [1, 1000, 1500])
    def test_parts_are_bounded_by_bytes_and_fit_together(
        self, container: Container, log: AuditLog, monkeypatch: pytest.MonkeyPatch, limit: int
    ) -> None:
        monkeypatch.setattr(export, "BYTES", limit)
        texts = self.all(container, "jsonl", target_prefix="arn:")
        assert len(texts) > 2
        assert all(len(json.dumps(text)) <= limit or text.count("\n") == 1 for text in texts)
        found = [numbered(ChainedEntry.model_validate_json(line)) for text in texts for line in text.splitlines()]
        assert (len(found), sorted(found)) == (7, list(range(7)))

    def test_an_export_is_recorded_before_it_is_handed_out(self, container: Container, log: AuditLog) -> None:
        self.all(container, "csv", person=ADA)
        (link,) = container.audit.of_target("audit")
        assert (link.entry.action, link.entry.person) == ("audit.export", f"user:{ADA}")
        assert link.entry.details == {"format": "csv", "rows": 4, "filter_person": ADA}
        with refusing("dynamodb.PutItem", "InternalServerError", 500), pytest.raises(Upstream):
            self.all(container, "csv", person=ADA)

    def test_a_cursor_of_another_filter_is_refused(self, container: Container, log: AuditLog) -> None:
        cursor = container.auditing.activity.page(ActivityFilter(person=ADA), None, 1).cursor
        with pytest.raises(InvalidInput):
            container.auditing.export.part(ADA, ActivityFilter(), "csv", cursor)
