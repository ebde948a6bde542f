"""Audit's part of the composition root: everything but the log itself, which is one for the whole process."""

from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.core.clock import Clock
from chalicelib.core.errors import Misconfigured
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from chalicelib.audit.activity import Activity
    from chalicelib.audit.chain_store import ChainStore
    from chalicelib.audit.export import ExportActivity
    from chalicelib.audit.seal_archive import SealArchive
    from chalicelib.audit.seal_chains import SealChains
    from chalicelib.audit.store import AuditLog
    from chalicelib.audit.verify import VerifyAudit
    from chalicelib.audit.verify_regularly import VerifyRegularly
    from chalicelib.aws.sessions import Sessions
    from chalicelib.db.notes import Notes


class AuditServices:
    def __init__(self, *, settings: Settings, clock: Clock, aws: "Sessions", log: "AuditLog") -> None:
        self._settings = settings
        self._clock = clock
        self._aws = aws
        self._log = log

    @cached_property
    def chains(self) -> "ChainStore":
        from chalicelib.audit.chain_store import ChainStore

        return ChainStore()

    @cached_property
    def archive(self) -> "SealArchive":
        """Raises Misconfigured where no bucket or no key is named."""
        from chalicelib.audit.seal_archive import SealArchive
        from chalicelib.aws.locked_objects import LockedObjects
        from chalicelib.aws.signatures import Signer

        if not self._settings.audit_bucket or not self._settings.audit_key:
            raise Misconfigured(
                "Seals of the audit log need CONSOLEME_AUDIT_BUCKET and CONSOLEME_AUDIT_KEY; the deployed stack sets both."
            )
        return SealArchive(
            LockedObjects(self._aws, self._settings.audit_bucket), Signer(self._aws, self._settings.audit_key)
        )

    @cached_property
    def notes(self) -> "Notes":
        from chalicelib.db.notes import Notes

        return Notes()

    @cached_property
    def seal(self) -> "SealChains":
        from chalicelib.audit.seal_chains import SealChains
        from chalicelib.db.leases import Leases

        return SealChains(
            chains=self.chains,
            archive=self.archive,
            leases=Leases(self._clock),
            notes=self.notes,
            clock=self._clock,
        )

    @cached_property
    def verify(self) -> "VerifyAudit":
        from chalicelib.audit.verify import VerifyAudit

        return VerifyAudit(chains=self.chains, archive=self.archive, clock=self._clock)

    @cached_property
    def verify_regularly(self) -> "VerifyRegularly":
        from chalicelib.audit.verify_regularly import VerifyRegularly

        return VerifyRegularly(verify=self.verify, notes=self.notes, clock=self._clock)

    @cached_property
    def activity(self) -> "Activity":
        from chalicelib.audit.activity import Activity
        from chalicelib.audit.activity_store import ActivityStore

        return Activity(rows=ActivityStore(), clock=self._clock)

    @cached_property
    def export(self) -> "ExportActivity":
        from chalicelib.audit.export import ExportActivity

        return ExportActivity(activity=self.activity, log=self._log, clock=self._clock)
