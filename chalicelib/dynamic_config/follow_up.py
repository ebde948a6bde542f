"""What must follow a save: an audit entry of each version, and the hook `configuration_saved`.

How far that has come is stored beside the version in force. Whoever saves does it at once; what a crash or a failure left
undone is done by the task `follow_configuration`, each minute, until it succeeds.
"""

from collections.abc import Callable
from contextlib import suppress

from chalicelib.audit.models import AuditEntry, Outcome
from chalicelib.audit.store import AuditLog
from chalicelib.core.clock import Clock
from chalicelib.core.configuration_hooks import Sections
from chalicelib.core.errors import AppError
from chalicelib.core.ids import ulid
from chalicelib.dynamic_config.document import Configuration
from chalicelib.dynamic_config.models import FollowUpReport, VersionInfo
from chalicelib.dynamic_config.packaged import Packaged
from chalicelib.dynamic_config.store import ConfigStore

TARGET = "configuration"


class FollowUp:
    def __init__(
        self,
        *,
        store: ConfigStore,
        packaged: Packaged,
        audit: AuditLog,
        saved: Callable[[Sections, Sections], object],
        clock: Clock,
    ) -> None:
        self._store = store
        self._packaged = packaged
        self._audit = audit
        self._saved = saved
        self._clock = clock

    def run(self, seconds: int) -> FollowUpReport:
        """Does what is left, alone for at most `seconds`: as long as the caller can live, so that two never do it at once.

        Raises what a step raised; the rest is left for the next one.
        """
        current = self._store.current()
        if current is None or current.settled:
            return FollowUpReport(version=current.number if current else 0, done=True)
        owner, now = ulid(), self._clock.now()
        if not self._store.begin_following(owner, now=now, until=now + seconds):
            return FollowUpReport(version=current.number, done=False, busy=True)
        try:
            return self._follow(owner)
        except AppError:
            with suppress(AppError):
                self._store.end_following(owner)
            raise

    def _follow(self, owner: str) -> FollowUpReport:
        current = self._store.current()
        assert current is not None  # noqa: S101 it was there to be taken
        for number in range(current.audited + 1, current.number + 1):
            self._audit.record(saved_entry(self._store.version(number).info))
            self._store.audited(owner, number)
        if current.applied != current.number:
            self._saved(self._configuration(current.applied), self._configuration(current.number))
            self._store.applied(owner, current.number)
        self._store.end_following(owner)
        return FollowUpReport(version=current.number, done=True)

    def _configuration(self, number: int) -> Configuration:
        return self._packaged.stored(self._store.version(number)) if number else self._packaged.configuration


def saved_entry(info: VersionInfo) -> AuditEntry:
    """Names and hashes: the text itself is in the history."""
    return AuditEntry(
        action=f"config.{info.action}",
        person=info.author,
        target=TARGET,
        outcome=Outcome.DONE,
        reason=info.comment,
        details={
            "version": info.number,
            "saved_at": info.saved_at,
            "before": info.previous,
            "after": info.sha256,
            "sections": ",".join(info.sections),
            "restored": info.restored,
        },
    )
