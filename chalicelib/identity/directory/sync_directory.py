"""Asks the configured sources who there is, and carries out what they say.

Whoever a source says is suspended loses access at once, even when the rest of the answer fails or is not believed. Nothing is
taken away after an answer that failed in the middle, or in which suspiciously much is missing, until the next one misses the same.
"""

from collections.abc import Callable

from chalicelib.audit.models import AuditEntry, Outcome
from chalicelib.audit.store import AuditLog
from chalicelib.core.clock import Clock
from chalicelib.core.directory import DirectorySource
from chalicelib.core.errors import AppError, Upstream
from chalicelib.identity.directory.carry_out import CarryOut
from chalicelib.identity.directory.look import BY, Look
from chalicelib.identity.directory.models import PUSHED, DirectoryConfig, SourceReport, SourceState, SyncReport
from chalicelib.identity.directory.names import Names
from chalicelib.identity.directory.rules import LASTS
from chalicelib.identity.directory.store import DirectoryStore
from chalicelib.identity.directory.together import WORKERS
from chalicelib.observability import logger


class SyncDirectory:
    def __init__(  # noqa: PLR0913 keywords, each a collaborator
        self,
        *,
        config: DirectoryConfig,
        open_source: Callable[[str], DirectorySource],
        store: DirectoryStore,
        names: Names,
        carry_out: CarryOut,
        audit: AuditLog,
        clock: Clock,
        workers: int = WORKERS,
    ) -> None:
        self._config = config
        self._open_source = open_source
        self._store = store
        self._names = names
        self._carry_out = carry_out
        self._audit = audit
        self._clock = clock
        self._workers = workers

    def run(self) -> SyncReport:
        """Every source, whatever comes of the others. Raises Upstream at the end when one of them failed."""
        reports = tuple(map(self._source, self._config.sources))
        ambiguous = self._names.settle()
        if failed := [report for report in reports if report.error is not None]:
            words = "; ".join(f"{report.source}: {report.error}" for report in failed)
            raise Upstream(f"The directory was not synchronised. {words}", reason="directory_failed")
        return SyncReport(sources=reports, ambiguous_names=ambiguous)

    def _source(self, source: str) -> SourceReport:
        state, began = self._store.state(source), self._clock.now()
        try:
            look = Look(source, self._store.listing(source), began, self._carry_out, self._workers)
            opened, returns = self._open_source(source), _returns(state, began)
            report, held = look.at(opened, state.held, self._config, returns=returns)
        except AppError as error:
            logger.error("a source of the directory failed", extra={"source": source, "cause": error.message})
            report = SourceReport(source=source, error=error.message[:1000])
            self._store.put_state(state.model_copy(update={"failed_at": began, "error": report.error}), began)
        else:
            self._store.put_state(_succeeded(state, report, held, began), began)
        self._record(report)
        return report

    def _record(self, report: SourceReport) -> None:
        """A run that found nothing new leaves its time in the source's state, and no entry."""
        if not report.eventful:
            return
        self._audit.record(
            AuditEntry(
                action="directory.sync",
                person=BY,
                target=f"directory:{report.source}",
                outcome=Outcome.FAILED if report.error is not None else Outcome.DONE,
                reason=report.error or report.warning or "",
                details=report.model_dump(exclude={"source", "warning", "error"}),
            )
        )


def _returns(state: SourceState, now: int) -> bool:
    """After a day of silence, and the first time, its word begins to count for everybody it knows."""
    return state.source not in PUSHED and (state.succeeded_at is None or now - state.succeeded_at > LASTS)


def _succeeded(state: SourceState, report: SourceReport, held: str, at: int) -> SourceState:
    """What is pushed gets no younger by being read here."""
    return SourceState(
        source=report.source,
        succeeded_at=state.succeeded_at if report.source in PUSHED else at,
        failed_at=state.failed_at,
        warning=report.warning,
        held=held,
        people=report.people,
        groups=report.groups,
        suspended=report.suspended,
    )
