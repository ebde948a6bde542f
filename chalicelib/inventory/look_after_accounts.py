"""Every hour, and when an organisation changed: who came or left is visited at once, policies are read, and what is over is forgotten."""

from collections.abc import Callable

from chalicelib.accounts.list_accounts import ListAccounts
from chalicelib.accounts.sync_policies import SyncPolicies
from chalicelib.core.errors import AppError
from chalicelib.inventory.account_models import LookedAfter
from chalicelib.inventory.purge_accounts import PurgeAccounts
from chalicelib.inventory.refresh.start import StartRefresh


class LookAfterAccounts:
    def __init__(
        self, *, listing: ListAccounts, start: Callable[[], StartRefresh], policies: SyncPolicies, purge: PurgeAccounts
    ) -> None:
        self._listing = listing
        self._start = start
        self._policies = policies
        self._purge = purge

    def run(self) -> LookedAfter:
        """Each part whatever becomes of the others; raises the first error at the end."""
        told = LookedAfter()
        errors: list[AppError] = []
        for part in (self._accounts, self._control_policies, self._outlived):
            try:
                told = part(told)
            except AppError as error:
                errors.append(error)
        if errors:
            raise errors[0]
        return told

    def _accounts(self, told: LookedAfter) -> LookedAfter:
        listed = self._listing.run()
        run_id = None
        if listed.unsettled:
            # Of a directory that was empty everything is new: the run of all accounts is the one to visit it.
            everything = len(listed.unsettled) == len(listed.records)
            run_id = self._start().all_accounts() if everything else self._start().of(listed.unsettled)
        warnings = (*told.warnings, listed.warning) if listed.warning else told.warnings
        return told.model_copy(
            update={
                "accounts": len(listed.records),
                "unsettled": listed.unsettled,
                "run_id": run_id,
                "warnings": warnings,
            }
        )

    def _control_policies(self, told: LookedAfter) -> LookedAfter:
        synced = self._policies.if_due()
        return told.model_copy(
            update={
                "policies": synced.policies,
                "policies_changed": synced.written + synced.removed,
                "warnings": (*told.warnings, *synced.warnings, *synced.errors),
            }
        )

    def _outlived(self, told: LookedAfter) -> LookedAfter:
        return told.model_copy(update={"purged": self._purge.run().rows})
