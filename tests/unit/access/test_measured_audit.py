import pytest

from chalicelib.access.measured_audit import MeasuredAudit
from chalicelib.audit.models import AuditEntry, Outcome
from chalicelib.core.errors import Upstream
from chalicelib.core.hooks import MetricSample
from tests.support.builders import audit_entry


class Log:
    def __init__(self, *, broken: bool = False) -> None:
        self.entries: list[AuditEntry] = []
        self._broken = broken

    def record(self, entry: AuditEntry) -> None:
        if self._broken:
            raise Upstream("the table is away")
        self.entries.append(entry)


def counted(action: str, outcome: str) -> MetricSample:
    return MetricSample("Credentials", 1, "Count", {"action": action, "outcome": outcome})


@pytest.mark.parametrize("outcome", Outcome)
def test_every_entry_is_a_number_with_its_outcome(outcome: Outcome) -> None:
    log, samples = Log(), list[MetricSample]()
    entry = audit_entry("console.sign_in", outcome=outcome)
    MeasuredAudit(log, samples.append).record(entry)
    assert log.entries == [entry]
    assert samples == [counted("console.sign_in", outcome.value)]


def test_what_could_not_be_recorded_is_counted_as_that_and_still_an_error() -> None:
    samples: list[MetricSample] = []
    with pytest.raises(Upstream):
        MeasuredAudit(Log(broken=True), samples.append).record(audit_entry())
    assert samples == [counted("credentials.issue", "unrecorded")]
