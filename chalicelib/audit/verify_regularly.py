"""Every hour: verifies what was sealed since the last time, and looks again at a stretch of what was verified long ago."""

from typing import Protocol

from chalicelib.audit.findings import Finding
from chalicelib.audit.reports import LAST_VERIFICATION, Found, RegularReport, VerificationNote
from chalicelib.audit.verify import Verification, VerifyAudit
from chalicelib.core.clock import Clock
from chalicelib.core.model import Frozen
from chalicelib.db.notes import Note
from chalicelib.observability import MetricUnit, logger, metrics

_NEW = 400
"""Seconds for what is new; the rest of the function's fifteen minutes is for the second look and for chains under way."""
_AGAIN = 200
_STRETCH = 2 * 288
"""Seals of the second look, two days of them: a year is looked at again within eight days."""
_KEPT = 50
_KEPT_FOR = 30 * 86_400


class Notes(Protocol):
    def find(self, name: str, kind: type[Note]) -> Note | None: ...

    def put(self, name: str, note: Frozen) -> None: ...


class VerifyRegularly:
    def __init__(self, *, verify: VerifyAudit, notes: Notes, clock: Clock) -> None:
        self._verify = verify
        self._notes = notes
        self._clock = clock

    def run(self) -> RegularReport:
        """Findings are recorded and counted, and no error: an error says that nothing could be verified."""
        note = self._notes.find(LAST_VERIFICATION, VerificationNote) or VerificationNote()
        news = self._verify.run(note.verified, end_at=self._clock.now() + _NEW)
        again = self._second_look(note, news)
        findings = tuple(dict.fromkeys((*news.findings, *(again.findings if again else ()))))
        now = self._clock.now()
        self._notes.put(
            LAST_VERIFICATION,
            VerificationNote(
                verified=news.position,
                again=again.position if again and again.seals else None,
                checked_at=now,
                whole=news.whole,
                last_sealed_at=news.last_sealed_at,
                found=_kept(note.found, findings, now),
            ),
        )
        metrics.add_metric(name="AuditFindings", unit=MetricUnit.Count, value=len(findings))
        for finding in findings[:_KEPT]:
            logger.error("the audit log is not what was written", extra={"finding": finding.model_dump(mode="json")})
        looks = [news, *([again] if again else [])]
        return RegularReport(
            seals=sum(look.seals for look in looks),
            chains=sum(look.chains for look in looks),
            entries=sum(look.entries for look in looks),
            findings=tuple(finding.text for finding in findings[:_KEPT]),
            whole=news.whole,
        )

    def _second_look(self, note: VerificationNote, news: Verification) -> Verification | None:
        """The next stretch, from the very first seal again once all were looked at; nothing while there is much that is new."""
        if not news.whole or note.verified is None:
            return None
        start = note.again
        until = min((start.number if start else 0) + _STRETCH, note.verified.number)
        return self._verify.run(start, until=until, end_at=self._clock.now() + _AGAIN)


def _kept(before: tuple[Found, ...], findings: tuple[Finding, ...], now: int) -> tuple[Found, ...]:
    fresh = {finding.text: Found(finding=finding, found_at=now) for finding in findings}
    old = [one for one in before if one.finding.text not in fresh and one.found_at > now - _KEPT_FOR]
    return tuple([*fresh.values(), *old][:_KEPT])
