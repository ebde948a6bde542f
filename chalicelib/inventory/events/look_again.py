"""One resource that an event names is read again, when its account is known, active and was listed before."""

from collections.abc import Callable
from typing import Any

from chalicelib.accounts.models import AccountStatus
from chalicelib.accounts.store import AccountStore
from chalicelib.core.arn import Arn
from chalicelib.core.clock import Clock
from chalicelib.core.errors import AccessDeniedByAws, InvalidInput
from chalicelib.db.scopes import Scopes
from chalicelib.inventory.events.subjects import Subject
from chalicelib.inventory.refresh_one import RefreshOne
from chalicelib.inventory.registry import type_of
from chalicelib.inventory.resource_type import Place, ResourceType
from chalicelib.inventory.store import ResourceStore
from chalicelib.observability import logger


class LookAgain:
    def __init__(
        self,
        *,
        refresh: RefreshOne,
        is_listed: Callable[[ResourceType[Any], str], bool],
        accounts: AccountStore,
        resources: ResourceStore,
        scopes: Scopes,
        clock: Clock,
    ) -> None:
        """`is_listed` says whether the refresh lists a type in a region; the others have no scope that could be marked."""
        self._refresh = refresh
        self._is_listed = is_listed
        self._accounts = accounts
        self._resources = resources
        self._scopes = scopes
        self._clock = clock

    def run(self, subject: Subject, who: str) -> None:
        """Raises Throttled, Upstream and what else a read raises: then it must be tried again."""
        arn = Arn.parse(subject.arn)
        kind = type_of(arn)
        if kind is None or not self._is_listed(kind, arn.region):
            return
        account = self._accounts.find(subject.account_id)
        if account is None or account.account.status is not AccountStatus.ACTIVE:
            return
        scope = Place(subject.account_id, arn.region if kind.regional else "").scope
        state = self._scopes.find(kind.name, scope)
        if state is None or state.succeeded_at is None:
            # One row of a scope that was never listed would look like all of it.
            self._scopes.mark_dirty(kind.name, scope, self._clock.now())
            return
        try:
            self._refresh_it(subject, kind, who)
        except (AccessDeniedByAws, InvalidInput) as error:
            # A second try helps only when somebody has mended the spoke role, or the resource; the refresh comes again and tells of it.
            logger.warning("a change can't be looked at", extra={"arn": subject.arn, "cause": error.message})
            self._scopes.mark_dirty(kind.name, scope, self._clock.now())

    def _refresh_it(self, subject: Subject, kind: ResourceType[Any], who: str) -> None:
        if self._exists(subject.arn, subject.account_id, who) or subject.whole:
            return
        known = self._resources.arn_by_name(subject.account_id, kind.name, Arn.parse(subject.arn).name)
        if known and known != subject.arn:
            self._exists(known, subject.account_id, who)

    def _exists(self, arn: str, account_id: str, who: str) -> bool:
        """Whether the resource is there now; what is there, or that nothing is, is kept."""
        found = self._refresh.run(arn, account_id=account_id, observed_at=self._clock.now(), who=who)
        return found.record is not None
